"""The worker: runs what outbox rows ask for. huey wakes it up; the rows are the truth."""

import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Flask, current_app, render_template
from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import mail, outbox
from mentorcert.config import Settings
from mentorcert.db import db, own_transaction, writing
from mentorcert.delivery import courier
from mentorcert.evidence.service import door
from mentorcert.outbox import OutboxRow
from mentorcert.recordings import keeping, programs
from mentorcert.recordings import service as recordings
from mentorcert.recordings.checking import Checker
from mentorcert.upkeep import hourly, nightly

if TYPE_CHECKING:
    from huey.api import Huey

HEALTH_SECONDS: Final = 10
"""How often the worker looks whether its threads are alive."""
HOLD_SECONDS: Final = 60
"""How often a long job moves the end of its lease on: well within that."""
PROGRAMS: Final = ("ffprobe", "ffmpeg")
"""What recordings are looked into with."""

logger: Final = logging.getLogger(__name__)

Job = Callable[[Mapping[str, Any], Settings], None]
"""Does the work of one row. What it raises goes into the row, and the row is tried again later."""


def send_mail(payload: Mapping[str, Any], settings: Settings) -> None:
    """Render and send one message."""

    def render(template: str, values: Mapping[str, Any]) -> str:
        return render_template(template, base=settings.public_url, organisation=settings.organisation, **values)

    mail.send(mail.compose(payload, render), smtp_url=settings.smtp_url, sender=settings.mail_from)


def delete_files(payload: Mapping[str, Any], _settings: Settings) -> None:
    """Remove files by their keys; what the store refuses is tried again."""
    keeping.delete(current_app.extensions["mentorcert"]["files"], payload["keys"])


def check_recording(payload: Mapping[str, Any], settings: Settings) -> None:
    """Look into a recording that was handed in; it is ready or refused afterwards."""
    Checker(
        engine=db.engine,
        files=current_app.extensions["mentorcert"]["files"],
        door=door(settings.iri_base),
        work=settings.data / "work",
        now=lambda: datetime.now(UTC),
    ).check(UUID(payload["recording"]))


JOBS: Final[Mapping[str, Job]] = {
    mail.JOB: send_mail,
    keeping.JOB: delete_files,
    recordings.JOB: check_recording,
}
"""What each job's name stands for."""
LONG: Final = frozenset({recordings.JOB})
"""Jobs that may take minutes: they are run one at a time, beside the others, and keep their lease as they go."""


def connect(app: Flask, settings: Settings) -> None:
    """Give the application its huey: a SQLite file of its own beside the data."""
    settings.data.mkdir(parents=True, exist_ok=True)
    huey = SqliteHuey("mentorcert", filename=str(settings.data / "huey.sqlite"))

    def sweep() -> None:
        with app.app_context():
            run_due(settings)

    busy = Lock()

    def sweep_long() -> None:
        with app.app_context():
            run_long(settings, busy)

    app.extensions["mentorcert"]["huey"] = huey
    app.extensions["mentorcert"]["sweeps"] = [
        huey.task(name="sweep")(sweep),
        huey.task(name="sweep-long")(sweep_long),
    ]
    huey.periodic_task(crontab(minute="*"), name="sweep-each-minute")(sweep)
    huey.periodic_task(crontab(minute="*"), name="sweep-long-each-minute")(sweep_long)

    def clear_recordings() -> None:
        with app.app_context():
            hourly.run(db.session(), app.extensions["mentorcert"]["files"])

    huey.periodic_task(crontab(minute="17"), name="clear-recordings-each-hour")(clear_recordings)

    def keep_house() -> None:
        with app.app_context():
            nightly.run(db.session(), settings, app.extensions["mentorcert"]["files"])

    huey.periodic_task(crontab(hour="2", minute="41"), name="keep-house-each-night")(keep_house)


def wake_if_asked(session: Session, app: Flask) -> None:
    """Wake the worker when the transaction that was just committed put something into the outbox."""
    if outbox.take_request(session):
        wake(app)


def wake(app: Flask) -> None:
    """Have the worker look at once for rows that are due."""
    for sweep in app.extensions["mentorcert"]["sweeps"]:
        sweep()


