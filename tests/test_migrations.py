"""Migrations make, from nothing, just the tables that the models describe. On both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from mentorcert import create_app
from mentorcert.catalog.document import encode as encode_content
from mentorcert.config import Settings, from_environment
from mentorcert.db import Base, db, writing
from mentorcert.grading.models import Outcome
from tests import postgres
from tests.factories import NOW
from tests.grading.factories import TINY
from tests.xapi.factories import BEN, COMPLETED, LESSON, a_statement
from xapi import metadata as store
from xapi.jsontext import digest, encode
from xapi.query import Query, find
from xapi.tables import statement
from xapi.values import written


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


def test_the_migrations_make_the_very_indexes_of_the_models(empty_settings: Settings) -> None:
    """In their very words: SQLite uses a partial index only for the words of its condition."""
    engine = create_engine(empty_settings.database_url, poolclass=NullPool)
    with _in_app(empty_settings):
        flask_migrate.upgrade()
    migrated = _indexes(engine)
    with _in_app(empty_settings):
        flask_migrate.downgrade(revision="base")
    for metadata in (Base.metadata, store):
        metadata.create_all(engine)
    assert migrated == _indexes(engine)


def _indexes(engine: Engine) -> dict[str, str]:
    """Return the definition of every index by its name."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    if engine.dialect.name == "postgresql":
        asked = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with engine.connect() as connection:
        return {name: sql for name, sql in connection.execute(text(asked)) if "alembic" not in name}


def test_statements_of_the_first_version_are_found_and_whole_afterwards(empty_settings: Settings) -> None:
    told = [_kept_by_the_first_version(number) for number in (1, 2, 3)]
    with _in_app(empty_settings):
        flask_migrate.upgrade(revision="0001")
        writing(db.session())
        insert = "INSERT INTO xapi_statement ({}) VALUES ({})"
        names = ", ".join(told[0])
        db.session.execute(text(insert.format(names, ", ".join(f":{name}" for name in told[0]))), told)
        db.session.commit()
    with _in_app(empty_settings):  # its start keeps the address
        flask_migrate.upgrade()
        found = find(db.session(), Query(agent="mbox:mailto:ben@example.org", verb=COMPLETED, related_agents=True))
        rows = db.session.execute(select(statement.c.late, statement.c.sha256, statement.c.text).order_by("sequence"))
        hashes = [(row.late, row.sha256 == digest(row.text)) for row in rows]
        db.session.rollback()
    assert [each.sequence for each in found.statements] == [3, 2, 1]
    assert hashes == [(False, True), (True, True), (False, True)]


def test_grades_that_were_released_are_outcomes_afterwards_and_the_same_again_when_taken_back(
    empty_settings: Settings,
) -> None:
    with _in_app(empty_settings):
        flask_migrate.upgrade(revision="0002")
        writing(db.session())
        for table, row in _graded_before():
            names = ", ".join(row)
            given = ", ".join(f":{name}" for name in row)
            db.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({given})"), row)
        db.session.commit()
        before = _of_assessments("released_at, statement_id, percent, passed, comment")
        flask_migrate.upgrade()
        (outcome,) = db.session.scalars(select(Outcome))
        delivered = outcome.document["criteria"]
        told = (outcome.percent, outcome.passed, outcome.released_at, outcome.statement_id)
        held = _of_assessments("round, submitted_at, lease_until")
        db.session.rollback()
        flask_migrate.downgrade(revision="0002")
        after = _of_assessments("released_at, statement_id, percent, passed, comment")
    assert [(each["id"], each["level"], each["line"], each["comment"]) for each in delivered] == [
        ("listening", "solid", "solid", "You waited."),
        ("close", "not-yet", "solid", ""),
    ]
    assert told == (73, True, NOW, UUID(int=9))
    assert [each[0] for each in held] == ["first", "first"]
    assert before == after


def _of_assessments(columns: str) -> list[Any]:
    return [tuple(row) for row in db.session.execute(text(f"SELECT {columns} FROM assessment ORDER BY id"))]


def _graded_before() -> list[tuple[str, dict[str, Any]]]:
    """Two recordings as the version before kept them: one graded, one on the bench."""
    sqlite = db.engine.dialect.name == "sqlite"
    at = f"{NOW:%Y-%m-%d %H:%M:%S.%f}" if sqlite else NOW

    def uuid(number: int) -> str:
        return UUID(int=number).hex if sqlite else str(UUID(int=number))

    published = {"title": "T", "published_at": at, "current_since": at}
    rubric = {"id": 1, "hash": "1" * 64, "slug": TINY.id, "document": encode_content(TINY), **published}
    version = {"id": 1, "hash": "2" * 64, "slug": "p", "document": "{}", "rubrics": "{}", **published}
    person = {"name": "N", "zone": "UTC", "theme": "", "password_hash": "", "session_key": "s", "created_at": at}
    recording = {
        "file_key": "",
        "content_type": "",
        "size": 0,
        "sha256": "",
        "seconds": 0,
        "passcode": "",
        "link": "https://x.example",
        "transcript": "",
        "mentee_name": "Dana",
        "consent_uses": "[]",
        "consent_at": at,
        "submitted_at": at,
        "grading_began_at": at,
    }
    graded = {"released_at": at, "statement_id": uuid(9), "percent": 73, "passed": True}
    usual = {"coach_id": 2, "rubric_version_id": 1, "taken_at": at, "revision": 1, "comment": "Well begun."}
    return [
        ("rubric_version", rubric),
        ("programme_version", version),
        *(("person", {"id": each, "uuid": uuid(each), "email": f"{each}@example.org", **person}) for each in (1, 2)),
        ("cohort", {"id": 1, "uuid": uuid(3), "name": "C", "version_id": 1, "zone": "UTC", "created_at": at}),
        ("enrolment", {"id": 1, "uuid": uuid(4), "cohort_id": 1, "person_id": 1, "enrolled_at": at}),
        *(
            ("recording", {"id": each, "uuid": uuid(4 + each), "number": each, "enrolment_id": 1, **recording})
            for each in (1, 2)
        ),
        ("assessment", {"id": 1, "uuid": uuid(7), "recording_id": 1, **usual, **graded}),
        ("assessment", {"id": 2, "uuid": uuid(8), "recording_id": 2, **usual}),
        ("mark", {"assessment_id": 1, "criterion": "listening", "level": "solid", "comment": "You waited."}),
        ("mark", {"assessment_id": 1, "criterion": "close", "level": "not-yet", "comment": ""}),
    ]


def _kept_by_the_first_version(number: int) -> dict[str, Any]:
    stored = NOW + (timedelta(hours=number) if number != 2 else timedelta())
    uuid = str(UUID(int=number, version=4))
    given = written(stored)
    raw = {**a_statement(actor=BEN), "id": uuid, "stored": given, "timestamp": given, "authority": BEN}
    return {
        "sequence": number,
        "id": uuid.replace("-", ""),
        "stored": stored.replace(tzinfo=None),
        "timestamp": stored.replace(tzinfo=None),
        "verb": COMPLETED,
        "actor_key": "mbox:mailto:ben@example.org",
        "object_type": "Activity",
        "object_id": LESSON,
        "authority_key": "mbox:mailto:ben@example.org",
        "voiding": False,
        "voids_any": False,
        "text": encode(raw),
    }
