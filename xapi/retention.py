"""Letting statements go: which may, by age, verb and sender, and removing them with all that belongs to them.

Never removed are voids and other statements that refer, what another refers to, what is still to be sent on or was
refused there and may be tried again, and the newest statement of all: its number must not be given twice. Whether a
statement proves something is the application's to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.orm import Session

from xapi import chains, tables
from xapi.identity import indexed
from xapi.reading import Stored, chunks, from_row, select_stored

_rows: Final = tables.statement.alias("aged")


@dataclass(frozen=True, slots=True)
class Rule:
    """What may go."""

    before: datetime
    """Only what was stored before this."""
    verbs: frozenset[str] = frozenset()
    """Only what has one of these verbs; empty for any."""
    not_by: str | None = None
    """Only what others sent than the authority with this canonical key."""


def aged(
    session: Session, rule: Rule, after: int = 0, limit: int = 500, among: Sequence[int] | None = None
) -> list[Stored]:
    """Return a page of the statements that a rule lets go, with numbers above `after`, in that order.

    It may have to pass by many others. So look first, and once nobody can append ask again `among` those found.
    """
    chosen = select_stored(_rows).where(_rows.c.sequence > after, *_conditions(rule), *_never())
    if among is not None:
        chosen = chosen.where(_rows.c.sequence.in_(among))
    return [from_row(row) for row in session.execute(chosen.order_by(_rows.c.sequence).limit(limit))]


def remove(session: Session, statements: Sequence[Stored]) -> None:
    """Remove statements that `aged` gave in this transaction, with their search rows and attachments.

    Needs a write transaction in which nobody appends. Whoever keeps files removes what nothing names any more.
    """
    connection = session.connection()
    rows = sorted(chains.rows_about(connection, {each.sequence: each.statement for each in statements}))
    for some in chunks(rows):
        session.execute(delete(tables.related).where(tuple_(*tables.related.columns).in_(some)))
    for ids in chunks([each.statement.id for each in statements]):
        session.execute(delete(tables.attachment).where(tables.attachment.c.statement.in_(ids)))
    for numbers in chunks([each.sequence for each in statements]):
        session.execute(delete(tables.statement).where(tables.statement.c.sequence.in_(numbers)))


def _conditions(rule: Rule) -> list[ColumnElement[bool]]:
    conditions = [_rows.c.stored < rule.before]
    if rule.verbs:
        conditions.append(_rows.c.verb.in_([indexed(verb) for verb in sorted(rule.verbs)]))
    if rule.not_by:
        conditions.append(_rows.c.authority_key != indexed(rule.not_by))
    return conditions


def _never() -> list[ColumnElement[bool]]:
    referring, letter = tables.statement.alias("referring"), tables.dead_letter
    newest: Any = select(func.max(tables.statement.c.sequence)).scalar_subquery()
    waiting: Any = select(func.min(tables.target.c.cursor)).scalar_subquery()
    return [
        _rows.c.refers.is_(None),
        ~exists().where(referring.c.refers == _rows.c.id),
        ~exists().where(letter.c.statement == _rows.c.id),
        _rows.c.sequence < newest,
        _rows.c.sequence <= func.coalesce(waiting, newest),
    ]
