"""Turns: one at a time, later and later after failures, rarely where somebody must act, not at all when paused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from mentorcert.db import writing
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
from xapi.delivery import LEASE, Answer, Outcome, Target, due, extend, letters, next_parcel
from xapi.delivery import targets as all_targets
from xapi.delivery.targets import State
from xapi.delivery.turns import LONGEST_WAIT, MOST_REFUSALS, RARELY


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
