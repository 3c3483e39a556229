"""Reading assessments, and the queue of what waits for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session, defer, joinedload

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.catalog.rubric import Rubric
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import NotFound
from mentorcert.grading.models import Assessment
from mentorcert.people.models import Person
from mentorcert.permissions import EVERYWHERE, Role, Scope, Viewer
from mentorcert.recordings import final
from mentorcert.recordings.models import Recording
from mentorcert.sessions.models import LiveSession

DONE_SHOWN: Final = 50
"""How many of a coach's own finished gradings the queue shows."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What a coach sees: what waits, oldest first; what they have on the bench; what they have done, newest first."""

    waiting: Sequence[Recording]
    mine: Sequence[Assessment]
    done: Sequence[Assessment]
    next_due: datetime | None
    """When the next recordings are due; only looked up when nothing waits."""


def assessment(session: Session, uuid: UUID) -> Assessment:
    """An assessment by UUID; raises NotFound."""
    found = session.scalar(select(Assessment).where(Assessment.uuid == uuid))
    if found is None:
        raise NotFound("There is no such assessment.", "Go to the queue and choose a recording.")
    return found


def rubric_of(session: Session, found: Assessment) -> Rubric:
    """The rubric in the version that an assessment is made with, for good."""
    return catalog.rubric(session, found.rubric_version.hash)


def released(session: Session, enrolment: Enrolment) -> Assessment | None:
    """The newest released assessment of an enrolment."""
    query = (
        select(Assessment)
        .join(Recording, Assessment.recording_id == Recording.id)
        .where(Recording.enrolment_id == enrolment.id, Assessment.released_at.is_not(None))
        .order_by(Assessment.released_at.desc(), Assessment.id.desc())
    )
    return session.scalar(query.limit(1))


def held(session: Session, recording: Recording) -> Assessment | None:
    """The assessment of a recording that was not given back: under way, or released."""
    query = select(Assessment).where(Assessment.recording_id == recording.id, Assessment.given_back_at.is_(None))
    return session.scalar(query)


def given_back(session: Session, recording: Recording, coach: int) -> Assessment | None:
    """What a coach (integer key) had last written of a recording before they gave it back."""
    query = select(Assessment).where(
        Assessment.recording_id == recording.id, Assessment.coach_id == coach, Assessment.given_back_at.is_not(None)
    )
    return session.scalar(query.order_by(Assessment.id.desc()).limit(1))


def queue(session: Session, coach: Viewer, *, now: datetime) -> Queue:
    """What waits in the cohorts that somebody coaches, and what they took. A number of queries that does not grow."""
    coached = _coached(coach)
    waiting = _waiting(session, coach, coached)
    of_coach = select(Assessment).join(Person, Assessment.coach_id == Person.id).where(Person.uuid == coach.person)
    light = joinedload(Assessment.recording).options(defer(Recording.transcript))
    mine = of_coach.where(Assessment.given_back_at.is_(None), Assessment.released_at.is_(None)).options(light)
    done = of_coach.where(Assessment.released_at.is_not(None)).options(light)
    return Queue(
        waiting,
        session.scalars(mine.order_by(Assessment.taken_at, Assessment.id)).all(),
        session.scalars(done.order_by(Assessment.released_at.desc(), Assessment.id.desc()).limit(DONE_SHOWN)).all(),
        None if waiting else _next_due(session, coached, now),
    )


def scope_of_assessment(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with an assessment in it, or None when there is none."""
    of_recording = select(Recording.enrolment_id).join(Assessment, Assessment.recording_id == Recording.id)
    return cohorts.scope_around(session, of_recording.where(Assessment.uuid == uuid))


def _waiting(session: Session, coach: Viewer, coached: ColumnElement[bool]) -> Sequence[Recording]:
    taken = exists().where(Assessment.recording_id == Recording.id, Assessment.given_back_at.is_(None))
    query = (
        select(Recording)
        .join(Enrolment, Recording.enrolment_id == Enrolment.id)
        .join(Cohort, Enrolment.cohort_id == Cohort.id)
        .join(Person, Enrolment.person_id == Person.id)
        .where(coached, ~taken, Recording.replaced_at.is_(None), Enrolment.archived_at.is_(None))
        .where(Person.uuid != coach.person)
        .order_by(Recording.submitted_at, Recording.id)
        .options(defer(Recording.transcript))
    )
    return session.scalars(query).all()


def _coached(coach: Viewer) -> ColumnElement[bool]:
    """Whether a row of `Cohort` is one that somebody coaches."""
    if (Role.COACH, EVERYWHERE) in coach.grants:
        return true()
    return Cohort.uuid.in_(coach.cohorts(Role.COACH))


def _next_due(session: Session, coached: ColumnElement[bool], now: datetime) -> datetime | None:
    """The next time at which recordings of these cohorts are due."""
    query = (
        select(Cohort.zone, ProgrammeVersion.hash, func.max(LiveSession.starts_at))
        .join(LiveSession, LiveSession.cohort_id == Cohort.id)
        .join(ProgrammeVersion, Cohort.version_id == ProgrammeVersion.id)
        .where(coached, Cohort.archived_at.is_(None), LiveSession.cancelled_at.is_(None))
        .group_by(Cohort.id, Cohort.zone, ProgrammeVersion.hash)
    )
    dues = [
        final.due_at(last, catalog.programme(session, version).final.due_days_after_last_session, zone)
        for zone, version, last in session.execute(query).all()
    ]
    return min((due for due in dues if due is not None and due > now), default=None)
