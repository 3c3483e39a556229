"""Work after the commit: rows that name a job, tried again when it fails, never lost. On both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs, mail, outbox
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.outbox import LEASE, MOST_ATTEMPTS, OutboxRow


def _put(session: Session, now: datetime, job: str = "mail") -> None:
    writing(session)
    outbox.put(session, job, {"to": "a@example.org"}, now=now)
    session.commit()


def test_a_row_is_claimed_by_one_worker_until_its_lease_ends(session: Session, now: datetime) -> None:
    _put(session, now)
    writing(session)
    [row] = outbox.claim(session, now=now)
    session.commit()
    assert (row.attempts, row.next_at) == (1, now + LEASE)
    writing(session)
    assert outbox.claim(session, now=now + LEASE - timedelta(seconds=1)) == []
    session.commit()
    writing(session)
    [again] = outbox.claim(session, now=now + LEASE)
    session.commit()
    assert again.attempts == 2


def test_what_is_claimed_at_once_is_done_within_the_lease() -> None:
    assert outbox.MOST_CLAIMED * timedelta(seconds=mail.TIMEOUT_SECONDS) < LEASE


def test_what_failed_waits_longer_each_time_and_is_buried_at_last(session: Session, now: datetime) -> None:
    _put(session, now)
    waits, moment = [], now
    while True:
        writing(session)
        [row] = outbox.claim(session, now=moment)
        outbox.failed(row, "no answer", now=moment)
        session.commit()
        if row.state == "dead":
            break
        waits.append((row.next_at - moment).total_seconds())
        moment = row.next_at
    assert waits == [30.0 * 2**attempt for attempt in range(MOST_ATTEMPTS - 1)]
    assert row.last_error == "no answer"


def test_what_is_done_keeps_no_secret(session: Session, now: datetime) -> None:
    _put(session, now)
    writing(session)
    [row] = outbox.claim(session, now=now)
    outbox.done(row, now=now)
    session.commit()
    assert (row.state, row.payload) == ("done", {})


def test_what_is_rolled_back_is_not_asked_for(session: Session, now: datetime) -> None:
    writing(session)
    outbox.put(session, "mail", {}, now=now)
    session.rollback()
    assert session.scalars(select(OutboxRow)).all() == []


def test_two_workers_share_the_rows(engine: Engine, session: Session, now: datetime) -> None:
    for _ in range(6):
        _put(session, now)
    taken = []
    for _ in range(2):
        with Session(engine) as worker:
            writing(worker)
            taken.append({row.id for row in outbox.claim(worker, now=now, most=3)})
            worker.commit()
    assert len(taken[0] | taken[1]) == 6
    assert not taken[0] & taken[1]


def test_the_worker_renders_and_sends_mail(
    app: MentorCert, settings: Settings, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        session = db.session()
        writing(session)
        values = {"name": "Amara Okafor", "path": "/verify/K7QX-4M2P", "title": "Certified mentor"}
        template = "certification/mail/certified"
        mail.post(session, template, to="amara@example.org", subject="Your certificate", values=values, now=now)
        session.commit()
        assert jobs.run_due(settings, now=now) == 1
        assert session.scalars(select(OutboxRow.state)).all() == ["done"]
    printed = capsys.readouterr().err
    assert "mail to amara@example.org: Your certificate" in printed
    assert "https://mentors.example.org/verify/K7QX-4M2P" in printed


def test_a_job_that_nobody_knows_stays_to_be_seen(app: MentorCert, settings: Settings, now: datetime) -> None:
    with app.app_context():
        _put(db.session(), now, job="unheard-of")
        assert jobs.run_due(settings, now=now) == 1
        row = db.session.scalars(select(OutboxRow)).one()
        assert (row.state, row.last_error) == ("waiting", "KeyError: 'unheard-of'")


def test_rows_that_are_long_done_go_and_dead_ones_stay(session: Session, now: datetime) -> None:
    for _ in range(3):
        _put(session, now)
    writing(session)
    for row in outbox.claim(session, now=now, most=2):
        outbox.done(row, now=now)
    [dead] = session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting"))
    dead.state, dead.finished_at = "dead", now
    session.commit()
    for moment, cleared in ((now + outbox.KEPT, 0), (now + outbox.KEPT + timedelta(seconds=1), 2)):
        writing(session)
        assert outbox.clear(session, now=moment) == cleared
        session.commit()
    assert session.scalars(select(OutboxRow.state)).all() == ["dead"]
