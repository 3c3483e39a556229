"""Reading recordings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert.catalog.policy import Grading
from mentorcert.catalog.programme import Programme, RequirementKind
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import Conflict, NotFound
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.permissions import Scope
from mentorcert.recordings import attempts, final
from mentorcert.recordings.final import Stage
from mentorcert.recordings.models import Recording, State
from mentorcert.sessions.models import LiveSession


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything about one trainee's recording: the task, when it is due, the newest one, how far it is."""

    enrolment: Enrolment
    programme: Programme
    due_at: datetime | None
    recording: Recording | None
    stage: Stage
    refused: Recording | None = None
    """One that was handed in later than `recording`, and refused."""
    attempts_left: int | None = None
    """How many more recordings can be graded; None where there is no limit."""

    @property
    def may_hand_in(self) -> bool:
        """Whether a recording, or another one in its place, can be handed in now."""
        return self.stage in final.MAY_HAND_IN and self.enrolment.archived_at is None and not self.is_used_up

    @property
    def is_used_up(self) -> bool:
        """Whether another recording would be needed, and none is left to hand in."""
        return self.attempts_left == 0 and self.stage in {Stage.OPEN, Stage.SHORT}

    @property
    def rubric_hash(self) -> str:
        """The version of the rubric that it is graded by."""
        return self.enrolment.cohort.version.rubrics[final_rubric(self.programme)]


def recording(session: Session, uuid: UUID) -> Recording:
    """A recording by UUID; raises NotFound."""
    found = session.scalar(select(Recording).where(Recording.uuid == uuid))
    if found is None:
        raise NotFound("There is no such recording.", "Go to the queue, or to your own recording.")
    return found


def newest(session: Session, enrolment: Enrolment) -> Recording | None:
    """The recording that an enrolment handed in last, of those that were not refused."""
    return _newest_two(session, enrolment)[0]


def desk(session: Session, enrolment: UUID, iri_base: str) -> Desk:
    """Everything about one trainee's recording; raises NotFound. Five queries once the programme is known."""
    found = cohorts.enrolment(session, enrolment)
    programme = cohorts.programme(session, found.cohort)
    iri = Iris(iri_base, programme.id).final
    known = evidence.standings_of_many(session, [found.uuid], below=iri)[found.uuid]
    last, refused = _newest_two(session, found)
    stage = final.stage(last, known.get(iri, evidence.NOTHING))
    left = attempts.left(session, found)
    return Desk(found, programme, due_at(session, found.cohort), last, stage, refused, left)


def due_at(session: Session, cohort: Cohort) -> datetime | None:
    """When a cohort's recordings are due; None while it has no live session."""
    query = select(func.max(LiveSession.starts_at)).where(
        LiveSession.cohort_id == cohort.id, LiveSession.cancelled_at.is_(None)
    )
    days = cohorts.programme(session, cohort).final.due_days_after_last_session
    return final.due_at(session.scalar(query), days, cohort.zone)


def policy_of(session: Session, recording: Recording) -> Grading:
    """The rules by which a recording is graded and kept: its cohort's programme says them."""
    return cohorts.programme(session, recording.enrolment.cohort).final.grading


def final_rubric(programme: Programme) -> str:
    """The id of the rubric that a programme grades recordings by; raises Conflict when it grades none."""
    for each in programme.requirements:
        if each.kind is RequirementKind.RECORDING and each.rubric:
            return each.rubric
    raise Conflict("This programme asks for no recording.", "Ask your programme manager what it asks for.")


def scope_of_recording(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with a recording in it, or None when there is none."""
    return cohorts.scope_around(session, select(Recording.enrolment_id).where(Recording.uuid == uuid))


def _newest_two(session: Session, enrolment: Enrolment) -> tuple[Recording | None, Recording | None]:
    """The newest recording that counts, and a newer one that was refused. One query, however many were refused."""
    mine = select(func.max(Recording.id)).where(Recording.enrolment_id == enrolment.id, Recording.replaced_at.is_(None))
    newest = (mine.scalar_subquery(), mine.where(Recording.state != State.REFUSED).scalar_subquery())
    found = session.scalars(select(Recording).where(Recording.id.in_(newest))).all()
    counting = next((each for each in found if each.state != State.REFUSED), None)
    return counting, next((each for each in found if each.state == State.REFUSED), None)
