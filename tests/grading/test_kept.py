"""Until when a recording is kept follows from its grade: from its release, and from what is decided on appeal."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.grading import queries, service
from mentorcert.recordings import consent, letting_go
from mentorcert.recordings.models import Recording
from tests.factories import NOW
from tests.grading.factories import draft, make_bench, release, take
from tests.grading.test_appeal import LATER, LATEST, appeal, failed
from tests.grading.test_moderation import take as take_again
from tests.grading.test_queue import at_once
from tests.recordings.factories import DOOR

KEPT = timedelta(days=14 + 180)


def kept_until(session: Session, recording: Recording) -> datetime | None:
    session.expire_all()
    return recording.keep_until


def test_a_grade_that_is_released_says_until_when(session: Session) -> None:
    bench = make_bench(session)
    taken = take(session, bench)
    assert kept_until(session, bench.recording) is None
    release(session, taken, now=NOW)
    assert kept_until(session, bench.recording) == NOW + KEPT


def test_it_is_kept_while_an_appeal_is_open_and_from_then_on_as_long_again(session: Session) -> None:
    recording, [_, bo] = failed(session)
    assert kept_until(session, recording) == NOW + KEPT
    appeal(session, recording)
    assert kept_until(session, recording) is None
    assert letting_go.due(session, now=LATER + 10 * KEPT) == []
    release(session, take_again(session, recording, bo), draft(), now=LATEST)
    assert kept_until(session, recording) == LATEST + KEPT


def test_consent_that_ends_while_a_grade_is_submitted_ends_before_it_or_after(engine: Engine, session: Session) -> None:
    """Either the grade was released, and stays, or it never is; the media are gone in both."""
    bench = make_bench(session)
    taken, who = take(session, bench).uuid, bench.coach.uuid
    recording = bench.recording.uuid

    def submit(own: Session) -> str:
        service.submit(own, DOOR, taken, draft(), who=who, now=LATER)
        return "submitted"

    def withdraw(own: Session) -> str:
        consent.withdraw(own, recording, ["grading"], who=consent.MENTEE, now=LATER)
        return "withdrawn"

    session.rollback()
    said = at_once(engine, [submit, withdraw])
    session.expire_all()
    released = queries.standing(session, bench.recording) is not None
    assert said == (
        ["submitted", "withdrawn"] if released else ["The consent to recording 1 was withdrawn.", "withdrawn"]
    )
    assert (bench.recording.media_deleted_at, bench.recording.file_key) == (LATER, "")
