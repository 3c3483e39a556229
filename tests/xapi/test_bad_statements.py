"""Every rule of the standard, broken once: the fault names the place."""

from datetime import datetime
from typing import Any

import pytest

from tests.xapi.factories import AMARA, BEN, LESSON, VOIDED, a_full_statement, a_statement
from xapi import StatementFaults, parse
from xapi.rules import SIGNATURE

ID = "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10"
MBOX = {"mbox": "mailto:a@example.org"}
REFERENCE = {"objectType": "StatementRef", "id": ID}
ATTACHMENT = a_full_statement()["attachments"][0]
SUB = {**a_statement(), "objectType": "SubStatement"}


def paths(statement: object, now: datetime, version: str = "1.0.3") -> list[str]:
    with pytest.raises(StatementFaults) as caught:
        parse(statement, now=now, version=version)  # type: ignore[arg-type]
    return sorted(fault.path for fault in caught.value.faults)


def without(name: str, source: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key != name}


WHOLE: list[tuple[object, list[str]]] = [
    (a_statement(id="no uuid"), ["$.id"]),
    (a_statement(id=ID.replace("-", "")), ["$.id"]),
    (a_statement(id=f"{{{ID}}}"), ["$.id"]),
    (a_statement(id=7), ["$.id"]),
    (a_statement(id=None), ["$.id"]),
    (without("actor", a_statement()), ["$.actor"]),
    (without("verb", a_statement()), ["$.verb"]),
    (without("object", a_statement()), ["$.object"]),
    ({}, ["$.actor", "$.object", "$.verb"]),
    (a_statement(extra=1), ["$.extra"]),
    (a_statement(**{"two words": 1}), ['$["two words"]']),
    (a_statement(Result={}), ["$.Result"]),
    (a_statement(result=None), ["$.result"]),
    (a_statement(result=[]), ["$.result"]),
    (a_statement(context="x"), ["$.context"]),
    (a_statement(stored="yesterday"), ["$.stored"]),
    (a_statement(version="0.9.5"), ["$.version"]),
    (a_statement(version="1.1.0"), ["$.version"]),
    (a_statement(version="2.0.0"), ["$.version"]),
    (a_statement(version=1.0), ["$.version"]),
    (a_statement(authority={"objectType": "Group", **MBOX}), ["$.authority"]),
    (a_statement(authority={"objectType": "Group", "member": [MBOX]}), ["$.authority"]),
    (a_statement(authority={"objectType": "Group", "member": [MBOX, BEN, AMARA]}), ["$.authority"]),
    (a_statement(authority={"name": "nobody"}), ["$.authority"]),
    ([a_statement(), a_statement(verb={})], ["$[1].verb.id"]),
    ([a_statement(id=ID), a_statement(id=ID.upper())], ["$"]),
    (["x"], ["$[0]"]),
    (a_statement(actor=1, verb=2, object=3), ["$.actor", "$.object", "$.verb"]),
]

