"""Migrations make, from nothing, just the tables that the models describe. On both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from mentorcert import create_app
from mentorcert.config import Settings, from_environment
from mentorcert.db import Base, db
from tests import postgres
from xapi import metadata as store


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Settings:
    """Settings with a database in which there is nothing yet."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    if request.param == "postgresql":
        url = postgres.fresh_database(f"migrations_{worker_id}")
    environment = {"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path), "MENTORCERT_DATABASE_URL": url}
    return from_environment(environment)


@contextmanager
def _in_app(settings: Settings) -> Iterator[None]:
    with create_app(settings).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def test_from_nothing_the_migrations_make_what_the_models_describe(empty_settings: Settings) -> None:
    with _in_app(empty_settings):
        flask_migrate.upgrade()
    engine = create_engine(empty_settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, [Base.metadata, store]) == []  # type: ignore[arg-type]


def test_all_migrations_can_be_taken_back(empty_settings: Settings) -> None:
    with _in_app(empty_settings):
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")
    engine = create_engine(empty_settings.database_url, poolclass=NullPool)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
