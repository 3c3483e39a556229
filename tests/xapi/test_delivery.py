"""What goes to a target next, in which order and how much at once, and what becomes of what it refuses."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import BEN, COMPLETED, COURSE, LESSON, VOIDED, a_statement, a_void
from tests.xapi.rounds import (
    BROKEN,
    REFUSED,
    SECOND,
    TAKEN,
    a_round,
    change,
    make_target,
    settle,
    store_some,
    take_turn,
    target,
)
from tests.xapi.stores import THEIRS, store
from xapi.delivery import Answer, Outcome, due, letters, next_parcel
from xapi.delivery import targets as all_targets
from xapi.delivery.targets import SIZE
from xapi.delivery.turns import LARGEST
from xapi.tables import attachment

OTHER = "https://example.org/verbs/other"


def got(session: Session, now: datetime, **wanted: Any) -> list[str]:
    """Return the ids that a target with this filter gets of what is stored."""
    uuid = make_target(session, now, **wanted)
    sent: list[str] = []
    while due(session, now) == [uuid]:
        session.rollback()
        sent += a_round(session, uuid, TAKEN, now)[0]
    session.rollback()
    writing(session)
    all_targets.remove(session, uuid)
    session.commit()
    return sent


def test_statements_go_in_order_as_stored(session: Session, now: datetime) -> None:
    stored = store(session, [a_statement() for _ in range(5)], now)
    uuid = make_target(session, now)
    turn = take_turn(session, uuid, now)
    assert turn is not None
    parcel = next_parcel(session, turn.target)
    assert list(parcel.texts) == [each.statement.text for each in stored]
    assert (parcel.start, parcel.through) == (0, stored[-1].sequence)
    session.rollback()
    assert not settle(session, turn, parcel, TAKEN, now)
    assert target(session, uuid).cursor == stored[-1].sequence
    assert due(session, now) == []


def test_a_new_target_starts_with_what_comes_unless_it_wants_the_history(session: Session, now: datetime) -> None:
    store_some(session, 2, now)
    uuid = make_target(session, now, history=False)
    assert due(session, now) == []
    session.rollback()
    later = store_some(session, 1, now)
    assert due(session, now) == [uuid]
    session.rollback()
    assert a_round(session, uuid, TAKEN, now)[0] == later
    change(session, all_targets.send_history, uuid, now)
    assert len(a_round(session, uuid, TAKEN, now)[0]) == 3


def test_a_parcel_is_small_enough_and_one_statement_always_fits(session: Session, now: datetime) -> None:
    large = a_statement(result={"response": "x" * 600_000})
    ids = [str(each.statement.id) for each in store(session, [large, large, large], now)]
    huge = store_some(session, 1, now, result={"response": "x" * 1_500_000})
    uuid = make_target(session, now)
    parcels = [a_round(session, uuid, TAKEN, now)[0] for _ in range(4)]
    assert parcels == [[ids[0]], [ids[1]], [ids[2]], huge]


def test_only_what_the_filter_wants_and_what_refers_to_it(session: Session, now: datetime) -> None:
    about, other = store(session, [a_statement(), a_statement(verb={"id": OTHER}, object={"id": f"{COURSE}-2"})], now)
    void, lost = a_void(about.statement.id), a_void(uuid4())
    unwanted = a_void(other.statement.id)
    ids = {name: str(uuid4()) for name in ("void", "unwanted", "lost", "grouped", "comment")}
    grouped = a_statement(
        verb={"id": OTHER},
        object={"id": "https://example.org/x"},
        context={"contextActivities": {"parent": {"id": COURSE}}},
    )
    comment = a_statement(verb={"id": OTHER}, object={"objectType": "StatementRef", "id": str(about.statement.id)})
    rest = [void, unwanted, lost, grouped, comment]
    store(session, [{**each, "id": one} for each, one in zip(rest, ids.values(), strict=True)], now)
    first, second = str(about.statement.id), str(other.statement.id)
    assert got(session, now, activities=(COURSE,)) == [first, ids["void"], ids["grouped"], ids["comment"]]
    assert got(session, now, verbs=(COMPLETED,)) == [first, ids["void"], ids["comment"]]
    assert got(session, now, verbs=(OTHER,)) == [second, *(ids[name] for name in ("unwanted", "grouped", "comment"))]
    assert got(session, now, verbs=(OTHER,), activities=(COURSE,)) == [ids["grouped"]]
    assert got(session, now, verbs=(VOIDED,), activities=(LESSON + "s",)) == []


@pytest.mark.parametrize("wanted", [{}, {"verbs": (COMPLETED,)}])
def test_a_void_that_came_first_goes_after_what_it_voids(session: Session, now: datetime, wanted: Any) -> None:
    uuid, target_id, void_id = make_target(session, now, **wanted), str(uuid4()), str(uuid4())
    store(session, [a_void(target_id, id=void_id)], now, authority=THEIRS)
    assert a_round(session, uuid, TAKEN, now) == ([], False)
    store(session, [a_statement(id=target_id)], now, authority=THEIRS)
    assert a_round(session, uuid, TAKEN, now) == ([target_id], True)
    assert a_round(session, uuid, BROKEN, now) == ([void_id], False)
    later = now + timedelta(minutes=1)
    assert a_round(session, uuid, TAKEN, later)[0] == [void_id]
    assert due(session, later) == []
    assert letters.some(session, target(session, uuid)) == []


def test_a_void_that_does_not_hold_here_goes_nowhere(session: Session, now: datetime) -> None:
    target_id = str(uuid4())
    store(session, [a_void(target_id)], now, authority=THEIRS)
    store(session, [a_statement(id=target_id)], now)
    assert got(session, now) == [target_id]


def test_what_a_store_sent_itself_does_not_go_back(session: Session, now: datetime) -> None:
    ours = store_some(session, 1, now)
    store(session, [a_statement()], now, authority=THEIRS)
    more = store_some(session, 1, now)
    assert got(session, now, skips="mbox:mailto:ben@example.org") == ours + more
    assert THEIRS.agent == BEN


def test_a_long_way_over_what_is_not_wanted_is_gone_in_steps(session: Session, now: datetime) -> None:
    store(session, [a_statement() for _ in range(1100)], now)
    wanted = store_some(session, 1, now, verb={"id": OTHER})
    uuid = make_target(session, now, verbs=(OTHER,))
    assert [a_round(session, uuid, TAKEN, now) for _ in range(3)] == [([], True), ([], True), (wanted, False)]
    assert (target(session, uuid).succeeded, target(session, uuid).rate(now)) == (now, 1)


def test_small_attachments_go_together_and_large_ones_alone(session: Session, now: datetime) -> None:
    lengths = [10, 20, 2_000_000, 30]
    told = {"usageType": "https://example.org/u", "display": {"en": "N"}, "contentType": "text/plain"}
    hashes = [f"{number:064}" for number in range(4)]
    with_one = [
        a_statement(attachments=[{**told, "length": length, "sha2": sha2}])
        for length, sha2 in zip(lengths, hashes, strict=True)
    ]
    stored = store(session, with_one, now)
    kept = zip(stored, hashes, lengths, strict=True)
    rows = [{"statement": one.statement.id, "sha2": sha2, "length": size, "stored": now} for one, sha2, size in kept]
    writing(session)
    session.execute(insert(attachment), rows)
    session.commit()
    uuid = make_target(session, now)
    weights = []
    while due(session, now):
        parcel = next_parcel(session, target(session, uuid))
        session.rollback()
        weights.append((len(parcel.ids), [each.length for each in parcel.attachments]))
        a_round(session, uuid, TAKEN, now)
    assert weights == [(2, [10, 20]), (1, [2_000_000]), (1, [30])]


def test_the_refused_ones_are_found_and_the_rest_arrives_in_order(session: Session, now: datetime) -> None:
    ids = store_some(session, 40, now)
    bad = {ids[0], ids[17], ids[18], ids[39]}
    uuid = make_target(session, now)
    arrived: list[str] = []
    rounds = 0
    while target(session, uuid).cursor < 40:
        turn = take_turn(session, uuid, now)
        assert turn is not None
        parcel = next_parcel(session, turn.target)
        session.rollback()
        sent = [str(each) for each in parcel.ids]
        answer = REFUSED if bad & set(sent) else TAKEN
        arrived += sent if answer is TAKEN else []
        settle(session, turn, parcel, answer, now)
        rounds += 1
    assert arrived == [each for each in ids if each not in bad]
    dead = letters.some(session, target(session, uuid))
    assert {str(each.statement) for each in dead} == bad
    assert {(each.status, each.said, each.refused, each.attempts) for each in dead} == {(400, "No.", now, 1)}
    assert rounds < 40


def test_what_is_too_large_is_sent_in_smaller_parts_and_later_in_larger_ones(session: Session, now: datetime) -> None:
    ids = store_some(session, 4, now)
    uuid = make_target(session, now)
    too_large = Answer(Outcome.REFUSED, "Too large.", 413)
    assert a_round(session, uuid, too_large, now) == (ids, True)
    assert a_round(session, uuid, TAKEN, now) == (ids[:2], True)
    assert target(session, uuid).size == 4
    assert a_round(session, uuid, TAKEN, now) == (ids[2:], False)
    assert SIZE < LARGEST


def test_a_dead_letter_is_sent_again_when_somebody_asks(session: Session, now: datetime) -> None:
    ids = store_some(session, 1, now)
    uuid = make_target(session, now)
    a_round(session, uuid, REFUSED, now)
    it = target(session, uuid)
    (letter,) = letters.some(session, it)
    assert due(session, now) == []
    change(session, letters.retry, it, letter.uuid)
    assert due(session, now) == [uuid]
    session.rollback()
    assert a_round(session, uuid, REFUSED, now + SECOND) == (ids, True)
    (letter,) = letters.some(session, it)
    assert (letter.attempts, letter.refused, letter.again) == (2, now + SECOND, False)
    change(session, letters.retry, it)
    assert a_round(session, uuid, TAKEN, now) == (ids, True)
    assert (letters.some(session, it), target(session, uuid).cursor) == ([], 1)


def test_a_dead_letter_can_be_given_up(session: Session, now: datetime) -> None:
    ids = store_some(session, 2, now)
    uuid = make_target(session, now)
    for _ in ids:
        a_round(session, uuid, REFUSED, now)
    it = target(session, uuid)
    while len(letters.some(session, it)) < 2:
        a_round(session, uuid, REFUSED, now)
    first, _ = letters.some(session, it)
    change(session, letters.give_up, it, first.uuid)
    assert [str(each.statement) for each in letters.some(session, it)] == ids[1:]
    assert letters.counts(session) == {it.id: 1}


def test_the_history_sent_again_settles_what_was_refused_before(session: Session, now: datetime) -> None:
    store_some(session, 1, now)
    uuid = make_target(session, now)
    a_round(session, uuid, REFUSED, now)
    change(session, all_targets.send_history, uuid, now)
    a_round(session, uuid, TAKEN, now)
    assert letters.some(session, target(session, uuid)) == []
