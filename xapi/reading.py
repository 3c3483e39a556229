"""What is stored, read back: by registration and activity, by id, page by page."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import FromClause

from xapi import jsontext, tables
from xapi.asking import Question, Where
from xapi.identity import agent_key, indexed
from xapi.statement import Statement, read
from xapi.values import instant

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
WAITED: Final = timedelta(minutes=2)
"""How long a writer may have waited for its turn.

`stored` rises with the sequence: a `now` that is up to this much older than the newest `stored` is put right after it.
An older one belongs to a caller who writes history on purpose, and is kept.
"""

_CHUNK: Final = 500
_V = TypeVar("_V")
_either: Final = union_all(
    select(func.max(tables.statement.c.stored).label("at")),
    select(tables.promise.c.through).where(tables.promise.c.id == 1),
).subquery()
NEWEST: Final = select(func.max(_either.c.at).label("at"))
"""The newest `stored`, or the moment that was promised, if that is later: what comes now is stored after it."""
_newest: Final = Question(NEWEST)


@dataclass(frozen=True)
class Stored:
    """A statement in the store; its `raw` and `text` include what the store added."""

    sequence: int
    statement: Statement
    stored: datetime
    authority_key: str
    voided: bool


def pair(session: Session, registration: UUID, activity: str) -> list[Stored]:
    """Return what counts of one registration's statements about one activity: not voided, by (timestamp, id)."""
    rows = tables.statement
    found = session.execute(
        select_stored(rows)
        .where(rows.c.registration == registration, rows.c.object_id == indexed(activity))
        .where(rows.c.object_type == "Activity", ~is_voided(rows))
    )
    return sorted(map(from_row, found), key=lambda each: (each.statement.timestamp, each.statement.id))


def lookup(session: Session, ids: Iterable[UUID]) -> list[Stored]:
    """Return the statements with these ids that are stored, voided or not, in the order of storing."""
    rows = tables.statement
    found = (
        from_row(row)
        for some in chunks(list(ids))
        for row in session.execute(select_stored(rows).where(rows.c.id.in_(some)))
    )
    return sorted(found, key=lambda each: each.sequence)


def every(session: Session, after: int = 0, limit: int = 1000) -> list[Stored]:
    """Return a page of all statements, voided ones too, with a sequence number above `after`, in that order."""
    rows = tables.statement
    found = session.execute(select_stored(rows).where(rows.c.sequence > after).order_by(rows.c.sequence).limit(limit))
    return [from_row(row) for row in found]


def registrations(session: Session, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next registrations that statements name, in order; the first ones for None."""
    column = tables.statement.c.registration
    wanted = select(column).distinct().order_by(column).limit(limit)
    return list(session.scalars(wanted.where(column.is_not(None) if after is None else column > after)))


def of_registrations(session: Session, wanted: Collection[UUID], after: int, limit: int) -> list[Stored]:
    """Return a page of the statements of some registrations, voided ones too, with numbers above `after`."""
    rows = tables.statement
    chosen = select_stored(rows).where(rows.c.registration.in_(wanted), rows.c.sequence > after)
    return [from_row(row) for row in session.execute(chosen.order_by(rows.c.sequence).limit(limit))]


def last_number(session: Session) -> int:
    """Return the number of the newest statement, 0 when there is none: one step along the index."""
    return session.scalar(select(func.max(tables.statement.c.sequence))) or 0


def count(session: Session) -> int:
    """Return how many statements are stored, voided ones too."""
    return session.scalar(select(func.count()).select_from(tables.statement)) or 0


def consistent_through(where: Where, now: datetime) -> datetime:
    """Return a moment up to which every statement stored is there to be read; whatever comes is stored later.

    That is the newest `stored`, or what was promised, or, where nothing came for long, as long ago as no writer still
    waits.
    """
    return consistent(_newest.one(where).at, now)


def consistent(newest: datetime | None, now: datetime) -> datetime:
    """Return the moment up to which nothing is missing, where `NEWEST` is this."""
    return max(newest or BEGINNING, now - WAITED)


def is_voided(rows: FromClause) -> ColumnElement[bool]:
    """Return the condition that a row of `rows`, the statement table or an alias of it, is voided."""
    void = tables.statement.alias("void")
    may = or_(void.c.voids_any, void.c.authority_key == rows.c.authority_key)
    return and_(~rows.c.voiding, exists().where(void.c.refers == rows.c.id, void.c.voiding, may))


def from_row(row: Row[Any]) -> Stored:
    """Return the statement of a row that `select_stored` found."""
    statement = read(jsontext.reread(row.text), row.text, row.stored)
    return Stored(row.sequence, statement, row.stored, row.authority_key, row.voided)


def from_text(row: Row[Any]) -> Stored:
    """Return the statement of a row with no more than its number, its text and whether it is voided."""
    raw = jsontext.reread(row.text)
    stored = instant(raw["stored"]) or BEGINNING
    authority_key = indexed(agent_key(raw["authority"]))
    return Stored(row.sequence, read(raw, row.text, stored), stored, authority_key, bool(row.voided))


def select_stored(rows: FromClause, voided: ColumnElement[bool] | None = None) -> Select[Any]:
    """Return the query for stored statements of `rows`, the statement table or an alias of it.

    `voided` is given where it is known already whether they are.
    """
    asked = is_voided(rows) if voided is None else voided
    return select(rows.c.sequence, rows.c.stored, rows.c.authority_key, rows.c.text, asked.label("voided"))


def chunks(values: Sequence[_V]) -> Iterator[Sequence[_V]]:
    """Give stretches of values short enough to be parameters of one query."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
