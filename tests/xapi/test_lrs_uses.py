"""When a key was last used is written down for whatever it was used for, once an hour, and never in a read's way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.databases import counted
from tests.xapi.factories import a_full_statement, a_statement
from tests.xapi.lrs_app import Application, Client, make_key
from xapi import credentials

AGENT = '{"mbox":"mailto:sam@example.org"}'
STATE = {"activityId": "https://lms.example.org/a", "agent": AGENT, "stateId": "bookmark"}


@pytest.fixture
def lms(lrs_app: Application, engine: Engine, now: datetime) -> Client:
    return Client(lrs_app.test_client(), make_key(engine, now, "all"))


def last_used(engine: Engine) -> datetime | None:
    with Session(engine) as session:
        (credential,) = credentials.every(session)
        return credential.last_used


@pytest.mark.parametrize("asked", ["get", "post", "refused", "missing", "state"])
def test_whatever_a_key_is_used_for_is_noted(asked: str, lms: Client, engine: Engine, now: datetime) -> None:
    ways: dict[str, Callable[[], Any]] = {
        "get": lms.get,
        "post": lambda: lms.post(a_statement()),
        "refused": lambda: lms.post({"actor": 1}),
        "missing": lambda: lms.get(statementId=a_full_statement()["id"]),
        "state": lambda: lms.client.put("/xapi/activities/state", query_string=STATE, data=b"1", headers=lms.headers),
    }
    answered = {"get": 200, "post": 200, "refused": 400, "missing": 404, "state": 204}
    assert (ways[asked]().status_code, last_used(engine)) == (answered[asked], now)


def test_a_key_that_is_not_proved_is_not_used(lms: Client, lrs_app: Application, engine: Engine) -> None:
    with Session(engine) as session:
        (credential,) = credentials.every(session)
    thief = Client(lrs_app.test_client(), (credential.key, "guessed"))
    assert (thief.get().status_code, last_used(engine)) == (401, None)


def test_a_refused_request_leaves_nothing_but_the_note(lms: Client, engine: Engine, now: datetime) -> None:
    statement = a_full_statement()
    lms.post(statement)
    other = Client(lms.client, make_key(engine, now, "all"))
    refused = other.post([a_statement(), {**a_statement(), "id": statement["id"]}])
    assert (refused.status_code, len(lms.get().json["statements"])) == (409, 1)
    with Session(engine) as session:
        assert [each.last_used for each in credentials.every(session)] == [now, now]


def test_reading_writes_once_an_hour(lms: Client, lrs_app: Application, engine: Engine, now: datetime) -> None:
    written = []
    for later in (0, 1, 59, 60, 61):
        lrs_app.clock = now + timedelta(minutes=later)
        with counted(engine) as said:
            assert lms.get().status_code == 200
        written.append(sum(each.startswith("UPDATE xapi_credential") for each in said))
    assert written == [1, 0, 0, 1, 0]
    assert last_used(engine) == now + timedelta(hours=1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_busy_is_read_all_the_same_and_the_use_noted_later(
    lms: Client, lrs_app: Application, engine: Engine, now: datetime
) -> None:
    lrs_app.lrs.host.writing = _impatiently
    answers = []
    with _busy(engine), counted(engine) as said:
        answers = [lms.get().status_code for _ in range(3)]
    assert (answers, last_used(engine), sum(each.startswith("UPDATE") for each in said)) == ([200] * 3, None, 0)
    lrs_app.clock = now + timedelta(seconds=59)
    lms.get()
    assert last_used(engine) is None
    lrs_app.clock = now + timedelta(minutes=1)
    lms.get()
    assert last_used(engine) == now + timedelta(minutes=1)


def _impatiently(session: Session) -> None:
    session.connection().exec_driver_sql("PRAGMA busy_timeout = 1")
    writing(session)


@contextmanager
def _busy(engine: Engine) -> Iterator[None]:
    """Hold the lock of writing."""
    with Session(engine) as session:
        writing(session)
        session.connection()
        yield
