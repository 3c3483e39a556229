"""What every test can ask for: a moment, a database of each kind, a session in it, the application."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import hypothesis
import pytest
import time_machine
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert import MentorCert, create_app
from mentorcert.config import Settings, from_environment
from mentorcert.db import db
from tests import databases, postgres
from tests.browsing import Browser

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
_server = pytest.StashKey[Path]()

hypothesis.settings.register_profile(
    "mentorcert", deadline=None
)  # no test judges time: on a busy machine each example may wait
hypothesis.settings.load_profile("mentorcert")


def pytest_configure(config: pytest.Config) -> None:
    """Say where this run's PostgreSQL will be; the workers of a parallel run inherit it."""
    if not hasattr(config, "workerinput"):
        config.stash[_server] = postgres.prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server in config.stash:
        postgres.dispose(config.stash[_server])


@pytest.fixture
def now() -> datetime:
    """A Tuesday afternoon that every test can count from."""
    return NOW


@pytest.fixture
def seed() -> int:
    """What a random proof starts from: `make soak` gives and prints it."""
    return int(os.environ.get("MENTORCERT_SOAK_SEED", "1"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> str:
    """This worker's PostgreSQL database, with tables in it."""
    url = postgres.fresh_database(f"mentorcert_{worker_id}")
    databases.make_tables(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with empty tables, one of each kind in turn.

    Where one kind is enough: `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    if request.param == "sqlite":
        return databases.copy_template(request.getfixturevalue("sqlite_template"), tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    databases.empty(url)
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with databases.engine_for(database_url) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session with nothing begun. What writes calls `db.writing(session)` first, as in the application."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings as on a public address, with the content that ships."""
    return from_environment(
        {
            "MENTORCERT_DATA": str(tmp_path / "data"),
            "MENTORCERT_DATABASE_URL": database_url,
            "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
            "MENTORCERT_IRI_BASE": "https://mentors.example.org",
            "MENTORCERT_PUBLIC_URL": "https://mentors.example.org",
        }
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once a run, not once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, now: datetime, compiled_templates: FileSystemBytecodeCache) -> Iterator[MentorCert]:
    """The application, in which it is `now` for the whole test."""
    with time_machine.travel(now, tick=False):
        app = create_app(settings)
        app.test_client_class = Browser
        app.jinja_env.bytecode_cache = compiled_templates
        app.config["PREFERRED_URL_SCHEME"] = "https"
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def client(app: MentorCert) -> Browser:
    """A browser that nobody is signed in on. One more: `app.test_client()`."""
    return cast("Browser", app.test_client())


@pytest.fixture
def count_queries(app: MentorCert) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as said:` collects the queries that the application makes in the block."""
    with app.app_context():
        engine = db.engine
    return lambda: databases.counted(engine)
