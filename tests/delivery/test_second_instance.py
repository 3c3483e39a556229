"""Delivery to a second instance of ourselves, over HTTP: everything arrives, and nothing twice."""

from dataclasses import replace
from json import dumps, loads
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from mentorcert.db import writing
from mentorcert.delivery.courier import Courier
from mentorcert.files import Blobs
from tests.delivery.house import NO_BLOBS, SEAL, Clock, House, Second
from tests.xapi.bodies import MIXED, Mixed, an_attachment, apart, signature, signed
from tests.xapi.factories import REGISTRATION, a_full_statement, a_statement, a_void
from tests.xapi.lrs_app import Application, Client, make_key
from tests.xapi.peer import HERE
from tests.xapi.stores import store as store_here
from xapi import jsontext
from xapi.delivery import Filter, letters, targets
from xapi.delivery.targets import State
from xapi.equivalence import equivalent
from xapi.reading import every


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
