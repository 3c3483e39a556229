"""The worker as an operator starts it: it delivers by itself, and a killed one loses nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from mentorcert import MIGRATIONS
from mentorcert.db import prepare_engine, writing
from mentorcert.delivery.sealing import Seal
from tests import databases
from tests.xapi.factories import a_statement
from tests.xapi.peer import SECRET, Handler, Store, store_and_drop, store_running
from tests.xapi.stores import store as store_here
from xapi.delivery import targets
from xapi.tables import target as table

MENTORCERT = str(Path(sys.executable).with_name("mentorcert"))
INSTALLATION = "a secret of thirty-two characters"


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    environ = _environ(tmp_path)
    _mark_as_newest(databases.copy_template(sqlite_template, tmp_path))
    with store_running() as store:
        ids = _prepare(tmp_path, store)
        with _worker(environ) as first:

            def kill(handler: Handler, batch: list[dict[str, Any]]) -> None:
                first.kill()
                store_and_drop(handler, batch)

            store.script.append(kill)
            assert first.wait(60) == -signal.SIGKILL
        _let_the_lease_run_out(tmp_path)
        store.wanted = len(ids)
        with _worker(environ) as second:
            assert store.complete.wait(60)
            second.send_signal(signal.SIGTERM)
            assert second.wait(60) == 0
        sent = [each["id"] for batch in store.requests for each in batch]
    assert store.ids == ids
    assert sent == ids[:100] + ids


def _mark_as_newest(url: str) -> None:
    """Say of the tables, which were made without migrations, that they are those of this version."""
    engine = create_engine(url)
    with engine.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory(str(MIGRATIONS)), "head")
    engine.dispose()


def _environ(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MENTORCERT_")}
    return {
        **own,
        "MENTORCERT_DATA": str(folder),
        "MENTORCERT_SECRET_KEY": INSTALLATION,
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
        "MENTORCERT_DELIVERY_NETWORKS": "127.0.0.1",
    }


@contextmanager
def _worker(environ: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([MENTORCERT, "worker"], env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _session(folder: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{folder / 'mentorcert.sqlite'}", poolclass=NullPool)
    prepare_engine(engine)
    with Session(engine) as session:
        yield session


def _prepare(folder: Path, store: Store) -> list[str]:
    """Store statements, and make the target that they go to; gives their ids."""
    now = datetime.now(UTC)
    with _session(folder) as session:
        stored = store_here(session, [a_statement() for _ in range(230)], now)
        writing(session)
        peer = store.peer()
        there: dict[str, Any] = {"name": "B", "endpoint": peer.endpoint, "version": "2.0.0", "key": peer.key}
        targets.create(session, **there, secret=Seal(INSTALLATION).close(SECRET), history=True, now=now)
        session.commit()
    return [str(each.statement.id) for each in stored]


def _let_the_lease_run_out(folder: Path) -> None:
    with _session(folder) as session:
        writing(session)
        held = update(table).where(table.c.lease_until.is_not(None)).values(lease_until=datetime.now(UTC))
        assert session.execute(held.returning(table.c.cursor)).scalars().all() == [0]
        session.commit()
