"""The store: statements go in through `append`, in order, and are never edited.

**One after another.** `stored` and the sequence number are given inside the caller's write transaction, and one
appending transaction waits for the one before it: on SQLite because it has only one writer, on PostgreSQL by an
advisory lock that is held until the commit. So the order of numbers is the order of commits; whoever reads on from
the last number, or from the last `stored`, misses nothing; and two senders of one id, or a void and its target, never
pass each other unseen. Two transactions that each hold rows the other wants would still wait for each other on
PostgreSQL: append after your own changes, and once.

**Voided** is asked, not stored: a statement is voided when a voiding statement refers to it whose authority may do so,
whichever of the two came first.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, text
from sqlalchemy.orm import Session

from xapi import activities, jsontext, tables
from xapi.definitions import Standing
from xapi.equivalence import equivalent
from xapi.identity import agent_key, indexed, keys_of
from xapi.reading import BEGINNING, WAITED, Stored, chunks, consistent_through, count, every, lookup, pair
from xapi.statement import Relation, Statement
from xapi.tables import metadata
from xapi.values import written

__all__ = [
    "Authority",
    "ConflictingStatement",
    "ForbiddenVoid",
    "Stored",
    "append",
    "consistent_through",
    "count",
    "every",
    "keep_others_out",
    "lookup",
    "metadata",
    "pair",
]

_LOCK: Final = 0x78415049  # "xAPI": the advisory lock of appending
_TICK: Final = timedelta(microseconds=1)
_insert_statement: Final = insert(tables.statement)
_insert_related: Final = insert(tables.related)


class ConflictingStatement(Exception):
    """A statement with this id is stored already and says something else."""

    def __init__(self, statement_id: UUID) -> None:
        super().__init__(
            f"statement {statement_id} is stored already and says something else; give the new one its own id"
        )
        self.statement_id = statement_id


class ForbiddenVoid(Exception):
    """This statement can't be voided, or not by this authority."""

    def __init__(self, statement_id: UUID, why: str) -> None:
        super().__init__(f"statement {statement_id} can't be voided: {why}")
        self.statement_id = statement_id


@dataclass(frozen=True)
class Authority:
    """Who vouches for statements."""

    agent: Mapping[str, Any]
    """The agent, or group of two, that becomes the statements' `authority`."""
    system: bool = False
    """Whether this is the system itself; what that means is the application's affair."""
    voids_any: bool = False
    """Whether it may void statements of other authorities."""
    defines: bool = True
    """Whether it may define activities (the standard's scope `define`)."""
    key: str = field(init=False)
    """The agent's canonical key."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", agent_key(self.agent))

    @property
    def standing(self) -> Standing:
        """Whether its definitions of activities are believed."""
        return Standing.SYSTEM if self.system else Standing.DEFINES if self.defines else Standing.NONE


@dataclass(frozen=True)
class _State:
    """What an append must know of the store before it writes."""

    sequence: int
    newest: datetime
    known: Mapping[UUID, Row[*tuple[Any, ...]]]
    """Rows with the ids of what is appended, and of what that voids."""
    voids: Mapping[UUID, list[Row[*tuple[Any, ...]]]]
    """Voiding statements that wait for what is appended, by their target."""


def append(
    session: Session,
    statements: Sequence[Statement],
    *,
    authority: Authority,
    on_stored: Callable[[Session, Sequence[Stored]], None],
    now: datetime,
) -> list[UUID]:
    """Store statements in the caller's write transaction, hand the new ones to `on_stored`, and return all ids.

    A statement that is stored already and says the same is left as it is and not handed on. Raises
    ConflictingStatement and ForbiddenVoid; the caller then rolls back, and nothing is stored. Never commits.
    """
    connection = keep_others_out(session)
    state = _look(connection, statements)
    fresh = _new_ones(statements, state)
    _check_voids(fresh, state, authority)
    if fresh:
        stored = list(_stored(fresh, state, authority, now))
        connection.execute(_insert_statement, [_row(each, authority) for each in stored])
        connection.execute(_insert_related, [row for each in stored for row in _related_rows(each)])
        activities.learn(connection, stored, authority.standing)
        on_stored(session, stored)
    return [each.id for each in statements]


def keep_others_out(session: Session) -> Connection:
    """Let nobody else append until the caller's write transaction ends, and return its connection.

    `append` does it itself; whoever derives something from all statements at once, such as a rebuild, does it first.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return connection


