"""Reading what the reports show. Each reads many people in one query, and no more of them than it shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.coursework.models import Reflection
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.models import Progress
from mentorcert.people.models import Office, Person
from mentorcert.reports.board import Done, Trainee
from mentorcert.reports.models import Reminder
from mentorcert.reports.play import Tally
from mentorcert.sessions.models import LiveSession

MOST_SAID: Final = 5
MOST_LOGGED: Final = 50


def trainees(session: Session, cohort: Cohort) -> list[Trainee]:
    """Who is enrolled, by name. One query."""
    query = (
        select(Enrolment.uuid, Enrolment.id, Person.name, func.coalesce(Office.name, ""))
        .join(Person, Enrolment.person_id == Person.id)
        .outerjoin(Office, Person.office_id == Office.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.archived_at.is_(None))
        .order_by(Person.name, Enrolment.id)
    )
    return [Trainee(*row) for row in session.execute(query)]


def done(session: Session, cohort: Cohort, steps: Mapping[str, Sequence[str]]) -> dict[UUID, Done]:
    """How many of each unit's steps are done, by enrolment; `steps` are their IRIs by unit. One query."""
    counted = [
        column
        for iris in steps.values()
        for column in (
            func.count().filter(Progress.activity.in_(iris), Progress.completed_at.is_not(None)),
            func.count().filter(Progress.activity.in_(iris)),
        )
    ]
    query = (
        select(Progress.registration, *counted)
        .join(Enrolment, Enrolment.uuid == Progress.registration)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.archived_at.is_(None))
        .where(Progress.activity.in_([iri for iris in steps.values() for iri in iris]))
        .group_by(Progress.registration)
    )
    return {registration: _done(list(steps), counts) for registration, *counts in session.execute(query)}


def tallies(session: Session, cohort: Cohort, questions: Collection[str]) -> dict[str, Tally]:
    """How many answered each question (by IRI), and were wrong at first. One query."""
    query = (
        select(Progress.activity, func.count(), func.count().filter(Progress.first_success.is_(False)))
        .join(Enrolment, Enrolment.uuid == Progress.registration)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.archived_at.is_(None))
        .where(Progress.activity.in_(questions), Progress.first_success.is_not(None))
        .group_by(Progress.activity)
    )
    return {activity: Tally(answered, wrong) for activity, answered, wrong in session.execute(query)}


def practise(session: Session, cohort: Cohort, unit: str) -> list[tuple[str, str]]:
    """What trainees want to practise with a unit, newest first, each with their first name. One query."""
    query = (
        select(Reflection.practise, Person.name)
        .join(Enrolment, Reflection.enrolment_id == Enrolment.id)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.archived_at.is_(None))
        .where(Reflection.unit == unit, Reflection.practise != "")
        .order_by(Reflection.written_at.desc(), Reflection.id.desc())
        .limit(MOST_SAID)
    )
    return [(said, name.split()[0]) for said, name in session.execute(query)]


def reminded_since(session: Session, cohort: Cohort, since: datetime) -> dict[int, datetime]:
    """When each enrolment (by integer key) was last reminded, if after `since`. One query."""
    query = (
        select(Reminder.enrolment_id, func.max(Reminder.sent_at))
        .join(Enrolment, Reminder.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id == cohort.id, Reminder.sent_at > since)
        .group_by(Reminder.enrolment_id)
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class Logged:
    """A reminder that was sent: to whom, before which session, when, and who asked for it."""

    name: str
    session: int
    sent_at: datetime
    sent_by: UUID


def log(session: Session, cohort: Cohort) -> list[Logged]:
    """The newest reminders of a cohort. One query."""
    query = (
        select(Person.name, LiveSession.number, Reminder.sent_at, Reminder.sent_by)
        .join(Enrolment, Reminder.enrolment_id == Enrolment.id)
        .join(Person, Enrolment.person_id == Person.id)
        .join(LiveSession, Reminder.live_session_id == LiveSession.id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Reminder.sent_at.desc(), Reminder.id.desc())
        .limit(MOST_LOGGED)
    )
    return [Logged(*row) for row in session.execute(query)]


def enrolled(session: Session, of: Collection[Cohort]) -> dict[int, int]:
    """How many are enrolled in each cohort, by its integer key. One query."""
    query = (
        select(Enrolment.cohort_id, func.count())
        .where(Enrolment.cohort_id.in_([each.id for each in of]), Enrolment.archived_at.is_(None))
        .group_by(Enrolment.cohort_id)
    )
    return dict(session.execute(query).all())


def ready(session: Session, asked: Mapping[int, Sequence[str]]) -> dict[int, int]:
    """How many of each cohort (by integer key) have done all of these steps. One query."""
    if not asked:
        return {}
    wanted = or_(*(and_(Enrolment.cohort_id == key, Progress.activity.in_(iris)) for key, iris in asked.items()))
    each = (
        select(Enrolment.cohort_id, func.count().label("done"))
        .join(Progress, Progress.registration == Enrolment.uuid)
        .where(Enrolment.archived_at.is_(None), Progress.completed_at.is_not(None), wanted)
        .group_by(Enrolment.cohort_id, Enrolment.id)
        .subquery()
    )
    query = select(each.c.cohort_id, each.c.done, func.count()).group_by(each.c.cohort_id, each.c.done)
    found = dict.fromkeys(asked, 0)
    for key, steps, people in session.execute(query):
        found[key] += people if steps >= len(asked[key]) else 0
    return found


def steps_of(session: Session, cohort: Cohort, iri_base: str) -> dict[str, list[str]]:
    """The IRIs of each unit's steps in the version that a cohort is pinned to, by unit."""
    programme = cohorts.programme(session, cohort)
    iris = Iris(iri_base, programme.id)
    return {unit.id: [iris.step(unit.id, step.id) for step in unit.steps] for unit in programme.units}


def _done(units: Sequence[str], counts: Sequence[int]) -> Done:
    steps, begun = counts[::2], counts[1::2]
    return Done(
        dict(zip(units, steps, strict=True)), frozenset(unit for unit, n in zip(units, begun, strict=True) if n)
    )
