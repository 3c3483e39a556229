"""Reading what coaches made of recordings, and what was delivered."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.catalog.rubric import Rubric
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import NotFound
from mentorcert.grading import places
from mentorcert.grading.models import Appeal, Assessment, Kind, Outcome, Round
from mentorcert.grading.places import Grades
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import EVERYWHERE, Role, Scope, cohort_scope
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.models import Recording


def assessment(session: Session, uuid: UUID) -> Assessment:
    """An assessment by UUID; raises NotFound."""
    found = session.scalar(select(Assessment).where(Assessment.uuid == uuid))
    if found is None:
        raise NotFound("There is no such assessment.", "Go to the queue and choose a recording.")
    return found


def rubric_of(session: Session, found: Assessment) -> Rubric:
    """The rubric in the version that an assessment is made with, for good."""
    return catalog.rubric(session, found.rubric_version.hash)


def rubric_for(session: Session, recording: Recording) -> Rubric:
    """The rubric that a recording is graded by."""
    return catalog.rubric(session, _rubric_hash(session, recording))


def rubric_version(session: Session, recording: Recording) -> RubricVersion:
    """The version of the rubric that a recording is graded by: the one that its cohort's programme is pinned to."""
    return catalog.rubric_version(session, _rubric_hash(session, recording))


def of_recording(session: Session, recording: Recording) -> Sequence[Assessment]:
    """What coaches have made of a recording, under way or submitted; what was given back is left out."""
    query = select(Assessment).where(Assessment.recording_id == recording.id, Assessment.given_back_at.is_(None))
    return session.scalars(query.order_by(Assessment.id)).all()


def held(session: Session, recording: Recording, coach: int) -> Assessment | None:
    """What a coach (integer key) makes or has made of a recording; None once they gave it back."""
    return next((each for each in of_recording(session, recording) if each.coach_id == coach), None)


def submitted(session: Session, recording: Recording) -> list[Assessment]:
    """The grades that coaches have submitted of a recording, in order."""
    return [each for each in of_recording(session, recording) if each.submitted_at is not None]


def grades(session: Session, recording: Recording) -> Grades:
    """All that says which places of a recording are free."""
    holds = tuple(
        places.hold(
            each.coach_id,
            each.round,
            each.lease_until,
            each.submitted_at is not None,
            [(mark.criterion, mark.level) for mark in each.marks],
        )
        for each in of_recording(session, recording)
    )
    found = standing(session, recording)
    appealed = open_appeal(session, recording) is not None
    version = _rubric_hash(session, recording)
    policy, rubric = recordings.policy_of(session, recording), catalog.rubric(session, version)
    knowing = moderators(session, [recording.id])[recording.id] if appealed else ()
    return Grades(rubric, version, policy, holds, found is not None, appealed, frozenset(knowing))


def coaches(session: Session, cohort: Cohort) -> frozenset[int]:
    """Who may grade recordings of a cohort, by integer key: its coaches, and those of every cohort."""
    query = (
        select(Grant.person_id)
        .join(Person, Grant.person_id == Person.id)
        .where(Grant.role == Role.COACH, Grant.scope.in_([EVERYWHERE, cohort_scope(cohort.uuid)]))
        .where(Person.archived_at.is_(None))
    )
    return frozenset(session.scalars(query))


def standing(session: Session, recording: Recording) -> Outcome | None:
    """The outcome of a recording that stands; None before it is released."""
    query = select(Outcome).where(Outcome.recording_id == recording.id, Outcome.replaced_by_id.is_(None))
    return session.scalar(query)


def is_released(session: Session, found: Assessment) -> bool:
    """Whether what a coach has submitted was released: an appeal's grade is not while the earlier one stands."""
    outcome = standing(session, found.recording)
    return outcome is not None and (found.round is not Round.APPEAL or outcome.kind is Kind.APPEAL)


def outcomes(session: Session, enrolments: Collection[int]) -> Sequence[Outcome]:
    """The outcomes that stand of enrolments (integer keys), newest first: one for each recording that was graded."""
    return session.scalars(_standing(enrolments)).all()


def released(session: Session, enrolment: Enrolment) -> Outcome | None:
    """The newest released outcome of an enrolment."""
    return session.scalar(_standing([enrolment.id]).limit(1))


def open_appeal(session: Session, recording: Recording) -> Appeal | None:
    """The appeal of a recording's outcome that is not decided."""
    query = (
        select(Appeal)
        .join(Outcome, Appeal.outcome_id == Outcome.id)
        .where(Outcome.recording_id == recording.id, Appeal.decided_at.is_(None))
    )
    return session.scalar(query)


def appeal_of(session: Session, recording: Recording) -> Appeal | None:
    """The appeal of a recording's grade, decided or not."""
    query = (
        select(Appeal)
        .join(Outcome, Appeal.outcome_id == Outcome.id)
        .where(Outcome.recording_id == recording.id, Outcome.kind == Kind.GRADE)
    )
    return session.scalar(query)


def given_back(session: Session, recording: Recording, coach: int) -> Assessment | None:
    """What a coach (integer key) had last written of a recording before they gave it back."""
    query = select(Assessment).where(
        Assessment.recording_id == recording.id, Assessment.coach_id == coach, Assessment.given_back_at.is_not(None)
    )
    return session.scalar(query.order_by(Assessment.id.desc()).limit(1))


def moderators(session: Session, of: Collection[int]) -> Mapping[int, set[int]]:
    """Who has seen both grades of these recordings to moderate, also when they gave it back; all by integer keys."""
    found: dict[int, set[int]] = defaultdict(set)
    moderating = (Assessment.recording_id.in_(of), Assessment.round == Round.MODERATION)
    for recording, coach in session.execute(select(Assessment.recording_id, Assessment.coach_id).where(*moderating)):
        found[recording].add(coach)
    return found


def scope_of_assessment(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with an assessment in it, or None when there is none."""
    of_recording = select(Recording.enrolment_id).join(Assessment, Assessment.recording_id == Recording.id)
    return cohorts.scope_around(session, of_recording.where(Assessment.uuid == uuid))


def _rubric_hash(session: Session, recording: Recording) -> str:
    cohort = recording.enrolment.cohort
    return cohort.version.rubrics[recordings.final_rubric(cohorts.programme(session, cohort))]


def _standing(enrolments: Collection[int]) -> Select[Outcome]:
    return (
        select(Outcome)
        .join(Recording, Outcome.recording_id == Recording.id)
        .where(Recording.enrolment_id.in_(enrolments), Outcome.replaced_by_id.is_(None))
        .order_by(Outcome.released_at.desc(), Outcome.id.desc())
    )