def consume(app: Flask) -> None:
    """Run the worker until it is told to stop (SIGTERM, Ctrl-C, a closed terminal); what it does then is finished."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    huey: Huey = app.extensions["mentorcert"]["huey"]
    for name in programs.missing(PROGRAMS):
        logger.warning("%s is not installed: recordings wait until it is (install ffmpeg)", name)
    wake(app)
    consumer = Consumer(huey, workers=3, periodic=True, initial_delay=0.1, max_delay=2)
    consumer.start()
    told = Event()
    delivery = _start_delivery(app, told)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # after start(), which sets huey's own
        signal.signal(each, lambda *_: told.set())
    try:
        while not told.wait(HEALTH_SECONDS):
            consumer.check_worker_health()
    finally:
        told.set()
        consumer.stop(graceful=True)
        delivery.join()


def _start_delivery(app: Flask, told: Event) -> Thread:
    """Send statements on to other stores beside all else, so that neither waits for the other."""
    house = app.extensions["mentorcert"]
    with app.app_context():
        mine = courier.courier(db.engine, house["files"], house["settings"])
    thread = Thread(target=courier.serve, args=(mine, told), name="delivery")
    thread.start()
    return thread


def run_due(settings: Settings, *, now: datetime | None = None) -> int:
    """Run every short row that is due, one transaction to claim and one a row to settle; gives how many were run."""
    count = 0
    while rows := _claim(now or datetime.now(UTC), but=LONG):
        for row_id in rows:
            _run(row_id, settings, now or datetime.now(UTC))
            count += 1
    return count


def run_long(settings: Settings, busy: Lock, *, now: datetime | None = None) -> int:
    """Run every long row that is due, one after the other, unless this process does so already; gives how many.

    Who finds it busy may have put a row in after the other one looked: so that one looks again when it is done.
    """
    count = 0
    while busy.acquire(blocking=False):
        try:
            ran = _run_all_long(settings, now)
        finally:
            busy.release()
        if not ran:
            break
        count += ran
    return count


def _run_all_long(settings: Settings, now: datetime | None) -> int:
    count = 0
    while rows := _claim(now or datetime.now(UTC), most=1, only=LONG):
        _run_held(rows[0], settings, now)
        count += 1
    return count


def _run_held(row_id: int, settings: Settings, now: datetime | None) -> None:
    """Run a row whose lease is moved on meanwhile, and have what it asked for done at once."""
    with held(db.engine, row_id):
        _run(row_id, settings, now or datetime.now(UTC))
    run_due(settings, now=now)


@contextmanager
def held(engine: Engine, row_id: int, every: float = HOLD_SECONDS) -> Iterator[None]:
    """Keep the lease of a row from ending while the block runs; when the process dies, it ends by itself."""
    over = Event()
    with Session(engine) as session:
        attempt = session.scalar(select(OutboxRow.attempts).where(OutboxRow.id == row_id)) or 0

    def renew() -> None:
        while not over.wait(every):
            with own_transaction(engine) as session:
                outbox.renew(session, row_id, attempt, now=datetime.now(UTC))

    thread = Thread(target=renew, name="lease")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _claim(now: datetime, **which: Any) -> list[int]:
    session = db.session()
    writing(session)
    rows = [row.id for row in outbox.claim(session, now=now, **which)]
    session.commit()
    return rows


def _run(row_id: int, settings: Settings, now: datetime) -> None:
    session = db.session()
    row = session.get_one(OutboxRow, row_id)
    job, payload = row.job, dict(row.payload)
    session.rollback()
    error = _attempt(job, payload, settings)
    writing(session)
    row = session.get_one(OutboxRow, row_id)
    if error and job in LONG:
        outbox.postponed(row, error, now=now)
    elif error:
        outbox.failed(row, error, now=now)
    else:
        outbox.done(row, now=now)
    session.commit()


def _attempt(job: str, payload: Mapping[str, Any], settings: Settings) -> str:
    """Do the work; gives what went wrong, or nothing. A job that nobody knows is an error too."""
    try:
        JOBS[job](payload, settings)
    except Exception as error:  # whatever it is: the row must be settled, and the others have their turn
        logger.warning("job %s failed: %s", job, error)
        return f"{type(error).__name__}: {error}"
    return ""
