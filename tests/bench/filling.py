"""A store full of statements, quickly: rows as `append` writes them, many at a time, without reading any JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from xapi import tables
from xapi.rows import insert_all
from xapi.statement import Relation

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(seconds=1)
SENDER = "account:https://lms.example|sender"
FULL = "x" * 1200
_CHUNK = 20_000


def fill(engine: Engine, size: int) -> None:
    """Put `size` statements into an empty store, a second apart."""
    sqlite = engine.dialect.name == "sqlite"
    numbers = iter(range(1, size + 1))
    with engine.connect() as connection:
        if sqlite:  # as much in memory as there is, and nothing is lost that could not be made again
            connection.exec_driver_sql("PRAGMA cache_size = -1000000")
            connection.rollback()
        while some := list(islice(numbers, _CHUNK)):
            with Session(connection) as session:
                writing(session)
                insert_all(session.connection(), tables.statement, (_row(number, size) for number in some))
                rows = sorted(row for number in some for row in _search_rows(number, size))
                insert_all(session.connection(), tables.related, rows)
                session.commit()
        if not sqlite:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM ANALYZE xapi_statement, xapi_related")
    engine.dispose()


def stored(number: int) -> datetime:
    """When a statement was stored."""
    return BEGIN + number * TICK


def uuid(number: int) -> UUID:
    """The id of a statement: scattered, as ids are."""
    return UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)


def agent(number: int, size: int) -> dict[str, Any]:
    """The actor of a statement: each has a hundred."""
    return {"account": {"homePage": "https://lms.example", "name": f"learner-{number % (size // 100):07}"}}


def verb(number: int) -> str:
    """The verb of a statement: one of ten."""
    return f"https://w3id.org/xapi/verbs/{number // 7 % 10}"


def activity(number: int, size: int) -> str:
    """The object of a statement: each has two hundred."""
    return f"https://lms.example/courses/lessons/{number % (size // 200):07}"


def course(number: int) -> str:
    """What the object belongs to: one of five."""
    return f"https://lms.example/courses/{number % 5}"


def registration(number: int, size: int) -> UUID:
    """The registration of a statement: each has fifty."""
    return UUID(int=(number % (size // 50) * 0xD1B54A32D192ED03A3EC647F5B1D9EF5) % 2**128)


def _row(number: int, size: int) -> list[Any]:
    moment = stored(number)
    said = {
        "sequence": number,
        "id": uuid(number),
        "stored": moment,
        "late": False,
        "timestamp": moment,
        "verb": verb(number),
        "actor_key": _key(number, size),
        "object_type": "Activity",
        "object_id": activity(number, size),
        "registration": registration(number, size),
        "authority_key": SENDER,
        "refers": None,
        "voiding": False,
        "voids_any": False,
        "text": f'{{"id":"{uuid(number)}","result":{{"response":"{FULL}"}}}}',
        "sha256": bytes(32),
    }
    return [said[name] for name in tables.statement.columns.keys()]  # noqa: SIM118


def _search_rows(number: int, size: int) -> Iterator[list[Any]]:
    keys = (
        (_key(number, size), Relation.AGENT),
        (activity(number, size), Relation.ACTIVITY),
        (course(number), Relation.RELATED_ACTIVITY),
        ("https://w3id.org/xapi/lms", Relation.RELATED_ACTIVITY),
        (verb(number), Relation.VERB),
        (str(registration(number, size)), Relation.REGISTRATION),
        (SENDER, Relation.AUTHORITY),
    )
    return ([key, int(kind), number, number] for key, kind in keys)


def _key(number: int, size: int) -> str:
    account = agent(number, size)["account"]
    return f"account:{account['homePage']}|{account['name']}"
