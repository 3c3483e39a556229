"""The courier against a store that does all that stores do, on a real port."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.delivery.courier import Courier
from mentorcert.delivery.sealing import Seal
from tests.delivery.house import NO_BLOBS, SEAL, House
from tests.xapi.factories import COURSE, a_statement
from tests.xapi.peer import HERE, Store, hang, say, store_and_drop, take
from tests.xapi.stores import store as store_here
from xapi.delivery import letters
from xapi.delivery.targets import State


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
