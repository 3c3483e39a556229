"""The page on which somebody is forgotten."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.certification import service as certification
from mentorcert.certification.models import Certificate
from mentorcert.evidence.service import door
from mentorcert.grading.models import Assessment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.upkeep import forgetting
from tests.browsing import Browser
from tests.certification.factories import meet_everything
from tests.evidence.factories import BASE, make_world
from tests.factories import NOW, give_role, make_person


@pytest.fixture
def administrator(session: Session) -> Person:
    return make_person(session, "Ruth Adeyemi", roles=(Role.ADMINISTRATOR,))


def test_the_list_leads_administrators_to_the_page(client: Browser, session: Session, administrator: Person) -> None:
    manager = make_person(session, "Mona Manager", roles=(Role.MANAGER,))
    address = f"/people/{manager.uuid}/forget"
    found = {}
    for who in (administrator, manager):
        client.sign_in(who)
        found[who.name] = address in client.get("/people").text
    assert found == {"Ruth Adeyemi": True, "Mona Manager": False}


def test_the_page_says_what_it_would_be_about(client: Browser, session: Session, administrator: Person) -> None:
    world = make_world(session, NOW)
    person = world.enrolment.person
    world.send(world.said(actor={"mbox": f"mailto:{person.email}"}))
    client.sign_in(administrator)
    page = client.get(f"/people/{person.uuid}/forget").text
    assert "Forget Amara Okafor for good?" in page
    assert "in one statement that another system sent" in page
    assert "Systems that read our statements may hold copies" in page


def test_somebody_is_forgotten_with_every_address_given(
    client: Browser, session: Session, administrator: Person
) -> None:
    world = make_world(session, NOW)
    person = world.enrolment.person
    world.send(world.said(actor={"mbox": "mailto:old@example.org"}))
    client.sign_in(administrator)
    address = f"/people/{person.uuid}/forget"
    answer = client.submit(address, {"reason": "asked", "also": " old@example.org \n"})
    assert (answer.status_code, answer.location) == (303, "/people")
    assert "Statements of other systems that were rewritten: 1." in client.get("/people").text
    session.rollback()
    assert forgetting.is_forgotten(session.scalars(select(Person).where(Person.uuid == person.uuid)).one())
    assert "This person is forgotten already." in client.get(address).text


def test_what_is_missing_or_no_address_is_told_and_nothing_is_done(
    client: Browser, session: Session, administrator: Person
) -> None:
    person = make_person(session)
    client.sign_in(administrator)
    address = f"/people/{person.uuid}/forget"
    for typed, told in (
        ({"reason": ""}, "Without a reason nobody is forgotten."),
        ({"reason": "asked", "also": "old"}, "This does not identify anybody."),
    ):
        answer = client.submit(address, typed)
        assert (answer.status_code, told in answer.text) == (400, True)
    session.rollback()
    assert session.scalars(select(Person.name).where(Person.uuid == person.uuid)).one() == "Amara Okafor"


def test_nobody_forgets_themselves(client: Browser, session: Session, administrator: Person) -> None:
    client.sign_in(administrator)
    address = f"/people/{administrator.uuid}/forget"
    page = client.get(address).text
    assert "You can’t forget yourself." in page
    answer = client.post(address, data={"reason": "x", "csrf_token": client.token("/people/new")})
    assert answer.status_code == 409


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_of_what_they_did_still_open(client: Browser, session: Session, administrator: Person) -> None:
    world = make_world(session, NOW)
    enrolment, coach = world.enrolment, make_person(session, "Coach Ade")
    give_role(session, coach, Role.COACH, enrolment.cohort)
    manager = make_person(session, "Mona Manager", roles=(Role.MANAGER,))
    mine = door(BASE)
    meet_everything(session, mine, enrolment, coach, now=NOW)
    certification.certify(session, mine, enrolment, organisation="Us", who=manager.uuid, now=NOW)
    session.commit()
    assessment, certificate = session.scalars(select(Assessment)).one(), session.scalars(select(Certificate)).one()
    pages = {
        f"/verify/{certificate.code}": administrator,
        f"/enrolments/{enrolment.uuid}/certificate": manager,
        f"/cohorts/{enrolment.cohort.uuid}": manager,
        f"/cohorts/{enrolment.cohort.uuid}/certification": manager,
        f"/assessments/{assessment.uuid}": coach,
        "/queue": coach,
        "/statements": administrator,
    }
    for person in pages.values():
        session.refresh(person)
    client.sign_in(administrator)
    client.submit(f"/people/{enrolment.person.uuid}/forget", {"reason": "asked"})
    found = {}
    for address, who in pages.items():
        client.sign_in(who)
        answer = client.get(address, follow_redirects=True)
        found[address] = (answer.status_code, "Amara" in answer.text)
    assert found == dict.fromkeys(pages, (200, False))
    page = client.get(f"/verify/{certificate.code}").text
    assert "Yes. The holder, whose name was erased, is a certified mentor." in page
    assert "is not what was signed off" not in page
