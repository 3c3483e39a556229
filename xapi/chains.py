"""StatementRefs: whoever refers to a statement is found by what finds that one, and so on along the chain.

A statement that refers to another takes over the search rows of each statement further down its chain, with its own
number as the one that is found, and the other's as the one it is about; so a search is one reading of one index,
however long the chain. A target may come after those that wait for it: then they are given its rows. A chain may be
a circle. It is followed for `HOPS` steps, and gives `TAKEN` keys of each statement, so that nobody can make one
statement cost more and more; what would give out more rows than `GIVEN` at once is refused.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, select

from xapi import jsontext, tables
from xapi.faults import Fault, StatementFaults
from xapi.identity import indexed
from xapi.reading import chunks
from xapi.rows import insert_all
from xapi.statement import Relation, Statement, read

HOPS: Final = 20
"""How many steps a chain of references is followed."""
TAKEN: Final = 500
"""How many keys of one statement those that refer to it are found by."""
GIVEN: Final = 200_000
"""How many rows one append may give out along chains: everybody else who sends waits meanwhile."""
REFERRERS: Final = 2_000
"""How many statements may take over something from one append."""

_CHUNK: Final = 10_000
_Line = Row[*tuple[Any, ...]]
SearchRow = tuple[str, int, int, int]
"""Key, kind, the number of the statement that is found, and that of the one that says so."""

_COLUMNS: Final = tuple(tables.related.columns.keys())
_remove: Final = delete(tables.related).where(*(column == bindparam(column.name) for column in tables.related.columns))
_rows: Final = tables.statement.c
_by_id: Final = select(_rows.sequence, _rows.id, _rows.refers, _rows.timestamp, _rows.text).where(
    _rows.id.in_(bindparam("ids", expanding=True))
)
_by_target: Final = select(_rows.sequence, _rows.id, _rows.refers).where(
    _rows.refers.in_(bindparam("ids", expanding=True))
)


def search_rows(statement: Statement, sequence: int) -> list[list[Any]]:
    """Return the rows of `tables.related` that a stored statement has by itself."""
    return [[indexed(key), int(kind), sequence, sequence] for kind, key in statement.related]


class TooManyReferences(StatementFaults):
    """New statements refer to others, or are waited for by others, so often that they would cost too much at once."""

    def __init__(self) -> None:
        super().__init__([Fault("$", "so many statements refer to each other here; send fewer of them at once")])


def take_over(connection: Connection, starts: Collection[UUID], *, bounded: bool = True) -> None:
    """Give out search rows along every chain that goes through one of these new statements, which are stored already.

    Called with those that refer to another or are referred to; all others have nothing to give or to take. Raises
    TooManyReferences where it is `bounded`.
    """
    below = _below(connection, starts)
    above = _above(connection, starts, REFERRERS if bounded else None)
    takers: dict[UUID, set[int]] = {}
    for start in starts:
        upward = list(_upward(above, start, below[start].sequence))
        for down, target in enumerate(_downward(below, start)):
            takers.setdefault(target, set()).update(number for number, up in upward if up + down <= HOPS)
    keys = {target: _keys_taken(_statement(below[target])) for target in takers}
    if bounded and sum(len(numbers) * len(keys[target]) for target, numbers in takers.items()) > GIVEN:
        raise TooManyReferences
    given = (row for each, numbers in takers.items() for row in _taken_over(below[each].sequence, numbers, keys[each]))
    while some := list(islice(given, _CHUNK)):
        insert_all(connection, tables.related, some, unless_there=True)


def exchange(connection: Connection, changed: Mapping[int, tuple[Statement, Statement]]) -> None:
    """Give new search rows, in place of the old ones, to statements and to all that refer to them.

    `changed` are the statements as they were and as they are now, by number; ids and references stay.
    """
    above = _above(connection, [before.id for before, _ in changed.values()])
    gone, come = set[SearchRow](), set[SearchRow]()
    for number, (before, after) in changed.items():
        gone.update(_rows_for(number, before, above))
        come.update(_rows_for(number, after, above))
    if old := sorted(gone - come):
        connection.execute(_remove, [dict(zip(_COLUMNS, each, strict=True)) for each in old])
    insert_all(connection, tables.related, map(list, sorted(come - gone)))


def rows_about(connection: Connection, statements: Mapping[int, Statement]) -> set[SearchRow]:
    """Return all rows that there must be for the sake of stored statements, by number: theirs and their referrers'."""
    above = _above(connection, [each.id for each in statements.values()])
    return {row for number, each in statements.items() for row in _rows_for(number, each, above)}


