"""The requirements on statements, by group of the standard, over HTTP: in both versions, alone and in batches, by POST
and PUT, and inside a SubStatement. What may not be is 400 and leaves nothing behind; what may be is stored as it came.

Sections are those of 1.0.3 (Data); 2.0 (IEEE 9274.1.1, 4.2) has the same rules where nothing else is said.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.xapi.factories import AMARA, BEN, LESSON, a_full_statement, a_statement, a_void
from tests.xapi.lrs_app import Client
from xapi import count

VERSION = "X-Experience-API-Version"
BOTH: Final = ("1.0.3", "2.0.0")
GONE: Final = object()
"""In place of a value: the member is left out."""
ID = "7d7bbd6b-5a0e-4e0e-9d2c-2f8f3d5b1a11"
MBOX = {"mbox": "mailto:sam@example.org"}
NOON = "2026-11-24T12:00:00Z"
NOBODY = {"objectType": "Group", "name": "Nobody"}
TEAM = {"objectType": "Group", "member": [AMARA]}
REFERENCE = {"objectType": "StatementRef", "id": ID}
CHOICE = "http://adlnet.gov/expapi/activities/cmi.interaction"
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Rule = tuple[str, str, object]
"""The section, the place as a path of names, and the value that is put there."""

BAD: list[Rule] = [
    *(("2.2 null", path, None) for path in ("actor", "verb", "object", "result", "context", "id", "verb.display.de")),
    *(("2.2 type", path, 7) for path in ("actor", "verb", "object", "result", "context", "id", "timestamp", "version")),
    *(("2.2 list", path, [{}]) for path in ("actor", "verb", "object", "result", "context", "verb.display")),
    *(("2.2 unknown", f"{path}iD", "x") for path in ("", "actor.", "verb.", "object.", "result.", "context.")),
    *(("2.2 case", path, {}) for path in ("Actor", "Verb", "Object", "result.Score", "context.contextactivities")),
    *(("2.2 IRI", path, "no/scheme") for path in ("verb.id", "object.id", "object.definition.type")),
    *(("2.2 IRI", path, "http://e.org/a b") for path in ("verb.id", "object.id", "object.definition.moreInfo")),
    *(("2.4.1 id", "id", text) for text in ("", "x", ID[:-1], ID + "0", f"{{{ID}}}", ID.replace("-", ""))),
    *(("2.4 required", path, GONE) for path in ("actor", "verb", "object", "verb.id", "object.id")),
    ("2.4.2 actor", "actor", {}),
    ("2.4.2 type", "actor.objectType", "agent"),
    ("2.4.2 type", "actor.objectType", "Person"),
    ("2.4.2.1 one identifier", "actor", {"name": "Sam"}),
    ("2.4.2.1 one identifier", "actor", {**MBOX, "openid": "https://sam.example.org"}),
    ("2.4.2.1 no members", "actor", {**MBOX, "member": [BEN]}),
    ("2.4.2.2 anonymous group", "actor", NOBODY),
    ("2.4.2.2 one identifier", "actor", {**TEAM, **MBOX, "mbox_sha1sum": "0" * 40}),
    ("2.4.2.2 members", "actor", {**TEAM, "member": BEN}),
    ("2.4.2.2 no groups inside", "actor", {**TEAM, "member": [TEAM]}),
    *(("2.4.2.3 mbox", "actor", {"mbox": text}) for text in ("sam@example.org", "mailto:sam", "MAILTO sam@e.org", 7)),
    *(("2.4.2.3 sha1", "actor", {"mbox_sha1sum": text}) for text in ("0" * 39, "0" * 41, "x" * 40, 7)),
    *(("2.4.2.3 openid", "actor", {"openid": text}) for text in ("sam", "//example.org", 7)),
    *(("2.4.2.4 account", "actor", {"account": {"homePage": "https://e.org", **more}}) for more in ({}, {"name": 7})),
    ("2.4.2.4 account", "actor", {"account": {"name": "sam"}}),
    ("2.4.2.4 home page", "actor", {"account": {"homePage": "e.org", "name": "sam"}}),
    ("2.4.2.4 nothing else", "actor", {"account": {"homePage": "https://e.org", "name": "sam", "mbox": "x"}}),
    ("2.4.3 display", "verb.display", "completed"),
    ("2.4.4 type", "object.objectType", "activity"),
    ("2.4.4 type", "object.objectType", "Thing"),
    *(("2.4.4.1 interaction", "object.definition.interactionType", text) for text in ("Choice", "quiz", 7, None)),
    ("2.4.4.1 interaction", "object.definition", {"choices": [{"id": "a"}]}),
    ("2.4.4.1 interaction", "object.definition", {"correctResponsesPattern": ["a"]}),
    ("2.4.4.1 components", "object.definition.choices", [{"id": "a"}, {"id": "a"}]),
    ("2.4.4.1 components", "object.definition.choices", [{"description": {"en": "A"}}]),
    ("2.4.4.1 components", "object.definition.scale", [{"id": "a"}]),
    ("2.4.4.1 extensions", "object.definition.extensions", {"no scheme": 1}),
    ("2.4.4.2 who", "object", {"objectType": "Agent", "name": "Sam"}),
    ("2.4.4.2 who", "object", {**NOBODY}),
    ("2.4.4.2 who needs a type", "object", MBOX),
    ("2.4.4.3 reference", "object", {"objectType": "StatementRef"}),
    ("2.4.4.3 reference", "object", {**REFERENCE, "id": LESSON}),
    ("2.4.4.3 reference", "object", {**REFERENCE, "definition": {}}),
    *(("2.4.5.1 scaled", "result.score.scaled", points) for points in (1.01, -1.01, "1")),
    *(("2.4.5.1 raw", "result.score.raw", points) for points in (2.1, -0.1)),
    ("2.4.5.1 min", "result.score.min", 2),
    ("2.4.5 success", "result.success", "true"),
    ("2.4.5 completion", "result.completion", 1),
    ("2.4.5 response", "result.response", 7),
    *(("2.4.5 duration", "result.duration", text) for text in ("", "P", "PT", "1H", "PT1H1", "P1.5DT1H", "P1W1D", 7)),
    ("2.4.5 extensions", "result.extensions", {"x": 1}),
    *(("2.4.6 registration", "context.registration", text) for text in (ID[:-1], "x", 7)),
    *(("2.4.6 instructor", "context.instructor", who) for who in ({"name": "x"}, NOBODY, 7)),
    *(("2.4.6 team", "context.team", who) for who in (MBOX, NOBODY, 7)),
    ("2.4.6 activities", "context.contextActivities", {"parents": []}),
    ("2.4.6 activities", "context.contextActivities.parent", [{"id": "x"}]),
    ("2.4.6 activities", "context.contextActivities.other", [AMARA]),
    *(("2.4.6 language", "context.language", text) for text in ("", "toolonglanguage", "e", "en_GB", 7)),
    ("2.4.6 statement", "context.statement", {"id": ID}),
    ("2.4.6 statement", "context.statement", {**REFERENCE, "id": "x"}),
    ("2.4.6 extensions", "context.extensions", {"x": 1}),
    *(("2.4.7 time", "timestamp", text) for text in ("", "today", "2026-11-24", "2026-11-24T14:29:51", "14:29:51Z")),
    *(("2.4.7 time", "timestamp", f"2026-11-24T14:29:51{zone}") for zone in ("-00:00", "-0000", "-00", "+25:00", "z")),
    ("2.4.7 time", "timestamp", "2026-13-24T14:29:51Z"),
    ("2.4.11 attachments", "attachments", {}),
    ("2.4.11 attachments", "attachments", [{}]),
    ("4.2 languages", "verb.display", {"no language": "x"}),
    ("4.2 languages", "object.definition.name", {"en": 7}),
]
"""What may be in no statement and no SubStatement."""

OUTSIDE: list[Rule] = [
    ("2.3.2 voiding", "verb.id", "http://adlnet.gov/expapi/verbs/voided"),
    ("2.4.4.3 no SubStatement inside", "object", {**a_statement(), "objectType": "SubStatement", "object": {
        **a_statement(), "objectType": "SubStatement"}}),
    *(("2.4.4.3 SubStatement", "object", {**a_statement(**{name: value}), "objectType": "SubStatement"})
      for name, value in (("id", ID), ("stored", "2026-11-24T14:00:00Z"), ("version", "1.0.0"), ("authority", BEN))),
    *(("2.4.6 only of activities", f"context.{name}", "x") for name in ("revision", "platform")),
    *(("2.4.8 stored", "stored", text) for text in ("", "today", 7)),
    *(("2.4.9 authority", "authority", who) for who in ({"name": "x"}, NOBODY, TEAM, {
        "objectType": "Group", "member": [AMARA, BEN, MBOX]}, {**MBOX, "objectType": "Group", "member": [AMARA, BEN]})),
    *(("2.4.10 version", "version", text) for text in ("0.9", "0.95", "1.1.0", "1.0.x", "3.0.0", "", "v1.0.0")),
]  # fmt: skip
"""What may not be in a statement; in a SubStatement it is another matter."""

GOOD: list[Rule] = [
    *(("2.2 empty", path, {}) for path in ("result", "context", "verb.display", "object.definition", "result.score")),
    ("4.1 extensions", "result.extensions", {"https://e.org/x": None, "https://e.org/y": "", "urn:z": {}, "tag:a": []}),
    ("2.4.1 id", "id", ID.upper()),
    ("2.4.2.1 identifiers", "actor", {"mbox_sha1sum": "0123456789abcdefABCDEF0123456789abcdef01"}),
    ("2.4.2.1 identifiers", "actor", {"openid": "https://sam.example.org"}),
    ("2.4.2.1 identifiers", "actor", {"account": {"homePage": "https://e.org", "name": ""}}),
    ("2.4.2.2 groups", "actor", {"objectType": "Group", **MBOX}),
    ("2.4.2.2 groups", "actor", {**TEAM, **MBOX, "member": []}),
    ("2.4.4.2 who", "object", AMARA),
    ("2.4.4.2 who", "object", TEAM),
    ("2.4.4.3 what nobody has", "object", REFERENCE),
    *(("2.4.5.1 score", "result.score", score) for score in ({"scaled": -1}, {"scaled": 1.0}, {"raw": 3}, {"min": 9})),
    *(("2.4.5 duration", "result.duration", text) for text in ("PT0S", "P1Y2M3DT4H5M6.789S", "P4W", "PT36H", "P0.5Y")),
    ("2.4.6 instructor", "context.instructor", TEAM),
    ("2.4.6 activities", "context.contextActivities", {"parent": {"id": LESSON}, "other": []}),
    *(("2.4.6 language", "context.language", text) for text in ("en", "en-GB", "zh-Hans-CN", "x-ours", "i-klingon")),
    *(
        ("2.4.7 time", "timestamp", f"2026-11-24T14:29:51{rest}")
        for rest in ("Z", ".1Z", ".123456789Z", "+05:30", "-08")
    ),
    ("2.4.7 the future", "timestamp", "2036-11-24T14:29:51Z"),
]

CONTEXTS_OF_2: list[tuple[str, object, int]] = [
    ("contextAgents", [{"objectType": "contextAgent", "agent": BEN}], 200),
    ("contextAgents", [{"objectType": "contextAgent", "agent": BEN, "relevantTypes": ["https://e.org/coach"]}], 200),
    ("contextGroups", [{"objectType": "contextGroup", "group": TEAM}], 200),
    ("contextAgents", {"objectType": "contextAgent", "agent": BEN}, 400),
    ("contextAgents", [{"agent": BEN}], 400),
    ("contextAgents", [{"objectType": "contextAgent"}], 400),
    ("contextAgents", [{"objectType": "contextGroup", "agent": BEN}], 400),
    ("contextAgents", [{"objectType": "contextAgent", "agent": TEAM}], 400),
    ("contextAgents", [{"objectType": "contextAgent", "agent": BEN, "relevantTypes": []}], 400),
    ("contextAgents", [{"objectType": "contextAgent", "agent": BEN, "relevantTypes": ["coach"]}], 400),
    ("contextAgents", [{"objectType": "contextAgent", "agent": BEN, "relevantTypes": "https://e.org/coach"}], 400),
    ("contextGroups", [{"objectType": "contextGroup", "group": BEN}], 400),
    ("contextGroups", [{"objectType": "contextGroup", "group": NOBODY}], 400),
]


def changed(place: str, value: object) -> dict[str, Any]:
    """A full statement, without an id, with a value at a place."""
    statement = deepcopy({name: member for name, member in a_full_statement().items() if name != "id"})
    *outer, name = place.split(".")
    inner: dict[str, Any] = statement
    for each in outer:
        inner = inner[each]
    inner[name] = value
    if value is GONE:
        del inner[name]
    if place == "object" or place.startswith("object.objectType"):
        for only_of_activities in ("revision", "platform"):
            del statement["context"][only_of_activities]
    return statement


def as_substatement(statement: dict[str, Any]) -> dict[str, Any]:
    inner = {name: member for name, member in statement.items() if name not in {"id", "version"}}
    return a_statement(object={**inner, "objectType": "SubStatement"})


def statuses(lrs: Client, statement: dict[str, Any]) -> Iterator[int]:
    """Send a statement in every way; give what is answered."""
    for version in BOTH:
        lrs.headers[VERSION] = version
        yield lrs.post(statement).status_code
        yield lrs.post([a_statement(), statement, a_statement()]).status_code
        yield lrs.put(statement, statementId=str(statement.get("id", uuid4()))).status_code


def stored(engine: Engine) -> int:
    with Session(engine) as session:
        return count(session)


def each_section(rules: list[Rule]) -> pytest.MarkDecorator:
    """Gather rules by their section: an application for each rule would take long."""
    gathered: dict[str, list[tuple[str, object]]] = {}
    for section, place, value in rules:
        gathered.setdefault(section, []).append((place, value))
    return pytest.mark.parametrize("cases", gathered.values(), ids=gathered.keys())


@one_kind
@each_section(BAD)
def test_what_may_not_be(cases: list[tuple[str, object]], lrs: Client, engine: Engine) -> None:
    for place, value in cases:
        statement = changed(place, value)
        answers = set(statuses(lrs, statement))
        if place not in {"id", "version"}:  # which a SubStatement may not have at all
            answers |= set(statuses(lrs, as_substatement(statement)))
        assert (place, value, answers, stored(engine)) == (place, value, {400}, 0)


@one_kind
@each_section(OUTSIDE)
def test_what_may_not_be_in_a_statement(cases: list[tuple[str, object]], lrs: Client, engine: Engine) -> None:
    for place, value in cases:
        statement = changed(place, value)
        if place.startswith("context."):
            statement["object"] = dict(AMARA)
        assert (place, value, set(statuses(lrs, statement)), stored(engine)) == (place, value, {400}, 0)


@one_kind
@pytest.mark.parametrize("version", BOTH)
@each_section(GOOD)
def test_what_may_be(cases: list[tuple[str, object]], version: str, lrs: Client) -> None:
    lrs.headers[VERSION] = version
    for place, value in cases:
        statement = changed(place, value)
        (sent,) = lrs.post(statement).json
        (inside,) = lrs.post(as_substatement(statement)).json
        told = {name: member for name, member in statement.items() if name not in {"id", "context"}}
        given = lrs.get(statementId=sent).json
        assert {name: given[name] for name in told} == told
        assert lrs.get(statementId=inside).json["object"]["verb"] == statement["verb"]


@one_kind
@pytest.mark.parametrize(("name", "value", "status"), CONTEXTS_OF_2)
def test_context_agents_and_groups_are_known_to_the_newer_standard_only(
    name: str, value: object, status: int, lrs: Client
) -> None:
    statement = a_statement(context={name: value})
    older = {lrs.post(statement).status_code, lrs.post(as_substatement(statement)).status_code}
    lrs.headers[VERSION] = "2.0.0"
    newer = {lrs.post(statement).status_code, lrs.post(as_substatement(statement)).status_code}
    assert (older, newer) == ({400}, {status})


@one_kind
def test_who_is_in_a_context_of_the_newer_standard_is_found_as_related(lrs: Client) -> None:
    lrs.headers[VERSION] = "2.0.0"
    involved = {"contextAgents": [{"objectType": "contextAgent", "agent": BEN}]}
    (sent,) = lrs.post(a_statement(context=involved)).json
    who = json.dumps(BEN)
    found = [
        lrs.get("statements", None, agent=who, **more).json["statements"] for more in ({}, {"related_agents": "true"})
    ]
    assert [[each["id"] for each in some] for some in found] == [[], [sent]]


IRIS = [
    "https://example.org/lesson",
    "https://example.org/Lesson",
    "HTTPS://example.org/lesson",
    "https://EXAMPLE.org/lesson",
    "https://example.org/lesson/",
    "https://example.org/lesson?",
    "https://example.org/lesson#",
    "https://example.org:443/lesson",
    "https://example.org/./lesson",
    "https://example.org/%6Cesson",
    "https://example.org/lessön",
    "https://example.org/lesso\u0308n",
    "https://example.org/less%C3%B6n",
]
"""All are different: IRIs are compared as strings, character by character (Data 2.2)."""


@pytest.mark.parametrize("kind", ["activity", "verb", "agent"])
def test_iris_are_compared_as_strings(kind: str, lrs: Client) -> None:
    def made(iri: str) -> dict[str, Any]:
        members: dict[str, dict[str, Any]] = {
            "activity": {"object": {"id": iri}},
            "verb": {"verb": {"id": iri}},
            "agent": {"actor": {"account": {"homePage": iri, "name": "sam"}}},
        }
        return a_statement(**members[kind])

    ids = lrs.post([made(iri) for iri in IRIS]).json
    asked = [json.dumps(made(iri)["actor"]) if kind == "agent" else iri for iri in IRIS]
    found = [[each["id"] for each in lrs.get("statements", None, **{kind: one}).json["statements"]] for one in asked]
    assert found == [[each] for each in ids]


@pytest.mark.parametrize("version", BOTH)
def test_a_batch_is_stored_whole_or_not_at_all(version: str, lrs: Client, engine: Engine) -> None:
    lrs.headers[VERSION] = version
    good, bad = a_statement(), a_statement(verb={})
    refused = [
        lrs.post(each).status_code for each in ([good, bad], [bad, good], [good] * 20 + [bad], [[good]], [good, 7])
    ]
    assert (set(refused), stored(engine)) == ({400}, 0)
    assert (lrs.post([good, good]).status_code, stored(engine)) == (200, 2)


@pytest.mark.parametrize("version", BOTH)
def test_an_id_is_taken_once(version: str, lrs: Client, engine: Engine) -> None:
    """Communication 2.1.1 and 2.1.2: the same again does no harm, something else is a conflict."""
    lrs.headers[VERSION] = version
    statement = a_statement(id=ID)
    same = [lrs.post(statement), lrs.post([statement]), lrs.put(statement, statementId=ID)]
    other = a_statement(id=ID, object=AMARA)
    conflict = [lrs.post(other), lrs.post([a_statement(), other]), lrs.put(other, statementId=ID)]
    twice = [lrs.post([a_statement(id=each), a_statement(id=each.upper())]) for each in (ID, str(uuid4()))]
    assert [[each.status_code for each in some] for some in (same, conflict, twice)] == [
        [200, 200, 204],
        [409] * 3,
        [400] * 2,
    ]
    assert (stored(engine), lrs.get(statementId=ID).json["object"]) == (1, {"id": LESSON})


@pytest.mark.parametrize("version", BOTH)
def test_a_voiding_statement_is_taken_before_and_without_its_target(version: str, lrs: Client) -> None:
    lrs.headers[VERSION] = version
    assert lrs.post(a_void(ID)).status_code == 200
    lrs.post(a_statement(id=ID))
    assert [lrs.get("statements", None, **{name: ID}).status_code for name in ("statementId", "voidedStatementId")] == [
        404,
        200,
    ]


BODIES = [b"", b"{", b"7", b"null", b'"x"', b"[1]", b"[null]", b"[[]]", b"{}", b"[{}]", b"\xef\xbb\xbf{}", b"\xff"]


@one_kind
@pytest.mark.parametrize("version", BOTH)
def test_what_is_no_statement_is_a_bad_request_and_nothing_else(version: str, lrs: Client, engine: Engine) -> None:
    lrs.headers[VERSION] = version
    kind = "application/json"
    answers = [
        lrs.client.post("/xapi/statements", data=each, headers=lrs.headers, content_type=kind) for each in BODIES
    ]
    assert ([each.status_code for each in answers], stored(engine)) == ([400] * len(BODIES), 0)


UNASKABLE: list[dict[str, str]] = [
    {"StatementId": ID}, {"AGENT": "{}"}, {"agent": "sam"}, {"agent": '{"name":"x"}'}, {"agent": '{"mbox":"sam"}'},
    {"verb": "completed"}, {"activity": "lesson"}, {"registration": "x"}, {"related_agents": "yes"},
    {"related_activities": "2"}, {"since": "today"}, {"until": "2026-11-24"}, {"limit": "-1"}, {"limit": "x"},
    {"format": "short"}, {"attachments": "1"}, {"ascending": "up"}, {"statementId": ID, "voidedStatementId": ID},
    *({"statementId": ID, name: value} for name, value in (
        ("agent", json.dumps(AMARA)), ("verb", LESSON), ("activity", LESSON), ("registration", ID),
        ("since", NOON), ("until", NOON), ("limit", "1"), ("ascending", "true"), ("related_agents", "true"),
        ("related_activities", "true"))),
]  # fmt: skip


@one_kind
@pytest.mark.parametrize("version", BOTH)
def test_what_can_not_be_asked_for(version: str, lrs: Client) -> None:
    lrs.headers[VERSION] = version
    answers = [lrs.get("statements", None, **parameters) for parameters in UNASKABLE]
    assert [each.status_code for each in answers] == [400] * len(UNASKABLE)
    assert {each.headers[VERSION] for each in answers} == {version}
