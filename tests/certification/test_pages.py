"""The pages of certification: what is open and why, the decision, and what a stranger is told."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.certification import queries
from mentorcert.certification.models import Certificate
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import db, writing
from mentorcert.evidence.service import Door, door
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.certification.factories import do_prework, grade, meet_everything
from tests.databases import counted
from tests.factories import NOW, make_cohort, make_enrolment, make_person


@pytest.fixture
def inside(app: MentorCert) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def mine() -> Door:
    return door("https://mentors.example.org")


@pytest.fixture
def enrolment(inside: Session) -> Enrolment:
    return make_enrolment(inside, person=make_person(inside, "Amara Okafor"))


@pytest.fixture
def coach(inside: Session) -> Person:
    return make_person(inside, "Tomasz Wrona")


@pytest.fixture
def manager(inside: Session) -> Person:
    return make_person(inside, "Helena Brandt", roles=(Role.MANAGER,))


@pytest.fixture
def certified(
    inside: Session, client: Browser, mine: Door, enrolment: Enrolment, coach: Person, manager: Person
) -> Certificate:
    """Amara, certified by the manager through the page."""
    meet_everything(inside, mine, enrolment, coach, now=NOW)
    client.sign_in(manager)
    page = f"/enrolments/{enrolment.uuid}/certificate"
    answer = client.submit(page, to=f"/enrolments/{enrolment.uuid}/certify")
    assert (answer.status_code, answer.location) == (303, page)
    found = queries.latest(inside, enrolment)
    assert found is not None
    return found


def test_the_certificate_is_refused_while_something_is_open_and_the_page_says_what(
    inside: Session, client: Browser, mine: Door, enrolment: Enrolment, coach: Person, manager: Person
) -> None:
    do_prework(inside, mine, enrolment, now=NOW)
    grade(inside, mine, enrolment, coach, percent=79, level="solid", now=NOW)
    client.sign_in(manager)
    page = f"/enrolments/{enrolment.uuid}/certificate"
    shown = client.get(page)
    assert "Four of five requirements are met; one is open." in shown.text
    assert "1 more live session to attend." in shown.text
    assert '<button type="submit" disabled>Certify Amara Okafor</button>' in shown.text
    forced = client.submit(page, to=f"/enrolments/{enrolment.uuid}/certify")
    assert forced.status_code == 409
    assert "Amara Okafor can't be certified yet." in unescape(forced.text)
    assert "One session: 1 more live session to attend." in forced.text
    assert queries.latest(inside, enrolment) is None


def test_a_stranger_reads_what_was_required_and_no_grade(
    certified: Certificate, client: Browser, app: MentorCert
) -> None:
    page = app.test_client().get(f"/verify/{certified.code.lower().replace('-', ' ')}")
    assert page.status_code == 200
    assert "Yes. Amara Okafor is a certified mentor." in page.text
    assert "Passed, graded by a coach against the published rubric" in page.text
    assert "79 of 100" not in page.text
    assert certified.enrolment.person.email not in page.text


@pytest.mark.parametrize(
    "address", ["/verify/K7QX-4M2P", "/verify/nonsense", "/verify?code=K7QX-4M2P", "/verify?code=%3Cb%3E"]
)
def test_an_unknown_code_is_said_to_be_unknown(client: Browser, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 404
    assert "We have no certificate with this code." in page.text
    assert "codes have no O, I, 0 or 1" in page.text
    assert "<b>" not in page.text


def test_a_code_must_be_typed(client: Browser) -> None:
    page = client.get("/verify?code=")
    assert page.status_code == 400
    assert "Type the code, for example K7QX-4M2P." in page.text


def test_looking_up_a_code_leads_to_its_page(certified: Certificate, client: Browser) -> None:
    answer = client.get("/verify", query_string={"code": f" {certified.code.lower()} "})
    assert (answer.status_code, answer.location) == (302, f"/verify/{certified.code}")


def test_withdrawing_needs_a_reason_and_shows_at_once(certified: Certificate, client: Browser) -> None:
    page, to = f"/enrolments/{certified.enrolment.uuid}/certificate", f"/certificates/{certified.uuid}/revoke"
    refused = client.submit(page, {"reason": ""}, to=to)
    assert refused.status_code == 400
    assert "Say why. Without a reason a certificate stays." in refused.text
    long = client.submit(page, {"reason": "Not theirs. " * 200}, to=to)
    assert (long.status_code, "Not theirs. Not theirs." in long.text) == (400, True)
    done = client.submit(page, {"reason": "The recording was not theirs."}, to=to)
    assert done.status_code == 303
    public = client.get(f"/verify/{certified.code}").text
    assert "No. This certificate was withdrawn on 24 November 2026." in public
    assert "The recording was not theirs." not in public


def test_after_its_time_it_says_so(certified: Certificate, app: MentorCert) -> None:
    with time_machine.travel(certified.valid_until + timedelta(seconds=1), tick=False):
        page = app.test_client().get(f"/verify/{certified.code}")
    assert "<h1>It was valid until 23 November 2028.</h1>" in page.text
    assert "was certified then, and has not renewed" in page.text


def test_what_was_changed_behind_our_back_is_not_vouched_for(
    certified: Certificate, inside: Session, client: Browser
) -> None:
    writing(inside)
    certified.document = certified.document | {"holder": "Mallory"}
    inside.commit()
    assert "Do not rely on this page" in client.get(f"/verify/{certified.code}").text


def test_a_trainee_sees_their_own_way_only(
    inside: Session, client: Browser, enrolment: Enrolment, manager: Person
) -> None:
    other = make_enrolment(inside, enrolment.cohort, make_person(inside, "Farid Haddad"))
    client.sign_in(enrolment.person)
    assert client.get("/certificate").location == f"/enrolments/{enrolment.uuid}/certificate"
    own = client.get(f"/enrolments/{enrolment.uuid}/certificate")
    assert "Five requirements, all of them open so far." in own.text
    assert "Certify" not in own.text.partition("<main")[2]
    assert client.get(f"/enrolments/{other.uuid}/certificate").status_code == 403


def test_the_cohort_page_asks_the_same_number_of_questions_for_one_and_for_fifty(
    inside: Session, client: Browser, manager: Person
) -> None:
    counts = {}
    for size in (1, 50):
        cohort = make_cohort(inside)
        for number in range(size):
            make_enrolment(inside, cohort, make_person(inside, f"Trainee {number}", password=False))
        client.sign_in(manager)
        client.get(f"/cohorts/{cohort.uuid}/certification")
        with counted(db.engine) as said:
            page = client.get(f"/cohorts/{cohort.uuid}/certification")
        assert page.text.count('<th scope="row">') == size
        counts[size] = len(said)
    assert counts[50] == counts[1]


def test_what_is_open_of_ones_own_leads_to_where_it_is_done(client: Browser, enrolment: Enrolment) -> None:
    client.sign_in(enrolment.person)
    shown = client.get(f"/enrolments/{enrolment.uuid}/certificate").text
    ways = (f"/learn/{enrolment.uuid}", "/sessions", f"/enrolments/{enrolment.uuid}/recording")
    assert [f'<a href="{way}">To your ' in shown for way in ways] == [True, True, True]


def test_a_cohort_of_nobody_says_whom_to_add(inside: Session, client: Browser, manager: Person) -> None:
    cohort = make_cohort(inside)
    inside.commit()
    client.sign_in(manager)
    shown = client.get(f"/cohorts/{cohort.uuid}/certification")
    assert (shown.status_code, f'href="/cohorts/{cohort.uuid}/people"' in shown.text) == (200, True)
