"""Rounds of a delivery without a network: what was sent is what a test says was answered."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import a_statement
from tests.xapi.stores import store
from xapi.delivery import Answer, Filter, Outcome, Parcel, Target, Turn, claim, next_parcel
from xapi.delivery import settle as settle_turn
from xapi.delivery import targets as all_targets

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


def change(session: Session, done: Any, *arguments: Any) -> None:
    writing(session)
    done(session, *arguments)
    session.commit()