def _stored(fresh: Mapping[UUID, Statement], state: _State, authority: Authority, now: datetime) -> Iterator[Stored]:
    moment = max(now, state.newest + _TICK) if now > state.newest - WAITED else now
    key, authority_json = indexed(authority.key), jsontext.encode(authority.agent)
    voided_here = {each.voids for each in fresh.values() if each.voids}
    for sequence, each in enumerate(fresh.values(), state.sequence + 1):
        voided = _is_voided_already(each, voided_here, state, key)
        yield Stored(sequence, _completed(each, moment, authority, authority_json), moment, key, voided)


_newest: Final = select(
    select(func.max(tables.statement.c.sequence)).scalar_subquery().label("sequence"),
    select(func.max(tables.statement.c.stored)).scalar_subquery().label("stored"),
)
_rows: Final = tables.statement.c
_with_ids: Final = select(
    _rows.id, _rows.refers, _rows.voiding, _rows.voids_any, _rows.authority_key, _rows.text
).where(or_(_rows.id.in_(bindparam("ids", expanding=True)), _rows.refers.in_(bindparam("ids", expanding=True))))


def _look(connection: Connection, statements: Sequence[Statement]) -> _State:
    last = connection.execute(_newest).one()
    known: dict[UUID, Row[*tuple[Any, ...]]] = {}
    voids: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for some in chunks(list({each.id for each in statements} | {each.voids for each in statements if each.voids})):
        for row in connection.execute(_with_ids, {"ids": some}):
            known[row.id] = row
            if row.voiding:
                voids.setdefault(row.refers, []).append(row)
    return _State(last.sequence or 0, last.stored or BEGINNING, known, voids)


def _new_ones(statements: Sequence[Statement], state: _State) -> dict[UUID, Statement]:
    """Return the statements that are not stored yet. Raises ConflictingStatement."""
    fresh: dict[UUID, Statement] = {}
    for each in statements:
        if each.id in fresh:
            before = fresh[each.id].raw
        elif each.id in state.known:
            before = jsontext.reread(state.known[each.id].text)
        else:
            fresh[each.id] = each
            continue
        if not equivalent(before, each.raw):
            raise ConflictingStatement(each.id)
    return fresh


def _check_voids(fresh: Mapping[UUID, Statement], state: _State, authority: Authority) -> None:
    for each in fresh.values():
        if each.voids is None:
            continue
        target = state.known.get(each.voids)
        if (target is not None and target.voiding) or (each.voids in fresh and fresh[each.voids].voids):
            raise ForbiddenVoid(each.voids, "it is itself a voiding statement; send a new statement instead")
        if target is not None and not authority.voids_any and target.authority_key != indexed(authority.key):
            raise ForbiddenVoid(each.voids, "another authority sent it, and only that one may void it")


def _is_voided_already(statement: Statement, voided_here: Collection[UUID], state: _State, key: str) -> bool:
    if statement.voids:
        return False
    earlier = any(void.voids_any or void.authority_key == key for void in state.voids.get(statement.id, ()))
    return earlier or statement.id in voided_here


def _completed(statement: Statement, moment: datetime, authority: Authority, authority_json: str) -> Statement:
    """Return the statement with what the store adds."""
    own = {"stored": written(moment), "authority": dict(authority.agent)}
    texts = {"stored": f'"{own["stored"]}"', "authority": authority_json}
    if "timestamp" not in statement.raw:
        own["timestamp"] = own["stored"]
        texts["timestamp"] = texts["stored"]
    vouching = frozenset((Relation.RELATED_AGENT, key) for key in keys_of(authority.agent))
    return replace(
        statement,
        raw={**statement.raw, **own},
        text=jsontext.extended(statement.text, texts),
        timestamp=moment if "timestamp" in own else statement.timestamp,
        related=statement.related | vouching,
    )


def _row(stored: Stored, authority: Authority) -> dict[str, Any]:
    each = stored.statement
    return {
        "sequence": stored.sequence,
        "id": each.id,
        "stored": stored.stored,
        "timestamp": each.timestamp,
        "verb": indexed(each.verb),
        "actor_key": indexed(each.actor_key),
        "object_type": each.object_type,
        "object_id": indexed(each.object_id),
        "registration": each.registration,
        "authority_key": stored.authority_key,
        "refers": each.refers,
        "voiding": each.voids is not None,
        "voids_any": authority.voids_any,
        "text": each.text,
        "sha256": jsontext.digest(each.text),
    }


def _related_rows(stored: Stored) -> Iterator[dict[str, Any]]:
    for key, kind in {(indexed(key), kind) for kind, key in stored.statement.related}:
        yield {"key": key, "kind": int(kind), "sequence": stored.sequence}
