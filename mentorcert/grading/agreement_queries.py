"""Reading what was graded twice, blind: the first and the second place of a recording.

Whoever moderates, or decides an appeal, knows of the others' grades; calibration is measured against a panel. Neither
is read here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import ProgrammeVersion, RubricVersion
from mentorcert.catalog.rubric import Rubric
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.grading import agreement
from mentorcert.grading.agreement import Grade, Report
from mentorcert.grading.models import Assessment, Mark, Round
from mentorcert.people.models import Person
from mentorcert.recordings.models import Recording

BLIND: Final = (Round.FIRST, Round.SECOND)

Columns = TypeVarTuple("Columns")
_Row = Row[int, int, int, int | None, bool | None, datetime | None]
_COLUMNS: Final = (
    Assessment.id,
    Assessment.recording_id,
    Assessment.coach_id,
    Assessment.percent,
    Assessment.passed,
    Assessment.submitted_at,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which gradings are looked at; what is None is not asked about.

    `since` and `until` (not included) say when the last of a recording's blind grades was submitted.
    """

    programme: str | None = None
    """A slug."""
    rubric: str | None = None
    """The hash of a version; None for the one graded by last."""
    cohort: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def found(session: Session, asked: Asked) -> tuple[RubricVersion, Report] | None:
    """What the gradings that are asked for say; None when there is none. Four queries, however many they are.

    They are put together here and not by the database: each row is read once, whatever a planner knows of the tables.
    """
    version = _version(session, asked)
    if version is None:
        return None
    rubric = catalog.rubric(session, version.hash)
    recordings = _recordings(session, version, asked)
    twice = [rows for rows in recordings if len(rows) > 1]
    pairs = _pairs(rubric, twice, _levels(session, rubric, version, asked, twice))
    names = _names(session, {grade.coach for pair in pairs for grade in pair})
    return version, agreement.report(rubric, len(recordings), pairs, names)


def rubric_versions(session: Session) -> list[RubricVersion]:
    """The versions of rubrics that somebody graded by, the one published last first."""
    used = exists().where(Assessment.rubric_version_id == RubricVersion.id, *_BLIND_ONES)
    order = RubricVersion.current_since.desc(), RubricVersion.id.desc()
    return list(session.scalars(select(RubricVersion).where(used).order_by(*order)))


def programmes(session: Session) -> list[str]:
    """The slugs of the programmes that have cohorts."""
    query = select(ProgrammeVersion.slug).join(Cohort, Cohort.version_id == ProgrammeVersion.id).distinct()
    return sorted(session.scalars(query))


_BLIND_ONES: Final[tuple[ColumnElement[bool], ...]] = (
    Assessment.round.in_(BLIND),
    Assessment.submitted_at.is_not(None),
)


def _version(session: Session, asked: Asked) -> RubricVersion | None:
    query = select(RubricVersion).join(Assessment, Assessment.rubric_version_id == RubricVersion.id)
    newest = _where(query, asked).order_by(Assessment.submitted_at.desc(), Assessment.id.desc())
    return session.scalar(newest.limit(1))


def _recordings(session: Session, version: RubricVersion, asked: Asked) -> list[list[_Row]]:
    """The blind grades by this version, as asked, recording by recording."""
    query = _where(select(*_COLUMNS), asked).where(Assessment.rubric_version_id == version.id)
    by_recording: dict[int, list[_Row]] = {}
    for row in session.execute(query.order_by(Assessment.recording_id, Assessment.id)):
        by_recording.setdefault(row.recording_id, []).append(row)
    return [rows for rows in by_recording.values() if _is_within(max(row.submitted_at for row in rows), asked)]


def _is_within(last: datetime, asked: Asked) -> bool:
    return (asked.since is None or last >= asked.since) and (asked.until is None or last < asked.until)


def _where(query: Select[*Columns], asked: Asked) -> Select[*Columns]:
    """Narrow a query of assessments to blind ones, of these cohorts."""
    query = query.where(*_BLIND_ONES)
    if asked.rubric is not None:
        query = query.where(Assessment.rubric_version.has(RubricVersion.hash == asked.rubric))
    if asked.programme is None and asked.cohort is None:
        return query
    query = (
        query.join(Recording, Assessment.recording_id == Recording.id)
        .join(Enrolment, Recording.enrolment_id == Enrolment.id)
        .join(Cohort, Enrolment.cohort_id == Cohort.id)
        .join(ProgrammeVersion, Cohort.version_id == ProgrammeVersion.id)
    )
    if asked.programme is not None:
        query = query.where(ProgrammeVersion.slug == asked.programme)
    return query if asked.cohort is None else query.where(Cohort.uuid == asked.cohort)


def _pairs(
    rubric: Rubric, twice: Sequence[Sequence[_Row]], levels: Mapping[int, Mapping[str, int]]
) -> list[tuple[Grade, ...]]:
    """The grades of recordings that have two, each with a level for every criterion."""
    whole = [[row for row in rows if len(levels.get(row.id, ())) == len(rubric.criteria)] for rows in twice]
    return [
        tuple(Grade(row.coach_id, row.percent or 0, bool(row.passed), levels[row.id]) for row in rows)
        for rows in whole
        if len(rows) > 1
    ]


def _levels(
    session: Session, rubric: Rubric, version: RubricVersion, asked: Asked, twice: Sequence[Sequence[_Row]]
) -> dict[int, dict[str, int]]:
    """By assessment of these recordings: the index of the level of each criterion."""
    if not twice:
        return {}
    wanted = {row.id for rows in twice for row in rows}
    places = {each.id: {level.id: place for place, level in enumerate(each.levels)} for each in rubric.criteria}
    columns = (Mark.assessment_id, Mark.criterion, Mark.level)
    query = _where(select(*columns).join(Assessment, Mark.assessment_id == Assessment.id), asked).where(
        Assessment.rubric_version_id == version.id,
        Assessment.recording_id.between(twice[0][0].recording_id, twice[-1][0].recording_id),
    )
    found: dict[int, dict[str, int]] = {}
    for key, criterion, level in session.execute(query):
        if key in wanted and level in places.get(criterion, ()):
            found.setdefault(key, {})[criterion] = places[criterion][level]
    return found


def _names(session: Session, coaches: Collection[int]) -> Mapping[int, str]:
    """Names by key; who shares a name is told apart by their address."""
    rows = session.execute(select(Person.id, Person.name, Person.email).where(Person.id.in_(coaches))).all()
    shared = {name for name in {row.name for row in rows} if sum(row.name == name for row in rows) > 1}
    return {row.id: f"{row.name} ({row.email})" if row.name in shared else row.name for row in rows}
