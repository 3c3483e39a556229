"""Erasing an agent: gone from every place of every statement, and all else is as it was."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import BEN, a_full_statement, a_statement, a_void
from tests.xapi.stores import THEIRS, store
from xapi import agent_key, every, lookup, parse, query, tables, verify
from xapi.pseudonyms import Rewriting
from xapi.query import Query
from xapi.renaming import Renamed, mailboxes, rename

NEW = {"homePage": "https://mentors.example.org", "name": "forgotten-1"}
GIVEN = {agent_key(BEN): NEW}
BECAME = {"objectType": "Agent", "account": NEW}
CLARA = {"mbox": "mailto:clara@example.org", "name": "Clara"}
SIGNED = {
    "usageType": "http://adlnet.gov/expapi/attachments/signature",
    "display": {"en": "Signature"},
    "contentType": "application/octet-stream",
    "length": 4,
    "sha2": "a" * 64,
    "fileUrl": "https://example.org/signature",
}


def rewritten(statement: Mapping[str, Any]) -> Any:
    data = json.dumps(statement).encode()
    return json.loads(Rewriting(GIVEN).statement(data))


def erase(session: Session) -> Renamed:
    writing(session)
    done = rename(session, GIVEN)
    session.commit()
    return done


def faults(session: Session) -> list[verify.Finding]:
    seen, found = verify.page(session, verify.begin(session), 1000)
    return found + verify.whole(session, seen)


def everything(session: Session) -> str:
    """Every row of the store as text."""
    return "\n".join(str(row) for table in tables.metadata.sorted_tables for row in session.execute(select(table)))


GROUP = {"objectType": "Group", "member": [dict(BEN), dict(CLARA)]}
NAMED_GROUP = {"objectType": "Group", "mbox": "mailto:office@example.org", "name": "Office", "member": [dict(BEN)]}


@pytest.mark.parametrize(
    "place",
    [
        {"actor": BEN},
        {"actor": GROUP},
        {"object": BEN},
        {"object": {**NAMED_GROUP}},
        {"object": {"objectType": "SubStatement", **a_statement(actor=dict(BEN))}},
        {
            "object": {
                "objectType": "SubStatement",
                **a_statement(object=dict(GROUP), context={"instructor": dict(BEN)}),
            }
        },
        {"context": {"instructor": BEN}},
        {"context": {"team": GROUP}},
        {
            "context": {
                "contextAgents": [{"objectType": "contextAgent", "agent": BEN, "relevantTypes": ["https://e.x/t"]}]
            }
        },
        {"context": {"contextGroups": [{"objectType": "contextGroup", "group": GROUP}]}},
        {"authority": BEN},
        {"authority": GROUP},
    ],
)
def test_an_agent_is_renamed_wherever_a_statement_can_hold_one(place: dict[str, Any]) -> None:
    before = a_statement(**place)
    assert json.dumps(rewritten(before)) == json.dumps(before).replace(json.dumps(BEN), json.dumps(BECAME))


def test_what_only_looks_like_the_agent_stays(now: datetime) -> None:
    ben = dict(BEN)
    before = a_statement(
        result={"extensions": {"https://example.org/x": ben}},
        context={"extensions": {"https://example.org/y": [ben]}, "instructor": {"mbox": "mailto:ben@example.com"}},
    )
    data = json.dumps(before).encode()
    assert Rewriting(GIVEN).statement(data) is data


def test_every_other_value_keeps_its_bytes() -> None:
    text = (
        '{ "actor" : {"mbox":"mailto:ben@example.org"}, "verb":{"id":"x:v",  "display":{"en":"\\u00e9"}},'
        '"object":{"id":"x:o"},"result":{"score":{"raw":1.000e2}}}'
    )
    after = Rewriting(GIVEN).statement(text.encode()).decode()
    account = json.dumps(NEW, separators=(",", ":"))
    assert after == (
        f'{{"actor":{{"account":{account}}},"verb":{{"id":"x:v",  "display":{{"en":"\\u00e9"}}}},'
        '"object":{"id":"x:o"},"result":{"score":{"raw":1.000e2}}}'
    )


def test_who_keeps_their_account_loses_their_name_only() -> None:
    own = '{"account": {"name": "forgotten-1","homePage":"https://mentors.example.org"}, "name": "Ben"}'
    text = f'{{"actor":{own},"verb":{{"id":"x:v"}},"object":{{"id":"x:o"}}}}'
    rewriting = Rewriting({agent_key({"account": NEW}): NEW})
    after = rewriting.statement(text.encode())
    assert after.decode() == text.replace(', "name": "Ben"', "").replace('{"account": ', '{"account":')
    assert rewriting.statement(after) is after


def test_a_signature_goes_with_what_it_signed_and_other_attachments_stay() -> None:
    notes = {**SIGNED, "usageType": "https://example.org/notes", "sha2": "b" * 64}
    rewriting = Rewriting(GIVEN)
    both = json.dumps(a_statement(actor=dict(BEN), attachments=[SIGNED, notes])).encode()
    assert json.loads(rewriting.statement(both))["attachments"] == [notes]
    alone = json.dumps(a_statement(actor=dict(BEN), attachments=[SIGNED])).encode()
    assert "attachments" not in json.loads(rewriting.statement(alone))
    assert rewriting.signatures == ["a" * 64, "a" * 64]


def test_signed_statements_of_others_stay_signed() -> None:
    data = json.dumps(a_statement(attachments=[SIGNED])).encode()
    assert Rewriting(GIVEN).statement(data) is data


def test_the_store_knows_the_agent_no_more(session: Session, now: datetime) -> None:
    first = store(session, [a_full_statement(), a_statement()], now)
    second = store(session, a_statement(object=dict(BEN)), now, authority=THEIRS)
    done = erase(session)
    assert done == Renamed((first[0].statement.id, second[0].statement.id), ())
    assert "ben@example.org" not in everything(session)
    assert '"Ben"' not in everything(session)
    assert faults(session) == []


def test_searches_find_the_new_agent_as_they_found_the_old_one(session: Session, now: datetime) -> None:
    store(session, [a_full_statement(), a_statement(), a_statement(context={"instructor": dict(BEN)})], now)
    store(session, a_statement(actor=dict(BEN)), now, authority=THEIRS)

    def found(key: str) -> list[list[int]]:
        asked = (
            Query(agent=key),
            Query(agent=key, related_agents=True),
            Query(authority=key),
            Query(agent=key, verb="http://adlnet.gov/expapi/verbs/completed"),
        )
        return [[row.sequence for row in query.find(session, each).rows] for each in asked]

    before = found(agent_key(BEN))
    session.rollback()
    erase(session)
    assert before == [[4, 1], [4, 3, 1], [4], [4]]
    assert found(agent_key(BECAME)) == before
    assert found(agent_key(BEN)) == [[], [], [], []]


def test_a_group_without_an_identifier_is_known_by_its_new_members(session: Session, now: datetime) -> None:
    store(session, [a_statement(actor=dict(GROUP)), a_statement(actor={"objectType": "Group", "member": [CLARA]})], now)
    erase(session)
    group = agent_key({"objectType": "Group", "member": [BECAME, CLARA]})
    assert [row.sequence for row in query.find(session, Query(agent=group)).rows] == [1]
    assert [row.sequence for row in query.find(session, Query(agent=agent_key(CLARA))).rows] == [2, 1]
    assert faults(session) == []


def test_two_identifiers_of_one_person_become_one(session: Session, now: datetime) -> None:
    store(session, a_statement(actor=dict(BEN), object={"objectType": "Agent", **CLARA}), now)
    writing(session)
    rename(session, {agent_key(BEN): NEW, agent_key(CLARA): NEW})
    session.commit()
    assert faults(session) == []


def test_what_was_renamed_is_still_valid_and_says_the_same_to_the_rules(session: Session, now: datetime) -> None:
    (stored,) = store(session, a_full_statement(), now)
    erase(session)
    (after,) = lookup(session, [stored.statement.id])
    (again,) = parse(after.statement.text, now=now, version="1.0.3")
    assert again.id == stored.statement.id
    assert {**after.statement.raw, "actor": 0, "context": 0} == {**stored.statement.raw, "actor": 0, "context": 0}


def test_what_refers_to_a_renamed_statement_is_still_found(session: Session, now: datetime) -> None:
    (target,) = store(session, a_statement(actor=dict(BEN)), now)
    reference = {"objectType": "StatementRef", "id": str(target.statement.id)}
    store(session, a_statement(verb={"id": "x:seen"}, object=reference), now)
    further = {"objectType": "StatementRef", "id": str(every(session)[1].statement.id)}
    session.rollback()
    store(session, a_statement(verb={"id": "x:seen"}, object=further), now)
    store(session, a_void(target.statement.id), now)
    before = [row.sequence for row in query.find(session, Query(agent=agent_key(BEN))).rows]
    session.rollback()
    erase(session)
    assert [row.sequence for row in query.find(session, Query(agent=agent_key(BECAME))).rows] == before
    assert query.find(session, Query(agent=agent_key(BEN))).rows == []
    assert "ben@example.org" not in everything(session)
    assert faults(session) == []


def test_done_again_there_is_nothing_to_do(session: Session, now: datetime) -> None:
    store(session, [a_full_statement(), a_statement()], now)
    erase(session)
    before = everything(session)
    session.rollback()
    assert erase(session) == Renamed((), ())
    assert everything(session) == before


def test_a_mailbox_is_known_in_any_case_of_letters(session: Session, now: datetime) -> None:
    ways = ["mailto:ben@example.org", "mailto:Ben@Example.org", "mailto:ben@example.org.uk"]
    store(session, [a_statement(actor={"mbox": way}) for way in ways], now)
    assert sorted(mailboxes(session, "ben@example.ORG")) == [
        "mbox:mailto:Ben@Example.org",
        "mbox:mailto:ben@example.org",
    ]