ACTORS: list[tuple[object, list[str]]] = [
    ({}, ["$.actor"]),
    ({"name": "Amara"}, ["$.actor"]),
    ("mailto:a@example.org", ["$.actor"]),
    ({**MBOX, "openid": "https://a.example.org"}, ["$.actor"]),
    ({**MBOX, "name": 7}, ["$.actor.name"]),
    ({**MBOX, "name": None}, ["$.actor.name"]),
    ({**MBOX, "objectType": "agent"}, ["$.actor.objectType"]),
    ({**MBOX, "objectType": "Person"}, ["$.actor.objectType"]),
    ({**MBOX, "member": []}, ["$.actor.member"]),
    ({**MBOX, "email": "x"}, ["$.actor.email"]),
    ({"mbox": "a@example.org"}, ["$.actor.mbox"]),
    ({"mbox": "mailto:a"}, ["$.actor.mbox"]),
    ({"mbox": "mailto:a@b c"}, ["$.actor.mbox"]),
    ({"mbox": "MAILTO:a@example.org"}, ["$.actor.mbox"]),
    ({"mbox": ["mailto:a@example.org"]}, ["$.actor.mbox"]),
    ({"mbox_sha1sum": "abc"}, ["$.actor.mbox_sha1sum"]),
    ({"mbox_sha1sum": "g" * 40}, ["$.actor.mbox_sha1sum"]),
    ({"openid": "no scheme"}, ["$.actor.openid"]),
    ({"openid": "a.example.org"}, ["$.actor.openid"]),
    ({"account": "amara"}, ["$.actor.account"]),
    ({"account": {"name": "a"}}, ["$.actor.account.homePage"]),
    ({"account": {"homePage": "https://a.example.org"}}, ["$.actor.account.name"]),
    ({"account": {"homePage": "a.example.org", "name": "a"}}, ["$.actor.account.homePage"]),
    ({"account": {"homePage": "https://a.example.org", "name": 1}}, ["$.actor.account.name"]),
    ({"account": {"homePage": "https://a.example.org", "name": "a", "x": 1}}, ["$.actor.account.x"]),
    ({"objectType": "Group"}, ["$.actor"]),
    ({"objectType": "Group", "name": "Group 1"}, ["$.actor"]),
    ({"objectType": "Group", "member": {}}, ["$.actor.member"]),
    ({"objectType": "Group", "member": [{}]}, ["$.actor.member[0]"]),
    ({"objectType": "Group", "member": [MBOX, {"mbox": "x"}]}, ["$.actor.member[1].mbox"]),
    ({"objectType": "Group", "member": [{"objectType": "Group", **MBOX}]}, ["$.actor.member[0].objectType"]),
    ({"objectType": "Group", **MBOX, "mbox_sha1sum": "a" * 40}, ["$.actor"]),
]

VERBS: list[tuple[object, list[str]]] = [
    ({}, ["$.verb.id"]),
    ("completed", ["$.verb"]),
    ({"id": "completed"}, ["$.verb.id"]),
    ({"id": "http://a b"}, ["$.verb.id"]),
    ({"id": "http://a/<b>"}, ["$.verb.id"]),
    ({"id": "http://a/\u0000"}, ["$.verb.id"]),
    ({"id": None}, ["$.verb.id"]),
    ({"id": "http://a", "display": "done"}, ["$.verb.display"]),
    ({"id": "http://a", "display": {"english words": "done"}}, ['$.verb.display["english words"]']),
    ({"id": "http://a", "display": {"a12345678": "done"}}, ['$.verb.display["a12345678"]']),
    ({"id": "http://a", "display": {"en": 1}}, ['$.verb.display["en"]']),
    ({"id": "http://a", "display": {"en": None}}, ['$.verb.display["en"]']),
    ({"id": "http://a", "name": "done"}, ["$.verb.name"]),
]

