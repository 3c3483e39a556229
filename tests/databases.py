"""Databases with our tables in them, quickly made: a copied file for SQLite, emptied tables for PostgreSQL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, exists, literal, select, text, union_all

import xapi.tables
from mentorcert.db import Base, engine_options, prepare_engine

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

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
