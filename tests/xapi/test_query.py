"""What is asked for is what is found, on both databases."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.databases import counted
from tests.xapi.factories import AMARA, BEN, COMPLETED, COURSE, LESSON, REGISTRATION, UNIT, a_statement, a_void
from tests.xapi.stores import OURS, THEIRS, store, unheard
from xapi import append, parse
from xapi.faults import QueryFaults
from xapi.query import LARGEST_PAGE, PAGE, Query, find, read

PASSED = "http://adlnet.gov/expapi/verbs/passed"
CARA = {"mbox_sha1sum": "A" * 40}
OTHER = "11111111-6b0a-4c59-9b5d-0b5a2f1f7a01"


def ids(digit: int) -> str:
    return f"{digit:08d}-0000-4000-8000-000000000000"


def group(*members: dict[str, Any]) -> dict[str, Any]:
    return {"objectType": "Group", "member": list(members)}


def context(**members: Any) -> dict[str, Any]:
    return {"registration": REGISTRATION, **members}


SHELF: list[dict[str, Any]] = [
    a_statement(id=ids(1)),
    a_statement(id=ids(2), actor=BEN, verb={"id": PASSED}, context=context(instructor=AMARA)),
    a_statement(id=ids(3), object=BEN, actor=CARA),
    a_statement(id=ids(4), actor=group(AMARA, CARA), object={"id": UNIT}),
    a_statement(id=ids(5), object={"id": COURSE}, context=context(contextActivities={"parent": [{"id": LESSON}]})),
    a_statement(id=ids(6), actor=CARA, object={**a_statement(actor=BEN), "objectType": "SubStatement"}),
    a_statement(id=ids(7), actor=BEN, object={"id": UNIT}),
    a_void(ids(7), id=ids(8), actor=CARA),
    a_statement(id=ids(9), actor=CARA, verb={"id": PASSED}, object={"objectType": "StatementRef", "id": ids(1)}),
]


@pytest.fixture
def shelf(session: Session, now: datetime) -> Session:
    """Statements 1 to 9, stored a second apart; 8 voids 7, 9 refers to 1; the last one is theirs."""
    writing(session)
    for place, statement in enumerate(SHELF):
        authority, moment = THEIRS if place == 8 else OURS, now + timedelta(seconds=place)
        append(session, parse(statement, now=moment), authority=authority, on_stored=unheard, now=moment)
    session.commit()
    return session


def found(session: Session, query: Query) -> list[int]:
    return [int(str(each.statement.id)[:8]) for each in find(session, query).statements]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("", [9, 8, 6, 5, 4, 3, 2, 1]),
        ("ascending=True", [1, 2, 3, 4, 5, 6, 8, 9]),
        ("ascending=true", [1, 2, 3, 4, 5, 6, 8, 9]),
        (f"verb={COMPLETED}", [9, 8, 6, 5, 4, 3, 1]),
        (f"verb={PASSED}", [9, 2]),
        ("verb=http://adlnet.gov/expapi/verbs/voided", [8]),
        ("verb=http://nobody.example.org/did", []),
        (f"registration={REGISTRATION}", [5, 2]),
        (f"registration={REGISTRATION.upper()}", [5, 2]),
        (f"registration={OTHER}", []),
        (f"activity={LESSON}", [9, 2, 1]),
        (f"activity={LESSON}&related_activities=false", [9, 2, 1]),
        (f"activity={LESSON}&related_activities=true", [9, 6, 5, 2, 1]),
        (f"activity={UNIT}", [8, 4]),
        (f"activity={LESSON}&verb={PASSED}", [2]),
        (f"agent={json.dumps(AMARA)}", [9, 5, 4, 1]),
        (f"agent={json.dumps(AMARA)}&related_agents=true", [9, 5, 4, 2, 1]),
        (f"agent={json.dumps(BEN)}", [8, 3, 2]),
        (f"agent={json.dumps(BEN)}&related_agents=true", [9, 8, 6, 3, 2]),
        (f"agent={json.dumps({'mbox_sha1sum': 'a' * 40})}", [9, 8, 6, 4, 3]),
        (f"agent={json.dumps(group(CARA, AMARA))}", [4]),
        (f"agent={json.dumps(AMARA)}&activity={UNIT}", [4]),
        (f"agent={json.dumps({'mbox': 'mailto:x@y.z'})}", []),
        ("since=2026-11-24T14:00:05Z", [9, 8]),
        ("since=2026-11-24T15:00:05.000000%2B01:00", [9, 8]),
        ("until=2026-11-24T14:00:01Z", [2, 1]),
        ("since=2026-11-24T14:00:00Z&until=2026-11-24T14:00:02Z", [3, 2]),
        (f"verb={COMPLETED}&since=2026-11-24T14:00:04Z", [9, 8, 6]),
        ("limit=2", [9, 8]),
        ("limit=2&ascending=true", [1, 2]),
        ("limit=0", [9, 8, 6, 5, 4, 3, 2, 1]),
        ("after=5", [4, 3, 2, 1]),
        ("after=5&ascending=true", [6, 8, 9]),
        (f"statementId={ids(1)}", [1]),
        (f"statementId={ids(7)}", []),
        (f"statementId={ids(8)}", [8]),
        (f"statementId={OTHER}", []),
        (f"voidedStatementId={ids(7)}", [7]),
        (f"voidedStatementId={ids(1)}", []),
        (f"statementId={ids(1)}&format=ids&attachments=false", [1]),
    ],
)
def test_what_is_found(parameters: str, expected: list[int], shelf: Session) -> None:
    assert found(shelf, read(parse_qsl(parameters))) == expected


def test_who_reads_only_its_own_sees_nothing_else(shelf: Session) -> None:
    assert found(shelf, Query(authority=THEIRS.key)) == [9]
    assert found(shelf, Query(authority=THEIRS.key, statement_id=UUID(ids(1)))) == []
    assert found(shelf, Query(authority=THEIRS.key, activity=LESSON)) == []
    assert found(shelf, Query(authority=THEIRS.key, verb=PASSED)) == [9]


@pytest.mark.parametrize("parameters", ["", f"activity={LESSON}&related_activities=true", "ascending=true"])
def test_page_by_page_everything_is_found_once(parameters: str, shelf: Session) -> None:
    query = read(parse_qsl(parameters))
    pages: list[int] = []
    after: int | None = None
    while after is not None or not pages:
        cursor = [] if after is None else [("after", str(after))]
        page = find(shelf, read([*parse_qsl(parameters), ("limit", "2"), *cursor]))
        pages += [int(str(each.statement.id)[:8]) for each in page.statements]
        after = page.more
    assert pages == found(shelf, query)


def test_what_comes_meanwhile_moves_no_page(shelf: Session, now: datetime) -> None:
    first = find(shelf, Query(limit=3))
    shelf.rollback()
    store(shelf, a_statement(), now + timedelta(hours=1))
    assert found(shelf, Query(limit=3, after=first.more)) == [5, 4, 3]


def test_a_page_has_its_limits(session: Session, now: datetime) -> None:
    store(session, [a_statement() for _ in range(LARGEST_PAGE + 1)], now)
    assert len(find(session, Query()).rows) == PAGE
    assert len(find(session, Query(limit=10_000)).rows) == LARGEST_PAGE


def test_texts_are_what_is_stored(shelf: Session) -> None:
    page = find(shelf, Query(limit=3))
    assert page.texts == [each.statement.text for each in page.statements]


@pytest.mark.parametrize(
    ("parameters", "faults"),
    [
        ("foo=1", ["foo: is no parameter of this resource"]),
        ("StatementId=x", ["StatementId: is no parameter of this resource"]),
        ("statementId=x", ['statementId: is not a UUID: "x"']),
        ("voidedStatementId=", ['voidedStatementId: is not a UUID: ""']),
        ("registration=7", ['registration: is not a UUID: "7"']),
        ("verb=done", ['verb: is not an IRI with a scheme: "done"']),
        ("activity=lesson", ['activity: is not an IRI with a scheme: "lesson"']),
        ("agent=ben", ['agent: is not an agent in JSON: "ben"']),
        ("agent={}", ["agent: has no identifier; give one of mbox, mbox_sha1sum, openid, account"]),
        ('agent={"mbox":"x"}', ['agent.mbox: is not a "mailto:" address: "x"']),
        ("since=yesterday", None),
        ("until=2026-11-24T14:00:00", None),
        ("limit=-1", ['limit: is not a whole number, 0 or above: "-1"']),
        ("limit=1.5", ['limit: is not a whole number, 0 or above: "1.5"']),
        ("limit=" + "9" * 40, None),
        ("limit=²", None),
        ("after=x", None),
        ("ascending=yes", ['ascending: is not one of true, false: "yes"']),
        ("related_agents=1", None),
        ("format=short", ['format: is not one of exact, ids, canonical: "short"']),
        ("limit=1&limit=2", ["limit: is given twice"]),
        (f"statementId={OTHER}&voidedStatementId={OTHER}", ["statementId: can't be combined with voidedStatementId"]),
        (f"statementId={OTHER}&limit=1", ["statementId: can't be combined with limit"]),
        (
            f"voidedStatementId={OTHER}&verb={PASSED}&agent={{}}",
            [
                "agent: has no identifier; give one of mbox, mbox_sha1sum, openid, account",
                "voidedStatementId: can't be combined with agent",
                "voidedStatementId: can't be combined with verb",
            ],
        ),
        ("foo=1&limit=x", ["foo: is no parameter of this resource", 'limit: is not a whole number, 0 or above: "x"']),
    ],
)
def test_what_can_not_be_asked(parameters: str, faults: list[str] | None) -> None:
    with pytest.raises(QueryFaults) as caught:
        read(parse_qsl(parameters, keep_blank_values=True))
    told = [str(fault) for fault in caught.value.faults]
    if faults is None:
        assert [fault.path for fault in caught.value.faults] == [parameters.partition("=")[0]]
    else:
        assert told == faults


def test_voided_statements_leave_no_gap_on_a_page_and_cost_few_queries(
    session: Session, engine: Engine, now: datetime
) -> None:
    """A thousand of a verb are voided: a page of one is still a page of one, and says that more follow.

    Those who void them are found too, for their sake; they come first, and are passed over here.
    """
    kept = [a_statement(verb={"id": PASSED}) for _ in range(3)]
    gone = [a_statement(id=str(uuid4()), verb={"id": PASSED}) for _ in range(1000)]
    for some in (kept, gone, [a_void(each["id"]) for each in gone]):
        store(session, some, now)
    with counted(engine) as said:
        page = find(session, Query(verb=PASSED, limit=1, after=1004))
    assert ([row.sequence for row in page.rows], page.more, len(said)) == ([3], 3, 3)
    rest = find(session, Query(verb=PASSED, limit=2, after=page.more))
    assert ([row.sequence for row in rest.rows], rest.more) == ([2, 1], None)
