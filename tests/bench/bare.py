"""The yardstick of the store: a bare Flask application with the same tables.

It parses the JSON and inserts the same rows, with the driver alone: nothing is validated, nobody is asked for a key,
nothing is folded. It answers GET by one indexed query.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

import psycopg
from flask import Flask, request
from sqlalchemy import make_url

from tests.bench.cohort import BASE

URL = "BARE_DATABASE_URL"
SENDER = f"account:{BASE}|bare"
LARGEST = 1000
"""How many statements a batch may bring."""
_own = threading.local()

STATEMENT = (
    *("sequence", "id", "stored", "late", "timestamp", "verb", "actor_key", "object_type", "object_id"),
    *("registration", "authority_key", "refers", "voiding", "voids_any", "text", "sha256"),
)
"""The columns of a statement's row, in the order of `_row`."""
INSERT = f"INSERT INTO xapi_statement ({', '.join(STATEMENT)}) VALUES ({', '.join('?' * len(STATEMENT))})"
INSERT_RELATED = "INSERT INTO xapi_related (key, kind, sequence, about) VALUES (?, ?, ?, ?)"
SELECTS = {
    "id": "SELECT text FROM xapi_statement WHERE id = ?",
    "newest": "SELECT text FROM xapi_statement ORDER BY sequence DESC LIMIT 100",
    "agent": "SELECT s.text FROM xapi_related r JOIN xapi_statement s ON s.sequence = r.sequence"
    " WHERE r.key = ? AND r.kind = 1 AND s.verb = ? ORDER BY r.sequence DESC LIMIT 100",
    "related": "SELECT s.text FROM xapi_related r JOIN xapi_statement s ON s.sequence = r.sequence"
    " WHERE r.key = ? AND r.kind = 4 ORDER BY r.sequence DESC LIMIT 100",
}
"""What it is asked for: with `?` for parameters."""


class Cursor(Protocol):
    """What both drivers' cursors can do."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Any, /) -> Any: ...
    def fetchall(self) -> Any: ...
    def fetchone(self) -> Any: ...


def application() -> Flask:
    """Return the bare application on the database that the environment names."""
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/statements", "post", post, methods=["POST"])
    app.add_url_rule("/statements", "get", get, methods=["GET"])
    return app


def post() -> Any:
    """Insert one statement, or many."""
    said = json.loads(request.get_data())
    with cursor() as run:
        some = said if isinstance(said, list) else [said]
        begin(run)
        first = next_number(run)
        now = datetime.now(UTC)
        run.executemany(sql(INSERT), [_row(each, number, now) for number, each in enumerate(some, first)])
        run.executemany(
            sql(INSERT_RELATED), [row for number, each in enumerate(some, first) for row in _related(each, number)]
        )
        run.execute("COMMIT")
    return json.dumps([each["id"] for each in some]), 200, {"Content-Type": "application/json"}


def get() -> Any:
    """Answer with the texts that a query finds."""
    with cursor() as run:
        texts = select(run, request.args["by"], request.args.getlist("with"))
    if request.args["by"] == "id":
        return texts[0], 200, {"Content-Type": "application/json"}
    return f'{{"statements":[{",".join(texts)}],"more":""}}', 200, {"Content-Type": "application/json"}


def select(run: Cursor, name: str, parameters: Sequence[Any]) -> list[str]:
    """Return the texts that one of the `SELECTS` finds."""
    run.execute(sql(SELECTS[name]), parameters)
    return [text for (text,) in run.fetchall()]


@contextmanager
def cursor() -> Iterator[Cursor]:
    """Give a cursor of this thread's connection."""
    if not hasattr(_own, "cursor"):
        _own.cursor = connect(os.environ[URL])()
    yield _own.cursor


def connect(url: str) -> Callable[[], Cursor]:
    """Return what makes a cursor of a new connection, as durable as the application's, that never begins by itself."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":

        def open_file() -> Any:
            connection = sqlite3.connect(str(place.database), timeout=15, isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            return connection.cursor()

        return open_file
    host, port = place.query["host"], place.query["port"]
    return lambda: psycopg.connect(
        f"host={host} port={port} user={place.username} dbname={place.database}", autocommit=True
    ).cursor()


def is_sqlite() -> bool:
    return os.environ[URL].startswith("sqlite")


def sql(text: str) -> str:
    """Return a query with the driver's placeholders."""
    return text if is_sqlite() else text.replace("?", "%s")


def begin(run: Cursor) -> None:
    """Begin to write."""
    run.execute("BEGIN IMMEDIATE" if is_sqlite() else "BEGIN")


def next_number(run: Cursor) -> int:
    """Draw numbers: PostgreSQL has a sequence for it, on which nobody waits; each draw is good for a whole batch."""
    if is_sqlite():
        run.execute("SELECT coalesce(max(sequence), 0) + 1 FROM xapi_statement")
    else:
        run.execute("SELECT nextval('bare') * %s", [LARGEST])
    return int(run.fetchone()[0])


def _row(said: dict[str, Any], number: int, now: datetime) -> tuple[Any, ...]:
    about, text = said["object"], json.dumps(said)
    uuid = said["id"].replace("-", "")
    registration = said["context"]["registration"].replace("-", "")
    actor = _key(said["actor"])
    hashed = sha256(text.encode()).digest()
    moment = now.isoformat(sep=" ")
    return (
        *(number, uuid, moment, False, said["timestamp"], said["verb"]["id"], actor, "Activity", about["id"]),
        *(registration, SENDER, None, False, False, text, hashed),
    )


def _related(said: dict[str, Any], number: int) -> Iterator[tuple[Any, ...]]:
    keys = [(_key(said["actor"]), 1), (said["object"]["id"], 3), (said["verb"]["id"], 5), (SENDER, 7)]
    keys.append((said["context"]["registration"], 6))
    keys += [(each["id"], 4) for kind in said["context"]["contextActivities"].values() for each in kind]
    return ((key, kind, number, number) for key, kind in keys)


def _key(agent: dict[str, Any]) -> str:
    return f"account:{agent['account']['homePage']}|{agent['account']['name']}"
