"""Whether a coach may grade, what their calibration asks of them next, and who is calibrated until when.

Everything here is computed when asked, from exemplars and what was submitted: an exemplar whose consent was withdrawn,
or whose recording was deleted, is gone without anybody doing anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select, type_coerce
from sqlalchemy.orm import Session, defer, joinedload

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.catalog.policy import Calibration, Grading
from mentorcert.db import UtcDateTime
from mentorcert.errors import NotFound
from mentorcert.grading.calibration_models import CalibrationAttempt, Exemplar
from mentorcert.grading.comparing import Comparison, Stand, Standing, standing
from mentorcert.grading.models import Assessment
from mentorcert.people.models import Person
from mentorcert.recordings.models import Recording, State

USE: Final = "calibration"
"""What the person recorded must have agreed to."""


@dataclass(frozen=True, slots=True)
class Yes:
    """They may grade; `until` says how long their calibration holds, None where none is asked for."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class No:
    """They may not grade yet: why, and what to do."""

    why: str
    todo: str


def may_grade(session: Session, coach: UUID, policy: Grading, rubric: str, now: datetime) -> Yes | No:
    """Whether a coach's calibration lets them grade by this version (its hash) of a rubric. At most three queries."""
    if policy.calibration is None:
        return Yes()
    found = standing_of(session, coach, policy.calibration, rubric, now)
    if found.stand is Stand.NEAR:
        return Yes(found.until)
    return _no(found)


def standing_of(session: Session, coach: UUID, policy: Calibration, rubric: str, now: datetime) -> Standing:
    """How far a coach is with the exemplars of this version of a rubric."""
    ids = frozenset(each.id for each in exemplars_for(session, coach, rubric))
    return standing(catalog.rubric(session, rubric), policy, _compared(session, coach, rubric), ids, now)


def standings(
    session: Session, coaches: Sequence[Person], policy: Calibration, rubric: str, now: datetime
) -> dict[UUID, Standing]:
    """How far each of these coaches is. A number of queries that does not grow with them."""
    known, live = catalog.rubric(session, rubric), live_exemplars(session, rubric)
    graded = _graded_by(session, live)
    query = _submitted(rubric).add_columns(CalibrationAttempt.coach_id)
    made: dict[int, list[Comparison]] = {}
    for *values, coach in session.execute(query.where(CalibrationAttempt.coach_id.in_([each.id for each in coaches]))):
        made.setdefault(coach, []).append(Comparison(*values))
    return {
        each.uuid: standing(known, policy, made.get(each.id, ()), _ids(_unknown_to(each, live, graded)), now)
        for each in coaches
    }


def live_exemplars(session: Session, rubric: str) -> list[Exemplar]:
    """The exemplars of this version of a rubric that can be graded today, oldest first."""
    query = (
        select(Exemplar)
        .join(Exemplar.rubric_version)
        .where(RubricVersion.hash == rubric, Exemplar.archived_at.is_(None))
        .options(joinedload(Exemplar.recording).options(defer(Recording.transcript)))
        .order_by(Exemplar.made_at, Exemplar.id)
    )
    return [each for each in session.scalars(query) if is_watchable(each.recording)]


def is_watchable(recording: Recording) -> bool:
    """Whether coaches may practise with a recording: agreed to, not taken back, and still there."""
    agreed = USE in recording.consent_uses and recording.consent_withdrawn_at is None
    return agreed and recording.state == State.READY and recording.media_deleted_at is None


def exemplars_for(session: Session, coach: UUID, rubric: str) -> list[Exemplar]:
    """The exemplars that somebody can be measured by: not their own recordings, nor what they know the grade of."""
    live = live_exemplars(session, rubric)
    person = session.scalar(select(Person).where(Person.uuid == coach))
    return _unknown_to(person, live, _graded_by(session, live)) if person else []


def next_exemplar(session: Session, coach: UUID, rubric: str) -> Exemplar:
    """What a coach grades next: one that they have not graded, or not for the longest time; raises NotFound."""
    found = exemplars_for(session, coach, rubric)
    if not found:
        raise NotFound("There is no exemplar that you can grade.", "Ask your programme manager to add one.")
    query = (
        select(CalibrationAttempt.exemplar_id, func.max(CalibrationAttempt.submitted_at))
        .join(CalibrationAttempt.coach)
        .where(Person.uuid == coach, CalibrationAttempt.submitted_at.is_not(None))
        .group_by(CalibrationAttempt.exemplar_id)
    )
    last = {exemplar: at for exemplar, at in session.execute(query) if at is not None}
    never = [each for each in found if each.id not in last]
    return never[0] if never else min(found, key=lambda each: last[each.id])


