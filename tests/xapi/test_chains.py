"""Who refers to a statement is found by what finds that one, along the whole chain, in whatever order they came."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.xapi.factories import AMARA, BEN, COMPLETED, COURSE, LESSON, REGISTRATION, UNIT, a_statement, a_void
from tests.xapi.stores import OURS, THEIRS, store
from xapi import agent_key, count, every, tables
from xapi.chains import GIVEN, HOPS, REFERRERS, TAKEN, TooManyReferences, rows_about
from xapi.query import LARGEST_PAGE, Query, find

VERBS = (COMPLETED, "http://adlnet.gov/expapi/verbs/passed")
REGISTRATIONS = (REGISTRATION, "11111111-6b0a-4c59-9b5d-0b5a2f1f7a01")
PEOPLE = (AMARA, BEN)
Said = dict[str, Any]


def uuid(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def a_reference(number: int, to: int, **members: Any) -> Said:
    return a_statement(id=uuid(number), object={"objectType": "StatementRef", "id": uuid(to)}, **members)


def found(session: Session, query: Query) -> list[int]:
    return [int(str(each.statement.id)[:8]) for each in find(session, query).statements]


def test_a_chain_is_found_by_its_end(session: Session, now: datetime) -> None:
    store(session, a_statement(id=uuid(1)), now)
    store(session, a_reference(2, 1, actor=BEN), now)
    store(session, a_reference(3, 2, actor=BEN), now)
    assert found(session, Query(activity=LESSON)) == [3, 2, 1]
    assert found(session, Query(agent=agent_key(AMARA))) == [3, 2, 1]
    assert found(session, Query(agent=agent_key(BEN))) == [3, 2]


def test_a_target_that_comes_last_brings_what_waited_for_it(session: Session, now: datetime) -> None:
    store(session, a_reference(3, 2, actor=BEN), now)
    store(session, a_reference(2, 1, actor=BEN), now)
    assert found(session, Query(activity=LESSON)) == []
    store(session, a_statement(id=uuid(1)), now)
    assert found(session, Query(activity=LESSON)) == [1, 2, 3]


def test_one_batch_may_hold_a_chain_in_any_order(session: Session, now: datetime) -> None:
    store(session, [a_reference(2, 1), a_statement(id=uuid(1)), a_reference(3, 2)], now)
    assert sorted(found(session, Query(activity=LESSON))) == [1, 2, 3]


def test_all_conditions_are_about_one_statement_of_the_chain(session: Session, now: datetime) -> None:
    store(session, [a_statement(id=uuid(1)), a_reference(2, 1, actor=BEN, verb={"id": VERBS[1]})], now)
    assert found(session, Query(activity=LESSON, verb=VERBS[1])) == []
    assert found(session, Query(activity=LESSON, verb=VERBS[0])) == [2, 1]


def test_a_circle_has_an_end(session: Session, now: datetime) -> None:
    store(session, a_reference(1, 2, actor=AMARA), now)
    store(session, a_reference(2, 3, actor=BEN), now)
    store(session, a_reference(3, 1, actor=BEN), now)
    store(session, a_reference(4, 4, actor=AMARA), now)
    assert found(session, Query(agent=agent_key(AMARA))) == [4, 3, 2, 1]
    assert found(session, Query(agent=agent_key(BEN))) == [3, 2, 1]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_chain_is_followed_so_far_and_no_further(backwards: bool, session: Session, now: datetime) -> None:
    chain = [a_statement(id=uuid(1)), *(a_reference(each, each - 1) for each in range(2, HOPS + 4))]
    for each in reversed(chain) if backwards else chain:
        store(session, each, now)
    assert sorted(found(session, Query(activity=LESSON))) == list(range(1, HOPS + 2))


def test_a_voided_target_counts_for_what_refers_to_it_and_a_voided_referrer_is_not_found(
    session: Session, now: datetime
) -> None:
    store(session, [a_statement(id=uuid(1)), a_reference(2, 1), a_reference(3, 2)], now)
    store(session, [a_void(uuid(1), id=uuid(4)), a_void(uuid(2), id=uuid(5))], now)
    assert found(session, Query(activity=LESSON)) == [5, 4, 3]


def test_who_sees_only_its_own_finds_nothing_for_the_sake_of_others(session: Session, now: datetime) -> None:
    store(session, [a_statement(id=uuid(1))], now, authority=OURS)
    store(session, [a_reference(2, 1), a_statement(id=uuid(3)), a_reference(4, 3)], now, authority=THEIRS)
    assert found(session, Query(activity=LESSON, authority=THEIRS.key)) == [4, 3]
    assert found(session, Query(authority=THEIRS.key)) == [4, 3, 2]
    assert found(session, Query(authority=OURS.key)) == [1]


def test_any_order_finds_what_a_simple_search_of_all_finds(session: Session, now: datetime, seed: int) -> None:
    draw = random.Random(seed)
    said = [_drawn(draw, number) for number in range(1, 61)]
    came = draw.sample(said, len(said))
    while came:
        some, came = came[: (many := draw.randint(1, 9))], came[many:]
        store(session, some, now)
    by_id = {each["id"]: each for each in said}
    asked = list(_queries())
    simply = [{int(each["id"][:8]) for each in said if _fits_along(each, query, by_id)} for query in asked]
    assert [set(found(session, query)) for query in asked] == simply
    assert sum(map(len, simply)) > 500


def _of_many_activities(number: int) -> Said:
    others = [{"id": f"https://lms.example.org/{each}"} for each in range(TAKEN + 100)]
    return a_statement(id=uuid(number), context={"contextActivities": {"other": others}})


@pytest.mark.parametrize("backwards", [False, True])
def test_of_very_many_keys_some_are_taken_over_the_same_in_any_order(
    backwards: bool, session: Session, now: datetime
) -> None:
    said = [_of_many_activities(1), a_reference(2, 1, actor=BEN)]
    for each in reversed(said) if backwards else said:
        store(session, each, now)
    assert sorted(found(session, Query(activity=LESSON, verb=COMPLETED, agent=agent_key(AMARA)))) == [1, 2]
    everything = every(session)
    taken = [row for row in _rows(session) if row[2] != row[3]]
    assert len(taken) == TAKEN
    expected = rows_about(session.connection(), {each.sequence: each.statement for each in everything})
    assert set(_rows(session)) == expected


def _rows(session: Session) -> list[tuple[str, int, int, int]]:
    names = ("key", "kind", "sequence", "about")
    return [
        (row[0], row[1], row[2], row[3]) for row in session.execute(select(*(tables.related.c[each] for each in names)))
    ]


@pytest.mark.parametrize("backwards", [False, True])
def test_what_would_give_out_too_many_rows_at_once_is_refused(backwards: bool, session: Session, now: datetime) -> None:
    many = GIVEN // TAKEN + 1
    batches = [[_of_many_activities(1)], [a_reference(each, 1) for each in range(2, many + 2)]]
    first, last = reversed(batches) if backwards else batches
    store(session, first, now)
    with pytest.raises(TooManyReferences):
        store(session, last, now)
    session.rollback()
    assert count(session) == len(first)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_so_many_may_wait_for_a_statement_and_no_more(session: Session, now: datetime) -> None:
    for start in range(2, REFERRERS + 3, 500):
        store(session, [a_reference(each, 1) for each in range(start, min(start + 500, REFERRERS + 3))], now)
    with pytest.raises(TooManyReferences):
        store(session, a_statement(id=uuid(1)), now)
    session.rollback()


def _drawn(draw: random.Random, number: int) -> Said:
    members: Said = {"id": uuid(number), "actor": draw.choice(PEOPLE), "verb": {"id": draw.choice(VERBS)}}
    if draw.random() < 0.5:
        members["context"] = {"registration": draw.choice(REGISTRATIONS), "instructor": draw.choice(PEOPLE)}
    if draw.random() < 0.75:
        return a_statement(**members, object={"objectType": "StatementRef", "id": uuid(draw.randint(1, 66))})
    return a_statement(**members, object={"id": draw.choice((LESSON, UNIT, COURSE))})


def _queries() -> Iterator[Query]:
    for verb in (None, *VERBS):
        for registration in (None, *REGISTRATIONS):
            for who in (None, *PEOPLE):
                for related in (False, True):
                    yield Query(
                        verb=verb,
                        registration=UUID(registration) if registration else None,
                        agent=agent_key(who) if who else None,
                        related_agents=related,
                        limit=LARGEST_PAGE,
                    )
    for activity in (LESSON, UNIT, COURSE):
        yield Query(activity=activity, limit=LARGEST_PAGE)


def _fits_along(said: Said | None, query: Query, by_id: dict[str, Said]) -> bool:
    for _ in range(HOPS + 1):
        if said is None or _fits(said, query):
            return said is not None
        about = said["object"]
        said = by_id.get(about["id"]) if about.get("objectType") == "StatementRef" else None
    return False


def _fits(said: Said, query: Query) -> bool:
    context = said.get("context", {})
    people = [said["actor"], *([context["instructor"]] if query.related_agents and context else [])]
    return (
        (query.verb is None or said["verb"]["id"] == query.verb)
        and (query.registration is None or context.get("registration") == str(query.registration))
        and (query.agent is None or query.agent in map(agent_key, people))
        and (query.activity is None or said["object"]["id"] == query.activity)
    )
