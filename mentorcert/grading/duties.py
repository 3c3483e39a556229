"""Which programmes ask for calibration, by which rubric, and how far their coaches are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.catalog.policy import Calibration
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort
from mentorcert.grading import calibration
from mentorcert.grading.calibration_models import Exemplar
from mentorcert.grading.comparing import Standing
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import EVERYWHERE, Role, Viewer, cohort_scope
from mentorcert.recordings.models import Recording
from mentorcert.recordings.queries import final_rubric


@dataclass(frozen=True, slots=True)
class Duty:
    """A programme that asks its coaches to calibrate: by which rubric, how often, and in which cohorts."""

    programme: str
    """Its title."""
    rubric: RubricVersion
    policy: Calibration
    cohorts: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Crew:
    """What a manager sees of a duty: its exemplars, and how far each coach is, by name."""

    duty: Duty
    exemplars: Sequence[Exemplar]
    coaches: Sequence[tuple[Person, Standing]]


def of_coach(session: Session, coach: Viewer, now: datetime) -> list[tuple[Duty, Standing]]:
    """What calibration asks of a coach, and how far they are."""
    everywhere = (Role.COACH, EVERYWHERE) in coach.grants
    asked = duties(session, None if everywhere else coach.cohorts(Role.COACH))
    return [
        (duty, calibration.standing_of(session, coach.person, duty.policy, duty.rubric.hash, now))
        for duty in asked
        if coach.person is not None
    ]


def crews(session: Session, now: datetime) -> list[Crew]:
    """Every duty with its exemplars and coaches."""
    return [_crew(session, duty, now) for duty in duties(session)]


def duties(session: Session, only: frozenset[UUID] | None = None) -> list[Duty]:
    """The calibrations that open cohorts (`only` these when given) ask for, by the programme's title."""
    found: dict[tuple[str, str, Calibration], list[Cohort]] = {}
    for cohort in cohorts.cohorts(session, only):
        programme = cohorts.programme(session, cohort)
        policy = programme.final.grading.calibration
        if policy is not None:
            rubric = cohort.version.rubrics[final_rubric(programme)]
            found.setdefault((programme.title, rubric, policy), []).append(cohort)
    return [
        Duty(title, catalog.rubric_version(session, rubric), policy, tuple(each.uuid for each in of))
        for (title, rubric, policy), of in sorted(found.items(), key=lambda each: each[0][:2])
    ]


def candidates(session: Session) -> list[Recording]:
    """The recordings that coaches may practise with, newest first."""
    query = (
        select(Recording)
        .where(Recording.replaced_at.is_(None), Recording.consent_withdrawn_at.is_(None))
        .where(Recording.media_deleted_at.is_(None))
        .order_by(Recording.submitted_at.desc(), Recording.id.desc())
        .options(defer(Recording.transcript))
    )
    return [each for each in session.scalars(query) if calibration.is_watchable(each)]


def archived(session: Session) -> Sequence[Exemplar]:
    """The exemplars that are none any more because somebody archived them, newest first."""
    query = select(Exemplar).where(Exemplar.archived_at.is_not(None)).order_by(Exemplar.archived_at.desc(), Exemplar.id)
    return session.scalars(query.options(joinedload(Exemplar.recording).options(defer(Recording.transcript)))).all()


def _crew(session: Session, duty: Duty, now: datetime) -> Crew:
    scopes = [EVERYWHERE, *(cohort_scope(each) for each in duty.cohorts)]
    query = (
        select(Person)
        .where(Person.archived_at.is_(None))
        .where(Person.id.in_(select(Grant.person_id).where(Grant.role == Role.COACH, Grant.scope.in_(scopes))))
        .order_by(Person.name, Person.id)
    )
    coaches = session.scalars(query).all()
    known = calibration.standings(session, coaches, duty.policy, duty.rubric.hash, now)
    live = calibration.live_exemplars(session, duty.rubric.hash)
    return Crew(duty, live, [(each, known[each.uuid]) for each in coaches])
