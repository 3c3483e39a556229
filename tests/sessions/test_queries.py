"""The pages of the live half ask the database as often for fifty people as for one, and little when asked again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.sessions.models import LiveSession
from tests.browsing import Browser
from tests.factories import give_role, make_cohort, make_enrolment, make_person
from tests.sessions import factories

Counting = Callable[[], AbstractContextManager[list[str]]]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ines(session: Session, cohort: Cohort) -> Person:
    return give_role(session, make_person(session, "Ines Duarte"), Role.FACILITATOR, cohort)


def _count(client: Browser, count_queries: Counting, address: str, etag: str = "") -> int:
    client.get(address)  # what a process keeps after the first time is read then
    with count_queries() as sent:
        response = client.get(address, headers={"If-None-Match": etag} if etag else {})
    assert response.status_code in {200, 304}
    return len(sent)


def _fill(session: Session, cohort: Cohort, count: int) -> list[Enrolment]:
    people = [make_enrolment(session, cohort, make_person(session, f"Person {number}")) for number in range(count)]
    factories.acknowledge(session, *people)
    return people


@pytest.mark.parametrize("closed", [False, True])
def test_the_console_and_a_trainees_page_cost_the_same_for_fifty_people(
    client: Browser, session: Session, cohort: Cohort, ines: Person, count_queries: Counting, closed: bool
) -> None:
    few, many = factories.make_season(session, cohort)
    counts = []
    for live, people in ((few, _fill(session, cohort, 2)), (many, _fill(session, cohort, 48))):
        factories.check_in(session, live, *people)
        factories.start(session, live)
        if closed:
            factories.close(session, live)
        client.sign_in(ines)
        console = f"/sessions/{live.uuid}/console"
        pages = [_count(client, count_queries, address) for address in (console, f"{console}/live")]
        client.sign_in(people[0].person)
        pages.append(_count(client, count_queries, f"/sessions/{live.uuid}"))
        counts.append(pages)
    assert counts[0] == counts[1]


def test_the_list_costs_the_same_for_many_cohorts(
    client: Browser, session: Session, cohort: Cohort, count_queries: Counting
) -> None:
    manager = make_person(session, "Mona", roles=(Role.MANAGER,))
    client.sign_in(manager)
    factories.make_season(session, cohort, count=1)
    make_enrolment(session, cohort, manager)
    one = _count(client, count_queries, "/sessions")
    for number in range(20):
        more = make_cohort(session, f"More {number}", version=cohort.version)
        factories.make_season(session, more)
        make_enrolment(session, more, manager)
    assert _count(client, count_queries, "/sessions") == one


def test_asking_again_reads_who_asks_and_the_session_and_no_more(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], ines: Person, count_queries: Counting
) -> None:
    factories.check_in(session, live, *four)
    factories.start(session, live)
    for person, address in (
        (ines, f"/sessions/{live.uuid}/console/live"),
        (four[0].person, f"/sessions/{live.uuid}/live"),
    ):
        client.sign_in(person)
        etag = client.get(address).headers["ETag"]
        with count_queries() as sent:
            assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
        assert len([statement for statement in sent if statement.startswith("SELECT")]) <= 5


def test_the_schedule_costs_the_same_for_one_session_and_for_two(
    client: Browser, session: Session, cohort: Cohort, ines: Person, count_queries: Counting, now: datetime
) -> None:
    client.sign_in(ines)
    factories.make_season(session, cohort, count=1)
    other = make_cohort(session, "Winter", version=cohort.version)
    give_role(session, ines, Role.FACILITATOR, other)
    factories.make_season(session, other, count=2, now=now)
    counts = [_count(client, count_queries, f"/cohorts/{each.uuid}/schedule") for each in (cohort, other)]
    assert counts[0] == counts[1]
