"""The schedule and the topics as pages: a preview first, every fault at its field, and times in the right zone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.sessions import queries, service
from mentorcert.sessions.models import LiveSession, Topic
from tests.browsing import Browser
from tests.factories import give_role, make_cohort, make_person
from tests.sessions import factories

SEASON = {"first": "2026-11-26", "at": "16:00", "count": "2", "place": "Room 2.14", "link": "https://meet.example.org"}
START = datetime(2026, 11, 26, 16, tzinfo=UTC)


@pytest.fixture
def ines(session: Session, cohort: Cohort, client: Browser) -> Person:
    """The facilitator, who lives in another zone than the cohort's; signed in."""
    person = make_person(session, "Ines Duarte", zone="Europe/Lisbon")
    client.sign_in(give_role(session, person, Role.FACILITATOR, cohort))
    return person


@pytest.fixture
def page(cohort: Cohort) -> str:
    return f"/cohorts/{cohort.uuid}/schedule"


def _form(live: LiveSession, **changed: str) -> dict[str, str]:
    """What the form of a session holds, with some of it typed over."""
    topic = str(live.topic.uuid) if live.topic else ""
    start, due = live.starts_at, live.prework_due_at
    return {
        "day": f"{start:%Y-%m-%d}",
        "at": f"{start:%H:%M}",
        "minutes": str(live.minutes),
        "due_day": f"{due:%Y-%m-%d}",
        "due_at": f"{due:%H:%M}",
        "place": live.place,
        "link": live.link,
        "topic": topic,
        "scenario": live.scenario,
        **changed,
    }


def test_a_season_is_looked_at_then_laid(
    client: Browser, session: Session, cohort: Cohort, ines: Person, page: str
) -> None:
    assert "Autumn has no sessions yet." in client.get(page).text
    shown = client.submit(page, {**SEASON, "step": "preview"})
    assert shown.status_code == 200
    assert "Two sessions, from 26 November to 3 December 2026." in shown.text
    assert "Wednesday 25 November, 22:00" in shown.text
    assert queries.season(session, cohort) == []
    session.rollback()
    laid = client.submit(page, {**SEASON, "step": "lay"})
    assert (laid.status_code, laid.location) == (303, page)
    assert [live.starts_at for live in queries.season(session, cohort)] == [START, START + timedelta(weeks=1)]
    text = client.get(page).text
    assert "2 sessions are planned." in text
    assert "Session 1 is next: Thursday 26 November, 16:00." in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"count": "0"}, "Choose a number from 1 to 2."),
        ({"count": "-3"}, "Choose a number from 1 to 2."),
        ({"count": "many"}, "This is not a whole number."),
        ({"count": ""}, "This is needed."),
        ({"first": "next week"}, "This is not a date. Write it like 2026-11-26."),
        ({"first": "0001-01-01"}, "This is more than a year away."),
        ({"first": "9999-12-31"}, "This is more than a year away."),
        ({"at": "25:00"}, "This is not a time. Write it like 16:00."),
        ({"link": "http://meet.example.org"}, "it starts with https://"),
        ({"link": "javascript:alert(1)"}, "it starts with https://"),
        ({"skip": "2026-12-04"}, "Friday 4 December 2026 is no date of this season."),
        ({"skip": "Christmas"}, "“Christmas” is not a date."),
        ({"until": "2026-11-01"}, "The season would end before it starts."),
        ({"skip": "2026-12-04", "link": "x"}, "is no date of this season."),
    ],
)
def test_what_is_wrong_with_a_season_is_said_and_what_was_typed_stays(
    client: Browser, session: Session, cohort: Cohort, ines: Person, page: str, typed: dict[str, str], said: str
) -> None:
    for step in ("preview", "lay"):
        response = client.submit(page, {**SEASON, **typed, "step": step})
        assert response.status_code == 400
        assert said in response.text
        assert 'value="Room 2.14"' in response.text
        assert all(value in response.text for value in typed.values())
    assert queries.season(session, cohort) == []


def test_a_second_season_is_refused_with_the_one_that_is_there(
    client: Browser, session: Session, live: LiveSession, ines: Person, page: str
) -> None:
    response = client.submit("/topics", {**SEASON, "step": "lay"}, to=page)
    assert response.status_code == 409
    assert "This cohort has its season already." in response.text
    assert "The second" in response.text


def test_a_moved_session_takes_its_due_time_along_unless_that_is_set(
    client: Browser, session: Session, live: LiveSession, ines: Person, page: str
) -> None:
    edit = f"/sessions/{live.uuid}/edit"
    assert 'value="2026-11-26"' in client.get(edit).text
    moved = client.submit(edit, _form(live, day="2026-11-27", at="10:30"))
    session.rollback()
    assert (moved.status_code, moved.location) == (303, page)
    assert (live.starts_at, live.prework_due_at) == (
        datetime(2026, 11, 27, 10, 30, tzinfo=UTC),
        datetime(2026, 11, 26, 16, 30, tzinfo=UTC),
    )
    client.submit(edit, _form(live, due_day="2026-11-25", due_at="12:00", scenario="dive", minutes="90"))
    session.rollback()
    assert (live.prework_due_at, live.scenario, live.minutes) == (datetime(2026, 11, 25, 12, tzinfo=UTC), "dive", 90)


