"""One's own account: what one may change, and what that changes for others."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.people import service
from tests.browsing import Browser
from tests.factories import PASSWORD, make_person

NEW = "a brand new password"


def test_name_zone_and_colours_are_ones_own(client: Browser, session: Session) -> None:
    person = make_person(session)
    client.sign_in(person)
    data = {"name": " Amara  Obi ", "zone": "Asia/Tokyo", "theme": "dark"}
    assert client.submit("/me", data).headers["Location"] == "/me"
    page = client.get("/me").text
    assert ('data-theme="dark"' in page, "Amara Obi" in page) == (True, True)
    session.rollback()
    assert (person.name, person.zone, person.theme) == ("Amara Obi", "Asia/Tokyo", "dark")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.rename")).one()
    assert (entry.who, entry.before, entry.after) == (
        str(person.uuid),
        {"name": "Amara Okafor"},
        {"name": "Amara Obi"},
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_fault_is_named_and_what_was_typed_stays(client: Browser, session: Session) -> None:
    person = make_person(session)
    client.sign_in(person)
    response = client.submit("/me", {"name": "x" * 121, "zone": "Mars/Olympus", "theme": "pink"})
    assert response.status_code == 400
    found = [
        text in response.text for text in ("3 things need another look", "x" * 121, "Use 120 characters", "Choose a")
    ]
    assert found == [True] * 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_zone_by_an_old_name_stays_as_it_is(client: Browser, session: Session) -> None:
    person = make_person(session, zone="US/Eastern")
    client.sign_in(person)
    assert '<option selected value="US/Eastern">' in client.get("/me").text
    assert client.submit("/me", {"name": "Amara", "zone": "US/Eastern", "theme": ""}).status_code == 303


def test_a_new_password_needs_the_old_one_and_signs_out_other_browsers(
    client: Browser, app: MentorCert, session: Session
) -> None:
    person = make_person(session)
    other = app.test_client()
    assert isinstance(other, Browser)
    client.sign_in(person)
    other.sign_in(person)
    refused = client.submit("/me", {"old": "not the password", "password": NEW}, to="/me/password")
    assert (refused.status_code, "This is not your password. Try it once more." in refused.text) == (400, True)
    assert client.submit("/me", {"old": PASSWORD, "password": "short"}, to="/me/password").status_code == 400
    assert other.get("/me").status_code == 200
    assert client.submit("/me", {"old": PASSWORD, "password": NEW}, to="/me/password").status_code == 303
    assert (client.get("/me").status_code, other.get("/me").status_code) == (200, 302)
    session.rollback()
    assert service.sign_in(session, person.email, NEW) is person
