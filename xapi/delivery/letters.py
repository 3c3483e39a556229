"""Dead letters: statements that a target refuses for good, kept until somebody retries them or gives them up.

Voids that had to wait for what they void go the same way, as if somebody had asked for them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from xapi.delivery.targets import Target
from xapi.tables import dead_letter as table

PAGE: Final = 100
"""How many are shown at once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A statement that a target refused."""

    uuid: UUID
    statement: UUID
    status: int
    """The HTTP status of the refusal; 0 where there was none yet."""
    said: str
    """What the target said: somebody else's words, cut short."""
    refused: datetime
    attempts: int
    again: bool
    """Whether it is on its way once more."""


def some(session: Session, target: Target, *, after: int = 0, limit: int = PAGE) -> list[Letter]:
    """Return dead letters of a target, the oldest first, leaving out the first `after`."""
    rows = select(table).where(table.c.target == target.id).order_by(table.c.id).offset(after).limit(limit)
    return [_letter(row) for row in session.execute(rows)]


def counts(session: Session) -> dict[int, int]:
    """Return how many dead letters there are, by the target's number."""
    rows = session.execute(select(table.c.target, func.count()).group_by(table.c.target))
    return {row[0]: row[1] for row in rows}


def retry(session: Session, target: Target, letter: UUID | None = None) -> int:
    """Ask for one dead letter, or all of a target, to be sent once more; gives how many."""
    wanted = update(table).where(*_of(target, letter)).values(again=True).returning(table.c.id)
    return len(session.execute(wanted).all())


def give_up(session: Session, target: Target, letter: UUID | None = None) -> list[UUID]:
    """Forget one dead letter, or all of a target; gives the ids of the statements that it will not get."""
    return list(session.scalars(delete(table).where(*_of(target, letter)).returning(table.c.statement)))


def waiting(session: Session, target: Target) -> UUID | None:
    """Return the statement of the oldest dead letter that somebody wants sent again."""
    asked = select(table.c.statement).where(table.c.target == target.id, table.c.again)
    return session.scalar(asked.order_by(table.c.id).limit(1))


def add(session: Session, target: Target, statement: UUID, *, status: int, said: str, now: datetime) -> None:
    """Write down a refusal; of a statement that was refused before, the newest counts."""
    news = {"status": status, "said": said, "refused": now, "again": False}
    same = update(table).where(table.c.target == target.id, table.c.statement == statement)
    if session.execute(same.values(attempts=table.c.attempts + 1, **news).returning(table.c.id)).first() is None:
        fresh = {"uuid": uuid4(), "target": target.id, "statement": statement, "attempts": 1}
        session.execute(insert(table).values(**fresh, **news))


def owe(session: Session, target: Target, statements: Sequence[UUID], now: datetime) -> None:
    """Have statements sent that were passed by: next, and until the target has them."""
    said = "On its way: what it voids came after it."
    for each in statements:
        same = update(table).where(table.c.target == target.id, table.c.statement == each).values(again=True)
        if session.execute(same.returning(table.c.id)).first() is None:
            fresh = {"uuid": uuid4(), "target": target.id, "statement": each, "attempts": 0, "refused": now}
            session.execute(insert(table).values(**fresh, status=0, said=said, again=True))


def taken(session: Session, target: Target, statements: Sequence[UUID]) -> None:
    """Forget the refusals of statements that the target has taken after all."""
    session.execute(delete(table).where(table.c.target == target.id, table.c.statement.in_(statements)))


def _of(target: Target, letter: UUID | None) -> list[Any]:
    return [table.c.target == target.id, *([] if letter is None else [table.c.uuid == letter])]


def _letter(row: Row[Any]) -> Letter:
    return Letter(row.uuid, row.statement, row.status, row.said, row.refused, row.attempts, row.again)
