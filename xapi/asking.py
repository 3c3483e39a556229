"""Questions that are asked with every request: compiled once for each database, and asked through the driver.

SQLAlchemy writes them, and knows what becomes of values on their way in and out. What it does besides for each
execution (a session, a transaction, events, result objects) costs ten times as much as to find one row by its key.
"""

import logging
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, Engine, PoolProxiedConnection, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

logger: Final = logging.getLogger(__name__)
"""Tells each question, on level DEBUG."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A connection of the driver's, and what SQLAlchemy knows of its kind."""

    dialect: Dialect
    driver: Any


Where = Asker | Connection | Session
"""Through what a question is asked: outside of transactions, or inside the one of a connection or session."""


@contextmanager
def asking(engine: Engine) -> Iterator[Asker]:
    """Give a connection on which every question stands by itself: no transaction is begun, and none is left behind."""
    pooled = engine.raw_connection()
    try:
        driver: Any = pooled.driver_connection
        if engine.dialect.name != "postgresql":  # SQLite's driver was told never to begin one by itself
            yield Asker(engine.dialect, driver)
            return
        driver.autocommit = True
        try:
            yield Asker(engine.dialect, driver)
        finally:
            _ask_no_more(engine.dialect, driver, pooled)
    finally:
        pooled.close()


def _ask_no_more(dialect: Dialect, driver: Any, pooled: PoolProxiedConnection) -> None:
    """Have the connection begin transactions again, as everybody else expects it to; a dead one is thrown away."""
    try:
        driver.autocommit = False
    except dialect.loaded_dbapi.Error:
        pooled.invalidate()


class Question:
    """A query whose values are parameters, and which gives its rows as named tuples."""

    def __init__(self, query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]) -> None:
        self._query = query
        self._spoken: dict[str, _Spoken] = {}

    def rows(self, where: Where, **values: Any) -> list[Any]:
        """Return all rows. Raises the errors of SQLAlchemy."""
        asker = where if isinstance(where, Asker) else _inside(where)
        spoken = self._spoken.get(asker.dialect.name) or self._learn(asker.dialect)
        given = spoken.given(values)
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug("%s", spoken.sql, extra={"given": given})
        try:
            found: Sequence[Any] = asker.driver.execute(spoken.sql, given).fetchall()
        except asker.dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                spoken.sql, given, error, asker.dialect.loaded_dbapi.Error, dialect=asker.dialect
            ) from error
        return spoken.rows(found)

    def one(self, where: Where, **values: Any) -> Any:
        """Return the only row, or None where there is none."""
        rows = self.rows(where, **values)
        return rows[0] if rows else None

    def _learn(self, dialect: Dialect) -> "_Spoken":
        self._spoken[dialect.name] = spoken = _Spoken.of(self._query, dialect)
        return spoken


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A question in the language of one kind of database."""

    sql: str
    places: tuple[str, ...] | None
    """The parameters in order, where the driver knows them by place; None where it knows them by name."""
    fixed: dict[str, Any]
    """The values that the query itself brings."""
    asked: tuple[tuple[str, Callable[[Any], Any]], ...]
    """What makes of a parameter's value what the driver takes."""
    told: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What makes of a column's value, by its place, what we take."""
    make: Callable[[Sequence[Any]], Any]

    @classmethod
    def of(cls, query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], dialect: Dialect) -> "_Spoken":
        compiled = query.compile(dialect=dialect)
        asked = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        columns = list(query.selected_columns)
        names = [column.key or "" for column in columns]
        row: Any = namedtuple("Row", names)  # type: ignore[misc]  # the names are known only now
        told = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        return cls(
            sql=compiled.string,
            places=tuple(compiled.positiontup) if compiled.positiontup is not None else None,
            fixed={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
            asked=tuple((name, convert) for name, convert in asked.items() if convert is not None),
            told=tuple((place, convert) for place, convert in enumerate(told) if convert is not None),
            make=row._make,
        )

    def given(self, values: dict[str, Any]) -> Sequence[Any] | dict[str, Any]:
        values = self.fixed | values
        for name, convert in self.asked:
            values[name] = convert(values[name])
        return values if self.places is None else tuple([values[name] for name in self.places])

    def rows(self, found: Sequence[Any]) -> list[Any]:
        return [self._row(each) for each in found] if self.told else list(map(self.make, found))

    def _row(self, found: Sequence[Any]) -> Any:
        values = list(found)
        for place, convert in self.told:
            values[place] = convert(values[place])
        return self.make(values)


def _inside(where: Connection | Session) -> Asker:
    connection = where.connection() if isinstance(where, Session) else where
    return Asker(connection.dialect, connection.connection.driver_connection)
