"""Questions through the driver: values as SQLAlchemy gives them, its errors, and connections that stay whole."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy.exc
from sqlalchemy import Engine, bindparam, literal, select, text
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import a_statement
from tests.xapi.stores import store
from xapi.asking import Question, asking
from xapi.tables import statement

ONE = Question(select(statement.c.id, statement.c.stored, statement.c.voiding).where(statement.c.id == bindparam("of")))
NUMBER = UUID(int=7, version=4)


def test_values_come_in_and_out_as_their_types_say(engine: Engine, session: Session, now: datetime) -> None:
    store(session, a_statement(id=str(NUMBER)), now)
    inside = ONE.rows(session, of=NUMBER)
    with asking(engine) as asker:
        assert [tuple(each) for each in ONE.rows(asker, of=NUMBER)] == [(NUMBER, now.astimezone(UTC), False)]
        assert (ONE.rows(asker, of=NUMBER), ONE.one(asker, of=UUID(int=8))) == (inside, None)


def test_what_a_query_brings_itself_needs_not_be_given(engine: Engine) -> None:
    brought = Question(select(literal(3).label("three"), bindparam("more", type_=literal(1).type).label("more")))
    with asking(engine) as asker:
        assert tuple(brought.one(asker, more=4)) == (3, 4)


def test_errors_are_those_of_sqlalchemy(engine: Engine) -> None:
    wrong = Question(select(text("nothing FROM nowhere")))
    with asking(engine) as asker, pytest.raises(sqlalchemy.exc.DBAPIError) as raised:
        wrong.rows(asker)
    assert isinstance(raised.value, sqlalchemy.exc.OperationalError | sqlalchemy.exc.ProgrammingError)


def test_who_leaves_by_an_error_leaves_the_connection_as_it_was(engine: Engine) -> None:
    seen: list[Any] = []

    def leave() -> None:
        with asking(engine) as asker:
            seen.append(asker.driver)
            raise LookupError

    with pytest.raises(LookupError):
        leave()
    with asking(engine) as asker:
        assert [asker.driver] == seen
    with Session(engine) as session:
        writing(session)
        session.execute(text("CREATE TABLE passing (one INTEGER)"))
        session.rollback()  # a transaction again: what is not committed is not there
        with pytest.raises(sqlalchemy.exc.DBAPIError):
            session.execute(text("SELECT one FROM passing"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # a file does not hang up
def test_a_connection_that_died_is_not_given_to_the_next(engine: Engine) -> None:
    kill = Question(select(text("pg_terminate_backend(pg_backend_pid())")))
    with asking(engine) as asker, pytest.raises(sqlalchemy.exc.OperationalError):
        kill.rows(asker)
    with asking(engine) as asker:
        assert tuple(Question(select(literal(1).label("one"))).one(asker)) == (1,)
