"""Who waits for a turn to write is taken along by whoever has it, and stored or refused all the same by itself."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import a_full_statement, a_statement
from tests.xapi.stores import OURS, THEIRS
from xapi import Authority, ConflictingStatement, Stored, lookup, parse
from xapi.lrs.together import MOST, Together


class Writer:
    """A writer whose first request keeps its turn until all others wait; `heard` holds what each append stored."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine, self.now = engine, now
        self.heard: list[list[Stored]] = []
        self.together = Together(partial(Session, engine), writing, self.listen, lambda: now)

    def listen(self, _session: Session, stored: Sequence[Stored]) -> None:
        self.heard.append(list(stored))

    def store(self, body: Any, authority: Authority, note: Callable[[Session, datetime], None]) -> list[UUID]:
        return self.together.store(authority, parse(body, now=self.now), note)

    def all_at_once(self, *bodies: Any, authorities: Sequence[Authority] = ()) -> list["Future[list[UUID]]"]:
        """Store the bodies from a thread each while another request has the turn."""
        speaking = authorities or [OURS] * len(bodies)
        others: list[Future[list[UUID]]] = []
        with ThreadPoolExecutor(len(bodies)) as pool:

            def come(_session: Session, _now: datetime) -> None:
                for number, (body, authority) in enumerate(zip(bodies, speaking, strict=True), 1):
                    others.append(pool.submit(self.store, body, authority, nothing))
                    while self.together.waiting < number:
                        os.sched_yield()

            self.store(a_statement(), OURS, come)
        return others


def nothing(_session: Session, _now: datetime) -> None:
    """Nothing else came."""


def sizes(writer: Writer) -> list[int]:
    return [len(each) for each in writer.heard]


def test_all_who_wait_are_stored_in_one_append(engine: Engine, now: datetime) -> None:
    writer = Writer(engine, now)
    found = writer.all_at_once(a_statement(), [a_statement(), a_statement()], a_statement())
    ids = [each for future in found for each in future.result()]
    assert sizes(writer) == [1, 4]
    with Session(engine) as session:
        assert [each.statement.id for each in lookup(session, ids)] == ids


def test_each_authority_appends_by_itself(engine: Engine, now: datetime) -> None:
    writer = Writer(engine, now)
    found = writer.all_at_once(a_statement(), a_statement(), a_statement(), authorities=[OURS, THEIRS, THEIRS])
    with Session(engine) as session:
        stored = lookup(session, [future.result()[0] for future in found])
    assert sizes(writer) == [1, 1, 2]
    assert [each.authority_key for each in stored] == [OURS.key, THEIRS.key, THEIRS.key]


def test_who_is_refused_is_refused_alone(engine: Engine, now: datetime) -> None:
    writer = Writer(engine, now)
    writer.store(a_full_statement(), OURS, nothing)
    other = {**a_full_statement(), "result": {"success": True}}
    before, refused, after = writer.all_at_once(a_statement(), other, a_statement())
    assert isinstance(refused.exception(), ConflictingStatement)
    with Session(engine) as session:
        assert len(lookup(session, [*before.result(), *after.result()])) == 2


def test_two_who_bring_one_id_and_different_things(engine: Engine, now: datetime) -> None:
    """The first to come is stored, as if each had had a turn of its own."""
    writer = Writer(engine, now)
    one, other = writer.all_at_once(a_full_statement(), {**a_full_statement(), "result": {"success": True}})
    assert one.result() == [UUID(a_full_statement()["id"])]
    assert isinstance(other.exception(), ConflictingStatement)


def test_no_more_go_together_than_others_can_wait_for(engine: Engine, now: datetime) -> None:
    writer = Writer(engine, now)
    large = [a_statement() for _ in range(MOST - 1)]
    for each in writer.all_at_once(a_statement(), large, a_statement()):
        each.result()
    assert sizes(writer) == [1, MOST, 1]
