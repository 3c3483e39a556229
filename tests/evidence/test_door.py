"""One door: what goes in is stored and folded together, voids and all, on both databases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.db import writing
from mentorcert.evidence import queries, statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import About, Thing
from xapi import vocabulary as v

IRIS = Iris("https://mentor.example", "mentor-development")
LESSON = Thing(IRIS.step("questions", "the-pull-to-tell"), v.LESSON, "The pull to tell")
FILM = Thing(IRIS.step("questions", "the-question-under"), v.VIDEO, "The question under the question")
CHECK = Thing(IRIS.step("questions", "check"), v.ASSESSMENT, "Five questions")


@pytest.fixture
def door() -> Door:
    return Door(IRIS.base)


@pytest.fixture
def about() -> About:
    return About(IRIS, uuid4(), uuid4(), uuid4(), "a" * 64)


def _everything(session: Session) -> list[tuple[object, ...]]:
    columns = Progress.__table__.columns
    order = Progress.registration, Progress.activity
    return [tuple(row) for row in session.execute(select(*columns).order_by(*order))]


def test_a_completed_lesson_is_progress(session: Session, door: Door, about: About, now: datetime) -> None:
    body = statements.lesson_completed(about, "questions", LESSON, at=now)
    [statement_id] = door.record(session, [body], now=now)
    session.commit()
    assert queries.standings(session, about.registration) == {
        LESSON.iri: queries.Standing(completed_at=now, last_at=now)
    }
    [stored] = xapi.lookup(session, [statement_id])
    assert stored.statement.raw["actor"]["account"] == {"homePage": IRIS.base, "name": str(about.person)}
    assert stored.authority_key == door.authority.key


def test_a_film_comes_back_to_where_it_was_left(session: Session, door: Door, about: About, now: datetime) -> None:
    for seconds, minute in ((161, 2), (40, 1)):
        body = statements.film_event(
            about,
            "questions",
            FILM,
            "paused",
            statements.Seen(Decimal(seconds), Decimal(427), f"0[.]{seconds}"),
            at=now + timedelta(minutes=minute),
        )
        door.record(session, [body], now=now + timedelta(minutes=5))
    session.commit()
    standing = queries.standings(session, about.registration)[FILM.iri]
    assert (standing.position, standing.completed_at) == (161_000, None)


def test_the_best_attempt_at_a_check_counts(session: Session, door: Door, about: About, now: datetime) -> None:
    for minute, score in enumerate(("0.4", "0.8571", "0.6")):
        at = now + timedelta(minutes=minute)
        body = statements.check_finished(
            about, "questions", CHECK, score=Decimal(score), passed=Decimal(score) >= Decimal("0.8"), at=at
        )
        door.record(session, [body], now=at)
    session.commit()
    standing = queries.standings(session, about.registration)[CHECK.iri]
    assert standing == queries.Standing(
        completed_at=now,
        first_success=False,
        last_success=False,
        last_success_at=now + timedelta(minutes=2),
        last_success_id=standing.last_success_id,
        best_score=8571,
        last_at=now + timedelta(minutes=2),
    )


def test_a_void_takes_back_what_its_target_proved(session: Session, door: Door, about: About, now: datetime) -> None:
    first = statements.lesson_completed(about, "questions", LESSON, at=now)
    second = statements.lesson_completed(about, "questions", LESSON, at=now + timedelta(hours=1))
    [first_id, second_id] = door.record(session, [first, second], now=now)
    door.record(session, [statements.voiding(IRIS, first_id, at=now)], now=now)
    session.commit()
    assert queries.standings(session, about.registration)[LESSON.iri].completed_at == now + timedelta(hours=1)
    door.record(session, [statements.voiding(IRIS, second_id, at=now)], now=now)
    session.commit()
    assert queries.standings(session, about.registration) == {}


def test_a_void_that_comes_first_holds_too(session: Session, door: Door, about: About, now: datetime) -> None:
    body = statements.lesson_completed(about, "questions", LESSON, at=now)
    [parsed] = xapi.parse(body, now=now)
    door.record(session, [statements.voiding(IRIS, parsed.id, at=now)], now=now)
    door.record(session, [body], now=now)
    session.commit()
    assert queries.standings(session, about.registration) == {}


def test_nobody_else_proves_anything(session: Session, door: Door, about: About, now: datetime) -> None:
    stranger = xapi.Authority(agent={"account": {"homePage": "https://lms.example", "name": "key"}})
    parsed = xapi.parse(statements.lesson_completed(about, "questions", LESSON, at=now), now=now)
    writing(session)
    xapi.append(session, parsed, authority=stranger, on_stored=door.fold, now=now)
    session.commit()
    assert xapi.count(session) == 1
    assert queries.standings(session, about.registration) == {}


def test_rebuilding_from_nothing_gives_the_same_rows(session: Session, door: Door, about: About, now: datetime) -> None:
    _a_busy_week(session, door, about, now)
    before = _everything(session)
    session.rollback()
    writing(session)
    session.execute(delete(Progress))
    session.commit()
    assert _everything(session) == []
    assert door.rebuild(session) == len(before)
    session.commit()
    assert _everything(session) == before


def test_two_folds_of_one_pair_at_once_equal_a_rebuild(
    engine: Engine, session: Session, door: Door, about: About, now: datetime
) -> None:
    start, problems = Barrier(4), list[BaseException]()

    def write(writer: int) -> None:
        try:
            with Session(engine) as mine:
                start.wait()
                for each in range(8):
                    at = now + timedelta(seconds=each * 7 + writer)
                    score = Decimal((each * 3 + writer) % 10) / 10
                    body = statements.check_finished(about, "questions", CHECK, score=score, passed=True, at=at)
                    [done] = door.record(mine, [body], now=now)
                    if each % 3 == writer % 3:
                        door.record(mine, [statements.voiding(IRIS, done, at=at)], now=now)
                    mine.commit()
        except BaseException as problem:
            problems.append(problem)

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    folded = _everything(session)
    session.rollback()
    door.rebuild(session)
    session.commit()
    assert _everything(session) == folded
    assert len(folded) == 1


def _a_busy_week(session: Session, door: Door, about: About, now: datetime) -> None:
    bodies = list(_facts(about, now))
    ids = door.record(session, bodies, now=now)
    door.record(session, [statements.voiding(IRIS, ids[0], at=now)], now=now)
    session.commit()


def _facts(about: About, now: datetime) -> Iterator[bytes]:
    for day in range(7):
        at = now - timedelta(days=day)
        yield statements.lesson_completed(about, "questions", LESSON, at=at)
        yield statements.check_finished(about, "questions", CHECK, score=Decimal(day) / 10, passed=False, at=at)
        session = Thing(IRIS.session(UUID(int=day)), v.MEETING, f"Session {day}")
        yield statements.session_attended(about, session, uuid4(), at=at)
