"""The published profile says what the vocabulary says."""

import json
from pathlib import Path
from typing import Any

import pytest

import xapi
from xapi import vocabulary

PROFILE: dict[str, Any] = json.loads((Path(xapi.__file__).parent / "profile.jsonld").read_text(encoding="utf-8"))
IRIS = {name: value for name, value in vars(vocabulary).items() if name.isupper()}
OURS = {value for name, value in IRIS.items() if value.startswith(f"{vocabulary.PROFILE}/")}


def test_every_concept_of_ours_is_published_once() -> None:
    assert sorted(concept["id"] for concept in PROFILE["concepts"]) == sorted(OURS)


def test_templates_use_known_verbs_and_types() -> None:
    used = {template[name] for template in PROFILE["templates"] for name in ("verb", "objectActivityType")}
    assert used - set(IRIS.values()) == set()


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
        "certificate-earned",
        "certificate-revoked",
    ]


@pytest.mark.parametrize("part", [*PROFILE["concepts"], *PROFILE["templates"]], ids=lambda part: part["id"])
def test_every_part_belongs_to_the_version_and_speaks_english(part: dict[str, Any]) -> None:
    (version,) = PROFILE["versions"]
    assert (part["inScheme"], list(part["prefLabel"]), list(part["definition"])) == (version["id"], ["en"], ["en"])
    assert [rule["presence"] for rule in part.get("rules", []) if rule["presence"] not in WORDS] == []
    json.loads(part.get("inlineSchema", "{}"))


WORDS = {"included", "excluded", "recommended"}


def test_the_head_of_the_profile() -> None:
    head = {name: PROFILE[name] for name in ("@context", "id", "type", "conformsTo")}
    assert head == {
        "@context": "https://w3id.org/xapi/profiles/context",
        "id": vocabulary.PROFILE,
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
    }


def test_no_two_names_mean_the_same_iri() -> None:
    assert len(set(IRIS.values())) == len(IRIS)
