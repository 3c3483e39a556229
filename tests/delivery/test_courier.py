"""The courier against real servers: a second instance of ourselves, and a store that does all that stores do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from json import dumps, loads
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from mentorcert.db import writing
from mentorcert.delivery.courier import Courier
from mentorcert.delivery.sealing import Seal
from mentorcert.files import Blobs, open_files
from tests import databases
from tests.xapi.bodies import MIXED, Mixed, an_attachment, apart, signature, signed
from tests.xapi.factories import COURSE, REGISTRATION, a_full_statement, a_statement, a_void
from tests.xapi.lrs_app import Application, Client, make_key
from tests.xapi.peer import HERE, SECRET, Store, hang, say, store_and_drop, store_running, take
from tests.xapi.stores import store as store_here
from xapi import jsontext
from xapi.delivery import Filter, Patience, Target, letters, targets
from xapi.delivery.targets import State
from xapi.equivalence import equivalent
from xapi.reading import every

SEAL = Seal("a secret of thirty-two characters")
NO_BLOBS = Blobs(open_files("memory://", Path()))


class Clock:
    """Time that passes when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """Our side: a store, a courier, and the time."""

    session: Session
    courier: Courier
    clock: Clock

    def target(
        self, endpoint: str, key: str = "k", secret: str = SECRET, version: str = "1.0.3", **wanted: Any
    ) -> UUID:
        writing(self.session)
        options: dict[str, Any] = {"name": "B", "endpoint": endpoint, "version": version, "key": key, "history": True}
        sealed = SEAL.close(secret)
        made = targets.create(self.session, secret=sealed, wanted=Filter(**wanted), now=self.clock.now, **options)
        self.session.commit()
        return made.uuid

    def look(self, uuid: UUID) -> Target:
        found = targets.one(self.session, uuid)
        assert found is not None
        self.session.rollback()
        return found

    def store(self, count: int, **members: Any) -> list[str]:
        return self.store_these([a_statement(version="1.0.0", **members) for _ in range(count)])

    def store_these(self, statements: list[dict[str, Any]]) -> list[str]:
        return [str(each.statement.id) for each in store_here(self.session, statements, self.clock.now)]

    def deliver(self, uuid: UUID) -> Target:
        """Send all that can be sent now."""
        while self.courier.deliver(uuid):
            pass
        return self.look(uuid)

    def wait_for(self, uuid: UUID) -> Target:
        """Let the time pass until the target may be tried again, and try it."""
        self.clock.now = max(self.clock.now, self.look(uuid).next_at)
        return self.deliver(uuid)

    def settled(self, uuid: UUID) -> bool:
        it = self.look(uuid)
        lag = targets.lag(self.session, [it])[uuid]
        self.session.rollback()
        return lag.statements == 0


@pytest.fixture
def house(engine: Engine, session: Session, now: datetime) -> House:
    clock = Clock(now)
    patience = Patience(connect=5, read=2, total=30)
    return House(session, Courier(engine, SEAL, NO_BLOBS, HERE, patience, clock, lambda: 1.0), clock)


@pytest.fixture
def store() -> Iterator[Store]:
    with store_running() as store:
        yield store


@dataclass
class Second:
    """A second instance of ourselves."""

    address: str
    app: Application
    engine: Engine
    key: tuple[str, str]

    def stored(self) -> list[dict[str, Any]]:
        with Session(self.engine) as session:
            return [each.statement.raw for each in every(session)]


