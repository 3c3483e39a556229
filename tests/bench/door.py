"""The door's throughput, against the driver alone: the very same rows, in the same batches, with the same commits."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice
from statistics import median
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from mentorcert.db import db
from mentorcert.evidence.service import door
from tests.bench.cohort import BASE, Place
from xapi import vocabulary as v

ROUNDS = 9
CALLS = {1: 150, 50: 15}
"""How many calls a round makes, by how many statements a call brings."""
BYTES = 1400
"""How long a statement is."""

Rows = list[tuple[str, Sequence[Any]]]
"""What one call wrote: SQL, and the parameters of each row."""


@dataclass(frozen=True)
class Round:
    """One round: seconds through the door and bare; seconds of processor time, and SQL statements, in the door."""

    door: float
    bare: float
    cpu: float
    queries: int


@dataclass(frozen=True)
class Throughput:
    """The medians of all rounds: statements a second through the door and bare, and what one call costs."""

    door: float
    bare: float
    ratio: float
    cpu_ms: float
    queries: float


def throughput(mine: Place, bare: Engine, batch: int) -> Throughput:
    """Let statements through the door, `batch` a call, and write what it wrote once more, into `bare`."""
    bodies = _statements(mine)
    with mine.app.app_context():
        rounds = [_round(db.engine, bare, bodies, batch) for _ in range(ROUNDS + 1)][1:]  # the first one warms up
    calls = CALLS[batch]
    return Throughput(
        door=median(calls * batch / each.door for each in rounds),
        bare=median(calls * batch / each.bare for each in rounds),
        ratio=median(each.door / each.bare for each in rounds),
        cpu_ms=median(each.cpu for each in rounds) / calls * 1000,
        queries=median(each.queries for each in rounds) / calls,
    )


def _round(engine: Engine, bare: Engine, bodies: Iterator[bytes], batch: int) -> Round:
    calls = [list(islice(bodies, batch)) for _ in range(CALLS[batch])]
    written: list[Rows] = []
    with _overheard(engine, written) as said:
        began, cpu = time.perf_counter(), time.process_time()
        for call in calls:
            written.append([])
            with Session(engine) as session:
                door(BASE).record(session, call, now=datetime.now(UTC))
                session.commit()
        through, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Round(through, _written_bare(bare, written), cpu, len(said))


def _written_bare(engine: Engine, calls: list[Rows]) -> float:
    """Write the rows with the driver alone; gives seconds."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    began = time.perf_counter()
    for rows in calls:
        if engine.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        for sql, parameters in rows:
            cursor.executemany(sql, parameters)
        connection.commit()
    took = time.perf_counter() - began
    connection.close()
    return took


@contextmanager
def _overheard(engine: Engine, written: list[Rows]) -> Iterator[list[str]]:
    """Note every SQL statement of a block, and in the last of `written` what it wrote."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, parameters: Any, _context: object, many: bool) -> None:
        if sql.startswith(("PRAGMA", "BEGIN")):
            return
        said.append(sql)
        # Progress is written once: the empty rows that the fold locks on PostgreSQL are no rows of the result.
        if sql.startswith("INSERT INTO xapi_") or (sql.startswith("INSERT INTO progress") and "DO UPDATE" in sql):
            written[-1].append((sql, parameters if many else [parameters]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _statements(mine: Place) -> Iterator[bytes]:
    """Answers to questions without end: every third by one of our trainees, the others by people whom nobody knows."""
    for number in count():
        ours = number % 3 == 0
        activity = mine.steps[number // 3 % len(mine.steps)] if ours else f"https://lms.example/quiz/{number % 997}"
        registration = str(mine.enrolments[number // 3 % len(mine.enrolments)]) if ours else ""
        actor = {"homePage": BASE if ours else "https://lms.example", "name": str(uuid4())}
        yield _statement(activity, actor, registration, correct=number % 4 > 0)


def _statement(activity: str, actor: dict[str, str], registration: str, *, correct: bool) -> bytes:
    definition = {
        "type": v.INTERACTION,
        "name": {"en": "What do you ask first?"},
        "interactionType": "choice",
        "correctResponsesPattern": ["a"],
        "choices": [{"id": each, "description": {"en": f"Answer {each}"}} for each in "abcd"],
    }
    context: dict[str, Any] = {
        "revision": "3f2c" * 16,
        "platform": "MentorCert",
        "language": "en",
        "contextActivities": {
            "parent": [{"id": f"{BASE}/activities/mentor-development/questions/check"}],
            "grouping": [{"id": f"{BASE}/activities/mentor-development"}, {"id": f"{BASE}/cohorts/{uuid4()}"}],
            "category": [{"id": v.PROFILE}],
        },
    }
    statement = {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "account": actor},
        "verb": {"id": v.ANSWERED, "display": {"en": "answered"}},
        "object": {"id": activity, "definition": definition},
        "result": {"response": "a", "success": correct, "score": {"scaled": float(correct)}, "duration": "PT12.5S"},
        "context": {**context, **({"registration": registration} if registration else {})},
        "timestamp": datetime.now(UTC).isoformat(),
    }
    definition["description"] = {"en": "x" * (BYTES - len(json.dumps(statement)) - len(_DESCRIPTION))}
    return json.dumps(statement).encode()


_DESCRIPTION = ', "description": {"en": ""}'
