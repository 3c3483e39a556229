"""Making everything again that is derived from the statements' texts: their columns and their search rows."""

from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from xapi import chains, jsontext, tables
from xapi.rows import insert_all
from xapi.statement import Statement, read
from xapi.store import keep_others_out
from xapi.verify import columns

_PAGE: Final = 1000
_rows: Final = tables.statement.c
_DERIVED: Final = (
    *("id", "timestamp", "verb", "actor_key", "object_type", "object_id"),
    *("registration", "authority_key", "refers", "voiding"),
)


def reindex(session: Session) -> tuple[int, int]:
    """Make columns and search rows again; return for how many statements, and how many could not be read.

    The text of those is damaged: they keep their columns and are found by nothing else. Needs a write transaction.
    Nobody appends meanwhile.
    """
    connection = keep_others_out(session)
    connection.execute(delete(tables.related))
    after, done, damaged = 0, 0, 0
    while rows := connection.execute(_page, {"after": after}).all():
        whole = [(row, statement) for row in rows if (statement := _read(row)) is not None]
        if changes := [_change(row, statement) for row, statement in whole if _differs(row, statement)]:
            connection.execute(_update, changes)
        own = [line for row, statement in whole for line in chains.search_rows(statement, row.sequence)]
        insert_all(connection, tables.related, own, unless_there=True)
        after, done, damaged = rows[-1].sequence, done + len(whole), damaged + len(rows) - len(whole)
    _link(session)
    return done, damaged


_page: Final = select(tables.statement).where(_rows.sequence > bindparam("after")).order_by(_rows.sequence).limit(_PAGE)
_update: Final = (
    update(tables.statement)
    .where(_rows.sequence == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in _DERIVED})
)


def _read(row: Row[Any]) -> Statement | None:
    if row.sha256 != jsontext.digest(row.text):
        return None
    try:
        statement = read(jsontext.reread(row.text), row.text, row.stored)
        columns(statement)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return statement


def _differs(row: Row[Any], statement: Statement) -> bool:
    derived = columns(statement)
    return any(getattr(row, name) != derived[name] for name in _DERIVED)


def _change(row: Row[Any], statement: Statement) -> dict[str, Any]:
    derived = columns(statement)
    return {"number": row.sequence, **{f"new_{name}": derived[name] for name in _DERIVED}}


def _link(session: Session) -> None:
    """Give referrers what they take over along their chains."""
    connection, after = session.connection(), 0
    referring = select(_rows.sequence, _rows.id).where(_rows.refers.is_not(None), _rows.sequence > bindparam("after"))
    while lines := connection.execute(referring.order_by(_rows.sequence).limit(_PAGE), {"after": after}).all():
        chains.take_over(connection, [line.id for line in lines], bounded=False)
        after = lines[-1].sequence