OBJECTS: list[tuple[object, list[str]]] = [
    ({}, ["$.object.id"]),
    ("http://a", ["$.object"]),
    ({"id": "lesson-1"}, ["$.object.id"]),
    ({"id": LESSON, "objectType": "activity"}, ["$.object.objectType"]),
    ({"id": LESSON, "objectType": 1}, ["$.object.objectType"]),
    ({"id": LESSON, "objectType": {}}, ["$.object.objectType"]),
    ({"id": LESSON, "extra": 1}, ["$.object.extra"]),
    ({"id": LESSON, "definition": "x"}, ["$.object.definition"]),
    ({"id": LESSON, "definition": {"name": "x"}}, ["$.object.definition.name"]),
    ({"id": LESSON, "definition": {"description": {"": "x"}}}, ['$.object.definition.description[""]']),
    ({"id": LESSON, "definition": {"type": "lesson"}}, ["$.object.definition.type"]),
    ({"id": LESSON, "definition": {"moreInfo": "here"}}, ["$.object.definition.moreInfo"]),
    ({"id": LESSON, "definition": {"extensions": []}}, ["$.object.definition.extensions"]),
    ({"id": LESSON, "definition": {"extensions": {"x": 1}}}, ['$.object.definition.extensions["x"]']),
    ({"id": LESSON, "definition": {"interactionType": "guess"}}, ["$.object.definition.interactionType"]),
    ({"id": LESSON, "definition": {"interactionType": []}}, ["$.object.definition.interactionType"]),
    ({"id": LESSON, "definition": {"choices": []}}, ["$.object.definition.interactionType"]),
    ({"id": LESSON, "definition": {"correctResponsesPattern": ["a"]}}, ["$.object.definition.interactionType"]),
    (
        {"id": LESSON, "definition": {"interactionType": "other", "correctResponsesPattern": [1]}},
        ["$.object.definition.correctResponsesPattern[0]"],
    ),
    ({"id": LESSON, "definition": {"interactionType": "choice", "scale": []}}, ["$.object.definition.scale"]),
    ({"id": LESSON, "definition": {"interactionType": "matching", "steps": []}}, ["$.object.definition.steps"]),
    ({"id": LESSON, "definition": {"interactionType": "true-false", "choices": []}}, ["$.object.definition.choices"]),
    (
        {"id": LESSON, "definition": {"interactionType": "choice", "choices": [{}]}},
        ["$.object.definition.choices[0].id"],
    ),
    (
        {"id": LESSON, "definition": {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}},
        ["$.object.definition.choices"],
    ),
    (
        {"id": LESSON, "definition": {"interactionType": "likert", "scale": [{"id": "a", "description": "x"}]}},
        ["$.object.definition.scale[0].description"],
    ),
    ({"objectType": "Agent"}, ["$.object"]),
    ({"objectType": "Group"}, ["$.object"]),
    ({"objectType": "StatementRef"}, ["$.object.id"]),
    ({"objectType": "StatementRef", "id": "x"}, ["$.object.id"]),
    ({**REFERENCE, "definition": {}}, ["$.object.definition"]),
    ({**SUB, "id": ID}, ["$.object.id"]),
    ({**SUB, "stored": "2026-11-24T14:00:00Z"}, ["$.object.stored"]),
    ({**SUB, "version": "1.0.0"}, ["$.object.version"]),
    ({**SUB, "authority": MBOX}, ["$.object.authority"]),
    ({**SUB, "object": SUB}, ["$.object.object.objectType"]),
    (without("actor", SUB), ["$.object.actor"]),
    ({**SUB, "verb": {"id": VOIDED}}, ["$.object.object"]),
    ({**SUB, "timestamp": "x"}, ["$.object.timestamp"]),
]

RESULTS: list[tuple[object, list[str]]] = [
    ({"score": 1}, ["$.result.score"]),
    ({"score": {"scaled": 1.01}}, ["$.result.score.scaled"]),
    ({"score": {"scaled": -1.01}}, ["$.result.score.scaled"]),
    ({"score": {"scaled": "1"}}, ["$.result.score.scaled"]),
    ({"score": {"scaled": True}}, ["$.result.score.scaled"]),
    ({"score": {"raw": 11, "max": 10}}, ["$.result.score.raw"]),
    ({"score": {"raw": -1, "min": 0}}, ["$.result.score.raw"]),
    ({"score": {"min": 5, "max": 5}}, ["$.result.score.min"]),
    ({"score": {"min": 6, "max": 5}}, ["$.result.score.min"]),
    ({"score": {"percent": 5}}, ["$.result.score.percent"]),
    ({"success": "true"}, ["$.result.success"]),
    ({"success": 1}, ["$.result.success"]),
    ({"completion": "yes"}, ["$.result.completion"]),
    ({"response": 4}, ["$.result.response"]),
    ({"duration": 60}, ["$.result.duration"]),
    *(
        ({"duration": text}, ["$.result.duration"])
        for text in (
            "",
            "P",
            "PT",
            "1H",
            "P1H",
            "PT1D",
            "P1Y1W",
            "P4W1D",
            "PT1.5H3M",
            "P-1D",
            "PT1S ",
            "P1S",
            "pt1s",
            "PTS",
        )
    ),
    ({"extensions": {"not an iri": 1}}, ['$.result.extensions["not an iri"]']),
    ({"extensions": None}, ["$.result.extensions"]),
    ({"grade": 1}, ["$.result.grade"]),
    (
        {"score": {"scaled": 2}, "success": 0, "duration": "x"},
        ["$.result.duration", "$.result.score.scaled", "$.result.success"],
    ),
]

