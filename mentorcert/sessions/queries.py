"""Reading the live half: seasons, topics, who is here, who plays what, who attended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from mentorcert.catalog.programme import LessonKind, Programme
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import NotFound
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.people.models import Person
from mentorcert.permissions import Scope
from mentorcert.sessions.models import LiveSession, Part, Presence, Seat, Topic

AFTERGLOW: Final = timedelta(minutes=30)
"""How long a session that has ended, and is not closed, still counts as the next one."""
_NO_SESSION: Final = UUID(int=0)


def live_session(session: Session, uuid: UUID) -> LiveSession:
    """A live session by UUID, with its cohort and topic; raises NotFound. One query."""
    found = session.scalar(select(LiveSession).where(LiveSession.uuid == uuid))
    if found is None:
        raise NotFound("There is no such session.", "Go to your sessions and choose one.")
    return found


def season(session: Session, cohort: Cohort) -> list[LiveSession]:
    """Every session of a cohort in order of time, cancelled ones too. One query."""
    return seasons(session, [cohort.id])


def seasons(session: Session, cohort_ids: Collection[int]) -> list[LiveSession]:
    """The same for many cohorts in one query."""
    return list(session.scalars(_in_order().where(LiveSession.cohort_id.in_(cohort_ids))))


def planned(session: Session, cohort: Cohort) -> list[LiveSession]:
    """The sessions of a cohort that were not cancelled, in order of time. One query."""
    return [live for live in season(session, cohort) if live.cancelled_at is None]


def next_of(season: Sequence[LiveSession], now: datetime) -> LiveSession | None:
    """The session that is on or comes next, of some in order of time; None when all are over."""
    return next((live for live in season if is_ahead(live, now)), None)


def is_ahead(live: LiveSession, now: datetime) -> bool:
    """Whether a session is on or still to come."""
    return live.closed_at is None and live.cancelled_at is None and now < live.ends_at + AFTERGLOW


def attendance_of(session: Session, registrations: Collection[UUID], iris: Iris) -> dict[UUID, set[UUID]]:
    """The sessions that were attended by each of these registrations, from what the statements say. One query."""
    below = iris.session(_NO_SESSION).removesuffix(str(_NO_SESSION))
    standings = evidence.standings_of_many(session, registrations, below=below)
    return {
        registration: {UUID(iri.removeprefix(below)) for iri, standing in found.items() if standing.completed_at}
        for registration, found in standings.items()
    }


def done(session: Session, registrations: Collection[UUID], iri: str) -> set[UUID]:
    """Those of these registrations for whom the statements say that an activity is completed. One query."""
    standings = evidence.standings_of_many(session, registrations, below=iri)
    return {each for each, found in standings.items() if found.get(iri, evidence.NOTHING).completed_at}


def presences(session: Session, live: LiveSession) -> list[Presence]:
    """Who is here, or was until it was closed. One query, people included."""
    query = (
        select(Presence)
        .join(Enrolment, Presence.enrolment_id == Enrolment.id)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Presence.live_session_id == live.id, Enrolment.archived_at.is_(None))
        .order_by(Person.name, Presence.id)
    )
    return list(session.scalars(query))


def is_here(session: Session, live: LiveSession, enrolment: Enrolment) -> bool:
    """Whether somebody is checked in. One query."""
    query = select(Presence.id).where(Presence.live_session_id == live.id, Presence.enrolment_id == enrolment.id)
    return session.scalar(query) is not None


def enrolment_in(session: Session, live: LiveSession, person: UUID) -> Enrolment | None:
    """The open enrolment by which somebody goes to a session; None for who does not. One query."""
    query = (
        select(Enrolment)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == live.cohort_id, Enrolment.archived_at.is_(None), Person.uuid == person)
    )
    return session.scalar(query)


def trainees(session: Session, live: LiveSession) -> list[tuple[UUID, str]]:
    """Enrolment and name of everybody who goes to a session, by name. One query."""
    query = (
        select(Enrolment.uuid, Person.name)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == live.cohort_id, Enrolment.archived_at.is_(None))
        .order_by(Person.name, Enrolment.id)
    )
    return [(uuid, name) for uuid, name in session.execute(query)]


def seats(session: Session, live: LiveSession, round_: int | None = None) -> list[Seat]:
    """Who plays what, round by round and group by group, or in one round. One query, people included."""
    query = select(Seat).where(Seat.live_session_id == live.id).order_by(Seat.round, Seat.group, Seat.id)
    return list(session.scalars(query if round_ is None else query.where(Seat.round == round_)))


@dataclass(frozen=True, slots=True)
class Sat:
    """That somebody had a place in a group in an earlier session or round."""

    session: int
    group: int
    person: int
    part: Part


def sat_before(session: Session, live: LiveSession) -> list[Sat]:
    """Who sat with whom and played what: in the cohort's closed sessions, and in earlier rounds of this one."""
    query = (
        select(Seat.live_session_id, Seat.group, Seat.enrolment_id, Seat.part, LiveSession.closed_at, Seat.round)
        .join(LiveSession, Seat.live_session_id == LiveSession.id)
        .where(LiveSession.cohort_id == live.cohort_id)
        .order_by(Seat.id)
    )
    return [
        Sat(of, group, person, part)
        for of, group, person, part, closed_at, round_ in session.execute(query)
        if (round_ < live.round if of == live.id else closed_at is not None)
    ]


def unacknowledged(
    session: Session, programme: Programme, registrations: Collection[UUID], iris: Iris
) -> dict[UUID, tuple[str, str]]:
    """Who has not acknowledged the orientation, and the (unit, lesson) that is open. One query a lesson that asks."""
    lessons = [
        (unit.id, lesson.id)
        for unit in programme.units
        for lesson in unit.lessons
        if lesson.kind is LessonKind.ACKNOWLEDGE
    ]
    missing: dict[UUID, tuple[str, str]] = {}
    for unit, lesson in reversed(lessons):
        ready = done(session, registrations, iris.step(unit, lesson))
        missing |= {each: (unit, lesson) for each in registrations if each not in ready}
    return missing


def topic(session: Session, uuid: UUID) -> Topic:
    """A topic by UUID; raises NotFound."""
    found = session.scalar(select(Topic).where(Topic.uuid == uuid))
    if found is None:
        raise NotFound("There is no such topic.", "Go to the topics and choose one.")
    return found


def topics(session: Session, *, archived: bool = False) -> list[Topic]:
    """The topics by name; archived ones too when asked for."""
    query = select(Topic).order_by(Topic.title, Topic.id)
    return list(session.scalars(query if archived else query.where(Topic.archived_at.is_(None))))


def topics_used(session: Session) -> dict[int, int]:
    """In how many sessions each topic is played, by its key. One query."""
    query = select(LiveSession.topic_id, func.count()).where(LiveSession.cancelled_at.is_(None))
    found = session.execute(query.group_by(LiveSession.topic_id))
    return {topic_id: count for topic_id, count in found if topic_id is not None}


def scope_of_session(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with a live session in it, or None when there is none."""
    query = select(Cohort.uuid).join(LiveSession, LiveSession.cohort_id == Cohort.id).where(LiveSession.uuid == uuid)
    found = session.scalar(query)
    return Scope(cohort=found) if found else None


def _in_order() -> Select[LiveSession]:
    return select(LiveSession).order_by(LiveSession.starts_at, LiveSession.number)
