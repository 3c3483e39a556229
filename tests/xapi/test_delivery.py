"""Targets, parcels and turns in the store: what goes to whom next, who may send it, and what an answer changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import BEN, COMPLETED, COURSE, LESSON, VOIDED, a_statement, a_void
from tests.xapi.stores import THEIRS, store
from xapi.delivery import LEASE, Answer, Filter, Outcome, Parcel, Target, Turn, claim, due, extend, letters, next_parcel
from xapi.delivery import settle as settle_turn
from xapi.delivery import targets as all_targets
from xapi.delivery.targets import SIZE, State
from xapi.delivery.turns import LARGEST, LONGEST_WAIT, MOST_REFUSALS, RARELY
from xapi.tables import attachment

OTHER = "https://example.org/verbs/other"
TAKEN = Answer(Outcome.TAKEN, status=200)
BROKEN = Answer(Outcome.LATER, "It answered 500.", 500)
REFUSED = Answer(Outcome.REFUSED, "No.", 400)
SECOND = timedelta(seconds=1)


def make_target(session: Session, now: datetime, *, history: bool = True, **wanted: Any) -> UUID:
    writing(session)
    options = {"endpoint": "https://lrs.example.org/xapi/", "version": "1.0.3", "key": "k", "secret": "sealed"}
    made = all_targets.create(session, name="B", wanted=Filter(**wanted), history=history, now=now, **options)
    session.commit()
    return made.uuid


def target(session: Session, uuid: UUID) -> Target:
    found = all_targets.one(session, uuid)
    assert found is not None
    session.rollback()
    return found


def take_turn(session: Session, uuid: UUID, now: datetime) -> Turn | None:
    writing(session)
    turn = claim(session, uuid, now)
    session.commit()
    return turn


def settle(session: Session, turn: Turn, parcel: Parcel, answer: Answer, now: datetime, spread: float = 1) -> bool:
    writing(session)
    more = settle_turn(session, turn, parcel, answer, now=now, spread=spread)
    session.commit()
    return more


def a_round(session: Session, uuid: UUID, answer: Answer, now: datetime) -> tuple[list[str], bool]:
    """Do a round with that answer; gives what was sent, and whether to go on."""
    turn = take_turn(session, uuid, now)
    assert turn is not None
    parcel = next_parcel(session, turn.target)
    session.rollback()
    return [str(each) for each in parcel.ids], settle(session, turn, parcel, answer, now)


def store_some(session: Session, count: int, now: datetime, **members: Any) -> list[str]:
    return [str(each.statement.id) for each in store(session, [a_statement(**members) for _ in range(count)], now)]


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


def change(session: Session, done: Any, *arguments: Any) -> None:
    writing(session)
    done(session, *arguments)
    session.commit()


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
    assert got(session, now, activities=(COURSE,)) == [first, ids["void"], ids["lost"], ids["grouped"], ids["comment"]]
    assert got(session, now, verbs=(COMPLETED,)) == [first, ids["void"], ids["lost"], ids["comment"]]
    assert got(session, now, verbs=(OTHER,)) == [
        second,
        *(ids[name] for name in ("unwanted", "lost", "grouped", "comment")),
    ]
    assert got(session, now, verbs=(OTHER,), activities=(COURSE,)) == [ids["lost"], ids["grouped"]]
    assert got(session, now, verbs=(VOIDED,), activities=(LESSON + "s",)) == [ids["lost"]]


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


def test_a_target_is_served_by_one_at_a_time_until_the_lease_runs_out(session: Session, now: datetime) -> None:
    ids = store_some(session, 1, now)
    uuid = make_target(session, now)
    first = take_turn(session, uuid, now)
    assert first is not None
    assert take_turn(session, uuid, now + LEASE - SECOND) is None
    assert due(session, now + LEASE - SECOND) == []
    session.rollback()
    second = take_turn(session, uuid, now + LEASE)
    assert second is not None
    parcel = next_parcel(session, second.target)
    session.rollback()
    assert [str(each) for each in parcel.ids] == ids
    assert not settle(session, first, parcel, BROKEN, now + LEASE)
    assert target(session, uuid).failures == 0
    assert not settle(session, second, parcel, TAKEN, now + LEASE)
    assert target(session, uuid).cursor == parcel.through


def test_a_turn_can_be_kept_for_longer_while_it_is_ours(session: Session, now: datetime) -> None:
    store_some(session, 1, now)
    uuid = make_target(session, now)
    first = take_turn(session, uuid, now)
    assert first is not None
    long = now + 10 * LEASE
    writing(session)
    assert extend(session, first, long)
    session.commit()
    assert take_turn(session, uuid, now + 2 * LEASE) is None
    assert take_turn(session, uuid, long) is not None
    writing(session)
    assert not extend(session, first, long + LEASE)
    session.commit()


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


def test_failures_are_tried_again_later_and_later(session: Session, now: datetime) -> None:
    ids = store_some(session, 2, now)
    uuid = make_target(session, now)
    waits = []
    at = now
    for _ in range(9):
        assert a_round(session, uuid, BROKEN, at) == (ids, False)
        after = target(session, uuid).next_at
        assert take_turn(session, uuid, after - SECOND) is None
        waits.append(after - at)
        at = after
    assert [each.total_seconds() for each in waits] == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert target(session, uuid).error == "It answered 500."
    assert a_round(session, uuid, TAKEN, at) == (ids, False)
    assert (target(session, uuid).failures, target(session, uuid).succeeded) == (0, at)


@pytest.mark.parametrize(
    ("asked", "spread", "wait"),
    [
        (None, 0.0, 2.5),
        (None, 0.5, 3.75),
        (timedelta(seconds=90), 1.0, 90.0),
        (timedelta(seconds=1), 1.0, 5.0),
        (timedelta(days=999), 1.0, 86400.0),
        (timedelta(days=-1), 1.0, 5.0),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_waits_are_scattered_and_as_long_as_asked(
    session: Session, now: datetime, asked: timedelta | None, spread: float, wait: float
) -> None:
    store_some(session, 1, now)
    uuid = make_target(session, now)
    turn = take_turn(session, uuid, now)
    assert turn is not None
    parcel = next_parcel(session, turn.target)
    session.rollback()
    settle(session, turn, parcel, Answer(Outcome.LATER, "Busy.", 429, asked), now, spread)
    assert (target(session, uuid).next_at - now).total_seconds() == wait
    assert LONGEST_WAIT.total_seconds() == 300


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


def test_a_target_that_refuses_everything_is_stopped(session: Session, now: datetime) -> None:
    """Then it is not the statements that are wrong, and a list of thousands would help nobody."""
    ids = store_some(session, MOST_REFUSALS + 5, now, version="1.0.0")
    uuid = make_target(session, now)
    while a_round(session, uuid, REFUSED, now)[1]:
        pass
    it = target(session, uuid)
    assert (it.state, it.cursor, it.next_at) == (State.FAILING, MOST_REFUSALS, now + RARELY)
    assert it.error == f"It refused {MOST_REFUSALS} statements in a row, so they are not what is wrong. No."
    assert len(letters.some(session, it)) == MOST_REFUSALS
    change(session, all_targets.try_now, uuid, now)
    assert a_round(session, uuid, REFUSED, now) == ([ids[MOST_REFUSALS]], True)


def test_newer_statements_that_an_older_store_refuses_do_not_stop_it(session: Session, now: datetime) -> None:
    store_some(session, MOST_REFUSALS + 5, now, version="2.0.0")
    uuid = make_target(session, now)
    while due(session, now):
        session.rollback()
        a_round(session, uuid, REFUSED, now)
    assert (target(session, uuid).state, target(session, uuid).cursor) == (State.RUNNING, MOST_REFUSALS + 5)


def test_a_target_that_somebody_must_see_to_is_tried_rarely_and_loses_nothing(session: Session, now: datetime) -> None:
    ids = store_some(session, 2, now)
    uuid = make_target(session, now)
    assert a_round(session, uuid, Answer(Outcome.STOPPED, "The key is wrong.", 401), now) == (ids, False)
    it = target(session, uuid)
    assert (it.state, it.error, it.next_at, it.cursor) == (State.FAILING, "The key is wrong.", now + RARELY, 0)
    assert a_round(session, uuid, TAKEN, now + RARELY) == (ids, False)
    assert target(session, uuid).state is State.RUNNING


def test_a_paused_target_gets_nothing_and_what_is_on_its_way_arrives(session: Session, now: datetime) -> None:
    store_some(session, 1, now)
    uuid = make_target(session, now)
    turn = take_turn(session, uuid, now)
    assert turn is not None
    parcel = next_parcel(session, turn.target)
    change(session, all_targets.pause, uuid)
    assert not settle(session, turn, parcel, TAKEN, now)
    store_some(session, 1, now)
    assert (target(session, uuid).state, target(session, uuid).cursor) == (State.PAUSED, 1)
    assert (due(session, now), take_turn(session, uuid, now)) == ([], None)
    change(session, all_targets.try_now, uuid, now)
    assert due(session, now) == [uuid]


def test_who_asks_for_the_history_during_a_round_gets_it(session: Session, now: datetime) -> None:
    store_some(session, 3, now)
    uuid = make_target(session, now, history=False)
    ids = store_some(session, 1, now)
    turn = take_turn(session, uuid, now)
    assert turn is not None
    parcel = next_parcel(session, turn.target)
    assert [str(each) for each in parcel.ids] == ids
    change(session, all_targets.send_history, uuid, now)
    settle(session, turn, parcel, TAKEN, now)
    assert target(session, uuid).cursor == 0


def test_how_far_behind_and_how_fast(session: Session, now: datetime) -> None:
    store_some(session, 3, now)
    uuid, other = make_target(session, now), make_target(session, now, history=False)
    both: Sequence[Target] = all_targets.every(session)
    lag = all_targets.lag(session, both)
    session.rollback()
    assert (lag[uuid].statements, lag[uuid].oldest, lag[other].statements, lag[other].oldest) == (3, now, 0, None)
    a_round(session, uuid, TAKEN, now)
    assert [target(session, uuid).rate(now + timedelta(minutes=each)) for each in (0, 59, 60)] == [3, 3, 0]
    store_some(session, 2, now + timedelta(minutes=30))
    a_round(session, uuid, TAKEN, now + timedelta(minutes=30))
    assert [target(session, uuid).rate(now + timedelta(minutes=each)) for each in (30, 60, 90)] == [5, 2, 0]


def test_a_removed_target_leaves_nothing(session: Session, now: datetime) -> None:
    store_some(session, 1, now)
    uuid = make_target(session, now)
    a_round(session, uuid, REFUSED, now)
    change(session, all_targets.remove, uuid)
    assert (all_targets.every(session), letters.counts(session)) == ([], {})
