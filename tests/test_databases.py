"""The ground that other tests stand on: each starts with empty tables, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from mentorcert import outbox
from mentorcert.db import writing
from tests.databases import counted


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_starts_with_empty_tables(session: Session, now: datetime, turn: int) -> None:
    writing(session)
    row = outbox.put(session, "greet", {"turn": turn}, now=now)
    session.commit()
    assert session.scalar(select(func.count()).select_from(outbox.OutboxRow)) == 1
    assert row.created_at == now


def test_the_database_is_the_one_that_was_asked_for(session: Session, database_url: str) -> None:
    assert database_url.startswith(session.get_bind().dialect.name)


def test_queries_are_counted_without_what_begins_a_transaction(engine: Engine) -> None:
    with counted(engine) as queries, engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT 2"))
    assert queries == ["SELECT 1", "SELECT 2"]