def _rows_for(number: int, statement: Statement, above: Mapping[UUID, list[_Line]]) -> Iterator[SearchRow]:
    own = {(key, kind) for key, kind, _, _ in search_rows(statement, number)}
    for finder, _ in _upward(above, statement.id, number):
        for key, kind in own if finder == number else _keys_taken(statement):
            yield key, kind, finder, number


def _below(connection: Connection, starts: Collection[UUID]) -> dict[UUID, _Line]:
    """Return the starts and what they refer to, directly or along a chain, as far as it is there."""
    found: dict[UUID, _Line] = {}
    wanted = set(starts)
    for _ in range(HOPS + 1):
        lines = [line for some in chunks(list(wanted)) for line in connection.execute(_by_id, {"ids": some})]
        found.update((line.id, line) for line in lines)
        wanted = {line.refers for line in lines if line.refers and line.refers not in found}
        if not wanted:
            break
    return found


def _above(connection: Connection, starts: Collection[UUID], most: int | None = None) -> dict[UUID, list[_Line]]:
    """Return what refers to the starts, directly or along a chain, by what it refers to.

    Raises TooManyReferences for more than `most`.
    """
    found: dict[UUID, list[_Line]] = {}
    wanted, count = set(starts), 0
    asked = _by_target if most is None else _by_target.limit(most + 1)
    for _ in range(HOPS):
        lines = [line for some in chunks(list(wanted)) for line in connection.execute(asked, {"ids": some})]
        count += len(lines)
        if most is not None and count > most:
            raise TooManyReferences
        found.update((each, []) for each in wanted)
        for line in lines:
            found[line.refers].append(line)
        wanted = {line.id for line in lines} - found.keys()
        if not wanted:
            break
    return found


def _downward(below: Mapping[UUID, _Line], start: UUID) -> Iterator[UUID]:
    """Give the ids along the chain from a start, itself first, each once."""
    seen: set[UUID] = set()
    line = below.get(start)
    while line is not None and line.id not in seen and len(seen) <= HOPS:
        seen.add(line.id)
        yield line.id
        line = below.get(line.refers)


def _upward(above: Mapping[UUID, list[_Line]], start: UUID, number: int) -> Iterator[tuple[int, int]]:
    """Give the numbers of a start and of all that refer to it, each once, with how many steps away they are."""
    yield number, 0
    seen, level = {start}, [start]
    for steps in range(1, HOPS + 1):
        lines = [line for each in level for line in above.get(each, ()) if line.id not in seen]
        yield from ((line.sequence, steps) for line in lines)
        level = [line.id for line in lines]
        seen.update(level)


def _taken_over(target: int, numbers: set[int], keys: Collection[tuple[str, int]]) -> Iterator[list[Any]]:
    return ([key, kind, number, target] for number in numbers - {target} for key, kind in keys)


def _statement(line: _Line) -> Statement:
    return read(jsontext.reread(line.text), line.text, line.timestamp)


def _keys_taken(statement: Statement) -> set[tuple[str, int]]:
    """Return what its referrers are found by for a statement's sake. Who sent that one did not send them."""
    taken = {(indexed(key), int(_TAKEN_AS.get(kind, kind))) for kind, key in statement.related}
    return taken if len(taken) <= TAKEN else set(sorted(taken, key=_rank)[:TAKEN])


def _rank(taken: tuple[str, int]) -> tuple[int, str]:
    """Return where a key stands when there are too many: what there can only be one of comes first."""
    key, kind = taken
    return _ORDER.index(kind), key


_TAKEN_AS: Final = {Relation.AUTHORITY: Relation.RELATED_AGENT}
_ORDER: Final = (
    Relation.VERB,
    Relation.REGISTRATION,
    Relation.ACTIVITY,
    Relation.AGENT,
    Relation.RELATED_AGENT,
    Relation.RELATED_ACTIVITY,
)
