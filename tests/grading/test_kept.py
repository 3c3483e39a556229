"""Until when a recording is kept follows from its grade: from its release, and from what is decided on appeal."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mentorcert.recordings import letting_go
from mentorcert.recordings.models import Recording
from tests.factories import NOW
from tests.grading.factories import draft, make_bench, release, take
from tests.grading.test_appeal import LATER, LATEST, appeal, failed
from tests.grading.test_moderation import take as take_again

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
