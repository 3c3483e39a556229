"""The self-check: whether what is stored is still what was stored, and whether its indexes tell the same.

A statement's text is the truth; beside it lie its hash, and columns and search rows that are derived from it. `page`
looks at some statements at a time, so that a check of any size takes little memory, can stop, and can go on; `whole`
looks at what only a check from the beginning to the end can see. Nothing is written.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, func, or_, select, tuple_
from sqlalchemy.orm import Session

from xapi import chains, jsontext, tables
from xapi.chains import SearchRow
from xapi.identity import agent_key, indexed
from xapi.reading import BEGINNING, WAITED, chunks
from xapi.statement import Statement, read
from xapi.values import instant

PAGE: Final = 500
"""How many statements are looked at together."""
_MOST_STRAYS: Final = 100
_rows: Final = tables.statement.c
_parts: Final = tables.related.c


class Kind(StrEnum):
    """What can be wrong, and so what to do."""

    TEXT = "text"
    COLUMN = "column"
    SEARCH = "search"
    ORDER = "order"
    STRAY = "stray"
    UNREADABLE = "unreadable"


TODO: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "Look at the disk, and put the statement back from a back-up.",
    Kind.COLUMN: "Somebody wrote to the table, or the disk failed. Make its columns again from its text.",
    Kind.SEARCH: "Make its search rows again from its text.",
    Kind.ORDER: "Somebody wrote to the table, or a back-up was put back over newer statements. Compare it with one.",
    Kind.STRAY: "Remove it; no statement needs it.",
    Kind.UNREADABLE: "Look at the disk, and put the statement back from a back-up.",
}
"""What to do about each kind."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold."""

    kind: Kind
    where: str
    """What it is about: a statement by id and number, or a search row."""
    what: str
    sequence: int | None = None
    """The statement's number, where it is about one that is there."""

    def __str__(self) -> str:
        """What, where and what to do, on one line."""
        return f"{self.where}: {self.what} {TODO[self.kind]}"


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a check is, and what it carries from page to page."""

    sequence: int = 0
    """The number of the last statement that was looked at."""
    newest: datetime = BEGINNING
    """The newest `stored` so far."""
    checked: int = 0
    """How many statements this check looked at."""
    search_rows: int = 0
    """How many search rows these statements have by their texts."""


def begin(session: Session, after: int = 0) -> Seen:
    """Return the start of a check of the statements with numbers above `after`."""
    newest = session.scalar(select(func.max(_rows.stored)).where(_rows.sequence <= after)) if after else None
    return Seen(sequence=after, newest=newest or BEGINNING)


def number_at(session: Session, since: datetime) -> int:
    """Return the number of the last statement that was stored before `since`; 0 when there is none."""
    return session.scalar(select(func.max(_rows.sequence)).where(_rows.stored < since)) or 0


def page(session: Session, seen: Seen, limit: int = PAGE) -> tuple[Seen, list[Finding]]:
    """Look at the next statements; return how far it is now, and what was found. At the end nothing moves."""
    found: list[Finding] = []
    statements: dict[int, Statement] = {}
    for sequence, row in _fetch(session, seen.sequence, limit):
        found.extend(_row_findings(sequence, row, seen, statements))
        newest = seen.newest if row is None else max(seen.newest, row.stored)
        seen = replace(seen, sequence=sequence, newest=newest, checked=seen.checked + 1)
    expected = chains.rows_about(session.connection(), statements)
    found.extend(_search_findings(session, expected, statements))
    own = sum(finder == number for _, _, finder, number in expected)
    return replace(seen, search_rows=seen.search_rows + own), found


def whole(session: Session, seen: Seen) -> list[Finding]:
    """Return what a check of all statements, which came to its end as `seen`, finds beyond them: stray search rows."""
    strays = [
        Finding(Kind.STRAY, f"search row {tuple(row)}", "its statement is not there.")
        for row in session.execute(_strays)
    ]
    own = select(func.count()).select_from(tables.related).where(_parts.about == _parts.sequence)
    held = session.scalar(own.where(_parts.sequence <= seen.sequence)) or 0
    surplus = held - seen.search_rows - len(strays)
    if surplus > 0 and len(strays) < _MOST_STRAYS:
        what = f"there are {surplus} more than the statements have."
        strays.append(Finding(Kind.STRAY, "search rows", what))
    return strays


def missing(session: Session, through: int) -> int:
    """Return how many numbers up to this one are nobody's: what retention removed, and nothing else, if all is well."""
    held = session.scalar(select(func.count()).select_from(tables.statement).where(_rows.sequence <= through))
    return through - (held or 0)


