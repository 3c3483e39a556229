"""Databases with our tables in them, quickly made: a copied file for SQLite, emptied tables for PostgreSQL."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, exists, literal, select, text, union_all

import xapi.tables
from mentorcert.db import Base, engine_options, prepare_engine
from xapi import asking

ALL_METADATA = (Base.metadata, xapi.tables.metadata)
"""What describes our tables: the application's, and the statement store's own."""


def make_tables(url: str) -> None:
    """Create every table of the application and of the statement store."""
    engine = create_engine(url)
    for metadata in ALL_METADATA:
        metadata.create_all(engine)
    engine.dispose()


def make_template(folder: Path) -> Path:
    """Return a new SQLite file that holds empty tables."""
    template = folder / "template.sqlite"
    make_tables(f"sqlite:///{template}")
    return template


def copy_template(template: Path, folder: Path) -> str:
    """Return the URL of a SQLite database of one's own."""
    return f"sqlite:///{shutil.copyfile(template, folder / 'mentorcert.sqlite')}"


def empty(url: str) -> None:
    """Empty the tables of a PostgreSQL database that hold rows, and only those: TRUNCATE costs the same for each."""
    tables = [table for metadata in ALL_METADATA for table in metadata.sorted_tables]
    filled = union_all(*(select(literal(table.name)).where(exists(select(table))) for table in tables))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))  # a test before this one left a transaction open
        names = ", ".join(f'"{name}"' for name in connection.scalars(filled))
        if names:
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


@contextmanager
def engine_for(url: str) -> Iterator[Engine]:
    """Give an engine that is set up as the application sets up its own."""
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Give a list that fills with the queries of a block, without what only begins and sets up a transaction."""
    said: list[str] = []
    with overheard(engine, lambda sql, _: said.append(sql)):
        yield said


@contextmanager
def overheard(engine: Engine, note: Callable[[str, Any], object]) -> Iterator[None]:
    """Tell `note` each query of a block and its parameters, but not what only begins and sets up a transaction."""

    def hear(_connection: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        if not sql.startswith(("PRAGMA", "BEGIN")):
            note(sql, parameters)

    directly, before = _Told(note), asking.logger.level
    event.listen(engine, "before_cursor_execute", hear)
    asking.logger.addHandler(directly)
    asking.logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        asking.logger.setLevel(before)
        asking.logger.removeHandler(directly)
        event.remove(engine, "before_cursor_execute", hear)


class _Told(logging.Handler):
    """Hears of the questions that are asked through the driver."""

    def __init__(self, note: Callable[[str, Any], object]) -> None:
        super().__init__()
        self.note = note

    def emit(self, record: logging.LogRecord) -> None:
        self.note(record.getMessage(), getattr(record, "given", None))