CONTEXTS: list[tuple[object, list[str]]] = [
    ({"registration": "x"}, ["$.context.registration"]),
    ({"registration": None}, ["$.context.registration"]),
    ({"instructor": {}}, ["$.context.instructor"]),
    ({"team": BEN}, ["$.context.team.objectType"]),
    ({"team": MBOX}, ["$.context.team.objectType"]),
    ({"contextActivities": []}, ["$.context.contextActivities"]),
    ({"contextActivities": {"parents": []}}, ["$.context.contextActivities.parents"]),
    ({"contextActivities": {"parent": "http://a"}}, ["$.context.contextActivities.parent"]),
    ({"contextActivities": {"parent": {}}}, ["$.context.contextActivities.parent.id"]),
    ({"contextActivities": {"other": [{"id": "x"}]}}, ["$.context.contextActivities.other[0].id"]),
    (
        {"contextActivities": {"grouping": [BEN]}},
        [
            "$.context.contextActivities.grouping[0].id",
            "$.context.contextActivities.grouping[0].mbox",
            "$.context.contextActivities.grouping[0].name",
            "$.context.contextActivities.grouping[0].objectType",
        ],
    ),
    ({"revision": 1}, ["$.context.revision"]),
    ({"platform": []}, ["$.context.platform"]),
    ({"language": "english language"}, ["$.context.language"]),
    ({"language": "e"}, ["$.context.language"]),
    ({"statement": {"id": ID}}, ["$.context.statement.objectType"]),
    ({"statement": {"objectType": "StatementRef", "id": "x"}}, ["$.context.statement.id"]),
    ({"extensions": {"x": 1}}, ['$.context.extensions["x"]']),
    ({"contextAgents": []}, ["$.context.contextAgents"]),
    ({"contextGroups": []}, ["$.context.contextGroups"]),
    ({"cohort": 1}, ["$.context.cohort"]),
]

CONTEXTS_2: list[tuple[object, list[str]]] = [
    ({"contextAgents": {}}, ["$.context.contextAgents"]),
    ({"contextAgents": [{}]}, ["$.context.contextAgents[0].agent", "$.context.contextAgents[0].objectType"]),
    ({"contextAgents": [{"objectType": "Agent", "agent": MBOX}]}, ["$.context.contextAgents[0].objectType"]),
    ({"contextAgents": [{"objectType": "contextAgent", "agent": {}}]}, ["$.context.contextAgents[0].agent"]),
    (
        {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX, "relevantTypes": []}]},
        ["$.context.contextAgents[0].relevantTypes"],
    ),
    (
        {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX, "relevantTypes": ["x"]}]},
        ["$.context.contextAgents[0].relevantTypes[0]"],
    ),
    (
        {"contextGroups": [{"objectType": "contextGroup", "group": MBOX}]},
        ["$.context.contextGroups[0].group.objectType"],
    ),
]

TIMES = [
    "2026-11-24",
    "2026-11-24T14:00:00",
    "2026-11-24 14:00:00Z",
    "2026-11-24T14:00:00-00:00",
    "2026-11-24T14:00:00.601-0000",
    "2026-11-24T14:00:00-00",
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-11-24T24:00:01Z",
    "2026-11-24T14:60:00Z",
    "2026-11-24T14:00:00+25:00",
    "2026-11-24T14:00:00.Z",
    "2026-1124T14:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "01/11/2026",
    "",
    1764000000,
]

