"""The queue: which places wait for a coach, oldest recording first, and what is whose turn.

However many recordings there are, it takes the same few queries, and rows of plain values: only what a page shows is
loaded whole.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session, defer, joinedload

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.catalog.policy import Grading
from mentorcert.catalog.programme import RequirementKind
from mentorcert.catalog.rubric import Rubric
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.grading import places, queries
from mentorcert.grading.calibration import No, Yes, may_grade, practised
from mentorcert.grading.eligibility import Graded, Grader, refusal
from mentorcert.grading.models import Appeal, Assessment, Mark, Outcome, Round
from mentorcert.grading.places import Grades, Hold
from mentorcert.grading.sharing import RESERVED, House, house_of
from mentorcert.people.models import Person
from mentorcert.permissions import EVERYWHERE, Role, Viewer
from mentorcert.recordings import final
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.models import Recording, State
from mentorcert.sessions.models import LiveSession

SHOWN: Final = 50
"""How many waiting recordings, and how many of one's own, the queue shows."""


@dataclass(frozen=True, slots=True)
class Row:
    """A recording that is not finished, as plain values."""

    id: int
    uuid: UUID
    number: int
    submitted_at: datetime
    graded: Graded
    version: str
    """The hash of its programme's version."""
    is_released: bool
    is_appealed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a coach can take."""

    row: Row
    round: Round
    is_reserved: bool = False
    """Whether it is kept for coaches with less to do."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recording that waits, with the place that is free."""

    recording: Recording
    round: Round
    is_reserved: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What a coach sees: what waits, oldest first; what they have on the bench; what they have done, newest first."""

    waiting: Sequence[Waiting]
    """The first `SHOWN`."""
    count: int
    """How many wait altogether."""
    mine: Sequence[Assessment]
    done: Sequence[Assessment]
    outcomes: Mapping[int, Outcome]
    """What was released of what they have done, by the recording's key."""
    next_due: datetime | None
    """When the next recordings are due; only looked up when nothing waits."""
    held_back: Sequence[No]
    """Why they may not grade some of what waits: they must calibrate first. Each reason once."""
    next_is_there: bool = False
    """Whether something waits that is not kept for others."""


def queue(session: Session, coach: Viewer, *, now: datetime) -> Queue:
    """What waits for somebody, and what they took. A number of queries that does not grow."""
    waiting, held_back = _offers(session, coach, now)
    light = joinedload(Assessment.recording).options(defer(Recording.transcript))
    own = select(Assessment).join(Person, Assessment.coach_id == Person.id).where(Person.uuid == coach.person)
    mine = own.where(Assessment.given_back_at.is_(None), Assessment.submitted_at.is_(None)).options(light)
    done = own.where(Assessment.submitted_at.is_not(None)).options(light)
    done_rows = session.scalars(done.order_by(Assessment.submitted_at.desc(), Assessment.id.desc()).limit(SHOWN)).all()
    return Queue(
        _shown(session, waiting[:SHOWN]),
        len(waiting),
        session.scalars(mine.order_by(Assessment.taken_at, Assessment.id)).all(),
        done_rows,
        _outcomes(session, {each.recording_id for each in done_rows}),
        None if waiting else _next_due(session, _coached(coach), now),
        held_back,
        any(not each.is_reserved for each in waiting),
    )


def free_places(session: Session, coach: Viewer, *, now: datetime) -> list[Place]:
    """The places that somebody can take, oldest recording first. At most nine queries, and three a calibration."""
    return _offers(session, coach, now)[0]


def _offers(session: Session, coach: Viewer, now: datetime) -> tuple[list[Place], list[No]]:
    """The places that somebody can take, and why they may not take others yet."""
    grader, house = grader_of(session, coach), house_of(session, now)
    answers: dict[str, Yes | No] = {}
    known, found = practised(session, grader.id), []
    for row, grades in _with_grades(session, _unfinished(session, _coached(coach))):
        free = grades.free(house.of(row.graded.cohort), now)
        if not free or row.id in known or grades.of(grader.id) or refusal(grader, row.graded, grades.policy):
            continue
        if free[0] is Round.APPEAL and grader.id in grades.moderators:
            continue
        if row.version not in answers:
            answers[row.version] = may_grade(session, grader.uuid, grades.policy, grades.version, now)
        if isinstance(answers[row.version], Yes):
            found.append(Place(row, free[0], _is_reserved(house, grader, row, now)))
    return found, list(dict.fromkeys(each for each in answers.values() if isinstance(each, No)))


def grader_of(session: Session, coach: Viewer) -> Grader:
    """A coach, as far as fairness asks."""
    query = select(Person.id, Person.uuid, Person.office_id).where(Person.uuid == coach.person)
    key, uuid, office = session.execute(query).one()
    return Grader(key, coach, uuid, office)


def for_managers(session: Session, *, now: datetime) -> list[tuple[Row, Grades]]:
    """What waits for a manager, oldest first: grades to release, and places for which there is no coach."""
    house = house_of(session, now)
    return [
        (row, grades)
        for row, grades in _with_grades(session, _unfinished(session, true()))
        if grades.is_decided or _is_stuck(house, row, grades, now)
    ]


