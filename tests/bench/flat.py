"""How long searches take in SQL, by how many statements there are."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import quantiles

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.bench import filling
from xapi import agent_key
from xapi.query import Query, find

DRAWS = 200
"""How many different questions of a kind are asked."""
TIMES = 3
"""How often each is asked; the quickest answer counts: the others waited for something else."""


@dataclass(frozen=True)
class Asked:
    """A kind of search and its 95th percentile, in milliseconds."""

    name: str
    p95: float


def measure(engine: Engine, size: int, draw: random.Random) -> list[Asked]:
    """Ask every kind of question of a store that was filled with `size` statements."""
    with Session(engine) as session:
        return [Asked(name, _p95(session, make, size, draw)) for name, make in kinds(size)]


def kinds(size: int) -> Iterator[tuple[str, Callable[[int], Query]]]:
    """Give the kinds of searches, each as what makes one out of a statement's number."""
    yield "by id", lambda number: Query(statement_id=filling.uuid(number))
    yield "agent", lambda number: Query(agent=_agent(number, size))
    yield "verb", lambda number: Query(verb=filling.verb(number))
    yield "agent and verb", lambda number: Query(agent=_agent(number, size), verb=filling.verb(number))
    yield "activity", lambda number: Query(activity=filling.activity(number, size))
    yield "registration", lambda number: Query(registration=filling.registration(number, size))
    yield "related activity", lambda number: Query(activity=filling.course(number), related_activities=True)
    yield "since", lambda number: Query(since=filling.stored(number), ascending=True)
    yield "until", lambda number: Query(until=filling.stored(number))
    yield "since, until", lambda number: Query(since=filling.stored(number - 200), until=filling.stored(number))
    yield "agent until", lambda number: Query(agent=_agent(number, size), until=filling.stored(number))
    yield "newest page", lambda _number: Query()
    yield "page 100", lambda _number: Query(after=size - 9900 + 1)
    yield "only one's own", lambda _number: Query(authority=filling.SENDER)


def _agent(number: int, size: int) -> str:
    return agent_key(filling.agent(number, size))


def _p95(session: Session, make: Callable[[int], Query], size: int, draw: random.Random) -> float:
    asked = [make(draw.randint(1, size)) for _ in range(DRAWS)]
    quickest = [min(_seconds(session, query) for _ in range(TIMES)) for query in asked]
    return quantiles(quickest, n=20)[-1] * 1000


def _seconds(session: Session, query: Query) -> float:
    began = time.perf_counter()
    find(session, query)
    return time.perf_counter() - began
