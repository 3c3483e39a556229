"""The report on pre-work as a table for a spreadsheet: a row for each session and person, page by page."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, func, select, tuple_
from sqlalchemy.orm import Session

import xapi.tables
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.evidence.models import Progress
from mentorcert.evidence.spreadsheet import MARK, lines
from mentorcert.people.models import Office, Person
from mentorcert.reports import queries
from mentorcert.reports.lateness import Completion, Prework, judge
from mentorcert.sessions import queries as sessions

PAGE: Final = 200
"""How many people are read at once."""
HEADER: Final = (
    *("session", "title", "starts", "pre-work due", "name", "e-mail", "office"),
    *("complete", "steps done", "steps", "completed", "in time"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a row says of a session, and the steps that are due before it."""

    number: int
    title: str
    starts_at: datetime
    due_at: datetime
    steps: frozenset[str]


@dataclass(frozen=True, slots=True)
class Export:
    """What to write: a cohort, the sessions of its season, and the zone in which times are written."""

    cohort_id: int
    zone: ZoneInfo
    plans: tuple[Plan, ...]


def prepare(session: Session, cohort: Cohort, iri_base: str) -> Export:
    """Read what every row needs."""
    steps = queries.steps_of(session, cohort, iri_base)
    plans = (
        Plan(live.number, live.title, live.starts_at, live.prework_due_at, frozenset(steps[live.unit]))
        for live in sessions.planned(session, cohort)
    )
    return Export(cohort.id, ZoneInfo(cohort.zone), tuple(plans))


def written(bind: Engine | Connection, export: Export, *, now: datetime) -> Iterator[str]:
    """The file, piece by piece, by name. Each piece is a short read transaction of its own."""
    yield MARK + lines([HEADER])
    after: tuple[str, int] | None = None
    with Session(bind) as session:
        while page := _people(session, export.cohort_id, after):
            completed = _completions(session, [person.uuid for person in page], export)
            session.rollback()
            after = page[-1].name, page[-1].id
            yield lines(_row(export, plan, person, completed, now) for person in page for plan in export.plans)


def _people(session: Session, cohort: int, after: tuple[str, int] | None) -> Sequence[Row[int, UUID, str, str, str]]:
    query = (
        select(Enrolment.id, Enrolment.uuid, Person.name, Person.email, func.coalesce(Office.name, "").label("office"))
        .join(Person, Enrolment.person_id == Person.id)
        .outerjoin(Office, Person.office_id == Office.id)
        .where(Enrolment.cohort_id == cohort, Enrolment.archived_at.is_(None))
        .order_by(Person.name, Enrolment.id)
        .limit(PAGE)
    )
    if after is not None:
        query = query.where(tuple_(Person.name, Enrolment.id) > after)
    return session.execute(query).all()


def _completions(
    session: Session, registrations: Sequence[UUID], export: Export
) -> Mapping[UUID, Mapping[str, Completion]]:
    """When each step was completed, by registration and IRI. One query."""
    stored = xapi.tables.statement
    query = (
        select(Progress.registration, Progress.activity, Progress.completed_at, stored.c.stored)
        .join(stored, stored.c.id == Progress.completed_id)
        .where(Progress.registration.in_(registrations))
        .where(Progress.activity.in_({iri for plan in export.plans for iri in plan.steps}))
    )
    found: dict[UUID, dict[str, Completion]] = defaultdict(dict)
    for registration, activity, completed_at, stored_at in session.execute(query):
        found[registration][activity] = Completion(completed_at, stored_at)
    return found


def _row(
    export: Export,
    plan: Plan,
    person: Row[int, UUID, str, str, str],
    completed: Mapping[UUID, Mapping[str, Completion]],
    now: datetime,
) -> tuple[object, ...]:
    own = completed.get(person.uuid, {})
    prework = judge([own[iri] for iri in plan.steps if iri in own], len(plan.steps), plan.due_at, now=now)
    when = (_time(plan.starts_at, export.zone), _time(plan.due_at, export.zone))
    return plan.number, plan.title, *when, person.name, person.email, person.office, *_judged(prework, export.zone)


def _judged(prework: Prework, zone: ZoneInfo) -> tuple[object, ...]:
    complete = prework.done == prework.total
    completed_at = _time(prework.completed_at, zone) if prework.completed_at else ""
    return "yes" if complete else "no", prework.done, prework.total, completed_at, prework.punctuality.value


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="minutes")
