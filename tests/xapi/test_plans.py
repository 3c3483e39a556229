"""Every search reads indexes from where its answer begins, and sorts no more than a page, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests import databases
from tests.bench import filling
from tests.xapi.factories import a_statement, a_void
from tests.xapi.stores import OURS, store
from xapi import agent_key
from xapi.query import Query, count, find

SIZE = 2_000
AGENT = agent_key(filling.agent(7, SIZE))
ACTIVITY = filling.activity(7, SIZE)
VERB = filling.verb(7)
REGISTRATION = filling.registration(7, SIZE)
THEN = filling.stored(SIZE // 2)

SEARCHES = {
    "by id": Query(statement_id=filling.uuid(7)),
    "voided": Query(voided_statement_id=filling.uuid(7)),
    "agent": Query(agent=AGENT),
    "related agent": Query(agent=AGENT, related_agents=True),
    "verb": Query(verb=VERB),
    "agent and verb": Query(agent=AGENT, verb=VERB),
    "activity": Query(activity=ACTIVITY),
    "related activity": Query(activity=filling.course(7), related_activities=True),
    "activity and verb": Query(activity=ACTIVITY, verb=VERB),
    "registration": Query(registration=REGISTRATION),
    "everything at once": Query(
        agent=AGENT,
        verb=VERB,
        activity=ACTIVITY,
        registration=REGISTRATION,
        related_agents=True,
        related_activities=True,
        since=filling.stored(1),
        until=THEN,
        after=SIZE,
        authority=OURS.key,
    ),
    "since": Query(since=THEN),
    "since, oldest first": Query(since=THEN, ascending=True),
    "until": Query(until=THEN),
    "verb since": Query(verb=VERB, since=THEN),
    "newest": Query(),
    "oldest": Query(ascending=True),
    "voided ones too": Query(with_voided=True),
    "page 10": Query(after=SIZE // 2),
    "agent's page 2": Query(agent=AGENT, after=SIZE // 2),
    "one's own": Query(authority=OURS.key),
    "one's own by verb": Query(authority=OURS.key, verb=VERB),
}

UNFILTERED = {"newest", "oldest", "voided ones too"}


@pytest.fixture
def filled(engine: Engine) -> Iterator[Session]:
    filling.fill(engine, SIZE)
    with Session(engine) as session:
        yield session


def test_every_search_reads_indexes_alone(filled: Session) -> None:
    sqlite = filled.get_bind().dialect.name == "sqlite"
    problems = _sqlite_problems if sqlite else _postgresql_problems
    if not sqlite:  # so few statements are read fastest as they lie: what is asked is which index there is
        filled.execute(text("SET enable_seqscan = off"))
    found: dict[str, list[str]] = {}
    for name, query in SEARCHES.items():
        for sql, parameters in _asked(filled, query):
            found.setdefault(name, []).extend(problems(filled, sql, parameters))
    walks = ["SCAN statement", "SCAN found"] if sqlite else []  # by number, up to the end of the page
    assert found == {name: walks if name in UNFILTERED else [] for name in SEARCHES}


def test_an_append_looks_up_by_indexes_alone(filled: Session, now: datetime) -> None:
    sqlite = filled.get_bind().dialect.name == "sqlite"
    with _overheard(filled) as said:
        store(filled, [a_statement(), a_void(uuid4())], now)
    problems = _sqlite_problems if sqlite else _postgresql_problems
    if not sqlite:
        filled.execute(text("SET enable_seqscan = off"))
    looks = [list(problems(filled, *each)) for each in said if "max(xapi_statement.sequence)" in each[0]]
    assert looks == [["SEARCH xapi_statement"] if sqlite else []]  # the last row, for its number


def _asked(session: Session, query: Query) -> list[tuple[str, Any]]:
    """Return what a search and its count say to the database."""
    with _overheard(session) as said:
        find(session, query)
        if not (query.statement_id or query.voided_statement_id):
            count(session, query, 1000)
    return said


@contextmanager
def _overheard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    said: list[tuple[str, Any]] = []

    with databases.overheard(session.get_bind().engine, lambda sql, given: said.append((sql, given))):
        yield said
    said[:] = [each for each in said if each[0].startswith("SELECT")]


def _sqlite_problems(session: Session, sql: str, parameters: Any) -> Iterator[str]:
    """Give the lines of a plan that read a table without an index, or sort anything but a list that is cut already."""
    lines = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
    for line in lines:
        verb, _, rest = line.detail.partition(" ")
        if verb in {"SCAN", "SEARCH"} and rest.split()[0] in TABLES and "USING" not in rest:
            yield line.detail
        if line.detail.startswith("USE TEMP B-TREE FOR ORDER BY"):
            sorted_ones = [each.detail for each in lines if each.parent == line.parent and each.id < line.id]
            yield from (each for each in sorted_ones if each.startswith(("SCAN", "SEARCH")) and "anon_" not in each)


TABLES = {
    "xapi_statement",
    "statement",
    "found",
    "head",
    "about",
    "void",
    "since",
    "until",
    "late",
    "other1",
    "other2",
    "other3",
}
"""What the tables are called in the searches."""


def _postgresql_problems(session: Session, sql: str, parameters: Any) -> Iterator[str]:
    """Give the nodes of a plan that read a table without an index, join more than a page, or sort what is not cut."""
    plan = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
    for node in _nodes(plan[0]["Plan"]):
        kind = node["Node Type"]
        if node.get("Relation Name") == "xapi_promise":  # holds one row
            continue
        if kind in {"Seq Scan", "Merge Join"} or ("Sort" in kind and not _has_limit(node)):
            yield f"{kind} {node.get('Relation Name', node.get('Sort Key'))}"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", ()):
        yield from _nodes(each)


def _has_limit(node: dict[str, Any]) -> bool:
    return any(each["Node Type"] == "Limit" for each in _nodes(node))
