"""The one door into the store: in order, once, all or nothing."""

import hashlib
import json
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import process_time
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import COMPLETED, COURSE, LESSON, REGISTRATION, UNIT, a_full_statement, a_statement
from tests.xapi.stores import OURS, store, unheard
from xapi import (
    ConflictingStatement,
    Stored,
    append,
    consistent_through,
    count,
    every,
    keep_others_out,
    lookup,
    pair,
    parse,
    tables,
)
from xapi.values import written

ID = UUID(a_full_statement()["id"])
TICK = timedelta(microseconds=1)


def test_what_came_and_what_a_store_adds(session: Session, now: datetime) -> None:
    came = json.dumps(a_full_statement(), indent=1).replace("0.5", "0.50").replace('"raw": 1', '"raw": 1e0')
    store(session, came, now)
    (stored,) = every(session)
    added = f'"stored":"{written(now)}","authority":{json.dumps(dict(OURS.agent), separators=(",", ":"))}'
    assert stored.statement.text == came.removesuffix("\n}") + f",{added}}}"
    assert (stored.sequence, stored.stored, stored.authority_key, stored.voided) == (1, now, OURS.key, False)


def test_a_hash_of_the_text_is_stored_beside_it(session: Session, now: datetime) -> None:
    store(session, a_statement(result={"response": "Grüße 😀"}), now)
    [(words, hashed)] = session.execute(select(tables.statement.c.text, tables.statement.c.sha256))
    assert hashed == hashlib.sha256(words.encode()).digest()


def test_a_missing_time_is_the_time_of_storing(session: Session, now: datetime) -> None:
    store(session, a_statement(), now)
    (stored,) = every(session)
    assert stored.statement.timestamp == now
    assert stored.statement.raw["timestamp"] == stored.statement.raw["stored"] == "2026-11-24T14:00:00.000000Z"


def test_who_listens_hears_what_is_read_later(session: Session, now: datetime) -> None:
    new = store(session, [a_full_statement(), a_statement(), a_statement(object={"id": UNIT})], now)
    assert every(session) == new
    assert [each.sequence for each in new] == [1, 2, 3]


def test_who_listens_writes_in_the_same_transaction(session: Session, now: datetime) -> None:
    def refuse(_session: Session, _stored: Sequence[Stored]) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        store(session, a_statement(), now, on_stored=refuse)
    session.rollback()
    assert count(session) == 0


def test_sent_again_it_is_stored_once_and_not_heard_again(session: Session, now: datetime) -> None:
    store(session, a_full_statement(), now)
    again = {**a_full_statement(), "verb": {"id": a_full_statement()["verb"]["id"]}}
    assert store(session, again, now + timedelta(days=1)) == []
    assert [each.stored for each in every(session)] == [now]


def test_sent_again_in_a_batch_only_the_new_ones_are_heard(session: Session, now: datetime) -> None:
    store(session, a_full_statement(), now)
    new = store(session, [a_statement(), a_full_statement(), a_statement()], now + TICK)
    assert [each.sequence for each in new] == [2, 3]
    assert count(session) == 3


def test_the_ids_of_all_are_returned_in_order(session: Session, now: datetime) -> None:
    store(session, a_full_statement(), now)
    statements = parse([a_statement(), a_full_statement()], now=now)
    writing(session)
    ids = append(session, statements, authority=OURS, on_stored=unheard, now=now)
    assert ids == [statements[0].id, ID]


def test_another_statement_under_the_same_id_is_a_conflict_and_nothing_is_stored(
    session: Session, now: datetime
) -> None:
    store(session, a_full_statement(), now)
    with pytest.raises(ConflictingStatement, match=str(ID)):
        store(session, [a_statement(), a_statement(id=str(ID))], now)
    session.rollback()
    assert count(session) == 1


def test_the_same_twice_in_one_append(session: Session, now: datetime) -> None:
    one, other = parse(a_full_statement(), now=now), parse(a_statement(id=str(ID)), now=now)
    writing(session)
    append(session, [*one, *one], authority=OURS, on_stored=unheard, now=now)
    assert count(session) == 1
    with pytest.raises(ConflictingStatement):
        append(session, [*one, *other], authority=OURS, on_stored=unheard, now=now)


def test_nothing_appended_is_nothing_heard(session: Session, now: datetime) -> None:
    def never(_session: Session, _stored: Sequence[Stored]) -> None:
        raise AssertionError

    assert store(session, [], now, on_stored=never) == []


def test_stored_rises_with_the_sequence(session: Session, now: datetime) -> None:
    for waited in (timedelta(0), timedelta(0), timedelta(seconds=-90), timedelta(hours=1)):
        store(session, [a_statement(), a_statement()], now + waited)
    moments = [each.stored - now for each in every(session)]
    assert moments == [timedelta(0)] * 2 + [TICK] * 2 + [2 * TICK] * 2 + [timedelta(hours=1)] * 2


def test_history_is_stored_when_it_says(session: Session, now: datetime) -> None:
    store(session, a_statement(), now)
    store(session, a_statement(), now - timedelta(days=30))
    assert [each.stored for each in every(session)] == [now, now - timedelta(days=30)]


def test_consistent_through_the_newest_or_as_long_as_nobody_waits(session: Session, now: datetime) -> None:
    assert consistent_through(session, now) == now - timedelta(minutes=2)
    session.rollback()
    store(session, a_statement(), now)
    assert consistent_through(session, now) == now
    assert consistent_through(session, now + timedelta(days=1)) == now + timedelta(days=1, minutes=-2)


def test_pages_for_a_rebuild(session: Session, now: datetime) -> None:
    store(session, [a_statement() for _ in range(5)], now)
    pages = [[each.sequence for each in every(session, after, 2)] for after in (0, 2, 4, 5)]
    assert pages == [[1, 2], [3, 4], [5], []]


