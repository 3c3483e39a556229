"""Pre-work that was done, or done in part, through the door like anybody else's."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from mentorcert.catalog.programme import StepKind
from mentorcert.catalog.questions import Question
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework.models import Reflection
from mentorcert.db import writing
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.statements import Answer, Thing
from tests.factories import NOW
from tests.sessions.factories import BASE, a_door
from xapi import vocabulary


def do(
    session: Session,
    enrolment: Enrolment,
    unit: str = "start",
    *,
    only: Sequence[str] | None = None,
    at: datetime = NOW,
    stored: datetime | None = None,
) -> None:
    """Complete the steps of a unit, or `only` these; stored when they were done, or later."""
    whose = about(enrolment, BASE)
    bodies = []
    for step in cohorts.programme(session, enrolment.cohort).unit(unit).steps:
        thing = Thing(whose.iris.step(unit, step.id), vocabulary.LESSON, step.title)
        if only is not None and step.id not in only:
            continue
        if step.kind is StepKind.CHECK:
            bodies.append(statements.check_finished(whose, unit, thing, score=Decimal("0.9"), passed=True, at=at))
        else:
            bodies.append(statements.lesson_completed(whose, unit, thing, at=at))
    a_door().record(session, bodies, now=stored or at)
    session.commit()


def answer(session: Session, enrolment: Enrolment, question: Question, *, right: bool, at: datetime = NOW) -> None:
    """Answer a question of the first unit's check."""
    whose = about(enrolment, BASE)
    iri = whose.iris.question("start", "check", question.id, question.content_hash)
    told = Answer("a", "a", "choice", Decimal(1 if right else 0))
    thing = Thing(iri, vocabulary.INTERACTION, question.text)
    a_door().record(
        session,
        [statements.question_answered(whose, whose.iris.step("start", "check"), thing, told, at=at)],
        now=at,
    )
    session.commit()


def want(session: Session, enrolment: Enrolment, practise: str, *, unit: str = "start", at: datetime = NOW) -> None:
    """Say what somebody wants to practise."""
    writing(session)
    session.add(Reflection(enrolment_id=enrolment.id, unit=unit, text="For myself.", practise=practise, written_at=at))
    session.commit()