def columns(statement: Statement) -> dict[str, Any]:
    """Return the columns that a stored statement has by its text, as far as they are derived from it."""
    raw = statement.raw
    return {
        "id": statement.id,
        "stored": instant(raw["stored"]),
        "timestamp": statement.timestamp,
        "verb": indexed(statement.verb),
        "actor_key": indexed(statement.actor_key),
        "object_type": statement.object_type,
        "object_id": indexed(statement.object_id),
        "registration": statement.registration,
        "authority_key": indexed(agent_key(raw["authority"])),
        "refers": statement.refers,
        "voiding": statement.voids is not None,
    }


_finder, _target = tables.statement.alias("finder"), tables.statement.alias("target")
_strays: Final = (
    select(tables.related)
    .outerjoin(_finder, _finder.c.sequence == _parts.sequence)
    .outerjoin(_target, _target.c.sequence == _parts.about)
    .where(or_(_finder.c.sequence.is_(None), _target.c.sequence.is_(None)))
    .limit(_MOST_STRAYS)
)


def _fetch(session: Session, after: int, limit: int) -> Iterator[tuple[int, Row[Any] | None]]:
    """Give number and row of the next statements; a row that the database can't hand over is None."""
    wanted = select(tables.statement).where(_rows.sequence > after).order_by(_rows.sequence).limit(limit)
    try:
        yield from [(row.sequence, row) for row in session.execute(wanted)]
    except (ValueError, TypeError):  # a column holds what its type can't be: one at a time, to name it
        numbers = select(_rows.sequence).where(_rows.sequence > after).order_by(_rows.sequence).limit(limit)
        for number in list(session.scalars(numbers)):
            yield number, _one(session, number)


def _one(session: Session, sequence: int) -> Row[Any] | None:
    try:
        return session.execute(select(tables.statement).where(_rows.sequence == sequence)).one()
    except (ValueError, TypeError):
        return None


def _row_findings(
    sequence: int, row: Row[Any] | None, seen: Seen, statements: dict[int, Statement]
) -> Iterator[Finding]:
    """Look at one row; a statement that can be read is put into `statements`."""
    if row is None:
        yield Finding(Kind.UNREADABLE, f"statement number {sequence}", "its row can't be read.", sequence)
        return
    where = f"statement {row.id} (number {sequence})"
    if seen.newest - WAITED < row.stored < seen.newest:
        what = f"it says that it was stored at {row.stored.isoformat()}, before one with a lower number."
        yield Finding(Kind.ORDER, where, what, sequence)
    if row.sha256 != jsontext.digest(row.text):
        yield Finding(Kind.TEXT, where, "its text is not the text that was stored: the hash is another.", sequence)
        return
    try:
        statement = read(jsontext.reread(row.text), row.text, row.timestamp)
        derived = columns(statement)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Finding(Kind.TEXT, where, f"its text is no statement: {type(error).__name__}.", sequence)
        return
    statements[sequence] = statement
    held = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    wrong = ", ".join(name for name, value in derived.items() if held[name] != value)
    if wrong:
        yield Finding(Kind.COLUMN, where, f"its columns say another thing than its text: {wrong}.", sequence)


def _search_findings(
    session: Session, expected: Collection[SearchRow], statements: Mapping[int, Statement]
) -> Iterator[Finding]:
    wanted = sorted(expected)
    lacking = set(wanted)
    for some in chunks(wanted):
        found = select(tables.related).where(tuple_(*tables.related.columns).in_(some))
        lacking.difference_update(tuple(row) for row in session.execute(found))
    of, missing = Counter(row[3] for row in wanted), Counter(row[3] for row in lacking)
    for number, count in sorted(missing.items()):
        where = f"statement {statements[number].id} (number {number})"
        what = f"{count} of its {of[number]} search rows are missing; searches pass it by."
        yield Finding(Kind.SEARCH, where, what, number)