def test_pre_work_due_after_its_session_is_refused(
    client: Browser, session: Session, live: LiveSession, ines: Person
) -> None:
    response = client.submit(f"/sessions/{live.uuid}/edit", _form(live, due_day="2026-11-26", due_at="16:01"))
    assert response.status_code == 400
    assert "Pre-work can&#39;t be due after the session it is for." in response.text
    assert 'value="16:01"' in response.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": ""}, "This is needed."),
        ({"day": "2062-11-26"}, "This is more than a year away."),
        ({"day": "0001-01-01"}, "This is more than a year away."),
        ({"day": "9999-12-31"}, "This is more than a year away."),
        ({"due_day": "0001-01-01"}, "This is more than a year away."),
        ({"due_day": "1926-11-26"}, "This is more than a year before the session."),
        ({"minutes": "0"}, "A session takes 10 to 480 minutes."),
        ({"minutes": "x"}, "This is not a whole number."),
        ({"scenario": "nowhere"}, "Choose one from the list."),
        ({"topic": "nothing"}, "Choose one from the list."),
        ({"link": "meet.example.org"}, "it starts with https://"),
    ],
)
def test_what_is_wrong_with_a_session_is_said(
    client: Browser, session: Session, live: LiveSession, ines: Person, typed: dict[str, str], said: str
) -> None:
    before = _form(live)
    response = client.submit(f"/sessions/{live.uuid}/edit", {**before, **typed, "place": "Typed"})
    assert (response.status_code, said in response.text, 'value="Typed"' in response.text) == (400, True, True)
    session.rollback()
    assert _form(live) == before


def test_dates_are_entered_by_the_cohorts_clocks(client: Browser, session: Session) -> None:
    cohort = make_cohort(session, "Winter", version=factories.publish(session), zone="Asia/Tokyo")
    client.sign_in(give_role(session, make_person(session, "Ines"), Role.FACILITATOR, cohort))
    page = f"/cohorts/{cohort.uuid}/schedule"
    client.submit(page, {**SEASON, "step": "lay"})
    session.rollback()
    [live, _] = queries.season(session, cohort)
    assert live.starts_at == datetime(2026, 11, 26, 7, tzinfo=UTC)
    text = client.get(page).text
    assert "Thursday 26 November, 07:00 to 08:00</time>, your time. In Tokyo it is 16:00." in text
    assert "Times below are yours (Europe/London)." in text
    assert 'value="16:00"' in client.get(f"/sessions/{live.uuid}/edit").text


def test_a_closed_session_is_not_moved(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    edit, before = f"/sessions/{live.uuid}/edit", _form(live)
    factories.check_in(session, live, *four)
    factories.close(session, live)
    response = client.submit("/topics", {**before, "day": "2026-11-27"}, to=edit)
    assert response.status_code == 409
    assert "Session 1 is closed; its attendance is recorded." in response.text
    session.rollback()
    assert live.starts_at == START


def test_a_session_is_cancelled_with_a_reason_and_brought_back(
    client: Browser, session: Session, live: LiveSession, ines: Person, page: str
) -> None:
    edit, cancel = f"/sessions/{live.uuid}/edit", f"/sessions/{live.uuid}/cancel"
    assert client.submit(edit, {"reason": " "}, to=cancel).status_code == 400
    assert client.submit(edit, {"reason": "Snow"}, to=cancel).status_code == 303
    assert "Session 2 is next" in client.get(page).text
    assert "It is cancelled. Bring it back first" in client.get(edit).text
    assert client.submit(page, to=f"/sessions/{live.uuid}/bring-back").status_code == 303
    assert "Session 1 is next" in client.get(page).text


def test_topics_are_added_renamed_and_archived(
    client: Browser, session: Session, live: LiveSession, ines: Person
) -> None:
    assert client.submit("/topics", {"title": "Saying no"}).status_code == 303
    assert "Three topics to choose from." in client.get("/topics").text
    session.rollback()
    topic = next(each for each in queries.topics(session) if each.title == "Saying no")
    session.rollback()
    one = f"/topics/{topic.uuid}"
    assert client.submit(one, {"title": "Saying no kindly"}).status_code == 303
    assert "Saying no kindly" in client.get("/topics").text
    assert client.submit(one, to=f"{one}/archive").status_code == 303
    assert "Two topics to choose from." in client.get("/topics").text
    assert client.submit("/topics", to=f"{one}/restore").status_code == 303
    taken = client.submit(one, {"title": "talks"})
    assert (taken.status_code, "There is a topic “Talks” already." in taken.text) == (400, True)
    empty = client.submit("/topics", {"title": ""})
    assert (empty.status_code, "A topic has a name." in empty.text) == (400, True)
    assert session.scalar(select(func.count(Topic.id))) == 3
    assert client.get(f"/topics/{uuid4()}").status_code == 404


def test_a_topic_that_is_archived_stays_with_its_session(
    client: Browser, session: Session, live: LiveSession, ines: Person, now: datetime
) -> None:
    talks = live.topic
    assert talks is not None
    session.rollback()
    client.submit(f"/topics/{talks.uuid}", to=f"/topics/{talks.uuid}/archive")
    assert client.submit(f"/sessions/{live.uuid}/edit", _form(live, place="Room 3")).status_code == 303
    session.rollback()
    assert (live.place, live.topic) == ("Room 3", talks)
    service.bring_back(session, live.uuid, who="test", now=now)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COACH, Role.ADMINISTRATOR, None])
def test_only_facilitators_and_managers_change_the_schedule(
    client: Browser, session: Session, live: LiveSession, page: str, role: Role | None
) -> None:
    client.sign_in(make_person(session, "Mona", roles=(role,) if role else ()))
    wanted = 200 if role is Role.MANAGER else 403
    assert {client.get(address).status_code for address in (page, f"/sessions/{live.uuid}/edit", "/topics")} == {wanted}
