"""Somebody who meets every requirement of the tiny programme, through the door like anybody else."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.programme import StepKind
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Grade, Thing
from mentorcert.grading import documents
from mentorcert.grading.deciding import Decided
from mentorcert.grading.models import Assessment, Kind, Mark, Outcome, Round
from mentorcert.people.models import Person
from mentorcert.recordings.models import Recording
from mentorcert.sessions.models import LiveSession
from xapi import vocabulary as v


def do_prework(session: Session, door: Door, enrolment: Enrolment, *, score: str = "0.84", now: datetime) -> None:
    """Complete every step of every unit; checks with this score."""
    whose = about(enrolment, door.iri_base)
    bodies = []
    for unit, step in cohorts.programme(session, enrolment.cohort).all_steps():
        thing = Thing(whose.iris.step(unit.id, step.id), v.LESSON, step.title)
        if step.kind is StepKind.CHECK:
            value = Decimal(score)
            bodies.append(
                statements.check_finished(whose, unit.id, thing, score=value, passed=value >= Decimal("0.8"), at=now)
            )
        else:
            bodies.append(statements.lesson_completed(whose, unit.id, thing, at=now))
    door.record(session, bodies, now=now)
    session.commit()


def hold_session(session: Session, enrolment: Enrolment, *, number: int = 1, now: datetime) -> LiveSession:
    """Make a live session of the enrolment's cohort that is over."""
    writing(session)
    held = LiveSession(
        cohort_id=enrolment.cohort_id,
        number=number,
        unit="start",
        title="The first",
        starts_at=now - timedelta(days=1),
        minutes=60,
        prework_due_at=now - timedelta(days=2),
        closed_at=now - timedelta(hours=23),
    )
    session.add(held)
    session.commit()
    return held


def attend(session: Session, door: Door, enrolment: Enrolment, held: LiveSession, *, now: datetime) -> None:
    """Have somebody take part in a live session."""
    whose = about(enrolment, door.iri_base)
    thing = Thing(whose.iris.session(held.uuid), v.MEETING, held.title)
    door.record(session, [statements.session_attended(whose, thing, uuid4(), at=now)], now=now)
    session.commit()


def grade(
    session: Session, door: Door, enrolment: Enrolment, coach: Person, *, percent: int, level: str, now: datetime
) -> Assessment:
    """Hand in a recording and have it graded: every criterion at `level`."""
    rubric_version = catalog.pinned_rubric(session, enrolment.cohort.version.hash, "tiny-rubric")
    rubric = catalog.rubric(session, rubric_version.hash)
    writing(session)
    recording = _handed_in(session, enrolment, now)
    whose, passed = about(enrolment, door.iri_base), percent >= rubric.pass_percent
    levels = {each.id: level for each in rubric.criteria}
    thing = Thing(whose.iris.final, v.ASSESSMENT, "A recording")
    told = Grade(recording.uuid, [coach.uuid], rubric_version.hash)
    body = statements.grade_released(whose, thing, told, percent=percent, passed=passed, levels=levels, at=now)
    [statement_id] = door.record(session, [body], now=now)
    assessment = Assessment(
        recording_id=recording.id,
        coach_id=coach.id,
        rubric_version_id=rubric_version.id,
        taken_at=now,
        lease_until=now,
        submitted_at=now,
        percent=percent,
        passed=passed,
        marks=[Mark(criterion=each.id, level=level, comment="") for each in rubric.criteria],
    )
    session.add(assessment)
    session.flush()
    session.refresh(assessment)
    decided = Decided(percent, passed, levels, (Round.FIRST,), "One coach graded it.")
    outcome = Outcome(
        recording_id=recording.id,
        kind=Kind.GRADE,
        rubric_version_id=rubric_version.id,
        percent=percent,
        passed=passed,
        document=documents.document(rubric, rubric_version.hash, decided, [assessment]),
        decided_at=now,
        released_at=now,
        statement_ids=[str(statement_id)],
    )
    session.add(outcome)
    session.commit()
    return assessment


def _handed_in(session: Session, enrolment: Enrolment, now: datetime) -> Recording:
    recording = Recording(
        enrolment_id=enrolment.id,
        number=enrolment.id,
        link="https://video.example/1",
        mentee_name="Dana",
        consent_uses=["grading"],
        consent_at=now,
        submitted_at=now,
    )
    session.add(recording)
    session.flush()
    return recording


def meet_everything(session: Session, door: Door, enrolment: Enrolment, coach: Person, *, now: datetime) -> None:
    """Meet every requirement of the tiny programme."""
    do_prework(session, door, enrolment, now=now)
    attend(session, door, enrolment, hold_session(session, enrolment, now=now), now=now)
    grade(session, door, enrolment, coach, percent=79, level="solid", now=now)
