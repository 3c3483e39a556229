"""The activities that statements speak of, and their canonical definitions.

`append` learns definitions inside its write transaction. Nearly always there is nothing new in them, so each process
keeps those that it met (of one database, in memory) and asks only for the number of the last change: if that is the
one it knows, what it keeps is what the table holds.

Definitions are derived: `rebuild` makes the same ones again from all statements, in the order of storing.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import ReferenceType, WeakKeyDictionary, ref

from sqlalchemy import Connection, Engine, RootTransaction, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from xapi import jsontext, reading, tables
from xapi.definitions import Canonical, Definition, Standing, after, definitions
from xapi.identity import indexed
from xapi.reading import Stored, chunks

_KEPT: Final = 2000
"""How many activities a process keeps in memory, ..."""
_SMALL: Final = 4000
"""... each of at most so many characters of JSON."""
_PAGE: Final = 1000

_rows: Final = tables.activity.c
LAST_CHANGE: Final = select(func.max(_rows.changed)).scalar_subquery()
"""The number of the last change, for a query that asks for other things too."""

_first_change: Final = select(func.min(tables.activity.alias("first").c.changed)).scalar_subquery()
_changed_since: Final = (
    select(_rows.iri, _first_change.label("first")).where(_rows.changed > bindparam("since")).limit(_KEPT)
)
_with_keys: Final = select(_rows.iri, _rows.definition, _rows.by_system).where(
    _rows.key.in_(bindparam("keys", expanding=True))
)
_insert: Final = insert(tables.activity)
_update: Final = update(tables.activity).where(_rows.key == bindparam("this"))


@dataclass
class _Memory:
    """What a process keeps of one database. Guarded by the database itself: only one transaction learns at a time."""

    change: int = 0
    """The last change that it knows."""
    activities: OrderedDict[str, Canonical] = field(default_factory=OrderedDict)
    """By IRI, the least recently met first. Only what was committed."""
    written: ReferenceType[RootTransaction] | None = None
    """The transaction that last changed the table; until it has ended, nothing is kept of what it sees."""


_memories: Final[WeakKeyDictionary[Engine, _Memory]] = WeakKeyDictionary()


def learn(connection: Connection, stored: Sequence[Stored], standing: Standing, change: int) -> None:
    """Merge the definitions in new statements, all of one sender, into the canonical ones.

    For `append`, in its write transaction: nobody else learns at the same time, and `change` is the last change.
    """
    if standing is Standing.NONE:
        return
    said = [(iri, definition) for each in stored for iri, definition in definitions(each.statement.raw)]
    if said:
        _learn(connection, said, standing, change)


def canonical(session: Session, iris: Iterable[str]) -> dict[str, Definition]:
    """Return the canonical definitions of those of these activities that have one, by IRI."""
    found = _read(session.connection(), set(iris))
    return {iri: each.definition for iri, each in found.items()}


def rebuild(session: Session, standing_of: Callable[[str], Standing]) -> int:
    """Throw all definitions away and learn them again from every statement; return how many there are.

    `standing_of` judges a sender by its canonical key, as `indexed`. Needs a write transaction in which nobody else
    appends (`keep_others_out`).
    """
    connection = session.connection()
    change = connection.execute(select(LAST_CHANGE)).scalar_one_or_none() or 0
    session.execute(delete(tables.activity))
    known: dict[str, Canonical] = {}
    position = 0
    while page := reading.every(session, after=position, limit=_PAGE):
        for each in page:
            standing = standing_of(each.authority_key)
            for iri, definition in definitions(each.statement.raw):
                if (new := after(known.get(iri), definition, standing)) is not None:
                    known[iri] = new
        position = page[-1].sequence
    _write(connection, known, already=(), change=change + 1)
    return len(known)


def _learn(connection: Connection, said: Sequence[tuple[str, Definition]], standing: Standing, change: int) -> None:
    memory = _memory(connection)
    known = _known(connection, {iri for iri, _ in said}, memory, change)
    news: dict[str, Canonical] = {}
    for iri, definition in said:
        before = news.get(iri) or known.get(iri)
        new = after(before, definition, standing)
        if new is not None and new is not before:
            news[iri] = new
    if news:
        _write(connection, news, already=known, change=change + 1)


def _memory(connection: Connection) -> _Memory:
    return _memories.setdefault(connection.engine, _Memory())


def _known(connection: Connection, iris: set[str], memory: _Memory, change: int) -> Mapping[str, Canonical]:
    """Return what is known of these activities, from memory as far as it is there."""
    if memory.written is not None and memory.written() is connection.get_transaction():
        return _read(connection, iris)  # what this transaction wrote may still be rolled back
    _bring_up_to_date(connection, memory, change)
    kept = {iri: memory.activities[iri] for iri in iris if iri in memory.activities}
    for iri in kept:
        memory.activities.move_to_end(iri)
    if len(kept) == len(iris):
        return kept
    read = _read(connection, iris - kept.keys())
    memory.activities.update((iri, each) for iri, each in read.items() if len(each.text) <= _SMALL)
    while len(memory.activities) > _KEPT:
        memory.activities.popitem(last=False)
    return {**kept, **read}


def _bring_up_to_date(connection: Connection, memory: _Memory, change: int) -> None:
    """Forget what was changed since; everything, where that is much or the table was filled anew.

    Then no row is as old as what is kept, and some of what is kept may not be there any more.
    """
    if change == memory.change:
        return
    changed = connection.execute(_changed_since, {"since": memory.change}).all()
    anew = change < memory.change or any(row.first > memory.change for row in changed)
    if anew or len(changed) == _KEPT:
        memory.activities.clear()
    for row in changed:
        memory.activities.pop(row.iri, None)
    memory.change, memory.written = change, None


def _read(connection: Connection, iris: Collection[str]) -> dict[str, Canonical]:
    keys = sorted({indexed(iri) for iri in iris})
    return {
        row.iri: Canonical(jsontext.reread(row.definition), row.definition, row.by_system)
        for some in chunks(keys)
        for row in connection.execute(_with_keys, {"keys": some})
    }


def _write(connection: Connection, news: Mapping[str, Canonical], already: Collection[str], change: int) -> None:
    rows = {iri: _row(iri, each, change) for iri, each in sorted(news.items())}
    fresh = [row for iri, row in rows.items() if iri not in already]
    changed = [{"this": row.pop("key"), **row} for iri, row in rows.items() if iri in already]
    if fresh:
        connection.execute(_insert, fresh)
    if changed:
        connection.execute(_update, changed)
    transaction = connection.get_transaction()
    _memory(connection).written = ref(transaction) if transaction else None


def _row(iri: str, known: Canonical, change: int) -> dict[str, Any]:
    return {
        "key": indexed(iri),
        "iri": iri,
        "definition": known.text,
        "by_system": known.by_system,
        "changed": change,
    }
