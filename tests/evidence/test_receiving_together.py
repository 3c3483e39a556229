"""What other systems send, in any order, at once with what changes its meaning, and over HTTP: a rebuild agrees."""

from base64 import b64encode
from datetime import timedelta
from random import Random
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.evidence import identifiers
from mentorcert.evidence.queries import Standing
from tests.browsing import Browser
from tests.evidence.factories import FILM, FIRST, LMS, Raw, World, make_key, make_world, void
from xapi import credentials
from xapi import vocabulary as v


def _told(world: World, random: Random) -> list[tuple[Raw, str]]:
    """Statements of two keys, one of which proves nothing, with voids of some; each with the name of its key."""
    told: list[tuple[Raw, str]] = []
    for _ in range(12):
        about, key = random.choice([FIRST, FILM]), random.choice(["entitled", "not"])
        at = (world.now - timedelta(minutes=random.randrange(600))).isoformat()
        place = {"result": {"extensions": {v.VIDEO_TIME: random.randrange(100)}}} if about == FILM else {}
        verb = random.choice([v.PAUSED, v.COMPLETED]) if about == FILM else v.COMPLETED
        statement = world.said(verb, about, id=str(uuid4()), timestamp=at, **place)
        told.append((statement, key))
        if random.random() < 0.4:
            told.append((void(UUID(statement["id"])), key))
    return told


@pytest.mark.parametrize("number", range(4))
def test_any_order_of_statements_and_voids_says_the_same(world: World, seed: int, number: int) -> None:
    random = Random(f"{seed}/{number}")
    keys = {"entitled": world.key, "not": make_key(world.session, world.now)}
    told = _told(world, random)
    for statement, key in told:
        world.send(statement, key=keys[key])
    first = world.standings()
    world.session.rollback()
    again = make_world(world.session, world.now)
    keys["entitled"] = again.key
    random.shuffle(told)
    for statement, key in told:
        again.send(_moved(statement, again), key=keys[key])
    assert again.standings() == first


def _moved(statement: Raw, world: World) -> Raw:
    """The same said of somebody else; ids are new, and a void still finds its target."""
    moved = {**statement, "id": str(_other(statement["id"]))} if "id" in statement else dict(statement)
    if statement["verb"]["id"] == v.VOIDED:
        return {**moved, "object": {**statement["object"], "id": str(_other(statement["object"]["id"]))}}
    return {**moved, "actor": world.said()["actor"], "context": world.said()["context"]}


def _other(text: str) -> UUID:
    return UUID(int=UUID(text).int ^ 1)


def test_sending_while_an_identifier_comes_and_goes_leaves_what_a_rebuild_says(world: World) -> None:
    person, start, problems = world.enrolment.person, Barrier(3), list[BaseException]()
    person_id, engine = person.id, world.engine
    world.session.rollback()

    def send() -> None:
        with Session(engine) as session:
            mine = World(session, world.door, world.enrolment, world.person, world.registration, world.key, world.now)
            for _ in range(12):
                mine.send(mine.said(actor=LMS))

    def change() -> None:
        with Session(engine) as session:
            for each in range(6):
                somebody = session.get_one(type(person), person_id)
                agent = {"mbox": "mailto:a@b.example"} if each % 3 == 2 else LMS
                known = {one.ifi_key for one in identifiers.of_person(session, somebody)}
                session.rollback()
                act: Raw = {"who": "test", "now": world.now}
                if known:
                    identifiers.remove(session, world.door, somebody, min(known), **act)
                else:
                    identifiers.add(session, world.door, somebody, agent, verified_by="HR", **act)
                session.commit()

    def run(work: object) -> None:
        try:
            start.wait()
            work()  # type: ignore[operator]
        except BaseException as problem:
            problems.append(problem)

    threads = [Thread(target=run, args=(work,)) for work in (send, send, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    world.standings()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_key_completes_a_lesson_over_http(client: Browser, session: Session, world: World) -> None:
    writing(session)
    made, secret = credentials.create(session, label="LMS", scopes=["all"], programmes=["tiny"], now=world.now)
    session.commit()
    token = b64encode(f"{made.key}:{secret}".encode()).decode()
    headers = {"X-Experience-API-Version": "1.0.3", "Authorization": f"Basic {token}"}
    assert client.post("/xapi/statements", json=world.said(), headers=headers).status_code == 200
    assert world.standings() == {FIRST: Standing(completed_at=world.now, last_at=world.now)}
