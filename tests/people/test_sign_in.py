"""Signing in: what the cookie is, who gets in, and what a stranger learns."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import create_app
from mentorcert.audit import AuditEntry
from mentorcert.config import Settings
from mentorcert.db import writing
from mentorcert.people import service
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.factories import PASSWORD, make_person, sign_in


def enter(client: Browser, email: str, password: str, page: str = "/sign-in") -> tuple[int, str | None]:
    response = client.submit(page, {"email": email, "password": password})
    return response.status_code, response.headers.get("Location")


def test_who_knows_the_password_gets_in_and_goes_on_to_where_they_wanted(client: Browser, session: Session) -> None:
    person = make_person(session)
    assert client.get("/me").headers["Location"] == "/sign-in?next=/me"
    assert enter(client, f" {person.email.upper()} ", PASSWORD, "/sign-in?next=/me") == (303, "/me")
    assert "You sign in as" in client.get("/me").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "//[",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "me",
        "",
    ],
)
def test_the_way_on_stays_with_us(client: Browser, session: Session, target: str) -> None:
    person = make_person(session)
    token = client.token("/sign-in")
    data = {"email": person.email, "password": PASSWORD, "csrf_token": token}
    response = client.post("/sign-in", query_string={"next": target}, data=data)
    assert (response.status_code, response.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_learns_who_has_an_account(client: Browser, session: Session) -> None:
    person = make_person(session)
    pages = []
    for email in (person.email, "nobody@example.org"):
        response = client.submit("/sign-in", {"email": email, "password": "not the password"})
        pages.append((response.status_code, response.text.replace(email, "…")))
    assert pages[0][0] == 400
    assert "This address and this password do not belong together." in pages[0][1]
    assert strip_token(pages[0][1]) == strip_token(pages[1][1])


def strip_token(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line]


def test_a_refused_sign_in_is_kept_although_the_request_is_rolled_back(client: Browser, session: Session) -> None:
    person = make_person(session)
    enter(client, person.email, "not the password")
    enter(client, "nobody@example.org", "not the password")
    session.rollback()
    entries = session.execute(
        select(AuditEntry.who, AuditEntry.subject).where(AuditEntry.action == "sign-in.refuse").order_by(AuditEntry.id)
    )
    assert [tuple(entry) for entry in entries] == [
        ("sign-in", f"person:{person.uuid}"),
        ("sign-in", "person:unknown"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_was_only_invited_or_has_left_does_not_get_in(client: Browser, session: Session) -> None:
    invited = make_person(session, password=False)
    gone = make_person(session)
    writing(session)
    gone.archived_at = gone.created_at
    session.commit()
    assert [enter(client, person.email, password)[0] for person in (invited, gone) for password in ("", PASSWORD)] == [
        400,
        400,
        400,
        400,
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(client: Browser, session: Session) -> None:
    person = make_person(session)
    response = client.submit("/sign-in", {"email": person.email, "password": PASSWORD})
    (cookie,) = [line for line in response.headers.getlist("Set-Cookie") if line.startswith("mentorcert=")]
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_in_development_the_cookie_goes_over_plain_http(settings: Settings) -> None:
    assert create_app(replace(settings, development=True)).config["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_eleven_tries_in_a_minute_are_too_many(client: Browser, session: Session) -> None:
    person = make_person(session)
    token = client.token("/sign-in")
    data = {"email": person.email, "password": "not the password", "csrf_token": token}
    statuses = [client.post("/sign-in", data=data).status_code for _ in range(11)]
    assert statuses == [400] * 10 + [429]
    assert "Wait a few minutes" in client.post("/sign-in", data=data).text


def test_a_new_password_ends_every_other_session(client: Browser, session: Session) -> None:
    person = make_person(session)
    sign_in(client, person)
    assert client.get("/me").status_code == 200
    service.set_password(session, person, "another good password")
    session.commit()
    assert client.get("/me").headers["Location"] == "/sign-in?next=/me"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_signing_out_needs_a_form_and_ends_the_session(client: Browser, session: Session) -> None:
    sign_in(client, make_person(session))
    assert client.get("/sign-out").status_code == 405
    assert client.submit("/me", to="/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/me").status_code == 302


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "address", ["/sign-in", "/sign-out", "/forgotten", "/demo/sign-in", "/me", "/me/password", "/people/new"]
)
def test_a_form_without_its_token_is_refused(client: Browser, session: Session, address: str) -> None:
    sign_in(client, make_person(session, roles=(Role.MANAGER,)))
    response = client.post(address, data={})
    assert response.status_code == 400
    assert "This page was open for too long." in response.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cookie_that_names_nobody_is_nobody(client: Browser, session: Session) -> None:
    person = make_person(session)
    for name in ("", "nonsense", f"{person.uuid}", f"{person.uuid}:wrong"):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = name
        assert client.get("/me").status_code == 302


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_signed_in_passes_the_sign_in_page_by(client: Browser, session: Session) -> None:
    sign_in(client, make_person(session))
    assert client.get("/sign-in?next=/me").headers["Location"] == "/me"
