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
TIMES = 5
"""How often each is asked; the quickest answer counts: the others waited for something else."""


@dataclass(frozen=True)
class Grown:
    """A kind of search, and its 95th percentile among few and among many statements, in milliseconds."""

    name: str
    few: float
    many: float

    @property
    def ratio(self) -> float:
        """How many times as long it takes among many."""
        return self.many / self.few


def measure(few: Engine, many: Engine, sizes: tuple[int, int], draw: random.Random) -> list[Grown]:
    """Ask every kind of question of both stores in turn, so that whatever else the machine does falls on both."""
    with Session(few) as small, Session(many) as large:
        return [
            _grown(name, [(small, make_small, sizes[0]), (large, make_large, sizes[1])], draw)
            for (name, make_small), (_, make_large) in zip(kinds(sizes[0]), kinds(sizes[1]), strict=True)
        ]


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


def _grown(name: str, stores: list[tuple[Session, Callable[[int], Query], int]], draw: random.Random) -> Grown:
    quickest: list[list[float]] = [[], []]
    for _ in range(DRAWS):
        asked = [(session, make(draw.randint(1, size))) for session, make, size in stores]
        times = [[_seconds(session, query) for session, query in asked] for _ in range(TIMES)]
        for place, each in enumerate(zip(*times, strict=True)):
            quickest[place].append(min(each))
    few, many = (quantiles(each, n=20)[-1] * 1000 for each in quickest)
    return Grown(name, few, many)


def _seconds(session: Session, query: Query) -> float:
    began = time.perf_counter()
    find(session, query)
    return time.perf_counter() - began