def exemplar(session: Session, uuid: UUID) -> Exemplar:
    """An exemplar by UUID; raises NotFound."""
    found = session.scalar(select(Exemplar).where(Exemplar.uuid == uuid))
    if found is None:
        raise NotFound("There is no such exemplar.", "Go to calibration and choose one.")
    return found


def attempt(session: Session, uuid: UUID) -> CalibrationAttempt:
    """What a coach makes of an exemplar, by UUID; raises NotFound."""
    found = session.scalar(select(CalibrationAttempt).where(CalibrationAttempt.uuid == uuid))
    if found is None:
        raise NotFound("There is no such calibration.", "Go to calibration and begin one.")
    return found


def attempts(session: Session, coach: UUID) -> Sequence[CalibrationAttempt]:
    """Everything that a coach began or submitted, newest first. One query."""
    query = (
        select(CalibrationAttempt)
        .join(CalibrationAttempt.coach)
        .where(Person.uuid == coach)
        .order_by(CalibrationAttempt.started_at.desc(), CalibrationAttempt.id.desc())
    )
    light = joinedload(CalibrationAttempt.exemplar).joinedload(Exemplar.recording).options(defer(Recording.transcript))
    return session.scalars(query.options(light)).all()


def practised(session: Session, coach: int) -> frozenset[int]:
    """The recordings that a coach has begun to calibrate with, and so does not grade; all by integer keys."""
    query = select(Exemplar.recording_id).join(CalibrationAttempt, CalibrationAttempt.exemplar_id == Exemplar.id)
    return frozenset(session.scalars(query.where(CalibrationAttempt.coach_id == coach)))


def _no(found: Standing) -> No:
    if found.stand is Stand.WITHOUT:
        return No(
            "Coaches calibrate before they grade here, and there is no exemplar that you can grade.",
            "Ask your programme manager to add one.",
        )
    left = found.needed - found.done
    if found.stand is Stand.DUE:
        what = "one exemplar" if left == 1 else f"{left} exemplars"
        return No("Your calibration is due.", f"Grade {what} under Calibration, then come back.")
    return No(
        f"You agree with the panel by {found.percent} %, and this programme asks for {found.bar} %.",
        "Read where you differ under Calibration, and grade another exemplar.",
    )


def _compared(session: Session, coach: UUID, rubric: str) -> list[Comparison]:
    query = _submitted(rubric).join(CalibrationAttempt.coach).where(Person.uuid == coach)
    return [Comparison(*values) for values in session.execute(query)]


def _submitted(rubric: str) -> Select[int, datetime, dict[str, str], dict[str, str]]:
    """What was submitted for this version of a rubric, as the columns of a `Comparison`."""
    return (
        select(
            CalibrationAttempt.exemplar_id,
            type_coerce(CalibrationAttempt.submitted_at, UtcDateTime),
            CalibrationAttempt.levels,
            Exemplar.levels,
        )
        .join(Exemplar, CalibrationAttempt.exemplar_id == Exemplar.id)
        .join(RubricVersion, Exemplar.rubric_version_id == RubricVersion.id)
        .where(RubricVersion.hash == rubric, CalibrationAttempt.submitted_at.is_not(None))
    )


def _graded_by(session: Session, exemplars: Iterable[Exemplar]) -> set[tuple[int, int]]:
    """(recording, coach) of who has graded one of these recordings, or has it on the bench."""
    query = select(Assessment.recording_id, Assessment.coach_id).where(
        Assessment.recording_id.in_([each.recording_id for each in exemplars]), Assessment.given_back_at.is_(None)
    )
    return {(recording, coach) for recording, coach in session.execute(query)}


def _unknown_to(who: Person, exemplars: Iterable[Exemplar], graded: set[tuple[int, int]]) -> list[Exemplar]:
    return [
        each
        for each in exemplars
        if who.id not in {each.recording.enrolment.person_id, each.made_by_id}
        and (each.recording_id, who.id) not in graded
    ]


def _ids(exemplars: Iterable[Exemplar]) -> frozenset[int]:
    return frozenset(each.id for each in exemplars)
