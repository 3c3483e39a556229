"""Alembic's entrance: which tables there should be, and the connection of the application to make them on."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, Engine

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
    session = db.session()
    session.rollback()
    writing(session)
    _migrate(session.connection())
    session.commit()


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
