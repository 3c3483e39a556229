"""Turns: who may send to a target now, and what becomes of the target by what it answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from xapi.delivery import letters
from xapi.delivery.parcels import Parcel
from xapi.delivery.sending import Answer, Outcome
from xapi.delivery.targets import State, Target, from_row, lately, minute
from xapi.tables import dead_letter, statement
from xapi.tables import target as table

LEASE: Final = timedelta(minutes=3)
"""How long a turn lasts at most; sending takes less, by its own clock."""
LARGEST: Final = 500
"""How many statements are sent at once at most."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=5)
RARELY: Final = timedelta(minutes=30)
"""How often a target is tried that somebody must see to."""
LONGEST_ASKED: Final = timedelta(days=1)
"""How long a target may ask us to wait."""
MOST_REFUSALS: Final = 50
"""After so many refusals in a row it is not the statements that are wrong."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send to a target, until the lease runs out."""

    target: Target
    lease: UUID


def due(session: Session, now: datetime) -> list[UUID]:
    """Return the targets that can be sent something now, whoever waits longest first."""
    newest = select(func.max(statement.c.sequence)).scalar_subquery()
    asked = exists().where(dead_letter.c.target == table.c.id, dead_letter.c.again)
    ready = select(table.c.uuid).where(*_free(now), or_(table.c.cursor < newest, asked))
    return list(session.scalars(ready.order_by(table.c.next_at, table.c.id)))


def claim(session: Session, uuid: UUID, now: datetime) -> Turn | None:
    """Take a target's turn, or None when somebody has it or it must wait. Needs a write transaction."""
    lease = uuid4()
    mine = update(table).where(table.c.uuid == uuid, *_free(now)).values(lease=lease, lease_until=now + LEASE)
    row = session.execute(mine.returning(table)).one_or_none()
    return Turn(from_row(row), lease) if row else None


def extend(session: Session, turn: Turn, until: datetime) -> bool:
    """Keep a turn for longer, for a parcel with much to carry; gives whether it still is ours. Needs a write."""
    held = update(table).where(table.c.id == turn.target.id, table.c.lease == turn.lease)
    return session.execute(held.values(lease_until=until).returning(table.c.id)).first() is not None


def settle(session: Session, turn: Turn, parcel: Parcel, answer: Answer, *, now: datetime, spread: float) -> bool:
    """Write down what came of a parcel, and end the turn; gives whether to go on at once. Needs a write transaction.

    `spread` is a random number from 0 to 1, so that many targets are not tried again at the same moment. A turn whose
    lease was taken over by somebody else changes nothing: they send the same.
    """
    news = _news(turn.target, parcel, answer, now, spread)
    held = update(table).where(table.c.id == turn.target.id, table.c.lease == turn.lease)
    done = held.values(lease=None, lease_until=None, **_columns(parcel, news)).returning(table.c.state)
    row = session.execute(done).one_or_none()
    if row is None:
        return False
    if news.refused:
        for each in parcel.ids:
            letters.add(session, turn.target, each, status=answer.status, said=answer.said, now=now)
    elif news.delivered:
        letters.taken(session, turn.target, parcel.settled)
        letters.owe(session, turn.target, parcel.owed, now)
    finished = parcel.at_end and not parcel.owed and (news.delivered or news.refused)
    return news.go_on and not finished and row.state != State.PAUSED


def _free(now: datetime) -> list[Any]:
    unleased = or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
    return [table.c.state != State.PAUSED, table.c.next_at <= now, unleased]


@dataclass(frozen=True, slots=True)
class _News:
    """What an answer means for its target."""

    changes: dict[str, Any]
    delivered: bool = False
    refused: bool = False
    """Whether the parcel's one statement becomes a dead letter."""

    @property
    def go_on(self) -> bool:
        return "next_at" not in self.changes


def _news(target: Target, parcel: Parcel, answer: Answer, now: datetime, spread: float) -> _News:
    if answer.outcome is Outcome.TAKEN:
        return _News(_success(target, parcel, now), delivered=True)
    failure = {"failed": now, "error": answer.said}
    if answer.outcome is Outcome.REFUSED:
        if len(parcel.ids) > 1:  # one of them is it: fewer at once, until it stands alone
            return _News({"size": len(parcel.ids) // 2})
        if target.refusals < MOST_REFUSALS:
            counts = not parcel.is_newer_than(target.version)  # else it says nothing of the next one
            return _News(failure | {"refusals": target.refusals + counts}, refused=True)
        said = f"It refused {target.refusals} statements in a row, so they are not what is wrong. {answer.said}"
        return _News(failure | _stopped(said, now))
    if answer.outcome is Outcome.STOPPED:
        return _News(failure | _stopped(answer.said, now))
    wait = _wait(target, answer, spread)
    return _News(failure | {"failures": target.failures + 1, "next_at": now + wait, "state": State.RUNNING})


def _success(target: Target, parcel: Parcel, now: datetime) -> dict[str, Any]:
    if not parcel.ids:  # nothing was sent: nothing is known
        return {}
    at, sent = minute(now), lately(target.sent, now)
    grown = min(LARGEST, target.size * 2) if len(parcel.ids) >= target.size else target.size
    taken = {"succeeded": now, "failures": 0, "refusals": 0, "state": State.RUNNING}
    return {**taken, "size": grown, "sent": {**sent, at: sent.get(at, 0) + len(parcel.ids)}}


def _stopped(said: str, now: datetime) -> dict[str, Any]:
    return {"error": said, "next_at": now + RARELY, "state": State.FAILING}


def _wait(target: Target, answer: Answer, spread: float) -> timedelta:
    """Return how long to wait: longer each time, scattered; or as long as the target asks for."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** min(target.failures, 10), LONGEST_WAIT)
    scattered = doubled * (0.5 + spread / 2)
    return max(scattered, min(answer.retry_after or timedelta(0), LONGEST_ASKED))


def _columns(parcel: Parcel, news: _News) -> dict[str, Any]:
    changes = dict(news.changes)
    if "state" in changes:  # who paused it meanwhile meant it
        changes["state"] = case((table.c.state == State.PAUSED, State.PAUSED), else_=changes["state"])
    if (news.delivered or news.refused) and parcel.retried is None:  # unless somebody set it back meanwhile
        changes["cursor"] = case((table.c.cursor == parcel.start, parcel.through), else_=table.c.cursor)
    return changes
