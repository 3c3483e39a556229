"""Reading what was graded twice, blind: the first and the second place of a recording.

Whoever moderates, or decides an appeal, knows of the others' grades; calibration is measured against a panel. Neither
is read here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
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
    """What the gradings that are asked for say; None when there is none. Five queries, however many they are."""
    version = _version(session, asked)
    if version is None:
        return None
    rubric = catalog.rubric(session, version.hash)
    recordings = _recordings(version, asked)
    pairs = _pairs(session, rubric, version, recordings.having(func.count() > 1))
    names = _names(session, {grade.coach for pair in pairs for grade in pair})
    total = session.scalar(select(func.count()).select_from(recordings.subquery())) or 0
    return version, agreement.report(rubric, total, pairs, names)


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


def _recordings(version: RubricVersion, asked: Asked) -> Select[int]:
    """The keys of the recordings that were graded blind by this version, as asked."""
    query = _where(select(Assessment.recording_id), asked).where(Assessment.rubric_version_id == version.id)
    last = func.max(Assessment.submitted_at)
    query = query.group_by(Assessment.recording_id)
    if asked.since is not None:
        query = query.having(last >= asked.since)
    return query if asked.until is None else query.having(last < asked.until)


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


def _pairs(session: Session, rubric: Rubric, version: RubricVersion, twice: Select[int]) -> list[tuple[Grade, ...]]:
    """The grades of the recordings that were graded twice, recording by recording."""
    of_these = (Assessment.recording_id.in_(twice), Assessment.rubric_version_id == version.id, *_BLIND_ONES)
    levels = _levels(session, rubric, of_these)
    columns = (Assessment.id, Assessment.recording_id, Assessment.coach_id, Assessment.percent, Assessment.passed)
    by_recording: dict[int, list[Grade]] = {}
    for key, recording, coach, percent, passed in session.execute(
        select(*columns).where(*of_these).order_by(Assessment.recording_id, Assessment.id)
    ):
        if len(levels.get(key, ())) == len(rubric.criteria):
            grade = Grade(coach, percent or 0, bool(passed), levels[key])
            by_recording.setdefault(recording, []).append(grade)
    return [tuple(grades) for grades in by_recording.values() if len(grades) > 1]


def _levels(session: Session, rubric: Rubric, of_these: Sequence[ColumnElement[bool]]) -> dict[int, dict[str, int]]:
    """By assessment: the index of the level of each criterion."""
    places = {each.id: {level.id: place for place, level in enumerate(each.levels)} for each in rubric.criteria}
    columns = (Mark.assessment_id, Mark.criterion, Mark.level)
    query = select(*columns).join(Assessment, Mark.assessment_id == Assessment.id).where(*of_these)
    found: dict[int, dict[str, int]] = {}
    for key, criterion, level in session.execute(query):
        if level in places.get(criterion, ()):
            found.setdefault(key, {})[criterion] = places[criterion][level]
    return found


def _names(session: Session, coaches: Collection[int]) -> Mapping[int, str]:
    """Names by key; who shares a name is told apart by their address."""
    rows = session.execute(select(Person.id, Person.name, Person.email).where(Person.id.in_(coaches))).all()
    shared = {name for name in {row.name for row in rows} if sum(row.name == name for row in rows) > 1}
    return {row.id: f"{row.name} ({row.email})" if row.name in shared else row.name for row in rows}
