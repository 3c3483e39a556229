"""The worker: runs what outbox rows ask for. huey wakes it up; the rows are the truth."""

import logging
import signal
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, current_app, render_template
from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy.orm import Session

from mentorcert import mail, outbox
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.delivery import courier
from mentorcert.outbox import OutboxRow
from mentorcert.recordings import keeping
from mentorcert.upkeep import hourly, nightly

if TYPE_CHECKING:
    from huey.api import Huey

HEALTH_SECONDS: Final = 10
"""How often the worker looks whether its threads are alive."""

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


JOBS: Final[Mapping[str, Job]] = {mail.JOB: send_mail, keeping.JOB: delete_files}
"""What each job's name stands for."""


def connect(app: Flask, settings: Settings) -> None:
    """Give the application its huey: a SQLite file of its own beside the data."""
    settings.data.mkdir(parents=True, exist_ok=True)
    huey = SqliteHuey("mentorcert", filename=str(settings.data / "huey.sqlite"))

    def sweep() -> None:
        with app.app_context():
            run_due(settings)

    app.extensions["mentorcert"]["huey"] = huey
    app.extensions["mentorcert"]["sweep"] = huey.task(name="sweep")(sweep)
    huey.periodic_task(crontab(minute="*"), name="sweep-each-minute")(sweep)

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
        app.extensions["mentorcert"]["sweep"]()


def consume(app: Flask) -> None:
    """Run the worker until it is told to stop (SIGTERM, Ctrl-C, a closed terminal); what it does then is finished."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    huey: Huey = app.extensions["mentorcert"]["huey"]
    app.extensions["mentorcert"]["sweep"]()
    consumer = Consumer(huey, workers=2, periodic=True, initial_delay=0.1, max_delay=2)
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
    """Run every row that is due, one transaction to claim and one a row to settle; gives how many were run."""
    count = 0
    while rows := _claim(now or datetime.now(UTC)):
        for row_id in rows:
            _run(row_id, settings, now or datetime.now(UTC))
            count += 1
    return count


def _claim(now: datetime) -> list[int]:
    session = db.session()
    writing(session)
    rows = [row.id for row in outbox.claim(session, now=now)]
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
    if error:
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
