"""A moment is promised before which nothing more is stored: never taken back, and only when nobody is storing."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import a_statement
from tests.xapi.stores import store
from xapi import consistent_through, keep_others_out
from xapi.promise import promise

SECOND = timedelta(seconds=1)


def promised(session: Session, through: datetime) -> None:
    writing(session)
    promise(session, through)
    session.commit()


def test_what_comes_is_stored_after_what_was_promised(session: Session, now: datetime) -> None:
    promised(session, now)
    stored = [store(session, a_statement(), now - each * SECOND)[0].stored for each in (60, 0, -1)]
    tick = timedelta(microseconds=1)
    assert stored == [now + tick, now + 2 * tick, now + SECOND]


def test_the_store_is_consistent_through_it(session: Session, now: datetime) -> None:
    promised(session, now)
    assert consistent_through(session, now) == now


def test_an_earlier_promise_takes_nothing_back(session: Session, now: datetime) -> None:
    for each in (now, now - SECOND):
        promised(session, each)
    assert consistent_through(session, now) == now


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_while_somebody_appends_nothing_is_promised_and_nobody_waits(
    engine: Engine, session: Session, now: datetime
) -> None:
    with Session(engine) as appending:
        keep_others_out(appending)
        promised(session, now)
        assert consistent_through(session, now) < now
    promised(session, now)
    assert consistent_through(session, now) == now
