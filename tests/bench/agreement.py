"""How long agreement takes to compute over many assessments, against reading the same rows by the driver."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog import rubric as arithmetic
from mentorcert.catalog.rubric import Rubric
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import writing
from mentorcert.grading import agreement_queries
from mentorcert.grading.agreement import Report
from mentorcert.grading.agreement_queries import Asked
from mentorcert.grading.models import Assessment, Mark, Round
from mentorcert.people.models import Person
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.models import Recording
from tests import databases

COACHES = 20
REPEATS = 3
MARKS = "SELECT m.assessment_id, m.criterion, m.level FROM mark m JOIN assessment a ON a.id = m.assessment_id"
GRADES = "SELECT id, recording_id, coach_id, percent, passed FROM assessment"


@dataclass(frozen=True)
class Computing:
    """Medians in seconds, their ratio, and the queries that it took."""

    ours: float
    bare: float
    ratio: float
    queries: int


def measure(engine: Engine) -> Computing:
    """Compute everything that the page of agreement shows, and read the same rows without any of it, in turn."""
    pairs, asked = [], 0
    for _ in range(REPEATS):
        began = time.perf_counter()
        with databases.counted(engine) as said, Session(engine) as session:
            report = found(session)
        middle = time.perf_counter()
        read = _read(engine)
        pairs.append((middle - began, time.perf_counter() - middle))
        assert report.twice * 2 == read
        asked = len(said)
    ours, bare = (median(each[at] for each in pairs) for at in (0, 1))
    return Computing(ours, bare, median(one / other for one, other in pairs), asked)


def found(session: Session) -> Report:
    """What all gradings of the newest version say."""
    answer = agreement_queries.found(session, Asked())
    assert answer is not None
    return answer[1]


def fill(session: Session, cohort: UUID, recordings_wanted: int, seed: int = 1) -> None:
    """Have so many recordings graded by two coaches who see alike, more or less."""
    writing(session)
    place = session.scalars(select(Cohort).where(Cohort.uuid == cohort)).one()
    programme = catalog.programme(session, place.version.hash)
    version = catalog.pinned_rubric(session, place.version.hash, recordings.final_rubric(programme))
    rubric, now = catalog.rubric(session, version.hash), datetime.now(UTC)
    enrolments = list(session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == place.id)))
    coaches = [_coach(session, number, now) for number in range(COACHES)]
    first = (session.scalar(select(Recording.id).order_by(Recording.id.desc()).limit(1)) or 0) + 1
    keys = range(first, first + recordings_wanted)
    session.execute(insert(Recording), [_recording(key, enrolments[key % len(enrolments)], now) for key in keys])
    made = list(_grades(rubric, keys, coaches, Random(seed)))
    start = session.scalar(select(Assessment.id).order_by(Assessment.id.desc()).limit(1)) or 0
    rows = [_assessment(start + number, version.id, rubric, grade, now) for number, grade in enumerate(made, 1)]
    session.execute(insert(Assessment), rows)
    marks = [
        {"assessment_id": start + number, "criterion": criterion, "level": level, "comment": ""}
        for number, (_, _, _, levels) in enumerate(made, 1)
        for criterion, level in levels.items()
    ]
    session.execute(insert(Mark), marks)
    session.commit()


def _grades(
    rubric: Rubric, keys: range, coaches: list[int], random: Random
) -> Iterator[tuple[int, Round, int, dict[str, str]]]:
    """Every recording has a quality, every coach a leaning, every criterion its own share of accident."""
    leaning = {coach: random.gauss(0, 0.25) for coach in coaches}
    for key in keys:
        quality = random.gauss(1.9, 0.8)
        for place, coach in zip((Round.FIRST, Round.SECOND), random.sample(coaches, 2), strict=True):
            levels = {}
            for number, each in enumerate(rubric.criteria):
                seen = quality + leaning[coach] + random.gauss(0, 0.12 + 0.08 * number)
                levels[each.id] = each.levels[min(max(round(seen), 0), len(each.levels) - 1)].id
            yield key, place, coach, levels


def _assessment(
    key: int, version: int, rubric: Rubric, grade: tuple[int, Round, int, dict[str, str]], now: datetime
) -> dict[str, object]:
    recording, place, coach, levels = grade
    at = now - timedelta(minutes=key % 40_000)
    return {
        "id": key,
        "uuid": uuid4(),
        "recording_id": recording,
        "coach_id": coach,
        "rubric_version_id": version,
        "round": place,
        "taken_at": at,
        "lease_until": at,
        "revision": 1,
        "comment": "",
        "submitted_at": at,
        "percent": arithmetic.percent(rubric, levels),
        "passed": arithmetic.passed(rubric, levels),
    }


def _recording(key: int, enrolment: int, now: datetime) -> dict[str, object]:
    return {
        "id": key,
        "uuid": uuid4(),
        "enrolment_id": enrolment,
        "number": key,
        "mentee_name": "Dana",
        "consent_uses": ["grading"],
        "consent_at": now,
        "submitted_at": now,
        "state": "ready",
    }


def _coach(session: Session, number: int, now: datetime) -> int:
    made = Person(
        uuid=uuid4(),
        email=f"{uuid4()}@example.org",
        name=f"Coach {number:02}",
        zone="Europe/London",
        session_key="bench",
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def _read(engine: Engine) -> int:
    """Read the rows that agreement is computed from, and nothing else; returns how many assessments there are."""
    with engine.connect() as connection:
        grades = connection.execute(text(GRADES)).all()
        marks: dict[int, dict[str, str]] = {}
        for assessment, criterion, level in connection.execute(text(MARKS)).all():
            marks.setdefault(assessment, {})[criterion] = level
    return len(grades)
