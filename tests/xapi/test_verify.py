"""The self-check: what is stored well passes, and each kind of damage is named."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import a_full_statement, a_statement, a_void
from tests.xapi.stores import THEIRS, store
from xapi import tables, verify
from xapi.jsontext import digest
from xapi.verify import Finding, Kind, Seen

MINUTE = timedelta(minutes=1)


def checked(session: Session, after: int = 0, limit: int = 2) -> tuple[Seen, list[Finding]]:
    """Look at everything, two statements a page."""
    seen, found = verify.begin(session, after), []
    while True:
        before = seen.sequence
        seen, some = verify.page(session, seen, limit)
        found += some
        if seen.sequence == before:
            break
    if not after:
        found += verify.whole(session, seen)
    session.rollback()
    return seen, found


def change(session: Session, *commands: Any) -> None:
    writing(session)
    for command in commands:
        session.execute(command)
    session.commit()


def of(sequence: int, **values: Any) -> Any:
    return update(tables.statement).where(tables.statement.c.sequence == sequence).values(**values)


@pytest.fixture
def five(session: Session, now: datetime) -> Session:
    """Five statements of several kinds, three of them in one batch."""
    target = store(session, [a_full_statement(), a_statement(), a_statement(result={"response": "Grüße 😀"})], now)
    store(session, a_void(target[1].statement.id), now + MINUTE)
    substatement = {"objectType": "SubStatement", **a_statement()}
    store(session, a_statement(object=substatement), now + 2 * MINUTE, authority=THEIRS)
    return session


def test_what_is_stored_well_passes(five: Session) -> None:
    seen, found = checked(five)
    assert (seen.sequence, seen.checked, verify.missing(five, 5), found) == (5, 5, 0, [])


def test_history_that_is_written_on_purpose_passes(five: Session, now: datetime) -> None:
    store(five, a_statement(), now - timedelta(days=30))
    store(five, a_statement(), now + 3 * MINUTE)
    assert checked(five)[1] == []


def test_a_changed_text_is_named(five: Session, now: datetime) -> None:
    change(five, of(3, text="{}"))
    (found,) = checked(five)[1][:1]
    assert (found.kind, found.sequence) == (Kind.TEXT, 3)
    assert str(found).endswith("Look at the disk, and put the statement back from a back-up.")


def test_a_text_that_was_changed_together_with_its_hash_is_named_when_it_is_no_statement(five: Session) -> None:
    change(five, of(3, text='{"id": 7}', sha256=digest('{"id": 7}')))
    assert checked(five)[1][0].what == "its text is no statement: KeyError."


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "http://adlnet.gov/expapi/verbs/passed"),
        ("actor_key", "mbox:mailto:eve@example.org"),
        ("object_type", "Agent"),
        ("object_id", "https://example.org/other"),
        ("authority_key", "mbox:mailto:eve@example.org"),
        ("voiding", True),
    ],
)
def test_a_column_that_says_another_thing_is_named(five: Session, column: str, value: object) -> None:
    change(five, of(2, **{column: value}))
    (found,) = checked(five)[1]
    assert (found.kind, found.sequence, found.what) == (
        Kind.COLUMN,
        2,
        f"its columns say another thing than its text: {column}.",
    )


def test_a_moment_of_storing_that_was_changed_is_named(five: Session, now: datetime) -> None:
    change(five, of(5, stored=now + MINUTE - timedelta(seconds=1)))
    assert [(each.kind, each.sequence) for each in checked(five)[1]] == [(Kind.ORDER, 5), (Kind.COLUMN, 5)]


def test_a_search_row_that_is_missing_is_named(five: Session) -> None:
    change(five, delete(tables.related).where(tables.related.c.sequence == 5))
    (found,) = checked(five)[1]
    assert (found.kind, found.sequence) == (Kind.SEARCH, 5)


def test_what_a_referrer_took_over_is_checked_with_its_target(five: Session) -> None:
    taken = (tables.related.c.sequence == 4, tables.related.c.about == 2)
    change(five, delete(tables.related).where(*taken))
    (found,) = checked(five)[1]
    assert (found.kind, found.sequence) == (Kind.SEARCH, 2)


def test_a_search_row_of_nobody_is_named(five: Session) -> None:
    change(five, insert(tables.related).values(**stray(99)))
    assert [(each.kind, each.sequence) for each in checked(five)[1]] == [(Kind.STRAY, None)]


def test_a_search_row_that_its_statement_does_not_have_is_counted(five: Session) -> None:
    change(five, insert(tables.related).values(**stray(2)))
    (found,) = checked(five)[1]
    assert str(found) == ("search rows: there are 1 more than the statements have. Remove it; no statement needs it.")


def stray(sequence: int) -> dict[str, Any]:
    return {"key": "https://example.org/other", "kind": 3, "sequence": sequence, "about": sequence}


def test_numbers_without_a_statement_are_counted(five: Session) -> None:
    change(
        five,
        delete(tables.statement).where(tables.statement.c.sequence.in_([1, 3])),
        delete(tables.related).where(tables.related.c.sequence.in_([1, 3])),
    )
    seen, found = checked(five)
    assert (seen.checked, verify.missing(five, 5), found) == (3, 2, [])


def test_a_check_can_begin_late(five: Session, now: datetime) -> None:
    assert verify.number_at(five, now + MINUTE) == 3
    five.rollback()
    change(five, of(1, verb="x:y"), of(4, stored=now - MINUTE))
    seen, found = checked(five, after=3)
    assert seen.checked == 2
    assert [(each.kind, each.sequence) for each in found] == [(Kind.ORDER, 4), (Kind.COLUMN, 4)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_that_a_database_cannot_hand_over_is_named_and_the_others_are_checked(five: Session) -> None:
    writing(five)
    five.connection().exec_driver_sql("UPDATE xapi_statement SET stored = 'yesterday' WHERE sequence = 2")
    five.connection().exec_driver_sql("UPDATE xapi_statement SET verb = 'x:y' WHERE sequence = 4")
    five.commit()
    seen, found = checked(five, limit=5)
    assert seen.checked == 5
    assert [(each.kind, each.sequence) for each in found if each.kind != Kind.STRAY] == [
        (Kind.UNREADABLE, 2),
        (Kind.COLUMN, 4),
    ]


def test_a_finding_is_one_line(five: Session) -> None:
    change(five, of(4, text=json.dumps({"a": "\n"})))
    assert "\n" not in str(checked(five)[1][0])
