"""The page of how other systems name a person."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.people.models import Person, PersonIdentifier
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.evidence.factories import BASE, FIRST, LMS, World
from tests.factories import make_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ACCOUNT = {"home_page": "https://lms.example", "account": "employee-4711", "verified_by": "Ines, by the list"}


@pytest.fixture
def address(client: Browser, world: World) -> str:
    client.sign_in(make_person(world.session, "Malika Manager", roles=(Role.MANAGER,)))
    return f"/people/{world.person}/elsewhere"


def _known(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    query = select(PersonIdentifier.ifi_key, PersonIdentifier.verified_by).order_by(PersonIdentifier.ifi_key)
    return [(key, voucher) for key, voucher in session.execute(query)]


def _text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_says_what_another_system_needs_to_know(client: Browser, world: World, address: str) -> None:
    page = _text(client.get(address).text)
    assert "No other system’s name for Amara Okafor is known here." in page
    assert f"homePage {BASE}" in page
    assert f"name {world.person}" in page
    assert f"Registration in {world.enrolment.cohort.name} {world.registration}" in page


def test_an_account_is_added_counts_at_once_and_is_removed_again(client: Browser, world: World, address: str) -> None:
    world.send(world.said(actor=LMS))
    answer = client.submit(address, ACCOUNT)
    assert (answer.status_code, answer.location) == (303, address)
    assert _known(world.session) == [("account:https://lms.example|employee-4711", "Ines, by the list")]
    assert list(world.standings()) == [FIRST]
    page = client.get(address).text
    assert "4711 at https://lms.example Made sure by: Ines, by the list" in _text(page)
    [identifier] = re.findall(r'name="identifier" value="([^"]+)"', page)
    gone = client.submit(address, {"identifier": identifier, "reason": "Left"}, to=f"{address}/removal")
    assert gone.status_code == 303
    assert _known(world.session) == []
    assert world.standings() == {}


def test_an_address_is_added_in_its_own_letters(client: Browser, world: World, address: str) -> None:
    assert client.submit(address, {"address": " Amara@Example.org ", "verified_by": "HR"}).status_code == 303
    assert _known(world.session) == [("mbox:mailto:Amara@Example.org", "HR")]
    assert "Amara@Example.org Made sure by: HR" in _text(client.get(address).text)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"home_page": "", "account": ""}, "Give an e-mail address, or an account"),
        ({"address": "amara@example.org"}, "Give an e-mail address, or an account"),
        ({"address": "amara", "home_page": "", "account": ""}, "This is not an e-mail address"),
        ({"home_page": ""}, "Say which system this account belongs to."),
        ({"home_page": "lms.example"}, "This is not a web address."),
        ({"home_page": "javascript:alert(1)"}, "This is not a web address."),
        ({"home_page": "https://l ms"}, "This does not identify anybody."),
        ({"home_page": BASE}, "This is an account of this installation."),
        ({"account": ""}, "Say what their account is called there."),
        ({"account": "x" * 201}, "Use 200 characters or fewer."),
        ({"verified_by": " "}, "Say who made sure, and how."),
    ],
)
def test_what_identifies_nobody_is_told_beside_its_field(
    client: Browser, world: World, address: str, changed: dict[str, str], told: str
) -> None:
    answer = client.submit(address, {**ACCOUNT, **changed})
    assert (answer.status_code, told in answer.text) == (400, True)
    assert _known(world.session) == []


def test_an_identifier_of_somebody_else_is_refused(client: Browser, world: World, address: str) -> None:
    other: Person = make_person(world.session, "Ben Castell")
    assert client.submit(f"/people/{other.uuid}/elsewhere", ACCOUNT).status_code == 303
    answer = client.submit(address, ACCOUNT)
    assert (answer.status_code, "This identifier means somebody already." in answer.text) == (400, True)


def test_what_is_not_there_is_not_removed(client: Browser, address: str) -> None:
    assert client.submit(address, {"identifier": "mbox:x"}, to=f"{address}/removal").status_code == 404
    assert client.submit(address, {}, to=f"{address}/removal").status_code == 400


def test_what_others_call_a_person_is_shown_as_text(client: Browser, address: str) -> None:
    hostile = {**ACCOUNT, "account": "<script>alert(1)</script>|%7C", "verified_by": "<b>me</b>"}
    assert client.submit(address, hostile).status_code == 303
    page = client.get(address).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;|%7C at https://lms.example" in page
    assert "<script>alert" not in page
