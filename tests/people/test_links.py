"""Invitations and resets: links that work once, and not for long."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs
from mentorcert.config import Settings
from mentorcert.db import writing
from mentorcert.errors import Invalid, NotFound
from mentorcert.outbox import OutboxRow
from mentorcert.people import service
from mentorcert.people.models import OneTimeLink, Person
from tests.browsing import Browser
from tests.factories import PASSWORD, make_person

NEW = "a brand new password"


def make_link(session: Session, person: Person, purpose: str, now: datetime) -> str:
    secret = service.send_link(session, person, purpose, now=now)
    session.commit()
    return secret


def test_an_invitation_sets_the_password_and_signs_in_once(client: Browser, session: Session, now: datetime) -> None:
    person = make_person(session, password=False)
    page = f"/invitation/{make_link(session, person, 'invitation', now)}"
    assert "Amara, your place is ready." in client.get(page).text
    response = client.submit(page, {"password": NEW})
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert "You sign in as" in client.get("/me").text
    session.rollback()
    assert service.sign_in(session, person.email, NEW) is person
    assert client.get(page).status_code == 404
    assert "ask there for a new one" in client.get(page).text


def test_a_reset_ends_the_sessions_that_were_open(client: Browser, app: MentorCert, session: Session) -> None:
    person = make_person(session)
    client.sign_in(person)
    other = app.test_client()
    assert isinstance(other, Browser)
    page = f"/reset/{make_link(session, person, 'reset', person.created_at)}"
    assert other.submit(page, {"password": NEW}).status_code == 303
    assert client.get("/me").status_code == 302
    session.rollback()
    assert (service.sign_in(session, person.email, PASSWORD), service.sign_in(session, person.email, NEW)) == (
        None,
        person,
    )


def test_links_end_by_time_by_a_newer_one_and_by_their_purpose(session: Session, now: datetime) -> None:
    person = make_person(session)
    first = make_link(session, person, "reset", now)
    second = make_link(session, person, "reset", now)
    attempts = [
        (first, "reset", now),
        (second, "invitation", now),
        (second, "reset", now + timedelta(hours=2)),
        ("nonsense", "reset", now),
    ]
    for secret, purpose, at in attempts:
        with pytest.raises(NotFound):
            service.link_owner(session, secret, purpose, now=at)
    assert service.link_owner(session, second, "reset", now=now + timedelta(minutes=119)).person is person


def test_a_link_of_who_has_left_does_nothing(session: Session, now: datetime) -> None:
    person = make_person(session)
    secret = make_link(session, person, "reset", now)
    writing(session)
    person.archived_at = now
    session.commit()
    with pytest.raises(NotFound):
        service.use_link(session, secret, "reset", NEW, now=now)


def test_the_secret_itself_is_not_in_the_table_of_links(session: Session, now: datetime) -> None:
    secret = make_link(session, make_person(session), "reset", now)
    assert secret not in session.scalars(select(OneTimeLink.secret_hash)).one()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("", "Give a password."),
        ("eleven char", "This has 11 characters. Use 12 or more; a few words together are good."),
        ("x" * 201, "This has 201 characters. Use 200 or fewer."),
        ("Amara@Example.org", "This is your e-mail address. Choose something that others can"),
        ("ababababababab", "This repeats the same few characters. Use a few words together."),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_the_link_still_works(
    client: Browser, session: Session, now: datetime, password: str, what: str
) -> None:
    person = make_person(session, email="amara@example.org", password=False)
    page = f"/invitation/{make_link(session, person, 'invitation', now)}"
    response = client.submit(page, {"password": password})
    assert response.status_code == 400
    assert what in response.text
    assert client.submit(page, {"password": NEW}).status_code == 303


def test_the_service_refuses_it_too(session: Session, now: datetime) -> None:
    person = make_person(session)
    with pytest.raises(Invalid):
        service.use_link(session, make_link(session, person, "reset", now), "reset", "short", now=now)


def test_forgotten_says_the_same_to_everybody_and_mails_only_who_is_here(client: Browser, session: Session) -> None:
    person, invited = make_person(session), make_person(session, password=False)
    pages = []
    for email in (person.email, invited.email, "nobody@example.org"):
        response = client.submit("/forgotten", {"email": email})
        pages.append((response.status_code, response.text.replace(email, "…")))
    assert pages == [(200, pages[0][1])] * 3
    session.rollback()
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [(row.payload["to"], row.payload["template"]) for row in rows] == [
        (person.email, "people/mail/reset"),
        (invited.email, "people/mail/invitation"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_forgotten_without_an_address_says_so(client: Browser) -> None:
    response = client.submit("/forgotten", {"email": "nonsense"})
    assert response.status_code == 400
    assert "This is not an e-mail address. Write it like name@example.org." in response.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("purpose", "until"),
    [
        ("invitation", "Tuesday 8 December, 14:00 (Europe/London)"),
        ("reset", "Tuesday 24 November, 16:00 (Europe/London)"),
    ],
)
def test_the_mail_brings_the_link_and_says_until_when(
    app: MentorCert,
    settings: Settings,
    session: Session,
    now: datetime,
    capsys: pytest.CaptureFixture[str],
    purpose: str,
    until: str,
) -> None:
    secret = make_link(session, make_person(session), purpose, now)
    with app.app_context():
        assert jobs.run_due(settings, now=now) == 1
    mail = capsys.readouterr().err
    assert f"https://mentors.example.org/{purpose}/{secret}\n" in mail
    assert until in mail
    session.rollback()
    assert [(row.state, row.last_error, row.payload) for row in session.scalars(select(OutboxRow))] == [
        ("done", "", {})
    ]
