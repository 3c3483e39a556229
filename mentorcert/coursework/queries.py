"""Reading coursework: an enrolment with its programme and standings, and what a trainee wrote."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework.models import Reflection, StrengthsResult
from mentorcert.coursework.study import Study
from mentorcert.evidence import queries as evidence


def study(session: Session, enrolment: UUID, iri_base: str) -> Study:
    """One trainee's way through their programme; raises NotFound. Two queries once the programme is known."""
    return study_of(session, cohorts.enrolment(session, enrolment), iri_base)


def study_of(session: Session, enrolment: Enrolment, iri_base: str) -> Study:
    """The same for an enrolment that was read already."""
    programme = cohorts.programme(session, enrolment.cohort)
    about = evidence.about(enrolment, iri_base)
    standings = evidence.standings(session, enrolment.registration)
    return Study(enrolment.id, about, programme, standings, closed=enrolment.archived_at is not None)


def lock(session: Session, enrolment: UUID) -> None:
    """Let nobody else write coursework of this enrolment until this transaction ends."""
    session.execute(select(Enrolment.id).where(Enrolment.uuid == enrolment).with_for_update())


def reflection(session: Session, enrolment: int, unit: str) -> Reflection | None:
    """What a trainee wrote to themselves in a unit; `enrolment` is the integer key."""
    return session.scalar(select(Reflection).where(Reflection.enrolment_id == enrolment, Reflection.unit == unit))


def strengths(session: Session, enrolment: int) -> StrengthsResult | None:
    """A trainee's own result of a strengths assessment; `enrolment` is the integer key."""
    return session.scalar(select(StrengthsResult).where(StrengthsResult.enrolment_id == enrolment))
