"""Many rows at once, by the driver: what SQLAlchemy works out for every row is worked out here once a table.

The rows of an append are most of what it costs. On SQLite they go through the driver's `executemany`; on PostgreSQL
as one array a column, in one statement, which costs two thirds of sending row by row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

Row = list[Any]
"""The values of a row, one a column, in the table's order."""

_KEEP: Final = " ON CONFLICT DO NOTHING"
_DIALECTS: Final[dict[str, Callable[[], Dialect]]] = {
    "sqlite": sqlite.dialect,
    "postgresql": postgresql.psycopg.dialect,
}


@dataclass(frozen=True, slots=True)
class _Insertion:
    """How rows go into a table."""

    sql: str
    by_column: bool
    """Whether the driver is given arrays, one a column."""
    conversions: tuple[tuple[int, Callable[[Any], Any]], ...]
    """What makes of a column's value what the driver takes, by the column's place."""


def insert_all(connection: Connection, table: Table, rows: Iterable[Row], *, unless_there: bool = False) -> None:
    """Insert rows; with `unless_there`, only those whose key is not there yet. The rows themselves are converted."""
    _run(connection, _insertion(table, connection.dialect.name, _KEEP if unless_there else ""), rows)


def put_all(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows in place of those with the same keys; no two may have the same. The rows are converted as above."""
    _run(connection, _insertion(table, connection.dialect.name, _replacing(table)), rows)


def _run(connection: Connection, insertion: _Insertion, rows: Iterable[Row]) -> None:
    converted = [_converted(row, insertion.conversions) for row in rows]
    if not converted:
        return
    if insertion.by_column:
        connection.exec_driver_sql(insertion.sql, tuple(map(list, zip(*converted, strict=True))))
    else:
        connection.exec_driver_sql(insertion.sql, converted)


def _converted(row: Row, conversions: tuple[tuple[int, Callable[[Any], Any]], ...]) -> tuple[Any, ...]:
    for place, convert in conversions:
        if row[place] is not None:
            row[place] = convert(row[place])
    return tuple(row)


@cache
def _replacing(table: Table) -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    others = (column.name for column in table.columns if not column.primary_key)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)}"


@cache
def _insertion(table: Table, dialect_name: str, ending: str) -> _Insertion:
    dialect = _DIALECTS[dialect_name]()
    names = ", ".join(dialect.identifier_preparer.quote(column.name) for column in table.columns)
    by_column = dialect_name == "postgresql"
    if by_column:
        # In the binary format (%b): as text, each quotation mark of a statement is escaped by itself, in Python.
        arrays = (f"%b::{column.type.compile(dialect)}[]" for column in table.columns)
        source = f"SELECT * FROM unnest({', '.join(arrays)})"
    else:
        source = f"VALUES ({', '.join('?' for _ in table.columns)})"
    return _Insertion(f"INSERT INTO {table.name} ({names}) {source}{ending}", by_column, _conversions(table, dialect))


def _conversions(table: Table, dialect: Dialect) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    given = (
        (place, column.type.dialect_impl(dialect).bind_processor(dialect))
        for place, column in enumerate(table.columns)
        if not isinstance(column.type, LargeBinary)  # drivers take bytes as they are
    )
    return tuple((place, convert) for place, convert in given if convert is not None)
