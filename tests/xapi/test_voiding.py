"""A void counts whichever came first, and only from who may."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.xapi.factories import LESSON, REGISTRATION, a_statement, a_void
from tests.xapi.stores import OURS, THEIRS, store
from xapi import Authority, ForbiddenVoid, every, lookup, pair

TARGET = "5b1f8a3e-2f33-4f5b-8f0a-1d2c3b4a5e6f"
VOID = "6c2f8a3e-2f33-4f5b-8f0a-1d2c3b4a5e6f"
MODERATOR = Authority({"mbox": "mailto:moderator@example.org"}, voids_any=True)


def target(**members: object) -> dict[str, object]:
    return a_statement(id=TARGET, context={"registration": REGISTRATION}, **members)


def voided(session: Session) -> list[bool]:
    return [each.voided for each in every(session)]


def test_a_void_after_its_target(session: Session, now: datetime) -> None:
    store(session, target(), now)
    (void,) = store(session, a_void(TARGET), now)
    assert (void.statement.voids, void.voided) == (UUID(TARGET), False)
    assert voided(session) == [True, False]


def test_a_void_before_its_target(session: Session, now: datetime) -> None:
    store(session, a_void(TARGET), now)
    (late,) = store(session, target(), now)
    assert late.voided
    assert voided(session) == [False, True]


@pytest.mark.parametrize("batch", [[target(), a_void(TARGET)], [a_void(TARGET), target()]])
def test_a_void_beside_its_target(batch: list[dict[str, object]], session: Session, now: datetime) -> None:
    new = store(session, batch, now)
    assert {each.statement.id: each.voided for each in new}[UUID(TARGET)]
    assert every(session) == new


def test_a_voided_statement_is_in_no_pair_and_can_be_looked_up(session: Session, now: datetime) -> None:
    (kept,) = store(session, a_statement(context={"registration": REGISTRATION}), now)
    store(session, [target(), a_void(TARGET)], now)
    assert pair(session, UUID(REGISTRATION), LESSON) == [kept]
    (gone,) = lookup(session, [UUID(TARGET)])
    assert gone.voided


def test_who_listens_to_a_void_can_look_up_its_target(session: Session, now: datetime) -> None:
    (stored,) = store(session, target(), now)
    (void,) = store(session, a_void(TARGET), now)
    assert void.statement.voids is not None
    assert lookup(session, [void.statement.voids]) == [replace(stored, voided=True)]


def test_nobody_voids_what_another_sent(session: Session, now: datetime) -> None:
    store(session, target(), now)
    with pytest.raises(ForbiddenVoid, match="another authority sent it"):
        store(session, [a_statement(), a_void(TARGET)], now, authority=THEIRS)
    session.rollback()
    assert voided(session) == [False]


def test_a_void_of_another_that_came_first_counts_for_nothing(session: Session, now: datetime) -> None:
    store(session, a_void(TARGET), now, authority=THEIRS)
    (late,) = store(session, target(), now)
    assert not late.voided
    assert voided(session) == [False, False]


def test_who_may_void_any_may_do_so_before_and_after(session: Session, now: datetime) -> None:
    other = str(uuid4())
    store(session, target(), now)
    store(session, [a_void(TARGET), a_void(other)], now, authority=MODERATOR)
    store(session, a_statement(id=other), now, authority=THEIRS)
    assert voided(session) == [True, False, False, True]


def test_voided_twice_is_voided(session: Session, now: datetime) -> None:
    store(session, [target(), a_void(TARGET)], now)
    store(session, a_void(TARGET), now)
    assert voided(session) == [True, False, False]


def test_a_voiding_statement_is_not_voided(session: Session, now: datetime) -> None:
    store(session, [target(), a_void(TARGET, id=VOID)], now)
    with pytest.raises(ForbiddenVoid, match="it is itself a voiding statement"):
        store(session, a_void(VOID), now, authority=MODERATOR)
    session.rollback()
    assert voided(session) == [True, False]


def test_a_voiding_statement_is_not_voided_in_one_batch_either(session: Session, now: datetime) -> None:
    with pytest.raises(ForbiddenVoid):
        store(session, [a_void(TARGET, id=VOID), a_void(VOID)], now)


def test_a_void_that_came_before_another_void_counts_for_nothing(session: Session, now: datetime) -> None:
    store(session, a_void(VOID), now)
    (void,) = store(session, a_void(TARGET, id=VOID), now)
    assert not void.voided
    assert voided(session) == [False, False]


def test_a_void_of_ours_is_ours(session: Session, now: datetime) -> None:
    store(session, target(), now, authority=OURS)
    store(session, a_void(TARGET), now, authority=OURS)
    assert voided(session) == [True, False]
