"""The database: one declarative base, one time type, and what kind of transaction we are in.

On SQLite the kind matters: a read that turns into a write after somebody else committed fails at once, whatever the
timeout. So a transaction is a read unless somebody said `writing(session)` first; a read runs under `query_only`, and
is never upgraded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any, Final
from uuid import UUID, uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Enum, MetaData, String, Uuid, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS: Final = 15
"""How long a SQLite writer waits for another one before it gives up."""

THREADS: Final = 32
"""How many requests a worker process serves at once, and so how many connections it may need."""

IDLE_SECONDS: Final = 5
"""How long a PostgreSQL connection may lie idle before it is asked whether it is still there."""

_WRITING: Final = "mentorcert_writing"
_LEFT: Final = "mentorcert_left"

naming_convention: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC with microseconds. Naive values are refused; what is read back is aware."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """`timestamptz` on PostgreSQL, SQLite's sortable text elsewhere."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored; give an aware datetime")
        instant = value.astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table of the application (the statement store keeps its own metadata)."""

    registry = registry(
        metadata=MetaData(naming_convention=naming_convention),
        type_annotation_map={datetime: UtcDateTime(), str: String(), UUID: Uuid()},
    )


class Identified:
    """A row that is known by a UUID outside its table and by an integer inside the database."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds one of an enumeration's words as text, the same on every database."""
    return Enum(
        kind, native_enum=False, length=32, values_callable=lambda members: [member.value for member in members]
    )


db: Final = SQLAlchemy(model_class=Base)


def writing(session: Session) -> None:
    """Say that this transaction will write; call it before the first read that the write depends on.

    A read transaction that is open is ended first, so that nothing is decided on what was read before the lock was
    held: loaded rows are read again when next touched. Calling it twice does nothing. Raises RuntimeError when
    changes were made in a transaction that was not declared.
    """
    if session.in_transaction():
        if session.connection().get_execution_options().get(_WRITING):
            return
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("changes were made before writing(session) was called")
        session.rollback()
    session.connection(execution_options={_WRITING: True})


@contextmanager
def own_transaction(engine: Engine) -> Iterator[Session]:
    """A short writing transaction of its own, kept even when the request that it belongs to is refused.

    Never while the request's own session is writing.
    """
    with Session(engine) as session, session.begin():
        session.connection(execution_options={_WRITING: True})
        yield session


def prepare_engine(engine: Engine) -> None:
    """Set up connections of an engine: on SQLite WAL, foreign keys, durability and the two kinds of transaction.

    On PostgreSQL they speak of times in UTC: in another zone the edges of the calendar, which a statement may name,
    can't be read.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _connect_postgresql)
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", partial(_refuse_dead, engine.dialect))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine` that suit the database at `url`."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}, "pool_size": THREADS}
    return {"pool_size": 10, "max_overflow": THREADS - 10}


def _connect_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own: `begin` below does
    run: Callable[[str], object] = connection.execute
    run("PRAGMA journal_mode = WAL")
    run("PRAGMA synchronous = FULL")
    run("PRAGMA foreign_keys = ON")
    run(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _connect_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True  # else the setting would go with the first transaction that is rolled back
    connection.execute("SET TIME ZONE 'UTC'")
    connection.autocommit = False


def _note_time(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_LEFT] = monotonic()


def _refuse_dead(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a PostgreSQL connection that lay idle whether it is still there: the server may have been restarted.

    One that was used a moment ago is not asked: that would cost two more messages a request.
    """
    if monotonic() - record.info.get(_LEFT, monotonic()) < IDLE_SECONDS:
        return
    try:
        alive = dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        alive = False
    if not alive:
        raise InvalidatePoolError


def _begin_sqlite(connection: Connection) -> None:
    will_write = bool(connection.get_execution_options().get(_WRITING))
    driver: Any = connection.connection.driver_connection  # can't fail, and happens twice a request: no layers
    driver.execute(f"PRAGMA query_only = {'OFF' if will_write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write else "BEGIN")
