"""The pages of coaches when thousands of recordings were handed in: the queue, and the bench with a long transcript."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import db, writing
from mentorcert.grading import moments, taking
from mentorcert.grading.feedback import Evidence
from mentorcert.grading.models import Assessment, Outcome, Round
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import EVERYWHERE, Role
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import transcript
from mentorcert.recordings.cues import Cue
from mentorcert.recordings.models import Recording
from tests.bench.cohort import Place
from tests.bench.pages import Rendering, rendering

WAITING = 100
"""How many of the recordings nobody has graded."""
CUES, MOMENTS = 600, 50
SECONDS = 1900


def measure(mine: Place, submissions: int) -> tuple[Rendering, Rendering]:
    """The queue and the bench of a coach, among so many recordings; all but `WAITING` are graded and released."""
    with mine.app.app_context():
        session = db.session()
        coach, bench = _fill(session, mine.cohort, submissions)
        session.expunge(coach)
        db.session.remove()
    queue = rendering(mine, coach, "/queue", "<tr")
    return queue, rendering(mine, coach, f"/assessments/{bench}", "<li")


def _fill(session: Session, cohort: UUID, submissions: int) -> tuple[Person, UUID]:
    """The coach, and the assessment on their bench."""
    writing(session)
    now = datetime.now(UTC)
    place = session.scalars(select(Cohort).where(Cohort.uuid == cohort)).one()
    programme = catalog.programme(session, place.version.hash)
    version = catalog.pinned_rubric(session, place.version.hash, recordings.final_rubric(programme))
    enrolments = session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == place.id)).all()
    coach, colleague = (_coach(session, name, now) for name in ("Tomasz Wrona", "Priya Raman"))
    keys = range(1, submissions + 1)
    session.execute(insert(Recording), [_recording(key, enrolments[key % len(enrolments)], now) for key in keys])
    graded = keys[:-WAITING]
    session.execute(insert(Assessment), [_assessment(key, colleague.id, version.id, now) for key in graded])
    session.execute(insert(Outcome), [_outcome(key, version.id, now) for key in graded])
    waiting = session.get_one(Recording, submissions)
    waiting.transcript = transcript.written([_cue(number) for number in range(CUES)])
    session.flush()
    made = taking.take(session, waiting.uuid, who=coach.uuid, now=now)
    criterion = catalog.rubric(session, version.hash).criteria[0].id
    wishes = [Evidence(number * 30, criterion, "a note of some length", uuid4()) for number in range(MOMENTS)]
    moments.put(session, made.uuid, wishes, who=coach.uuid, now=now)
    session.commit()
    session.refresh(coach)
    return coach, made.uuid


def _cue(number: int) -> Cue:
    return Cue(number * 3.0, number * 3.0 + 2.5, ("Mentor", "Dana")[number % 2], "What would that change for you?")


def _coach(session: Session, name: str, now: datetime) -> Person:
    made = Person(
        uuid=uuid4(),
        email=f"{uuid4()}@example.org",
        name=name,
        zone="Europe/London",
        session_key="bench",
        created_at=now,
    )
    session.add_all([made, Grant(person=made, role=Role.COACH, scope=EVERYWHERE, granted_at=now)])
    session.flush()
    return made


def _recording(key: int, enrolment: int, now: datetime) -> dict[str, object]:
    at = now - timedelta(hours=48, minutes=key)
    return {
        "id": key,
        "uuid": uuid4(),
        "enrolment_id": enrolment,
        "number": key,
        "file_key": f"recordings/{key}",
        "content_type": "video/mp4",
        "seconds": SECONDS,
        "mentee_name": "Dana",
        "consent_uses": ["grading"],
        "consent_at": at,
        "submitted_at": at,
        "state": "ready",
    }


def _assessment(key: int, coach: int, version: int, now: datetime) -> dict[str, object]:
    return {
        "uuid": uuid4(),
        "recording_id": key,
        "coach_id": coach,
        "rubric_version_id": version,
        "round": Round.FIRST,
        "taken_at": now,
        "lease_until": now,
        "revision": 1,
        "comment": "",
        "submitted_at": now,
        "percent": 75,
        "passed": True,
    }


def _outcome(key: int, version: int, now: datetime) -> dict[str, object]:
    return {
        "uuid": uuid4(),
        "recording_id": key,
        "kind": "grade",
        "rubric_version_id": version,
        "percent": 75,
        "passed": True,
        "document": {},
        "decided_at": now,
        "released_at": now,
        "statement_ids": [str(uuid4())],
    }