@pytest.fixture
def second(sqlite_template: Path, tmp_path: Path, now: datetime) -> Iterator[Second]:
    folder = tmp_path / "second"
    folder.mkdir()
    with databases.engine_for(databases.copy_template(sqlite_template, folder)) as engine:
        app = Application(engine)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Second(f"http://127.0.0.1:{server.port}/xapi", app, engine, make_key(engine, now, "all"))
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_second_instance_of_ourselves_gets_everything_in_order(house: House, second: Second, version: str) -> None:
    about = house.store(1)
    house.store_these([a_full_statement(), a_void(about[0], version="1.0.0")])
    ids = house.store(120, context={"registration": REGISTRATION})
    uuid = house.target(second.address, *second.key, version=version)
    house.deliver(uuid)
    there = second.stored()
    here = [jsontext.reread(each.statement.text) for each in every(house.session)]
    assert [each["id"] for each in there] == [each["id"] for each in here]
    assert [each["id"] for each in there][-120:] == ids
    assert all(equivalent(one, other) for one, other in zip(here, there, strict=True))
    assert {each["authority"]["account"]["name"] for each in there} == {second.key[0]}


def test_the_history_twice_is_stored_once_by_a_second_instance(house: House, second: Second) -> None:
    ids = house.store(7)
    uuid = house.target(second.address, *second.key)
    house.deliver(uuid)
    writing(house.session)
    targets.send_history(house.session, uuid, house.clock.now)
    house.session.commit()
    assert house.deliver(uuid).succeeded == house.clock.now
    assert [each["id"] for each in second.stored()] == ids
    assert letters.some(house.session, house.look(uuid)) == []


def test_a_conflict_at_a_second_instance_is_a_dead_letter_and_the_rest_arrives(house: House, second: Second) -> None:
    ids = house.store(9)
    with Session(second.engine) as session:
        taken = a_statement(id=ids[4], object={"id": "https://example.org/quite-another"})
        store_here(session, taken, house.clock.now)
    uuid = house.target(second.address, *second.key)
    it = house.deliver(uuid)
    assert [each["id"] for each in second.stored()] == [ids[4], *ids[:4], *ids[5:]]
    (letter,) = letters.some(house.session, it)
    assert (str(letter.statement), letter.status) == (ids[4], 409)
    assert letter.said.startswith("It holds another statement with this id.")


def test_a_newer_statement_is_refused_by_an_older_store_and_explained(house: House, second: Second) -> None:
    ids = house.store(3)
    newer = house.store_these([a_statement(version="2.0.0")])
    more = house.store(2)
    uuid = house.target(second.address, *second.key)
    (letter,) = letters.some(house.session, house.deliver(uuid))
    assert [each["id"] for each in second.stored()] == ids + more
    assert str(letter.statement) == newer[0]
    assert letter.said.startswith("The statement is of version 2.0, and this store is spoken to in 1.0.3.")


def test_a_wrong_key_stops_the_target_and_a_right_one_goes_on(house: House, second: Second) -> None:
    ids = house.store(2)
    uuid = house.target(second.address, second.key[0], "wrong")
    it = house.deliver(uuid)
    assert (it.state, it.cursor) == (State.FAILING, 0)
    assert it.error.startswith("It does not accept the key and secret (401). Enter them again.")
    writing(house.session)
    options = {"name": "B", "endpoint": second.address, "version": "1.0.3", "key": second.key[0], "wanted": Filter()}
    sealed = SEAL.close(second.key[1])
    targets.change(house.session, uuid, secret=sealed, now=house.clock.now, **options)  # type: ignore[arg-type]
    house.session.commit()
    assert house.deliver(uuid).state is State.RUNNING
    assert [each["id"] for each in second.stored()] == ids


