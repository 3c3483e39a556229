"""Canonical definitions in the store: learned with each statement, cheaply, and made again from all of them."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.databases import counted
from tests.xapi.factories import BEN, LESSON, UNIT, a_statement, a_void
from tests.xapi.stores import OURS, THEIRS, store, unheard
from xapi import Authority, activities, append, keep_others_out, parse, tables
from xapi.definitions import Standing
from xapi.identity import indexed

NOBODY = Authority({"mbox": "mailto:nobody@example.org"}, defines=False)
STANDINGS = {indexed(each.key): each.standing for each in (OURS, THEIRS, NOBODY)}
LONG = f"https://example.org/{'x' * 3000}"


def about(definition: dict[str, Any], iri: str = LESSON) -> dict[str, Any]:
    return a_statement(object={"id": iri, "definition": definition})


def known(session: Session, *iris: str) -> dict[str, Any]:
    return activities.canonical(session, iris or [LESSON])


def test_statements_teach_what_activities_are(session: Session, now: datetime) -> None:
    store(session, [about({"name": {"en": "A"}}), about({"type": "x:t"}), about({"name": {"en": "U"}}, UNIT)], now)
    store(session, about({"name": {"de": "B"}}), now)
    store(session, about({"name": {"en": "L"}}, LONG), now)
    assert known(session, LESSON, UNIT, LONG, "x:unheard") == {
        LESSON: {"name": {"en": "A", "de": "B"}, "type": "x:t"},
        UNIT: {"name": {"en": "U"}},
        LONG: {"name": {"en": "L"}},
    }


def test_iris_are_compared_as_strings(session: Session, now: datetime) -> None:
    store(session, [about({"name": {"en": "A"}}), about({"name": {"en": "B"}}, LESSON.upper())], now)
    assert known(session, LESSON, LESSON.upper()) == {
        LESSON: {"name": {"en": "A"}},
        LESSON.upper(): {"name": {"en": "B"}},
    }


def test_who_says_it_decides(session: Session, now: datetime) -> None:
    store(session, about({"name": {"en": "Nobody's"}}), now, authority=NOBODY)
    assert known(session) == {}
    store(session, about({"name": {"en": "Theirs", "de": "Ihrs"}}), now, authority=THEIRS)
    store(session, about({"name": {"en": "Ours"}}), now, authority=OURS)
    store(session, about({"name": {"en": "Theirs again"}}), now, authority=THEIRS)
    assert known(session) == {LESSON: {"name": {"en": "Ours"}}}


def test_what_is_stored_already_teaches_nothing(session: Session, now: datetime) -> None:
    old = {**about({"name": {"en": "Old"}}), "id": "7d7bbd6b-5a0e-4e0e-9d2c-2f8f3d5b1a11"}
    for statement in (old, about({"name": {"en": "New"}}), old):
        store(session, statement, now)
    assert known(session) == {LESSON: {"name": {"en": "New"}}}


def test_many_activities_at_once(session: Session, now: datetime) -> None:
    iris = [f"https://example.org/{number}" for number in range(1201)]
    for language in ("en", "de"):
        store(session, [about({"name": {language: iri}}, iri) for iri in iris], now)
    assert known(session, *iris) == {iri: {"name": {"en": iri, "de": iri}} for iri in iris}


def queries(engine: Engine, session: Session, statement: dict[str, Any], now: datetime) -> int:
    """Return how many queries it took to store a statement."""
    with counted(engine) as said:
        store(session, statement, now)
    return len(said)


def test_nothing_new_costs_no_query(engine: Engine, session: Session, now: datetime) -> None:
    without = queries(engine, session, a_statement(), now)
    with_one = [queries(engine, session, about({"name": {"en": "A"}}), now) for _ in range(3)]
    assert [each - without for each in with_one] == [2, 2, 0]  # read, written; met in memory from then on


def test_what_another_process_learned_is_seen(
    engine: Engine, session: Session, now: datetime, database_url: str
) -> None:
    for definition in ({"name": {"en": "A"}}, {"name": {"en": "A"}}):
        store(session, about(definition), now)
    with Session(engine.execution_options()) as other:  # has a memory of its own
        assert other.connection().engine is not engine
        other.rollback()
        store(other, about({"name": {"en": "B"}}), now)
    store(session, about({"name": {"en": "A"}}), now)
    assert known(session) == {LESSON: {"name": {"en": "A"}}}


def test_what_is_rolled_back_was_never_learned(session: Session, now: datetime) -> None:
    store(session, about({"name": {"en": "A"}}), now)
    writing(session)
    for name in ("B", "C"):
        statements = parse(about({"name": {"en": name}}), now=now)
        append(session, statements, authority=OURS, on_stored=unheard, now=now)
    assert known(session) == {LESSON: {"name": {"en": "C"}}}
    session.rollback()
    with Session(session.get_bind().execution_options()) as other:
        store(other, about({"name": {"en": "D"}}), now)
    store(session, about({"name": {"en": "C"}}), now)
    assert known(session) == {LESSON: {"name": {"en": "C"}}}


def test_definitions_can_be_made_again_from_all_statements(session: Session, now: datetime) -> None:
    (first,) = store(session, about({"name": {"en": "A"}, "type": "x:t"}), now, authority=THEIRS)
    store(session, about({"name": {"en": "N"}}), now, authority=NOBODY)
    store(session, about({"name": {"de": "B"}}), now, authority=Authority(BEN))
    store(session, about({"name": {"en": "U"}}, UNIT), now)
    store(session, a_void(first.statement.id), now, authority=THEIRS)
    learned = known(session, LESSON, UNIT)
    writing(session)
    keep_others_out(session)
    session.execute(tables.activity.update().values(definition="{}"))
    assert activities.rebuild(session, STANDINGS.__getitem__) == 2
    session.commit()
    assert learned == {LESSON: {"name": {"en": "A", "de": "B"}, "type": "x:t"}, UNIT: {"name": {"en": "U"}}}
    assert known(session, LESSON, UNIT) == learned
    store(session, about({"name": {"en": "C"}}), now, authority=THEIRS)
    assert known(session) == {LESSON: {"name": {"en": "C", "de": "B"}, "type": "x:t"}}


def test_what_a_rebuild_left_out_is_learned_again(session: Session, now: datetime) -> None:
    for definition in ({"name": {"en": "A"}}, {"name": {"en": "A"}}):
        store(session, about(definition), now, authority=THEIRS)
    store(session, about({"name": {"en": "U"}}, UNIT), now)
    writing(session)
    keep_others_out(session)
    activities.rebuild(session, lambda key: Standing.SYSTEM if key == indexed(OURS.key) else Standing.NONE)
    session.commit()
    assert known(session, LESSON, UNIT) == {UNIT: {"name": {"en": "U"}}}
    store(session, about({"name": {"en": "A"}}), now, authority=THEIRS)
    assert known(session, LESSON, UNIT) == {LESSON: {"name": {"en": "A"}}, UNIT: {"name": {"en": "U"}}}


@pytest.mark.parametrize(
    ("authority", "standing"), [(OURS, Standing.SYSTEM), (THEIRS, Standing.DEFINES), (NOBODY, Standing.NONE)]
)
def test_what_an_authority_stands_for(authority: Authority, standing: Standing) -> None:
    assert authority.standing is standing
