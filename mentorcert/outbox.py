"""Work for after the commit, as durable rows.

A feature `put`s a row in its own transaction; the worker claims it with a lease, runs the job that it names and
marks it done, or gives it back with a later time. The row is the truth: a killed worker's lease runs out and the
sweep finds the row again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mentorcert.db import Base

KEPT: Final = timedelta(days=30)
"""How long a row that is done stays."""
LEASE: Final = timedelta(minutes=5)
MOST_CLAIMED: Final = 10
"""How many rows are claimed at once: so few that the slowest mail server is done with them before the lease ends."""
MOST_ATTEMPTS: Final = 8
_ASKED: Final = "mentorcert_outbox"
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(minutes=15)


class OutboxRow(Base):
    """One piece of work: the job's name, what it needs, and how far it got."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column()
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="waiting")
    """`waiting`, `done`, or `dead` after `MOST_ATTEMPTS`."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column()
    """When it may be taken next; while a worker has it, when its lease ends."""
    created_at: Mapped[datetime] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str] = mapped_column(default="")


def put(session: Session, job: str, payload: dict[str, Any], *, now: datetime) -> OutboxRow:
    """Ask for a job to be run once the transaction is committed."""
    row = OutboxRow(job=job, payload=payload, next_at=now, created_at=now)
    session.add(row)
    session.info[_ASKED] = True
    return row


def take_request(session: Session) -> bool:
    """Whether something was put through this session since the last call."""
    return bool(session.info.pop(_ASKED, False))


def claim(
    session: Session, *, now: datetime, most: int = MOST_CLAIMED, only: Collection[str] = (), but: Collection[str] = ()
) -> Sequence[OutboxRow]:
    """Take up to `most` rows that are due, oldest first; nobody else gets them until the lease ends.

    Of the jobs named in `only`, when there are any, and of none named in `but`.
    """
    of_job = OutboxRow.job.in_(only) if only else OutboxRow.job.not_in(but)
    due = (
        select(OutboxRow)
        .where(OutboxRow.state == "waiting", OutboxRow.next_at <= now, of_job)
        .order_by(OutboxRow.next_at, OutboxRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(due).all()
    for row in rows:
        row.attempts += 1
        row.next_at = now + LEASE
    return rows


def renew(session: Session, row_id: int, attempt: int, *, now: datetime) -> bool:
    """Move the end of a lease on; False when the row is no longer held by this attempt."""
    held = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.attempts == attempt, OutboxRow.state == "waiting")
    return session.scalar(held.values(next_at=now + LEASE).returning(OutboxRow.id)) is not None


def done(row: OutboxRow, *, now: datetime) -> None:
    """Mark a row as finished. What it carried is let go: an invitation's secret must not stay readable."""
    row.state, row.finished_at, row.last_error, row.payload = "done", now, "", {}


def failed(row: OutboxRow, error: str, *, now: datetime) -> None:
    """Give a row back for a later attempt, or bury it after the last one. The wait doubles each time."""
    row.last_error = error[:2000]
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.finished_at = "dead", now
    else:
        row.next_at = now + _FIRST_WAIT * 2 ** (row.attempts - 1)


def postponed(row: OutboxRow, error: str, *, now: datetime) -> None:
    """Give back a row for which something is missing that somebody must mend: it is tried until that is done."""
    row.last_error = error[:2000]
    row.next_at = now + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(row.attempts - 1, 10))


def clear(session: Session, *, now: datetime) -> int:
    """Remove rows that have been done for `KEPT`; gives how many. Dead ones stay until somebody has looked at them."""
    done = delete(OutboxRow).where(OutboxRow.state == "done", OutboxRow.finished_at < now - KEPT)
    return len(session.scalars(done.returning(OutboxRow.id)).all())