def test_attachments_go_along_and_a_signature_stays_valid(house: House, second: Second) -> None:
    ours = Application(house.courier.engine)
    client = Client(ours.test_client(), make_key(house.courier.engine, house.clock.now, "all"))
    large, small = bytes(range(256)) * 8192, b"--a line\r\n\r\nand another"
    several = [a_statement(attachments=[an_attachment(each)]) for each in (large, small, small)]
    signature_of = a_statement(id=str(uuid4()), timestamp="2026-11-24T13:00:00Z")
    for mixed in (Mixed(several, [large, small]), signed(signature(dumps(signature_of).encode()), signature_of)):
        headers = {**client.headers, "Content-Type": MIXED}
        assert client.client.post("/xapi/statements", data=bytes(mixed), headers=headers).status_code == 200
    uuid = house.target(second.address, *second.key, version="2.0.0")
    house.courier = replace(house.courier, blobs=Blobs(ours.files))
    it = house.deliver(uuid)
    assert (it.error, letters.some(house.session, it)) == ("", [])
    house.session.rollback()
    here, there = Client(ours.test_client(), None), Client(second.app.test_client(), second.key)
    here.headers = client.headers
    assert _bodies(there) == _bodies(here)
    assert len(_bodies(there)) == 3
    gone = replace(house.courier, blobs=NO_BLOBS)
    writing(house.session)
    targets.send_history(house.session, uuid, house.clock.now)
    house.session.commit()
    while gone.deliver(uuid):
        pass
    said = {letter.said for letter in letters.some(house.session, house.look(uuid))}
    assert said == {"Not sent: its attachment is no longer here."}


def _bodies(client: Client) -> dict[str, bytes]:
    """Return the attachments that a store gives out, by their hash."""
    response = client.get(attachments="true")
    first, *others = apart(response.data, response.mimetype_params["boundary"])
    assert len(loads(first[1])["statements"]) == 4
    return {headers["X-Experience-API-Hash"]: content for headers, content in others}


