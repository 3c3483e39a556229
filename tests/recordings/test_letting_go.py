"""Recordings are let go by rules, completely, once, with a log; on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs
from mentorcert.catalog.policy import Grading
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.files import Files, open_files
from mentorcert.outbox import OutboxRow
from mentorcert.recordings import keeping, letting_go
from mentorcert.recordings.letting_go import UNUSED, Deletion, Due, Rule
from mentorcert.recordings.models import Recording, State, Upload, UploadPart
from mentorcert.upkeep import hourly
from tests.factories import NOW, make_enrolment
from tests.recordings.factories import content, hand_in, memory, wish

DAY = timedelta(days=1)


def change(session: Session, recording: Recording, **values: Any) -> Recording:
    writing(session)
    session.execute(update(Recording).where(Recording.id == recording.id).values(**values))
    session.commit()
    session.refresh(recording)
    session.rollback()
    return recording


def run(session: Session, now: datetime) -> list[Due]:
    """Let go whatever is due, as the worker does."""
    done = []
    for each in letting_go.run(session, now=now):
        session.commit()
        done.append(each)
    session.rollback()
    return done


def test_a_final_grade_says_until_when_and_an_appeal_only_moves_it_on() -> None:
    made = Recording()
    policy = Grading(appeal_days=14, keep_days=180)
    keeping.set_keep_until(made, policy, NOW)
    assert made.keep_until == NOW + timedelta(days=194)
    keeping.set_keep_until(made, Grading(appeal_days=0, keep_days=1), NOW)
    assert made.keep_until == NOW + timedelta(days=194)
    keeping.set_keep_until(made, policy, NOW + 20 * DAY)
    assert made.keep_until == NOW + timedelta(days=214)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"keep_until": NOW}, Rule.KEPT),
        ({"replaced_at": NOW - UNUSED}, Rule.REPLACED),
        ({"state": State.REFUSED, "submitted_at": NOW - UNUSED}, Rule.REFUSED),
    ],
    ids=["kept", "replaced", "refused"],
)
def test_a_recording_goes_when_its_time_is_over_and_not_before(
    session: Session, values: dict[str, Any], rule: Rule
) -> None:
    made = change(session, hand_in(session, make_enrolment(session)), **values)
    assert letting_go.until(made) == NOW
    moment = timedelta(seconds=1)
    assert run(session, NOW - moment) == []
    assert run(session, NOW) == [Due(made.uuid, made.number, rule)]
    assert run(session, NOW + moment) == []


def test_what_nobody_will_grade_goes_a_month_after_its_enrolment_was_closed(session: Session) -> None:
    enrolment = make_enrolment(session)
    made = hand_in(session, enrolment)
    assert letting_go.until(made) is None
    writing(session)
    session.execute(update(Enrolment).values(archived_at=NOW - UNUSED))
    session.commit()
    assert run(session, NOW - DAY) == []
    assert run(session, NOW) == [Due(made.uuid, made.number, Rule.CLOSED)]


def test_a_graded_recording_of_a_closed_enrolment_is_kept_for_as_long_as_was_said(session: Session) -> None:
    made = change(session, hand_in(session, make_enrolment(session)), keep_until=NOW + DAY)
    writing(session)
    session.execute(update(Enrolment).values(archived_at=NOW - 2 * UNUSED))
    session.commit()
    assert run(session, NOW) == []
    assert run(session, NOW + DAY) == [Due(made.uuid, made.number, Rule.KEPT)]


def test_nothing_that_can_be_watched_heard_or_read_is_left_and_the_row_stays(session: Session) -> None:
    made = hand_in(session, make_enrolment(session), wish(mentee_email="dana@example.org"))
    change(session, made, keep_until=NOW, poster_key="recordings/still", waveform=[1, 2], speakers={"Dana": "mentee"})
    key, size, sha256 = made.file_key, made.size, made.sha256
    run(session, NOW)
    session.refresh(made)
    assert (made.file_key, made.poster_key, made.transcript, made.waveform, made.speakers) == ("", "", "", [], {})
    assert (made.mentee_email, made.mentee_name, made.consent_uses) == ("", "Dana", ["grading"])
    assert (made.media_deleted_at, made.size, made.sha256) == (NOW, size, sha256)
    asked = session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB)).one()
    assert asked.payload == {"keys": [key, "recordings/still"]}
    assert letting_go.until(made) is None


def test_a_link_goes_too(session: Session) -> None:
    link = {"link": "https://meet.example/rec/1", "passcode": "1234", "transcript": b""}
    made = change(session, hand_in(session, make_enrolment(session), wish("", **link)), keep_until=NOW)
    run(session, NOW)
    session.refresh(made)
    assert (made.link, made.passcode, made.media_deleted_at) == ("", "", NOW)


def test_the_log_says_what_went_when_and_by_which_rule(session: Session) -> None:
    made = change(session, hand_in(session, make_enrolment(session)), keep_until=NOW)
    size = made.size
    run(session, NOW + DAY)
    assert letting_go.log(session) == [
        Deletion(NOW + DAY, letting_go.RETENTION, made.uuid, made.number, Rule.KEPT, "", size)
    ]


def test_parts_that_were_not_joined_yet_go_too_and_no_check_brings_the_file_back(session: Session) -> None:
    enrolment = make_enrolment(session)
    made = change(session, hand_in(session, enrolment), state=State.RECEIVED, consent_withdrawn_at=NOW)
    writing(session)
    times = {"created_at": NOW, "expires_at": NOW + DAY}
    upload = Upload(enrolment_id=enrolment.id, name="a.mp4", length=3, recording_id=made.id, **times)
    session.add(upload)
    session.flush()
    session.add(UploadPart(upload_id=upload.id, start=0, size=3, file_key="recordings/part", sha256=""))
    session.commit()
    assert run(session, NOW) == [Due(made.uuid, made.number, Rule.WITHDRAWN)]
    session.refresh(made)
    assert made.state == State.REFUSED
    keys = [row.payload["keys"] for row in session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB))]
    assert ["recordings/part"] in keys
    assert session.scalars(select(UploadPart)).all() == []


class Stubborn(Files):
    """A place that refuses to delete for a while, as a store of a network does."""

    refuses = True

    def delete(self, key: str) -> None:
        """Refuse, or delete."""
        if self.refuses:
            raise ConnectionError("503 Slow Down")
        super().delete(key)


@pytest.fixture
def work(app: MentorCert, now: datetime) -> Callable[[datetime], int]:
    """Runs what the outbox asks for, as the worker does."""

    def run_due(at: datetime) -> int:
        with app.app_context():
            return jobs.run_due(app.extensions["mentorcert"]["settings"], now=at)

    return run_due


def test_the_worker_removes_the_files_and_finds_those_gone_already_in_order(
    app: MentorCert, session: Session, work: Callable[[datetime], int]
) -> None:
    files: Files = app.extensions["mentorcert"]["files"]
    made = hand_in(session, make_enrolment(session), None, files)
    change(session, made, keep_until=NOW, poster_key="recordings/never-there")
    key = made.file_key
    run(session, NOW)
    assert files.exists(key)
    work(NOW)
    assert not files.exists(key)
    states = session.scalars(select(OutboxRow.state).where(OutboxRow.job == keeping.JOB)).all()
    assert states == ["done"]


def test_what_the_store_refuses_is_tried_again_until_it_is_gone(
    app: MentorCert, session: Session, work: Callable[[datetime], int], tmp_path: Path
) -> None:
    plain = open_files("", tmp_path)
    stubborn = Stubborn(plain._store)
    app.extensions["mentorcert"]["files"] = stubborn
    made = change(session, hand_in(session, make_enrolment(session), None, plain), keep_until=NOW)
    key = made.file_key
    hourly.run(session, stubborn, now=NOW)
    work(NOW)
    assert plain.exists(key)
    row = session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB)).one()
    assert (row.state, row.last_error) == ("waiting", "ConnectionError: 503 Slow Down")
    stubborn.refuses = False
    session.rollback()
    work(NOW + timedelta(minutes=1))
    assert not plain.exists(key)


def test_a_worker_that_is_stopped_half_way_goes_on_where_it_was(session: Session) -> None:
    enrolments = [make_enrolment(session) for _ in range(3)]
    made = [change(session, hand_in(session, each), keep_until=NOW) for each in enrolments]
    steps = letting_go.run(session, now=NOW)
    next(steps)
    session.commit()
    next(steps)
    session.rollback()  # killed before the second was committed
    del steps
    assert run(session, NOW) == [Due(each.uuid, each.number, Rule.KEPT) for each in made[1:]]
    assert [each.number for each in letting_go.log(session)] == [made[2].number, made[1].number, made[0].number]


def test_a_recording_that_came_to_count_again_meanwhile_stays(session: Session) -> None:
    made = change(session, hand_in(session, make_enrolment(session)), replaced_at=NOW - UNUSED)
    steps = letting_go.run(session, now=NOW)
    found = letting_go.due(session, now=NOW)
    change(session, made, replaced_at=None)
    assert [each.rule for each in found] == [Rule.REPLACED]
    assert list(steps) == []
    session.rollback()
    session.refresh(made)
    assert made.media_deleted_at is None


def test_stills_and_parts_are_no_files_without_a_row(session: Session) -> None:
    files = memory()
    enrolment = make_enrolment(session)
    made = change(session, hand_in(session, enrolment, None, files), poster_key="recordings/still")
    files.put("recordings/still", content("ok.mp4")[:10])
    assert keeping.clear(session, files, now=datetime.now(NOW.tzinfo) + 2 * keeping.GRACE) == 0
    change(session, made, poster_key="")
    assert keeping.clear(session, files, now=datetime.now(NOW.tzinfo) + 2 * keeping.GRACE) == 1
