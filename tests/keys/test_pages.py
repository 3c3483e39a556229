"""The pages of keys: for administrators only, the secret once, and what stops said before it stops."""

import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.factories import make_person, publish_programme
from tests.keys.factories import end_account, make_key, send
from xapi import credentials
from xapi.credentials import SCOPES

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)


@pytest.fixture
def ruth(client: Browser, session: Session) -> Browser:
    """A browser on which an administrator is signed in."""
    client.sign_in(make_person(session, "Ruth Adeyemi", "ruth@example.org", roles=(Role.ADMINISTRATOR,)))
    return client


def wish(**more: Any) -> dict[str, Any]:
    return {"label": "LMS", "scopes": ["all"], "owner": "ruth@example.org", "uuid": str(uuid4()), **more}


def text_of(page: TestResponse, name: str) -> str:
    found = re.search(rf'id="{name}"[^>]*>([^<]+)<', page.text)
    assert found, page.text
    return found[1]


def heading(page: TestResponse) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return " ".join(found[1].split())


def test_a_secret_is_shown_once_and_opens_the_store(ruth: Browser, session: Session) -> None:
    publish_programme(session)
    asked = wish(scopes=["statements/write", "statements/read/mine"], programmes=["tiny"], expires="2027-01-31")
    page = ruth.submit("/keys/new", asked)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    key, secret = text_of(page, "key"), text_of(page, "secret")
    basic = {"Authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode()}
    headers = {**basic, "X-Experience-API-Version": "1.0.3"}
    assert ruth.get("/xapi/statements", headers=headers).json == {"statements": [], "more": ""}
    again = ruth.submit("/keys/new", asked)
    assert (again.status_code, again.location) == (303, f"/keys/{asked['uuid']}")
    session.rollback()
    (made,) = credentials.every(session)
    assert (str(made.uuid), made.key, made.programmes) == (asked["uuid"], key, ("tiny",))
    shown = ruth.get(again.location)
    assert "made already" in shown.text
    everything = [
        shown,
        *(ruth.get(page) for page in ("/keys", "/keys/new", again.location, f"{again.location}/revoke")),
    ]
    assert [secret in each.text for each in everything] == [False] * 5


@sqlite_only
def test_the_form_explains_every_scope_and_offers_what_is_published(ruth: Browser, session: Session) -> None:
    nothing = ruth.get("/keys/new").text
    assert "No programme is published yet" in nothing
    publish_programme(session)
    page = ruth.get("/keys/new").text
    assert {scope for scope in SCOPES if f'name="scopes" type="checkbox" value="{scope}"' not in page} == set()
    assert {scope for scope in SCOPES if f'<code class="mono">{scope}</code><br>' not in page} == set()
    assert "A tiny programme" in page


@sqlite_only
def test_what_is_wrong_is_said_at_its_field_all_at_once_and_nothing_is_made(ruth: Browser, session: Session) -> None:
    publish_programme(session)
    wrong = wish(label=" ", scopes=["state"], programmes=["tiny"], owner="nobody@example.org", expires="2020-01-01")
    page = ruth.submit("/keys/new", wrong)
    assert page.status_code == 400
    told = re.findall(r'id="(\w+)-error"', page.text)
    assert told == ["label", "programmes", "owner", "expires"]
    assert f'value="{wrong["uuid"]}"' in page.text
    odd = ruth.submit("/keys/new", wish(scopes=["root"], owner="nobody", expires="soon", uuid="1"))
    assert (odd.status_code, re.findall(r'id="(\w+)-error"', odd.text)) == (400, ["scopes", "owner", "expires"])
    assert "This page was not complete. Load it again." in odd.text
    session.rollback()
    assert credentials.every(session) == []


def test_the_list_says_how_each_key_stands(ruth: Browser, session: Session, now: datetime) -> None:
    assert heading(ruth.get("/keys")) == "No other system has a key yet."
    make_key(session, "Old LMS", expires=now + DAY, now=now - 400 * DAY)
    assert heading(ruth.get("/keys")) == "One key is valid, and it expires within 30 days."
    make_key(session, "Other")
    assert heading(ruth.get("/keys")) == "Two keys are valid; one expires within 30 days."
    assert [ruth.submit(f"/keys/{each.uuid}/revoke").status_code for each in credentials.every(session)] == [303, 303]
    session.rollback()
    assert heading(ruth.get("/keys")) == "No key is valid: no other system gets in."
    sender = make_key(session, "Fernhill <b>LMS</b>")
    send(session, sender, 3)
    page = ruth.get("/keys")
    assert heading(page) == "One key is valid."
    assert "Fernhill &lt;b&gt;LMS&lt;/b&gt;" in page.text
    assert [word in page.text for word in ("Never used", "Revoked", '<span class="num">3</span>')] == [True] * 3


@sqlite_only
def test_who_answers_for_a_key_and_has_gone_is_told(ruth: Browser, session: Session) -> None:
    jonas = make_person(session, "Jonas Weber", "jonas@example.org")
    key = make_key(session, "Dashboard", owner="jonas@example.org")
    assert "account has ended" not in ruth.get("/keys").text
    end_account(session, jonas)
    assert "One key belongs to somebody whose account has ended." in ruth.get("/keys").text
    page = ruth.get(f"/keys/{key.uuid}").text
    assert "The account of Jonas Weber has ended." in page
    assert "jonas@example.org" not in page


def test_a_key_is_given_to_somebody_else_and_ends_earlier(ruth: Browser, session: Session, now: datetime) -> None:
    make_person(session, "Ines Duarte", "ines@example.org", zone="Africa/Lagos")
    key = make_key(session, expires=now + 30 * DAY)
    page = f"/keys/{key.uuid}"
    later = ruth.submit(page, {"label": "LMS", "owner": "ines@example.org", "expires": "2027-11-01"})
    assert (later.status_code, "A key never ends later than was said." in later.text) == (400, True)
    kept = ruth.submit(page, {"label": "Our LMS", "owner": "ines@example.org", "expires": "2026-11-30"})
    assert kept.location == page
    session.rollback()
    changed = credentials.one(session, key.uuid)
    assert changed is not None
    assert (changed.label, changed.expires) == ("Our LMS", datetime(2026, 12, 1, tzinfo=now.tzinfo))
    told = ruth.get(page).text
    assert ["Ines Duarte" in told, "until 30 November 2026" in told, "Changed by Ruth Adeyemi" in told] == [True] * 3


@sqlite_only
def test_the_page_of_a_key_names_the_lessons_that_it_may_complete(ruth: Browser, session: Session) -> None:
    publish_programme(session)
    begins = "https://mentors.example.org/activities/tiny/"
    keys = make_key(session, "LMS", programmes=("tiny",)), make_key(session, "Other LMS")
    told = [re.findall(rf">{begins}([^<]+)<", ruth.get(f"/keys/{each.uuid}").text) for each in keys]
    assert told == [["start/first", "start/film"], []]


def test_an_end_within_a_day_stays_what_it_is(ruth: Browser, session: Session, now: datetime) -> None:
    key = make_key(session, expires=now + timedelta(hours=1))
    same = {"label": "Our LMS", "owner": "ruth@example.org", "expires": f"{now:%Y-%m-%d}"}
    assert ruth.submit(f"/keys/{key.uuid}", same).status_code == 303
    session.rollback()
    assert [(each.label, each.expires) for each in credentials.every(session)] == [("Our LMS", key.expires)]


@sqlite_only
def test_an_ended_key_has_no_end_to_change_and_nothing_to_revoke(
    ruth: Browser, session: Session, now: datetime
) -> None:
    key = make_key(session, expires=now - DAY, now=now - 9 * DAY)
    page = ruth.get(f"/keys/{key.uuid}").text
    assert ['name="expires"' in page, "Revoke this key" in page] == [False, False]
    assert ruth.submit(f"/keys/{key.uuid}", {"label": "Old", "owner": "ruth@example.org"}).status_code == 303
    assert "This key has ended already." in ruth.get(f"/keys/{key.uuid}/revoke").text
    session.rollback()
    assert [each.label for each in credentials.every(session)] == ["Old"]


def test_before_a_key_is_revoked_the_page_says_what_stops(ruth: Browser, session: Session) -> None:
    publish_programme(session)
    make_person(session, "Ines Duarte", "ines@example.org")
    key = make_key(session, programmes=("tiny",), owner="ines@example.org")
    send(session, key, 2)
    page = f"/keys/{key.uuid}/revoke"
    told = ruth.get(page).text
    said = [
        "Whatever it sends from then on is refused",
        "Lessons of A tiny programme",
        "Nobody has used it yet.",
        "Ines Duarte (ines@example.org) answers for it: ask first.",
        "Statements: 2.",
        "It can’t be undone.",
    ]
    assert [each for each in said if each not in told] == []
    assert ruth.submit(page, {"reason": "Lost"}).location == f"/keys/{key.uuid}"
    shown = ruth.get(f"/keys/{key.uuid}").text
    assert ["was revoked on 24 November 2026" in shown, "Revoked by Ruth Adeyemi" in shown, "Lost" in shown] == [
        True
    ] * 3
    assert ruth.post(page, data={"csrf_token": ruth.token("/keys/new")}).status_code == 409


@sqlite_only
def test_what_a_key_sent_is_one_link_away(ruth: Browser, session: Session) -> None:
    key = make_key(session, "Fernhill")
    send(session, key, 2)
    send(session, make_key(session, "Other"), 1)
    address = re.search(r'href="(/statements\?authority=[^"]+)"', ruth.get(f"/keys/{key.uuid}").text)
    assert address
    page = ruth.get(address[1].replace("&amp;", "&"))
    assert (page.status_code, page.text.count('class="stmt"')) == (200, 2)


@sqlite_only
def test_the_number_of_queries_does_not_grow(
    ruth: Browser, session: Session, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    counts = []
    for more in (1, 49):
        for number in range(more):
            make_key(session, owner=make_person(session, f"Person {number}").email)
        with count_queries() as said:
            assert ruth.get("/keys").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1] <= 8


@sqlite_only
def test_nobody_but_an_administrator_sees_keys(client: Browser, session: Session) -> None:
    key = make_key(session)
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    pages = ["/keys", "/keys/new", f"/keys/{key.uuid}", f"/keys/{key.uuid}/revoke"]
    assert [client.get(page).status_code for page in pages] == [403] * 4
    assert "/keys" not in client.get("/people").text


@sqlite_only
def test_a_key_that_is_none_is_not_found(ruth: Browser) -> None:
    assert [ruth.get(f"/keys/{uuid4()}{page}").status_code for page in ("", "/revoke")] == [404, 404]
