"""Whatever is killed, and whenever: what was answered is there, nothing is half there, and progress is what it says."""

import os
import random
import signal
from collections.abc import Collection, Sequence
from pathlib import Path
from subprocess import Popen
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import door
from tests.survival.conftest import HOME, PROCESSES, Ground
from tests.survival.senders import PATIENCE, Sent, sending
from xapi import lookup

CLIENTS = 8


def proof(ground: Ground, engine: Engine, kills: int, seed: int) -> None:
    """Kill a worker, and then everything, in turn, while clients send."""
    chance = random.Random(seed)
    with sending(
        f"http://127.0.0.1:{ground.port}", ground.key, ground.statement, clients=CLIENTS, most=20, seed=seed
    ) as sent:
        for _ in range(kills):
            with ground.serving() as (_, process):
                _kill_a_worker(process, sent, chance)
                sent.wait_for_more(chance.randint(1, 200))
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(PATIENCE)
        with ground.serving():
            sent.wait_for_more(1)
    assert sent.other == []
    _all_there(engine, sent.stored)
    _whole_or_not_at_all(engine, sent.unknown)
    _progress_is_what_statements_say(engine)


def _kill_a_worker(process: "Popen[bytes]", sent: Sent, chance: random.Random) -> None:
    sent.wait_for_more(chance.randint(1, 200))
    workers = _children(process.pid)
    assert len(workers) >= PROCESSES
    os.kill(chance.choice(workers), signal.SIGKILL)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _there(engine: Engine, ids: Collection[UUID]) -> set[UUID]:
    with Session(engine) as session:
        return {each.statement.id for each in lookup(session, ids)}


def _all_there(engine: Engine, stored: Sequence[UUID]) -> None:
    assert set(stored) - _there(engine, stored) == set()


def _whole_or_not_at_all(engine: Engine, batches: Sequence[Sequence[UUID]]) -> None:
    found = _there(engine, [each for batch in batches for each in batch])
    assert [batch for batch in batches if 0 < len(found.intersection(batch)) < len(batch)] == []


def _progress_is_what_statements_say(engine: Engine) -> None:
    with Session(engine) as session:
        kept = _rows(session)
        door(HOME).rebuild(session)
        rebuilt = _rows(session)
        session.rollback()
    assert kept != []
    assert kept == rebuilt


def _rows(session: Session) -> list[tuple[object, ...]]:
    table = Progress.__table__
    return [tuple(row) for row in session.execute(select(table).order_by(table.c.registration, table.c.activity))]


@pytest.mark.timeout(180)
def test_a_killed_worker_and_a_killed_server_lose_nothing(ground: Ground, engine: Engine, seed: int) -> None:
    proof(ground, engine, 1, seed)


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing(ground: Ground, engine: Engine, seed: int) -> None:
    """A worker and a whole server each time, on each database."""
    proof(ground, engine, 25, seed)