def test_lookup_by_ids(session: Session, now: datetime) -> None:
    new = store(session, [a_statement() for _ in range(3)], now)
    ids = [each.statement.id for each in new]
    assert lookup(session, [ids[2], uuid4(), ids[0]]) == [new[0], new[2]]
    assert lookup(session, []) == []


def test_a_pair_by_time_and_id(session: Session, now: datetime) -> None:
    context = {"registration": REGISTRATION}
    moments = ["2026-11-24T12:00:00Z", "2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z"]
    ids = [f"{digit}0000000-0000-4000-8000-000000000000" for digit in "312"]
    wanted = [a_statement(id=id, timestamp=time, context=context) for id, time in zip(ids, moments, strict=True)]
    others = [
        a_statement(),
        a_statement(context={"registration": str(uuid4())}),
        a_statement(context=context, object={"id": UNIT}),
        a_statement(context=context, object={**a_statement(), "objectType": "SubStatement"}),
    ]
    store(session, wanted + others, now)
    assert [str(each.statement.id) for each in pair(session, UUID(REGISTRATION), LESSON)] == [ids[1], ids[2], ids[0]]


@pytest.mark.parametrize("length", [501, 3000, 100_000])
def test_identifiers_may_be_longer_than_an_index_takes(length: int, session: Session, now: datetime) -> None:
    iri = "https://example.org/" + "a" * length
    actor = {"account": {"homePage": iri, "name": "n" * length}}
    context = {"registration": REGISTRATION}
    new = store(session, a_statement(actor=actor, verb={"id": iri}, object={"id": iri}, context=context), now)
    assert pair(session, UUID(REGISTRATION), iri) == new
    assert pair(session, UUID(REGISTRATION), f"{iri}a") == []


def test_every_character_is_kept(session: Session, now: datetime) -> None:
    words = "".join(map(chr, [*range(0x300), 0x2028, 0xFEFF, 0xFFFF, 0x1F600]))
    account = {"homePage": "https://example.org", "name": words}
    store(session, a_statement(actor={"account": account}, result={"response": words}), now)
    (stored,) = every(session)
    assert (stored.statement.raw["actor"]["account"]["name"], stored.statement.raw["result"]["response"]) == (
        words,
        words,
    )


def test_a_batch_longer_than_a_query_has_parameters(session: Session, now: datetime) -> None:
    batch = [a_statement(id=str(uuid4())) for _ in range(1200)]
    store(session, batch, now)
    assert store(session, batch, now) == []
    assert count(session) == 1200
    found = lookup(session, [UUID(each["id"]) for each in reversed(batch)])
    assert [each.sequence for each in found] == list(range(1, 1201))


def test_the_rows_that_are_searched(session: Session, now: datetime) -> None:
    context = {"contextActivities": {"parent": [{"id": UNIT}], "grouping": [{"id": COURSE}, {"id": UNIT}]}}
    store(session, a_statement(context=context), now)
    rows = session.execute(select(tables.related)).all()
    amara = "account:https://mentors.example.org|amara"
    expected = [(amara, 1), (OURS.key, 7), (LESSON, 3), (UNIT, 4), (COURSE, 4), (COMPLETED, 5)]
    assert sorted(map(tuple, rows)) == sorted((key, kind, 1, 1) for key, kind in expected)


def test_many_writers_at_once_lose_nothing_and_keep_the_order(engine: Engine, now: datetime) -> None:
    """Each writer reads on from where it was, as another store would; every number is seen once, in order."""
    seen: list[list[int]] = [[] for _ in range(4)]
    failures: list[BaseException] = []

    def work(mine: list[int]) -> None:
        try:
            for _ in range(8):
                with Session(engine) as session:
                    store(session, [a_statement(), a_statement()], now)
                with Session(engine) as session:
                    mine.extend(each.sequence for each in every(session, after=mine[-1] if mine else 0))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [mine == list(range(1, len(mine) + 1)) for mine in seen] == [True] * 4
    with Session(engine) as session:
        stored = every(session)
    assert [each.sequence for each in stored] == list(range(1, 65))
    assert len({each.stored for each in stored}) == 32
    assert [each.stored for each in stored] == sorted(each.stored for each in stored)


def test_the_same_statement_from_many_at_once_is_stored_once(engine: Engine, now: datetime) -> None:
    heard: list[Stored] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        with Session(engine) as session:
            heard.extend(store(session, a_full_statement(), now))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.statement.id for each in heard] == [ID]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_appends_while_others_are_kept_out(engine: Engine, session: Session, now: datetime) -> None:
    keep_others_out(session)
    with Session(engine) as other:
        other.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(OperationalError):
            append(other, parse(a_statement(), now=now), authority=OURS, on_stored=unheard, now=now)
    session.rollback()
    with Session(engine) as other:
        assert len(store(other, a_statement(), now)) == 1


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_edges_of_the_calendar_can_be_read_wherever_the_database_lives(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch, edge: str, zone: str
) -> None:
    monkeypatch.setenv("PGTZ", zone)  # what a PostgreSQL connection begins with
    store(session, a_statement(timestamp=edge), now)
    session.commit()
    [stored] = every(session)
    assert stored.statement.timestamp == datetime.fromisoformat(edge)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_batch_as_large_as_a_body_keeps_others_waiting_for_moments(session: Session, now: datetime) -> None:
    many = parse([a_statement() for _ in range(20_000)], now=now)
    before = process_time()
    writing(session)
    append(session, many, authority=OURS, on_stored=unheard, now=now)
    assert process_time() - before < 6  # comparing each with each takes four times that
