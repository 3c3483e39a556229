"""The demo's live sessions: a season around today, six of eight sessions held."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.demo.cast import TRAINEES, ZONE
from mentorcert.demo.study import Event
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.service import Door
from mentorcert.sessions import attendance, running, service
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.planning import Wish

THURSDAY: Final = 3
"""As `date.weekday` counts."""
HELD: Final = 6
WEEKS: Final = 8
LENGTH: Final = timedelta(minutes=75)


def season_start(now: datetime) -> datetime:
    """When session 1 was: so that session 7, on a Thursday at 16:00, is the next one that is not over."""
    local = now.astimezone(ZoneInfo(ZONE))
    thursday = local.date() + timedelta(days=(THURSDAY - local.weekday()) % 7)
    seventh = datetime.combine(thursday, time(16), local.tzinfo)
    if seventh + LENGTH <= local:
        seventh += timedelta(weeks=1)
    return seventh - timedelta(weeks=HELD)


def lay_season(session: Session, cohort: Cohort, start: datetime, *, who: UUID) -> list[LiveSession]:
    """Plan the eight sessions, ten days before the first."""
    wish = Wish(start.date(), start.time(), WEEKS, place="Room 2.14", link="https://meet.harbourline.example/mentors")
    return service.lay_season(session, cohort.uuid, wish, who=who, now=start - timedelta(days=10))


def held_sessions(
    session: Session, season: list[LiveSession], enrolments: Mapping[str, Enrolment], door: Door, *, who: UUID
) -> Iterator[Event]:
    """Hold the first six: check in, play three rounds, close with attendance."""
    for live in season[:HELD]:
        there = [enrolments[each.email].uuid for each in TRAINEES if live.number in each.attended]
        yield from _held(session, live, there, door, who)


def _held(session: Session, live: LiveSession, there: list[UUID], door: Door, who: UUID) -> Iterator[Event]:
    iris = Iris(door.iri_base, live.cohort.version.slug)
    uuid, scenario, start = live.uuid, live.scenario, live.starts_at
    yield start, lambda now: running.check_in(session, uuid, there, now=now)
    yield start + timedelta(minutes=5), lambda _: running.deal(session, uuid, iris, rounds=3, at_round=0)
    yield start + timedelta(minutes=8), lambda now: running.reveal(session, uuid, scenario, who=who, now=now)
    for number in range(4):
        at = start + timedelta(minutes=10 + 12 * number)
        yield at, _next_round(session, uuid, number)
    yield start + timedelta(minutes=live.minutes), lambda now: attendance.close(session, uuid, door, who=who, now=now)


def _next_round(session: Session, uuid: UUID, after: int) -> Callable[[datetime], object]:
    return lambda now: running.go_on(session, uuid, at_round=after, now=now)
