"""What was written of a recording whose consent ended goes a month later; what was delivered stays. Both databases."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.grading import service
from mentorcert.grading.models import Assessment, Outcome
from mentorcert.recordings import consent
from mentorcert.recordings.letting_go import UNUSED
from mentorcert.recordings.models import Recording
from mentorcert.upkeep import ended
from tests.factories import NOW
from tests.grading.factories import draft, make_bench, release, take


def clear(session: Session, at: timedelta) -> int:
    count = ended.clear(session, now=NOW + at)
    session.commit()
    return count


def withdraw(session: Session, recording: Recording) -> None:
    consent.withdraw(session, recording.uuid, ["grading"], who=consent.MENTEE, now=NOW)
    session.commit()


def test_the_words_of_a_grading_that_ended_go_after_a_month_and_its_levels_stay(session: Session) -> None:
    bench = make_bench(session)
    taken = take(session, bench)
    service.save_draft(session, taken.uuid, draft(whole="She said: I am tired."), who=bench.coach.uuid, now=NOW)
    session.commit()
    withdraw(session, bench.recording)
    assert clear(session, UNUSED - timedelta(seconds=1)) == 0
    assert clear(session, UNUSED) == 1
    assert clear(session, UNUSED) == 0
    found = session.scalars(select(Assessment)).one()
    assert (found.comment, [mark.comment for mark in found.marks]) == ("", ["", ""])
    assert sorted(mark.level for mark in found.marks) == ["solid", "solid"]


def test_what_was_delivered_stays_word_for_word(session: Session) -> None:
    bench = make_bench(session)
    release(session, take(session, bench))
    before = session.scalars(select(Outcome)).one().document
    session.rollback()
    withdraw(session, bench.recording)
    assert clear(session, 2 * UNUSED) == 0
    assert session.scalars(select(Outcome)).one().document == before
    assert [mark.comment for mark in session.scalars(select(Assessment)).one().marks] != ["", ""]


def test_a_recording_whose_time_was_over_keeps_its_grading(session: Session) -> None:
    bench = make_bench(session)
    release(session, take(session, bench))
    writing(session)
    session.execute(update(Recording).values(media_deleted_at=NOW))
    session.commit()
    assert clear(session, 2 * UNUSED) == 0
