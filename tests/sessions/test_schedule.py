"""Seasons and sessions: laid, moved, changed, called off; on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound
from mentorcert.sessions import queries, running, service
from mentorcert.sessions.models import LiveSession, Topic
from mentorcert.sessions.planning import Wish
from mentorcert.sessions.service import Change
from tests.sessions import factories
from tests.sessions.factories import FIRST, FOUR

THURSDAY = datetime(2026, 11, 26, 16, tzinfo=UTC)
WISH = Wish(FIRST, FOUR, 2, place="Room 2.14", link="https://meet.example.org/four")


def _faults(session: Session, cohort: Cohort, wish: Wish, now: datetime) -> list[str]:
    with pytest.raises(Invalid) as caught:
        service.lay_season(session, cohort.uuid, wish, who="test", now=now)
    session.rollback()
    assert session.scalar(select(func.count(LiveSession.id))) == 0
    return [str(fault) for fault in caught.value.faults]


def test_a_season_is_laid_as_the_programme_plans_it(session: Session, cohort: Cohort, now: datetime) -> None:
    service.lay_season(session, cohort.uuid, WISH, who="test", now=now)
    session.commit()
    season = queries.season(session, cohort)
    assert [
        (live.number, live.title, live.unit, live.scenario, live.topic and live.topic.title, live.starts_at)
        for live in season
    ] == [
        (1, "The first", "start", "talk", "Talks", THURSDAY),
        (2, "The second", "deep", "swim", "Feedback", THURSDAY + timedelta(weeks=1)),
    ]
    assert [live.prework_due_at for live in season] == [
        datetime(2026, 11, 25, 22, tzinfo=UTC),
        THURSDAY + timedelta(weeks=1),
    ]
    assert {(live.minutes, live.place, live.link) for live in season} == {
        (60, "Room 2.14", "https://meet.example.org/four")
    }
    assert [entry.action for entry in session.scalars(select(AuditEntry)) if entry.action.startswith("season")] == [
        "season.lay"
    ]


def test_a_second_season_is_refused(session: Session, live: LiveSession, cohort: Cohort, now: datetime) -> None:
    with pytest.raises(Conflict, match="has its season already"):
        service.lay_season(session, cohort.uuid, WISH, who="test", now=now)


def test_everything_wrong_with_a_season_is_said_at_once(session: Session, cohort: Cohort, now: datetime) -> None:
    wish = replace(WISH, first=date(2028, 11, 26), count=0, link="http://meet.example.org", place="x" * 201)
    assert _faults(session, cohort, wish, now) == [
        "count: The programme plans 2 sessions. Choose a number from 1 to 2.",
        "first: This is more than a year away. Look at the year again.",
        "place: This is too long. Use 200 characters or fewer.",
        "link: This is no address of a meeting. Copy the whole address; it starts with https://",
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        (
            replace(WISH, skip=(date(2026, 12, 4), date(2026, 12, 3))),
            "skip: Friday 4 December 2026 is no date of this season. Leave it out, or correct it.",
        ),
        (
            replace(WISH, until=date(2026, 11, 1)),
            "until: The season would end before it starts. Choose a day after the first session.",
        ),
        (
            replace(WISH, until=date(2026, 11, 27)),
            "until: The last session would be on 3 December 2026."
            " Choose a later day, fewer sessions, or an earlier start.",
        ),
        (replace(WISH, count=3), "count: The programme plans 2 sessions. Choose a number from 1 to 2."),
        (replace(WISH, first=date.max), "first: This is more than a year away. Look at the year again."),
    ],
)
def test_a_season_that_makes_no_sense_is_refused(
    session: Session, cohort: Cohort, now: datetime, wish: Wish, fault: str
) -> None:
    assert _faults(session, cohort, wish, now) == [fault]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_refused(session: Session, cohort: Cohort, now: datetime, zone: str) -> None:
    writing(session)
    cohort.zone = zone
    session.commit()
    assert _faults(session, cohort, WISH, now) == [
        f"zone: There is no time zone “{zone}”. Use a name such as Europe/London."
    ]


def test_a_moved_session_takes_its_due_time_with_it(session: Session, live: LiveSession, now: datetime) -> None:
    service.change(session, live.uuid, Change(starts_at=THURSDAY + timedelta(days=1, hours=2)), who="test", now=now)
    session.commit()
    assert (live.starts_at, live.prework_due_at) == (
        THURSDAY + timedelta(days=1, hours=2),
        datetime(2026, 11, 27, tzinfo=UTC),
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "session.change")).one()
    assert entry.before == {"starts_at": "2026-11-26T16:00:00+00:00", "prework_due_at": "2026-11-25T22:00:00+00:00"}


def test_pre_work_may_be_due_when_the_session_starts_and_not_later(
    session: Session, live: LiveSession, now: datetime
) -> None:
    service.change(session, live.uuid, Change(due_at=THURSDAY), who="test", now=now)
    session.commit()
    with pytest.raises(Invalid) as caught:
        service.change(session, live.uuid, Change(due_at=THURSDAY + timedelta(microseconds=1)), who="test", now=now)
    session.rollback()
    assert caught.value.faults == (
        Fault(
            "due_day",
            "Pre-work can't be due after the session it is for.",
            "Choose a time before the session starts.",
        ),
    )
    assert live.prework_due_at == THURSDAY


def test_a_session_moved_before_its_fixed_due_time_is_refused(
    session: Session, live: LiveSession, now: datetime
) -> None:
    earlier = THURSDAY - timedelta(hours=2)
    with pytest.raises(Invalid):
        service.change(session, live.uuid, Change(starts_at=earlier, due_at=THURSDAY), who="test", now=now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "where"),
    [
        (Change(minutes=0), "minutes"),
        (Change(minutes=481), "minutes"),
        (Change(link="javascript:alert(1)"), "link"),
        (Change(link="https://"), "link"),
        (Change(link="https://[oops"), "link"),
        (Change(link="https://meet.example.org/" + "x" * 500), "link"),
        (Change(place="x" * 201), "place"),
        (Change(starts_at=datetime(2062, 11, 26, 16, tzinfo=UTC)), "day"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    session: Session, live: LiveSession, now: datetime, change: Change, where: str
) -> None:
    with pytest.raises(Invalid) as caught:
        service.change(session, live.uuid, change, who="test", now=now)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_place_link_scenario_and_topic_can_be_changed(session: Session, live: LiveSession, now: datetime) -> None:
    topic = _topic(session, "Silence", now)
    change = Change(place="Room 1", link="", scenario="dive", topic=topic.uuid, minutes=90)
    service.change(session, live.uuid, change, who="test", now=now)
    session.commit()
    assert (live.place, live.link, live.scenario, live.topic, live.minutes) == ("Room 1", "", "dive", topic, 90)


def _topic(session: Session, title: str, now: datetime) -> Topic:
    writing(session)
    topic = Topic(title=title, created_at=now)
    session.add(topic)
    session.commit()
    return topic


def test_a_scenario_of_no_unit_is_refused(session: Session, live: LiveSession, now: datetime) -> None:
    with pytest.raises(NotFound):
        service.choose(session, live.uuid, "nowhere", who="test", now=now)


def test_an_archived_topic_can_not_be_chosen_and_can_stay(session: Session, live: LiveSession, now: datetime) -> None:
    topic = _topic(session, "Silence", now)
    writing(session)
    topic.archived_at = now
    session.commit()
    with pytest.raises(Invalid) as caught:
        service.change(session, live.uuid, Change(topic=topic.uuid), who="test", now=now)
    session.rollback()
    assert caught.value.title == "The topic “Silence” is archived."
    writing(session)
    live.topic_id = topic.id
    session.commit()
    service.change(session, live.uuid, Change(topic=topic.uuid, place="Room 3"), who="test", now=now)
    session.commit()
    assert (live.place, live.topic) == ("Room 3", topic)


def test_a_closed_session_stays_where_it_was(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four)
    factories.close(session, live)
    with pytest.raises(Conflict, match="Session 1 is closed"):
        service.change(session, live.uuid, Change(starts_at=THURSDAY + timedelta(days=1)), who="test", now=now)
    with pytest.raises(Conflict, match="Session 1 is closed"):
        service.cancel(session, live.uuid, reason="Snow", who="test", now=now)


def test_a_cancelled_session_comes_back_as_it_was(session: Session, live: LiveSession, now: datetime) -> None:
    with pytest.raises(Invalid, match="reason is missing"):
        service.cancel(session, live.uuid, reason="  ", who="test", now=now)
    service.cancel(session, live.uuid, reason=" Snow  everywhere", who="test", now=now)
    session.commit()
    with pytest.raises(Conflict, match="Session 1 is cancelled"):
        running.check_in(session, live.uuid, [], now=now)
    session.rollback()
    assert session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "session.cancel")).all() == [
        "Snow everywhere"
    ]
    service.bring_back(session, live.uuid, who="test", now=now)
    session.commit()
    assert (live.cancelled_at, live.starts_at) == (None, THURSDAY)


def test_a_session_that_is_not_there_is_said(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        service.change(session, uuid4(), Change(starts_at=THURSDAY), who="test", now=now)


def test_the_next_session_is_the_one_that_is_on_or_comes(session: Session, cohort: Cohort, now: datetime) -> None:
    first, second = factories.make_season(session, cohort)
    moments = {
        now: first,
        THURSDAY + timedelta(minutes=60): first,
        THURSDAY + timedelta(minutes=91): second,
        THURSDAY + timedelta(weeks=2): None,
    }
    assert {at: queries.next_of(queries.season(session, cohort), at) for at in moments} == moments
    service.cancel(session, first.uuid, reason="Snow", who="test", now=now)
    session.commit()
    assert queries.next_of(queries.season(session, cohort), now) == second


def test_a_season_over_a_change_of_the_clocks_keeps_its_wall_clock_time(
    session: Session, cohort: Cohort, now: datetime
) -> None:
    wish = Wish(date(2027, 3, 25), time(16), 2)
    laid = service.lay_season(session, cohort.uuid, wish, who="test", now=now)
    session.commit()
    assert [live.starts_at.hour for live in laid] == [16, 15]
