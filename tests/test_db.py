"""Two kinds of transaction, and a time type that knows no naive times. On both databases."""

import sys
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.people.models import Office, Person

READERS, READS = 8, 40


def test_eight_readers_go_on_beside_a_slow_writer(engine: Engine) -> None:
    """The writer ends only when all readers are done: had they to wait for it, nobody would ever finish."""
    is_writing, readers_done = Event(), Event()
    counts: list[int] = []

    def write() -> None:
        with Session(engine) as session:
            writing(session)
            session.add(Office(name="Leeds"))
            session.flush()
            is_writing.set()
            assert readers_done.wait(timeout=60)
            session.commit()

    def read() -> None:
        assert is_writing.wait(timeout=60)
        for _ in range(READS):
            with Session(engine) as session:
                counts.append(session.scalar(select(func.count()).select_from(Office)) or 0)

    writer, readers = Thread(target=write), [Thread(target=read) for _ in range(READERS)]
    for thread in (writer, *readers):
        thread.start()
    for reader in readers:
        reader.join(timeout=60)
    finished_beside_it = writer.is_alive()
    readers_done.set()
    writer.join(timeout=60)
    assert finished_beside_it
    assert counts == [0] * (READERS * READS)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Office)) == 1


def test_writers_wait_for_each_other_and_lose_nothing(engine: Engine) -> None:
    start = Barrier(4)

    def write(number: int) -> None:
        start.wait()
        for each in range(10):
            with Session(engine) as session:
                writing(session)
                session.add(Office(name=f"{number}-{each}"))
                session.commit()

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Office)) == 40


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_read_never_becomes_a_write(session: Session) -> None:
    session.add(Office(name="Leeds"))
    with pytest.raises(OperationalError, match="readonly"):
        session.flush()


def test_saying_it_twice_does_nothing(session: Session) -> None:
    writing(session)
    office = Office(name="Leeds")
    session.add(office)
    session.flush()
    writing(session)
    session.commit()
    assert session.scalars(select(Office.name)).all() == ["Leeds"]


def test_saying_it_after_a_change_is_refused(session: Session) -> None:
    session.scalars(select(Office)).all()
    session.add(Office(name="Leeds"))
    with pytest.raises(RuntimeError, match="before writing"):
        writing(session)


def test_what_was_read_before_is_read_again_under_the_lock(engine: Engine, session: Session) -> None:
    writing(session)
    session.add(Office(name="Leeds"))
    session.commit()
    office = session.scalars(select(Office)).one()
    assert office.name == "Leeds"
    with Session(engine) as other:
        writing(other)
        other.scalars(select(Office)).one().name = "Lisbon"
        other.commit()
    writing(session)
    assert office.name == "Lisbon"


def test_times_come_back_in_utc_to_the_microsecond(session: Session) -> None:
    local = datetime(2026, 11, 24, 16, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    writing(session)
    session.add(Person(email="a@example.org", name="A", session_key="k", created_at=local))
    session.commit()
    created = session.scalars(select(Person.created_at)).one()
    assert (created, created.tzinfo) == (local, UTC)


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    writing(session)
    session.add(Person(email="a@example.org", name="A", session_key="k", created_at=datetime(2026, 11, 24)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_lay_idle_while_the_server_hung_up_is_replaced(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["mentorcert.db"], "IDLE_SECONDS", 0)  # the package has a `db` of its own
    with Session(engine) as session:
        gone = session.scalar(select(func.pg_backend_pid()))
    other = create_engine(engine.url)
    with other.connect() as connection:
        connection.execute(select(func.pg_terminate_backend(gone)))
    other.dispose()
    with Session(engine) as session:
        assert session.scalar(select(func.pg_backend_pid())) != gone
