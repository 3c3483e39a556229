"""Alembic's entrance: which tables there should be, and the connection of the application to make them on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from mentorcert.db import Base, UtcDateTime, db, writing
from xapi import metadata as store
from xapi.tables import Instant

TARGETS = [Base.metadata, store]


def run_offline() -> None:
    """Print the SQL instead of running it."""
    engine: Engine = current_app.extensions["migrate"].db.engine
    context.configure(url=engine.url, target_metadata=TARGETS, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Bring the database to the newest version, all or nothing."""
    db.session().rollback()
    with db.engine.connect() as connection, _references_unwatched(connection), Session(connection) as session:
        writing(session)
        _migrate(session.connection())
        _refuse_dangling(session)
        session.commit()


@contextmanager
def _references_unwatched(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew that others refer to. It can be told so only while no transaction is open."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_dangling(session: Session) -> None:
    """Raise RuntimeError when a row refers to one that is not there."""
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL has watched all the time
    if dangling := session.execute(text("PRAGMA foreign_key_check")).all():
        raise RuntimeError(f"after the migration {len(dangling)} rows would refer to nothing: {dangling[0]}")


def _migrate(connection: Connection) -> None:
    # SQLite can't alter a table: Alembic then makes it anew and moves the rows.
    context.configure(
        connection=connection, target_metadata=TARGETS, render_as_batch=True, compare_type=True, render_item=_render
    )
    with context.begin_transaction():
        context.run_migrations()


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as what they are in the database: a migration must not change when our code does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime | Instant) else False


if context.is_offline_mode():
    run_offline()
else:
    run_online()