def _unfinished(session: Session, where: ColumnElement[bool]) -> list[Row]:
    released = exists().where(Outcome.recording_id == Recording.id)
    appealed = exists().where(
        Outcome.recording_id == Recording.id, Appeal.outcome_id == Outcome.id, Appeal.decided_at.is_(None)
    )
    columns = (Recording.id, Recording.uuid, Recording.number, Recording.submitted_at)
    around = (Person.uuid, Cohort.uuid, Person.office_id, ProgrammeVersion.hash)
    query = (
        select(*columns, *around, released, appealed)
        .join(Enrolment, Recording.enrolment_id == Enrolment.id)
        .join(Cohort, Enrolment.cohort_id == Cohort.id)
        .join(ProgrammeVersion, Cohort.version_id == ProgrammeVersion.id)
        .join(Person, Enrolment.person_id == Person.id)
        .where(where, is_gradable(), Enrolment.archived_at.is_(None), or_(~released, appealed))
        .order_by(Recording.submitted_at, Recording.id)
    )
    return [
        Row(*each[:4], graded=Graded(*each[4:7]), version=each[7], is_released=each[8], is_appealed=each[9])
        for each in session.execute(query).all()
    ]


def is_gradable() -> ColumnElement[bool]:
    """Whether a row of `Recording` can be graded at all."""
    return (
        (Recording.state == State.READY)
        & Recording.replaced_at.is_(None)
        & Recording.consent_withdrawn_at.is_(None)
        & Recording.media_deleted_at.is_(None)
    )


def _holds(session: Session, rows: Sequence[Row]) -> Mapping[int, list[Hold]]:
    """Who holds places of unfinished recordings, by the recording's key. Two queries."""
    first, last = (min((each.id for each in rows), default=0), max((each.id for each in rows), default=0))
    known = {each.id for each in rows}
    query = select(
        *(Assessment.id, Assessment.recording_id, Assessment.coach_id, Assessment.round),
        *(Assessment.lease_until, Assessment.submitted_at),
    ).where(Assessment.given_back_at.is_(None), Assessment.recording_id.between(first, last))
    held = [each for each in session.execute(query) if each.recording_id in known]
    marks = _marks(session, [each.id for each in held if each.submitted_at is not None])
    found: dict[int, list[Hold]] = defaultdict(list)
    for key, recording, coach, place, until, submitted_at in held:
        found[recording].append(places.hold(coach, place, until, submitted_at is not None, marks[key]))
    return found


def _marks(session: Session, assessments: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = select(Mark.assessment_id, Mark.criterion, Mark.level).where(Mark.assessment_id.in_(assessments))
    for key, criterion, level in session.execute(query):
        found[key].append((criterion, level))
    return found


def _with_grades(session: Session, rows: Sequence[Row]) -> list[tuple[Row, Grades]]:
    holds = _holds(session, rows)
    rules = {version: rule for version in {each.version for each in rows} if (rule := _rule(session, version))}
    appealed = [each.id for each in rows if each.is_appealed]
    knowing = queries.moderators(session, appealed) if appealed else {}
    found = []
    for each in rows:
        if each.version in rules:
            known = frozenset(knowing.get(each.id, ()))
            held = tuple(holds[each.id])
            found.append((each, Grades(*rules[each.version], held, each.is_released, each.is_appealed, known)))
    return found


def _rule(session: Session, version: str) -> tuple[Rubric, str, Grading] | None:
    """By what recordings of a programme version are graded; None where it asks for none any more."""
    programme = catalog.programme(session, version)
    if all(each.kind is not RequirementKind.RECORDING for each in programme.requirements):
        return None
    pinned = catalog.version(session, version).rubrics[recordings.final_rubric(programme)]
    return catalog.rubric(session, pinned), pinned, programme.final.grading


def _is_stuck(house: House, row: Row, grades: Grades, now: datetime) -> bool:
    """Whether a third coach is wanted, and there is none who knows no grade of it."""
    wanted = set(grades.free(house.of(row.graded.cohort), now)) & {Round.MODERATION, Round.APPEAL}
    done = grades.moderators | {each.coach for each in grades.holds if each.levels is not None}
    return bool(wanted) and not house.may_grade(row.graded, grades.policy) - done


def _is_reserved(house: House, grader: Grader, row: Row, now: datetime) -> bool:
    return now < row.submitted_at + RESERVED and house.is_busy(grader.id, row.graded.cohort)


def _shown(session: Session, waiting: Sequence[Place]) -> list[Waiting]:
    query = select(Recording).where(Recording.id.in_([each.row.id for each in waiting]))
    found = {each.id: each for each in session.scalars(query.options(defer(Recording.transcript)))}
    return [Waiting(found[each.row.id], each.round, each.is_reserved) for each in waiting]


def _outcomes(session: Session, of: Collection[int]) -> dict[int, Outcome]:
    query = select(Outcome).where(Outcome.recording_id.in_(of), Outcome.replaced_by_id.is_(None))
    return {each.recording_id: each for each in session.scalars(query)}


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
