"""What the standard allows is taken, and read as it should be."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.xapi.factories import (
    AMARA,
    BEN,
    COURSE,
    LESSON,
    REGISTRATION,
    UNIT,
    a_full_statement,
    a_statement,
    a_void,
)
from xapi import Statement, parse
from xapi.statement import Relation

ID = UUID("0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10")


def one(body: Any, now: datetime, version: str = "1.0.3") -> Statement:
    (statement,) = parse(body, now=now, version=version)
    return statement


@pytest.mark.parametrize(
    "text", ["PT0S", "P4W", "P3Y1M29DT4H35M59.14S", "PT16559.14S", "P3Y", "PT1,5S", "P0.5Y", "P1DT1M"]
)
def test_durations_that_are_taken(text: str, now: datetime) -> None:
    assert one(a_statement(result={"duration": text}), now).raw["result"]["duration"] == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T14:29:51.870Z", datetime(2026, 11, 24, 14, 29, 51, 870000, UTC)),
        ("2026-11-24T14:29:51+01:00", datetime(2026, 11, 24, 13, 29, 51, 0, UTC)),
        ("2026-11-24T14:29:51-0530", datetime(2026, 11, 24, 19, 59, 51, 0, UTC)),
        ("2026-11-24T14:29:51+02", datetime(2026, 11, 24, 12, 29, 51, 0, UTC)),
        ("20261124T142951Z", datetime(2026, 11, 24, 14, 29, 51, 0, UTC)),
        ("2026-11-24T14:29Z", datetime(2026, 11, 24, 14, 29, 0, 0, UTC)),
        ("2026-11-24T14:29:51,123456789Z", datetime(2026, 11, 24, 14, 29, 51, 123456, UTC)),
        ("2026-11-24T00:00:00+00:00", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2036-11-24T00:00:00Z", datetime(2036, 11, 24, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_utc_and_kept_as_they_came(text: str, moment: datetime, now: datetime) -> None:
    statement = one(a_statement(timestamp=text), now)
    assert (statement.timestamp, statement.raw["timestamp"]) == (moment, text)


@pytest.mark.parametrize(
    "tag", ["en", "en-GB", "de-CH-1996", "zh-Hant-TW", "sl-rozaj-biske", "x-ours", "i-klingon", "und"]
)
def test_language_tags_that_are_taken(tag: str, now: datetime) -> None:
    assert one(a_statement(context={"language": tag}), now).raw["context"] == {"language": tag}


@pytest.mark.parametrize(
    "score", [{"scaled": 1}, {"scaled": -1.0}, {"raw": 3}, {"raw": 10, "max": 10}, {"min": 0, "max": 1}, {}]
)
def test_scores_that_are_taken(score: dict[str, float], now: datetime) -> None:
    assert one(a_statement(result={"score": score}), now).raw["result"]["score"] == score


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.9"])
def test_versions_that_are_taken(version: str, now: datetime) -> None:
    assert one(a_statement(version=version), now).raw["version"] == version


def test_the_newer_standard_takes_both_versions(now: datetime) -> None:
    assert one(a_statement(version="2.0.0"), now, "2.0.0").raw["version"] == "2.0.0"
    assert one(a_statement(version="1.0.3"), now, "2.0.0").raw["version"] == "1.0.3"


@pytest.mark.parametrize(("spoken", "version"), [("1.0.3", "1.0.0"), ("2.0.0", "2.0.0")])
def test_a_missing_version_is_the_one_that_is_spoken(spoken: str, version: str, now: datetime) -> None:
    assert one(a_statement(), now, spoken).raw["version"] == version


def test_a_full_statement_is_taken_whole(now: datetime) -> None:
    full = a_full_statement()
    statement = one(full, now)
    assert statement.raw == full
    assert statement.id == ID
    assert statement.registration == UUID(REGISTRATION)
    assert statement.timestamp == datetime(2026, 11, 24, 13, 29, 51, 870000, UTC)
    assert statement.related == {
        (Relation.AGENT, "account:https://mentors.example.org|amara"),
        (Relation.AGENT, "mbox:mailto:ben@example.org"),
        (Relation.AGENT, statement.actor_key),
        (Relation.RELATED_AGENT, "mbox:mailto:office@example.org"),
        (Relation.ACTIVITY, f"{LESSON}#question"),
        (Relation.RELATED_ACTIVITY, UNIT),
        (Relation.RELATED_ACTIVITY, COURSE),
        (Relation.VERB, "http://adlnet.gov/expapi/verbs/answered"),
        (Relation.REGISTRATION, REGISTRATION),
    }


def test_people_in_a_context_of_the_newer_standard(now: datetime) -> None:
    context = {
        "contextAgents": [{"objectType": "contextAgent", "agent": BEN, "relevantTypes": ["https://example.org/coach"]}],
        "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", "member": [BEN]}}],
    }
    statement = one(a_statement(context=context), now, "2.0.0")
    assert (Relation.RELATED_AGENT, "mbox:mailto:ben@example.org") in statement.related
    assert (Relation.AGENT, "mbox:mailto:ben@example.org") not in statement.related


def test_what_a_substatement_is_about_is_related_and_no_object_of_ours(now: datetime) -> None:
    statement = one(a_statement(object={**a_statement(actor=BEN), "objectType": "SubStatement"}), now)
    assert (statement.object_type, statement.object_id) == ("SubStatement", "")
    assert {
        (kind, key) for kind, key in statement.related if kind in {Relation.ACTIVITY, Relation.RELATED_ACTIVITY}
    } == {(Relation.RELATED_ACTIVITY, LESSON)}
    assert (Relation.RELATED_AGENT, "mbox:mailto:ben@example.org") in statement.related


@pytest.mark.parametrize(
    ("about", "kind", "object_id"),
    [
        ({"id": LESSON}, "Activity", LESSON),
        ({"objectType": "Agent", **BEN}, "Agent", "mbox:mailto:ben@example.org"),
        ({"objectType": "Group", "mbox": "mailto:g@example.org"}, "Group", "mbox:mailto:g@example.org"),
        ({"objectType": "StatementRef", "id": str(ID).upper()}, "StatementRef", str(ID)),
    ],
)
def test_what_a_statement_is_about(about: dict[str, Any], kind: str, object_id: str, now: datetime) -> None:
    statement = one(a_statement(object=about), now)
    assert (statement.object_type, statement.object_id) == (kind, object_id)


def test_a_reference_voids_only_with_the_verb_for_it(now: datetime) -> None:
    void = one(a_void(ID), now)
    comment = one(a_statement(object={"objectType": "StatementRef", "id": str(ID)}), now)
    assert ((void.refers, void.voids), (comment.refers, comment.voids)) == ((ID, ID), (ID, None))


def test_a_missing_id_and_time_are_given(now: datetime) -> None:
    statement = one(a_statement(), now)
    assert (statement.id.version, statement.timestamp) == (4, now)
    assert json.loads(statement.text) == statement.raw == {**a_statement(), "id": str(statement.id), "version": "1.0.0"}


def test_bytes_are_kept_as_they_came(now: datetime) -> None:
    came = """{ "id":"0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10","version" : "1.0.0",
      "actor":{"mbox":"mailto:a@example.org","name":"\\u00c5sa \\ud83d\\ude00"},"verb":{"id":"http://a/b"},
      "object":{"id":"http://a/c"},"result":{"score":{"raw":1.50,"max":1e2},"response":"tab\\t/\\/"}  }"""
    assert one(came.encode(), now).text == came


def test_what_only_a_store_may_say_is_taken_out(now: datetime) -> None:
    came = json.dumps({"stored": "2020-01-01T00:00:00Z", **a_full_statement(), "authority": BEN}).replace("0.5", "0.50")
    statement = one(came.encode(), now)
    assert statement.raw == one(a_full_statement(), now).raw == json.loads(statement.text)
    assert '"scaled": 0.50' in statement.text


def test_each_statement_of_a_batch_keeps_its_own_bytes(now: datetime) -> None:
    one_, other = (json.dumps(a_statement(id=id, version="1.0.0"), indent=2) for id in (str(ID), REGISTRATION))
    assert [each.text for each in parse(f"[ {one_} ,\n{other} ]", now=now)] == [one_, other]


def test_a_single_context_activity_comes_back_in_an_array_and_the_rest_keeps_its_bytes(now: datetime) -> None:
    context = f'{{"contextActivities":{{"parent":{{"id":"{UNIT}", "definition":{{}}}},"other":[ ]}}}}'
    in_array = f'{{"contextActivities":{{"parent":[{{"id":"{UNIT}", "definition":{{}}}}],"other":[ ]}}}}'
    came = json.dumps(a_statement(id=str(ID), version="1.0.0", object={**a_statement(), "objectType": "SubStatement"}))
    came = came.replace(", ", ",").replace(": ", ":").replace('"actor":', f'"context":{context},"actor":')
    statement = one(came.encode(), now)
    assert statement.text == came.replace(context, in_array)
    assert json.loads(statement.text) == statement.raw


def test_an_empty_batch_is_nothing(now: datetime) -> None:
    assert parse([], now=now) == []


@pytest.mark.parametrize("actor", [{"objectType": "Group", "member": []}, {**AMARA, "objectType": "Group"}])
def test_groups_that_are_taken(actor: dict[str, Any], now: datetime) -> None:
    assert one(a_statement(actor=actor), now).raw["actor"] == actor


def test_half_a_key_in_an_extension_is_nobodys_business(now: datetime) -> None:
    extensions: dict[str, Any] = {"https://example.org/x": {"id": "no iri", "actor": None, "": [[]]}}
    assert one(a_statement(result={"extensions": extensions}), now).raw["result"] == {"extensions": extensions}
