"""The store: statements go in through `append`, in order, and are never edited.

**One after another.** `stored` and the sequence number are given inside the caller's write transaction, and one
appending transaction waits for the one before it: on SQLite because it has only one writer, on PostgreSQL by an
advisory lock that is held until the commit. So the order of numbers is the order of commits; whoever reads on from
the last number, or from the last `stored`, misses nothing; and two senders of one id, or a void and its target, never
pass each other unseen. Two transactions that each hold rows the other wants would still wait for each other on
PostgreSQL: change rows that others may want before your first append.

**Voided** is asked, not stored: a statement is voided when a voiding statement refers to it whose authority may do so,
whichever of the two came first.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    Uuid,
    any_,
    bindparam,
    func,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from xapi import activities, chains, jsontext, tables
from xapi.asking import Question
from xapi.definitions import Standing
from xapi.equivalence import equivalent
from xapi.identity import agent_key, indexed
from xapi.reading import BEGINNING, NEWEST, WAITED, Stored, consistent_through, count, every, lookup, pair
from xapi.rows import insert_all
from xapi.statement import Statement, vouched
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

LOCK: Final = 0x78415049  # "xAPI": the advisory lock of appending
_ALONE: Final = "xapi_alone"
"""Where a session keeps the transaction in which it has that lock."""
_TICK: Final = timedelta(microseconds=1)
_COLUMNS: Final = tuple(tables.statement.columns.keys())


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
    change: int
    """The last change to what is known of activities."""
    known: Mapping[UUID, Any]
    """Rows with the ids of what is appended, and of what that voids."""
    waiting: Mapping[UUID, list[Any]]
    """Rows that refer to what is appended, by their target."""


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
        insert_all(connection, tables.statement, [_row(each, authority, state.newest) for each in stored])
        insert_all(connection, tables.related, _search_rows(stored))
        if links := _links(fresh, state):
            chains.take_over(connection, links)
        activities.learn(connection, stored, authority.standing, state.change)
        on_stored(session, stored)
    return [each.id for each in statements]


def keep_others_out(session: Session) -> Connection:
    """Let nobody else append until the caller's write transaction ends, and return its connection.

    `append` does it itself; whoever derives something from all statements at once, such as a rebuild, does it first.
    """
    connection = session.connection()
    transaction = session.get_transaction()
    if connection.dialect.name == "postgresql" and session.info.get(_ALONE) is not transaction:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        session.info[_ALONE] = transaction  # SQLite has one writer anyway
    return connection


def _stored(fresh: Mapping[UUID, Statement], state: _State, authority: Authority, now: datetime) -> Iterator[Stored]:
    moment = max(now, state.newest + _TICK) if now > state.newest - WAITED else now
    key, authority_json = indexed(authority.key), jsontext.encode(authority.agent)
    voided_here = {each.voids for each in fresh.values() if each.voids}
    for sequence, each in enumerate(fresh.values(), state.sequence + 1):
        voided = _is_voided_already(each, voided_here, state, key)
        yield Stored(sequence, _completed(each, moment, authority, authority_json), moment, key, voided)


_rows: Final = tables.statement.c
_told: Final = (_rows.id, _rows.refers, _rows.voiding, _rows.voids_any, _rows.authority_key)
_last: Final = select(
    select(func.max(_rows.sequence)).scalar_subquery().label("sequence"),
    NEWEST.scalar_subquery().label("stored"),
    activities.LAST_CHANGE.label("change"),
    *(type_coerce(null(), column.type).label(column.name) for column in (*_told, _rows.text)),
)


@cache
def _state_query(dialect_name: str) -> Question:
    """Return the query for all that an append must know: one, however many `ids` there are."""
    ids: Any
    if dialect_name == "postgresql":
        ids = any_(bindparam("ids", type_=ARRAY(Uuid())))
        known, waiting = _rows.id == ids, _rows.refers == ids
    else:
        ids = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
        known, waiting = _rows.id.in_(ids), _rows.refers.in_(ids)
    some = select(_rows.sequence, _rows.stored, null(), *_told)
    both = some.add_columns(_rows.text).where(known), some.add_columns(null()).where(waiting)
    return Question(union_all(_last, *both))


def _look(connection: Connection, statements: Sequence[Statement]) -> _State:
    wanted = {each.id for each in statements} | {each.voids for each in statements if each.voids}
    dialect = connection.dialect.name
    ids = list(wanted) if dialect == "postgresql" else jsontext.encode([each.hex for each in wanted])
    last, *rows = _state_query(dialect).rows(connection, ids=ids)
    known: dict[UUID, Any] = {}
    waiting: dict[UUID, list[Any]] = {}
    for row in rows:
        if row.text is None:
            waiting.setdefault(row.refers, []).append(row)
        else:
            known[row.id] = row
    return _State(last.sequence or 0, last.stored or BEGINNING, last.change or 0, known, waiting)


def _links(fresh: Mapping[UUID, Statement], state: _State) -> set[UUID]:
    """Return the ids of new statements that refer to another, or that another refers to."""
    return {each.id for each in fresh.values() if each.refers or each.id in state.waiting}


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
    earlier = any(
        void.voids_any or void.authority_key == key for void in state.waiting.get(statement.id, ()) if void.voiding
    )
    return earlier or statement.id in voided_here


def _completed(statement: Statement, moment: datetime, authority: Authority, authority_json: str) -> Statement:
    """Return the statement with what the store adds."""
    own = {"stored": written(moment), "authority": dict(authority.agent)}
    texts = {"stored": f'"{own["stored"]}"', "authority": authority_json}
    if "timestamp" not in statement.raw:
        own["timestamp"] = own["stored"]
        texts["timestamp"] = texts["stored"]
    return replace(
        statement,
        raw={**statement.raw, **own},
        text=jsontext.extended(statement.text, texts),
        timestamp=moment if "timestamp" in own else statement.timestamp,
        related=vouched(statement.related, authority.agent),
    )


def _row(stored: Stored, authority: Authority, newest: datetime) -> list[Any]:
    each = stored.statement
    columns = {
        "sequence": stored.sequence,
        "id": each.id,
        "stored": stored.stored,
        "late": stored.stored < newest,
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
    return [columns[name] for name in _COLUMNS]


def _search_rows(stored: Sequence[Stored]) -> list[list[Any]]:
    return sorted(row for each in stored for row in chains.search_rows(each.statement, each.sequence))