REQUIRED_OF_ATTACHMENTS = ("usageType", "display", "contentType", "length", "sha2")
ATTACHMENTS: list[tuple[object, list[str]]] = [
    ({}, ["$.attachments"]),
    ([{**ATTACHMENT, "usageType": "notes"}], ["$.attachments[0].usageType"]),
    ([{**ATTACHMENT, "display": "Notes"}], ["$.attachments[0].display"]),
    ([{**ATTACHMENT, "contentType": "text"}], ["$.attachments[0].contentType"]),
    ([{**ATTACHMENT, "length": -1}], ["$.attachments[0].length"]),
    ([{**ATTACHMENT, "length": 1.5}], ["$.attachments[0].length"]),
    ([{**ATTACHMENT, "length": "27"}], ["$.attachments[0].length"]),
    ([{**ATTACHMENT, "sha2": "abc"}], ["$.attachments[0].sha2"]),
    ([{**ATTACHMENT, "fileUrl": "notes.txt"}], ["$.attachments[0].fileUrl"]),
    *(([without(name, ATTACHMENT)], [f"$.attachments[0].{name}"]) for name in REQUIRED_OF_ATTACHMENTS),
    ([{**ATTACHMENT, "usageType": SIGNATURE, "contentType": "text/plain"}], ["$.attachments[0].contentType"]),
]


@pytest.mark.parametrize(("statement", "places"), WHOLE)
def test_what_is_wrong_with_a_statement(statement: object, places: list[str], now: datetime) -> None:
    assert paths(statement, now) == places


@pytest.mark.parametrize(("name", "value", "places"), [
    *(("actor", *case) for case in ACTORS),
    *(("verb", *case) for case in VERBS),
    *(("object", *case) for case in OBJECTS),
    *(("result", *case) for case in RESULTS),
    *(("context", *case) for case in CONTEXTS),
    *(("timestamp", time, ["$.timestamp"]) for time in TIMES),
    *(("attachments", *case) for case in ATTACHMENTS),
])  # fmt: skip
def test_what_is_wrong_with_a_part(name: str, value: object, places: list[str], now: datetime) -> None:
    assert paths(a_statement(**{name: value}), now) == places


@pytest.mark.parametrize(("context", "places"), CONTEXTS_2)
def test_what_is_wrong_with_people_in_a_context(context: object, places: list[str], now: datetime) -> None:
    assert paths(a_statement(context=context), now, "2.0.0") == places


@pytest.mark.parametrize(("name", "value", "places"), [
    *(("actor", *case) for case in ACTORS),
    *(("verb", *case) for case in VERBS),
    *(("result", *case) for case in RESULTS),
    *(("context", *case) for case in CONTEXTS),
])  # fmt: skip
def test_the_same_is_wrong_in_a_substatement(name: str, value: object, places: list[str], now: datetime) -> None:
    statement = a_statement(object={**SUB, name: value})
    assert paths(statement, now) == [place.replace("$", "$.object", 1) for place in places]


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize("about", [BEN, {"objectType": "Group", **MBOX}, REFERENCE, SUB])
def test_some_context_is_for_activities_only(name: str, about: dict[str, Any], now: datetime) -> None:
    assert paths(a_statement(object=about, context={name: "x"}), now) == [f"$.context.{name}"]


@pytest.mark.parametrize("about", [{"id": LESSON}, BEN, SUB])
def test_a_voiding_statement_refers_to_a_statement(about: dict[str, Any], now: datetime) -> None:
    assert paths(a_statement(verb={"id": VOIDED}, object=about), now) == ["$.object"]


def test_every_fault_is_told_at_once(now: datetime) -> None:
    batch = [a_statement(actor={}), a_statement(), a_statement(verb={"id": "x"}, timestamp="y", extra=1)]
    assert paths(batch, now) == ["$[0].actor", "$[2].extra", "$[2].timestamp", "$[2].verb.id"]


def test_a_fault_says_what_and_where(now: datetime) -> None:
    with pytest.raises(StatementFaults) as caught:
        parse(a_statement(result={"score": {"scaled": 7}}), now=now)
    assert str(caught.value) == "$.result.score.scaled: is not within -1 and 1: 7"


def test_thousands_of_faults_are_cut_short(now: datetime) -> None:
    with pytest.raises(StatementFaults) as caught:
        parse([{}] * 100, now=now)
    assert len(caught.value.faults) == 300
    assert str(caught.value).splitlines()[-1] == "and 250 more"
