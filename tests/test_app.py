"""The application as every test gets it: it starts, it knows who is signed in, and forms need their token."""

from datetime import datetime

from sqlalchemy.orm import Session

from mentorcert.people import service as people
from tests.browsing import Browser


def test_who_is_signed_in_is_sent_on_from_the_sign_in_page(client: Browser, session: Session, now: datetime) -> None:
    person = people.create_person(session, "amara@example.org", "Amara Okafor", who="test", now=now)
    session.commit()
    assert client.get("/sign-in").status_code == 200
    client.sign_in(person)
    response = client.get("/sign-in")
    assert (response.status_code, response.location) == (302, "/")


def test_a_form_is_taken_with_the_token_of_its_page_and_not_without(client: Browser) -> None:
    typed = {"email": "nobody@example.org", "password": "not a password of ours"}
    without = client.post("/sign-in", data=typed)
    assert (without.status_code, "This page was open for too long." in without.text) == (400, True)
    sent = client.submit("/sign-in", typed)
    assert (sent.status_code, "do not belong together" in sent.text) == (400, True)