def test_two_that_deliver_to_each_other_come_to_an_end(house: House, second: Second) -> None:
    """What comes back is known, so it is not stored again, and not sent again."""
    ids = house.store(3)
    there = house.target(second.address, *second.key)
    house.deliver(there)
    ours = Application(house.courier.engine)
    server = make_server("127.0.0.1", 0, ours, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    with Session(second.engine) as session:
        clock = Clock(house.clock.now)
        other = House(session, Courier(second.engine, SEAL, NO_BLOBS, HERE, clock=clock), clock)
        back = other.target(f"http://127.0.0.1:{server.port}/xapi", *make_key(house.courier.engine, clock.now, "all"))
        for _ in range(3):
            other.deliver(back)
            house.deliver(there)
        assert (other.settled(back), house.settled(there)) == (True, True)
    server.shutdown()
    thread.join()
    server.server_close()
    assert [str(each.statement.id) for each in every(house.session)] == ids
    assert [each["id"] for each in second.stored()] == ids


def test_a_store_that_does_all_that_stores_do_gets_everything_in_order(house: House, store: Store) -> None:
    """It fails, hangs, is busy, stores and says nothing, refuses some and takes few at once; and comes back."""
    ids = house.store(30)
    refused = {ids[3]: 400, ids[11]: 409, ids[29]: 400}
    store.refused, store.most = dict(refused), 8
    fails = [say(500), hang, say(429, Retry_After="40"), say(503), say(413), say(502, b"<html>"), say(401)]
    store.script.extend([*fails, take, take, store_and_drop])
    uuid = house.target(f"{store.address}/xapi")
    rounds = 0
    while not house.settled(uuid):
        house.wait_for(uuid)
        rounds += 1
        assert rounds < 20
    assert store.ids == [each for each in ids if each not in refused]
    sent = [each["id"] for batch in store.requests for each in batch]
    assert set(sent) == set(ids)
    dead = {str(each.statement): each.status for each in letters.some(house.session, house.look(uuid))}
    assert dead == refused
    assert not store.script


def test_nothing_overtakes_what_has_to_wait(house: House, store: Store) -> None:
    first = house.store(2)
    uuid = house.target(f"{store.address}/xapi")
    store.script.append(say(500))
    house.deliver(uuid)
    later = house.store(2)
    assert not house.courier.deliver(uuid)
    assert store.ids == []
    house.wait_for(uuid)
    assert store.ids == first + later


def test_what_was_stored_without_an_answer_is_sent_again_and_is_there_once(house: House, store: Store) -> None:
    ids = house.store(3)
    store.script.append(store_and_drop)
    uuid = house.target(f"{store.address}/xapi")
    assert house.deliver(uuid).failures == 1
    house.wait_for(uuid)
    assert [[each["id"] for each in batch] for batch in store.requests] == [ids, ids]
    assert store.ids == ids


def test_a_round_that_is_cut_off_is_done_again_by_another_worker(house: House, store: Store) -> None:
    """As after a kill: the statements were sent, and nobody wrote it down."""
    ids = house.store(3)
    uuid = house.target(f"{store.address}/xapi")
    killed = Courier(house.courier.engine, SEAL, NO_BLOBS, HERE, clock=house.clock, chance=_dies)
    with pytest.raises(KeyboardInterrupt):
        killed.deliver(uuid)
    assert (store.ids, house.courier.due()) == (ids, [])
    more = house.store(1)
    house.clock.now += timedelta(minutes=3)
    assert house.courier.due() == [uuid]
    house.deliver(uuid)
    assert [[each["id"] for each in batch] for batch in store.requests] == [ids, ids + more]
    assert store.ids == ids + more


def _dies() -> float:
    raise KeyboardInterrupt


def test_two_workers_do_not_send_to_one_target_at_once(house: House, store: Store) -> None:
    house.store(1)
    uuid = house.target(f"{store.address}/xapi")
    other = Courier(house.courier.engine, SEAL, NO_BLOBS, HERE, clock=house.clock)
    said: list[bool] = []

    def try_too(handler: Any, batch: list[dict[str, Any]]) -> None:
        said.append(other.deliver(uuid))
        say(500)(handler, batch)

    store.script.append(try_too)
    house.deliver(uuid)
    assert (said, len(store.requests)) == ([False], 1)


def test_no_transaction_is_open_while_the_network_is_used(house: House, store: Store) -> None:
    ids = house.store(1)
    uuid = house.target(f"{store.address}/xapi")

    def write_meanwhile(handler: Any, _batch: Any) -> None:
        with Session(house.courier.engine) as session:
            ids.extend(str(each.statement.id) for each in store_here(session, a_statement(), house.clock.now))
        say(500)(handler, [])

    store.script.append(write_meanwhile)
    house.deliver(uuid)
    assert len(ids) == 2
    house.wait_for(uuid)
    assert store.ids == ids


def test_only_what_a_target_wants_is_sent(house: House, store: Store) -> None:
    ids = house.store(2)
    house.store(2, object={"id": "https://example.org/elsewhere"})
    uuid = house.target(f"{store.address}/xapi", activities=(COURSE,))
    house.deliver(uuid)
    assert (store.ids, house.settled(uuid)) == (ids, True)


def test_a_secret_that_was_sealed_with_another_key_stops_the_target(house: House, store: Store) -> None:
    house.store(1)
    uuid = house.target(f"{store.address}/xapi")
    courier = Courier(
        house.courier.engine, Seal("another secret of thirty-two chars"), NO_BLOBS, HERE, clock=house.clock
    )
    courier.deliver(uuid)
    it = house.look(uuid)
    assert (it.state, store.requests) == (State.FAILING, [])
    assert it.error == "Its secret can't be read any more: ours was changed. Enter it again."


def test_what_the_database_holds_does_not_give_the_secret_away(house: House) -> None:
    uuid = house.target("https://lrs.example.org/xapi", secret="a very special secret")
    it = house.look(uuid)
    assert SEAL.open(it.secret) == "a very special secret"
    assert "special" not in it.secret
    assert it.secret not in repr(it)
    assert SEAL.close("same") != SEAL.close("same")


def test_a_dead_letter_whose_statement_is_gone_is_dropped(house: House, store: Store, session: Session) -> None:
    ids = house.store(1)
    store.refused[ids[0]] = 400
    uuid = house.target(f"{store.address}/xapi")
    it = house.deliver(uuid)
    writing(session)
    letters.add(session, it, uuid4(), status=400, said="No.", now=house.clock.now)
    letters.retry(session, it)
    session.commit()
    store.refused.clear()
    house.deliver(uuid)
    assert (letters.some(session, it), store.ids) == ([], ids)
