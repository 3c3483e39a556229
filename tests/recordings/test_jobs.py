"""Looking into recordings as the worker's job: beside the short ones, one at a time, and again after a kill."""

import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from time import monotonic

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs, outbox
from mentorcert.cohorts.models import Enrolment
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.outbox import LEASE, OutboxRow
from mentorcert.recordings import service
from mentorcert.recordings.models import Recording, State
from tests.factories import NOW, make_enrolment
from tests.recordings.factories import send, wish

ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def made(app: MentorCert, session: Session) -> Recording:
    """A recording that waits to be looked into, by any clock."""
    enrolment: Enrolment = make_enrolment(session)
    files = app.extensions["mentorcert"]["files"]
    return send(session, enrolment, wish("ok.webm"), files, now=NOW - timedelta(days=30))


def row_of(session: Session) -> OutboxRow:
    session.rollback()
    return session.scalars(select(OutboxRow).where(OutboxRow.job == service.JOB)).one()


def run_long(app: MentorCert, settings: Settings, at: datetime = NOW, busy: "Lock | None" = None) -> int:
    with app.app_context():
        try:
            return jobs.run_long(settings, busy or Lock(), now=at)
        finally:
            db.session.remove()


def test_the_worker_looks_into_it(app: MentorCert, settings: Settings, session: Session, made: Recording) -> None:
    with app.app_context():
        assert jobs.run_due(settings, now=NOW) == 0
        db.session.remove()
    assert run_long(app, settings) == 1
    assert (row_of(session).state, made.state) == ("done", State.READY)
    assert run_long(app, settings) == 0


@ONE_KIND
def test_one_is_looked_into_at_a_time(app: MentorCert, settings: Settings, session: Session, made: Recording) -> None:
    busy = Lock()
    with busy:
        assert run_long(app, settings, busy=busy) == 0
    assert row_of(session).attempts == 0
    assert run_long(app, settings, busy=busy) == 1


def test_a_lease_is_moved_on_while_the_work_goes_on(engine: Engine, session: Session) -> None:
    until, began = monotonic() + 20, datetime.now(UTC)
    writing(session)
    outbox.put(session, service.JOB, {}, now=began - LEASE)
    [row] = outbox.claim(session, now=began - LEASE)
    session.commit()
    with jobs.held(engine, row.id, every=0.01):
        while row_of(session).next_at < began + LEASE:
            assert monotonic() < until
    session.rollback()
    writing(session)
    assert outbox.claim(session, now=began + LEASE - timedelta(seconds=1)) == []


def test_a_lease_that_somebody_else_has_is_left_alone(session: Session) -> None:
    writing(session)
    outbox.put(session, service.JOB, {}, now=NOW)
    [row] = outbox.claim(session, now=NOW)
    outbox.claim(session, now=NOW + LEASE)
    assert not outbox.renew(session, row.id, 1, now=NOW + LEASE)
    assert outbox.renew(session, row.id, 2, now=NOW + 2 * LEASE)
    session.flush()
    session.refresh(row)
    assert row.next_at == NOW + 3 * LEASE


@ONE_KIND
def test_without_ffmpeg_it_is_tried_until_there_is_one(
    app: MentorCert, settings: Settings, session: Session, made: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment, waits = NOW, timedelta()
    with monkeypatch.context() as without:
        without.setenv("PATH", "/nowhere")
        for _ in range(outbox.MOST_ATTEMPTS + 2):
            assert run_long(app, settings, moment) == 1
            waits = row_of(session).next_at - moment
            moment = row_of(session).next_at
    assert waits == timedelta(minutes=15)
    assert row_of(session).last_error == "Missing: ffprobe is not installed on this machine: install ffmpeg"
    assert run_long(app, settings, moment) == 1
    session.rollback()
    assert made.state == State.READY


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A folder with an ffprobe that never comes back, and says in a file that it began."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "ffprobe"
    program.write_text(f"#!{sys.executable}\nimport os, time\nos.mkfifo('{folder}/began')\ntime.sleep(1000)\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


@ONE_KIND
def test_what_a_killed_worker_left_is_done_by_the_next(
    app: MentorCert, settings: Settings, session: Session, made: Recording, hanging: Path
) -> None:
    environ = {
        **os.environ,
        "PATH": f"{hanging}{os.pathsep}{os.environ['PATH']}",
        "MENTORCERT_DATA": str(settings.data),
        "MENTORCERT_DATABASE_URL": settings.database_url,
        "MENTORCERT_SECRET_KEY": settings.secret_key,
        "MENTORCERT_IRI_BASE": settings.iri_base,
    }
    script = "from mentorcert import create_app, jobs\njobs.consume(create_app())"
    with subprocess.Popen([sys.executable, "-c", script], env=environ) as worker:
        until = monotonic() + 60
        while not (hanging / "began").exists():
            assert monotonic() < until
            assert worker.poll() is None
        worker.send_signal(signal.SIGKILL)
    session.rollback()
    assert (made.state, row_of(session).state) == (State.CHECKING, "waiting")
    assert run_long(app, settings, row_of(session).next_at) == 1
    session.rollback()
    assert (made.state, row_of(session).state) == (State.READY, "done")
