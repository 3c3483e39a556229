"""The published profile is a valid xAPI Profile, and says what the vocabulary says."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import xapi
from tests.xapi.lrs_app import Application
from tests.xapi.profile_structure import faults
from xapi import vocabulary

TEXT = (Path(xapi.__file__).parent / "profile.jsonld").read_text(encoding="utf-8")
PROFILE: dict[str, Any] = json.loads(TEXT)
IRIS = {name: value for name, value in vars(vocabulary).items() if name.isupper()}
OURS = {value for value in IRIS.values() if value.startswith(f"{vocabulary.PROFILE}/")} - {vocabulary.PROFILE_VERSION}


def test_it_is_a_valid_profile() -> None:
    assert faults(PROFILE) == []


def test_its_head_says_whose_it_is_and_which_version() -> None:
    assert (PROFILE["id"], PROFILE["versions"][0]["id"]) == (vocabulary.PROFILE, vocabulary.PROFILE_VERSION)


def test_it_is_served_as_it_is(lrs_app: Application) -> None:
    response = lrs_app.test_client().get("/xapi/profile.jsonld")
    assert (response.status_code, response.mimetype, response.get_json(force=True)) == (
        200,
        "application/ld+json",
        PROFILE,
    )


def test_every_concept_of_ours_is_published_once() -> None:
    assert sorted(concept["id"] for concept in PROFILE["concepts"]) == sorted(OURS)


def test_templates_use_known_verbs_and_types() -> None:
    used = {
        template[name]
        for template in PROFILE["templates"]
        for name in ("verb", "objectActivityType")
        if name in template
    }
    assert used - set(IRIS.values()) == set()


def test_every_extension_that_a_rule_asks_for_is_known() -> None:
    locations = [rule["location"] for template in PROFILE["templates"] for rule in template["rules"]]
    named = {each.partition("['")[2].removesuffix("']") for each in locations if "['" in each}
    assert named - set(IRIS.values()) == set()


def test_each_kind_of_fact_has_a_template() -> None:
    assert [template["id"].rpartition("/")[2] for template in PROFILE["templates"]] == [
        "lesson-completed",
        "video-played",
        "video-paused",
        "video-left",
        "video-completed",
        "question-answered",
        "check-passed",
        "check-failed",
        "reflection-completed",
        "orientation-acknowledged",
        "strengths-recorded",
        "session-attended",
        "recording-submitted",
        "recording-passed",
        "recording-failed",
        "criterion-graded",
        "certificate-earned",
        "certificate-revoked",
        "statement-voided",
    ]


def test_everything_said_of_an_enrolment_is_in_its_pattern() -> None:
    inner = {each["id"]: each.get("alternates") or [each["oneOrMore"]] for each in PROFILE["patterns"]}
    [reached] = [each["id"] for each in PROFILE["patterns"] if each.get("primary")]
    found, waiting = set(), [reached]
    while waiting:
        found.add(each := waiting.pop())
        waiting.extend(inner.get(each, []))
    assert found - inner.keys() == {each["id"] for each in PROFILE["templates"][:-1]}


def test_no_two_names_mean_the_same_iri() -> None:
    assert len(set(IRIS.values())) == len(IRIS)


def _without(*path: str | int) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        del value[path[-1]]

    return change


def _with(new: Any, *path: str | int) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = new

    return change


VERB, TEMPLATE, EXTENSION = PROFILE["concepts"][0]["id"], PROFILE["templates"][0]["id"], 4
BROKEN: dict[str, Callable[[Any], None]] = {
    "$: a Profile has no conformsTo": _without("conformsTo"),
    "$.version: a Profile may not have it": _with("1", "version"),
    "$.id: can't be 'mentorcert'": _with("mentorcert", "id"),
    "$.seeAlso: is empty": _with(None, "seeAlso"),
    "$.patterns[0].definition.en: is empty": _with("", "patterns", 0, "definition", "en"),
    "$.author: a author has no name": _without("author", "name"),
    "$.versions[0].generatedAtTime: can't be 'today'": _with("today", "versions", 0, "generatedAtTime"),
    "$.versions: an id is not its own": _with(PROFILE["id"], "versions", 0, "id"),
    "$.concepts[0]: a Verb has no definition": _without("concepts", 0, "definition"),
    "$.concepts[0].type: can't be 'Word'": _with("Word", "concepts", 0, "type"),
    "$.concepts[0].inScheme: is not the version that is described": _with(PROFILE["id"], "concepts", 0, "inScheme"),
    "$.concepts[0].related: only what is deprecated has it": _with([VERB], "concepts", 0, "related"),
    "$.concepts[0].recommendedVerbs: a Verb may not have it": _with([VERB], "concepts", 0, "recommendedVerbs"),
    "$.concepts[0].prefLabel: can't be 'revoked'": _with("revoked", "concepts", 0, "prefLabel"),
    "$.concepts[5]: has two schemas": _with("https://a.example/schema", "concepts", 5, "schema"),
    "$.concepts[5].inlineSchema: can't be 'string'": _with("string", "concepts", 5, "inlineSchema"),
    f"$: {VERB} is there twice": lambda it: it["concepts"].append(it["concepts"][0]),
    "$.templates[0].type: can't be 'Template'": _with("Template", "templates", 0, "type"),
    "$.templates[0]: has two kinds of object": _with([TEMPLATE], "templates", 0, "objectStatementRefTemplate"),
    "$.templates[17].contextStatementRefTemplate: https://a.example is no template here": _with(
        ["https://a.example"], "templates", 17, "contextStatementRefTemplate"
    ),
    "$.templates[0].rules[0]: a rule has no location": _without("templates", 0, "rules", 0, "location"),
    "$.templates[0].rules[0]: asks for nothing": _without("templates", 0, "rules", 0, "presence"),
    "$.templates[0].rules[0].presence: can't be 'needed'": _with("needed", "templates", 0, "rules", 0, "presence"),
    "$.templates[0].rules[0].location: can't be '$..id'": _with("$..id", "templates", 0, "rules", 0, "location"),
    "$.patterns[0]: is primary and has no prefLabel or definition": _without("patterns", 0, "definition"),
    "$.patterns[0]: is nothing, and must be one thing": _without("patterns", 0, "oneOrMore"),
    "$.patterns[1]: https://a.example is not in this profile": _with(
        "https://a.example", "patterns", 1, "alternates", 0
    ),
    "$.patterns[1]: needs at least two members": _with([TEMPLATE], "patterns", 1, "alternates"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_of_a_profile_is_found(fault: str) -> None:
    broken = deepcopy(PROFILE)
    BROKEN[fault](broken)
    assert fault in faults(broken)


def test_a_pattern_in_itself_is_found() -> None:
    broken = deepcopy(PROFILE)
    broken["patterns"][2]["alternates"].append(broken["patterns"][0]["id"])
    assert any(fault.endswith("is a circle") for fault in faults(broken))
