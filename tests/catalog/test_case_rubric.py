"""Rubrics in 1EdTech CASE: what we write, what comes back, and files that are wrong."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from mentorcert.catalog.case_reader import LARGEST
from mentorcert.catalog.case_rubric import package
from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric
from mentorcert.catalog.rubric_import import Imported, imported
from mentorcert.errors import Invalid
from tests.catalog.exchange import read_text, rubrics

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ADDRESS = "https://certify.example.org/rubrics/abc"
UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-5][0-9A-Fa-f]{3}-[89A-Ba-b][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}")
"""The pattern of UUIDDType in the standard's OpenAPI file."""
REQUIRED = {
    "CFDocument": {"identifier", "uri", "creator", "title", "lastChangeDateTime"},
    "CFRubrics": {"identifier", "uri", "lastChangeDateTime"},
    "CFRubricCriteria": {"identifier", "uri", "lastChangeDateTime"},
    "CFRubricCriterionLevels": {"identifier", "uri", "lastChangeDateTime"},
}
ALLOWED = {
    "CFDocument": {"caseVersion"},
    "CFRubrics": {"title", "description", "CFRubricCriteria", "extensions"},
    "CFRubricCriteria": {
        *("category", "description", "CFItemURI", "weight", "position", "rubricId", "CFRubricCriterionLevels"),
        "extensions",
    },
    "CFRubricCriterionLevels": {"description", "quality", "score", "feedback", "position", "rubricCriterionId"},
}
"""Information model of CASE 1.1: CFPckgDocument, and CFRubric (§7.1.26) to CFRubricCriterionLevel (§7.1.29)."""
LEVELS = (Level("weak", "Weak", 1, "Interrupts."), Level("solid", "Solid", 2, "Waits."))
TINY = Rubric(
    *("tiny", "Tiny", "Two.", 70),
    (
        Criterion(
            "hear", "Listening", 60, LEVELS, True, "solid", True, (Phrase("You waited.", "solid"), Phrase("So."))
        ),
        Criterion("close", "Close", 40, LEVELS),
    ),
)


FIRST = "$.CFRubrics[0].CFRubricCriteria"


def level(title: str, score: object, **more: object) -> dict[str, object]:
    return {"quality": title, "score": score, "description": f"{title} it is.", **more}


def criterion(title: str, weight: object = None, **more: object) -> dict[str, object]:
    levels = [level("Good", 2), level("Poor", 1)]
    return {"category": title, "weight": weight, "CFRubricCriterionLevels": levels, **more}


def read(*criteria: object, **more: object) -> Imported:
    return imported(json.dumps({"CFRubrics": [{"title": "Talk", "CFRubricCriteria": criteria, **more}]}).encode())


def faults(data: bytes) -> list[str]:
    with pytest.raises(Invalid) as refused:
        imported(data)
    return [str(fault) for fault in refused.value.faults]


def of(*criteria: object, **more: object) -> bytes:
    return json.dumps({"CFRubrics": [{"title": "Talk", "CFRubricCriteria": criteria, **more}]}).encode()


def back(found: Imported) -> Rubric:
    rubric, _ = read_text(found.text)
    assert rubric is not None
    return rubric


@settings(max_examples=20, deadline=None)
@given(rubrics())
def test_everything_comes_back(rubric: Rubric) -> None:
    assert read_text(imported(json.dumps(package(rubric, ADDRESS, NOW)).encode()).text) == (rubric, [])


def test_what_is_written_has_what_the_standard_asks_for_and_nothing_else() -> None:
    identifiers = []

    def look(name: str, thing: dict[str, Any]) -> None:
        assert REQUIRED[name] <= set(thing) <= REQUIRED[name] | ALLOWED[name], name
        identifiers.append(thing["identifier"])
        for inner in ("CFRubricCriteria", "CFRubricCriterionLevels"):
            for each in thing.get(inner, ()):
                look(inner, each)

    written = package(TINY, ADDRESS, NOW)
    look("CFDocument", written["CFDocument"])
    look("CFRubrics", written["CFRubrics"][0])
    assert set(written) == {"CFDocument", "CFItems", "CFAssociations", "CFRubrics"}
    assert [UUID.fullmatch(each) is not None for each in identifiers] == [True] * 8
    assert len(set(identifiers)) == 8
    assert package(TINY, ADDRESS, NOW) == written


def test_a_level_is_written_as_others_read_it() -> None:
    [listening, _] = package(TINY, ADDRESS, NOW)["CFRubrics"][0]["CFRubricCriteria"]
    solid = listening["CFRubricCriterionLevels"][1]
    assert (listening["category"], listening["weight"], listening["position"]) == ("Listening", 60, 1)
    assert {name: solid[name] for name in ("quality", "description", "score", "feedback", "position", "uri")} == {
        "quality": "Solid",
        "description": "Waits.",
        "score": 2,
        "feedback": "You waited.",
        "position": 2,
        "uri": f"{ADDRESS}#hear/solid",
    }
    assert solid["rubricCriterionId"] == listening["identifier"]
    assert solid["lastChangeDateTime"] == "2026-11-22T09:30:00Z"


def test_a_rubric_of_another_system_is_read_with_what_is_missing_left_to_write() -> None:
    levels = [level("Top", 1.5, feedback="Well done.\nGo on."), level("Low", 0.5, description=None)]
    found = read(
        criterion("Close", 0.25, position=2),
        criterion("Open", 0.5, position=1, description="How it begins", CFRubricCriterionLevels=levels),
    )
    rubric, left = read_text(found.text)
    assert rubric is not None
    assert [(each.id, each.weight) for each in rubric.criteria] == [("open", 67), ("close", 33)]
    first = rubric.criteria[0]
    assert [(each.id, each.points, each.title) for each in first.levels] == [("low", 1, "Low"), ("top", 3, "Top")]
    assert first.bank == (Phrase("Well done.", "top"), Phrase("Go on.", "top"))
    assert left == [
        "summary is still to be written",
        'pass is "TODO", not a whole number',
        "anchor is still to be written",
    ]
    assert "# It was described as: How it begins\n" in found.text


def test_without_weights_a_criterion_weighs_its_highest_score() -> None:
    found = read(criterion("One"), criterion("Two", CFRubricCriterionLevels=[level("Good", 6), level("Poor", 0)]))
    assert [each.weight for each in back(found).criteria] == [25, 75]
    assert found.notes[0] == "The file had no weights: each criterion weighs its highest score."


def test_a_category_that_criteria_share_is_no_title() -> None:
    found = read(
        criterion("Talk", description="Asks first"),
        criterion("Talk", description=None, CFItemURI={"title": "Closes well"}),
        criterion("", description="Waits"),
    )
    assert [each.title for each in back(found).criteria] == ["Asks first", "Closes well", "Waits"]


@pytest.mark.parametrize("wrapper", ["CFPackage", "CFRubric", None])
def test_a_rubric_may_stand_alone_or_in_its_package_and_with_capitals(wrapper: str | None) -> None:
    rubric = {
        "Title": "Talk",
        "CFRubricCriterion": [{"Description": "Close", "CFRubricCriterionLevels": [level("A", 1), level("B", 0)]}],
    }
    inner = {"CFRubrics": [rubric]} if wrapper == "CFPackage" else rubric
    found = imported(json.dumps({wrapper: inner} if wrapper else inner).encode())
    assert (found.id, [each.title for each in back(found).criteria]) == ("talk", ["Close"])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"[]", ["$: It is not an object. Export a CFPackage or a CFRubric."]),
        (b"{}", ["$: There is no CFRubric in it. Export a package that holds the rubric."]),
        (b'{"CFRubrics": 7}', ["$.CFRubrics: It is not a list. Put it between [ and ]."]),
        (b'{"CFRubrics": [7]}', ["$.CFRubrics[0]: It is not an object. Write it between { and }."]),
        (
            b'{"CFRubrics": [{}]}',
            ["$.CFRubrics[0].title: The rubric has no title. Give it one."],
        ),
        (of(), ["$.CFRubrics[0]: It has 0 criteria. Let it have 1 to 100."]),
        (of(criterion("C", 1), title=["Talk"]), ["$.CFRubrics[0].title: It is not a text. Write words."]),
        (of(criterion("C", 1), extensions={"mentorcert": {"pass": "high"}}), None),
        (
            of(criterion("A", 1), criterion("B"), criterion("C", 0), criterion("D", "9"), criterion("E", -1)),
            [
                f"{FIRST}[3].weight: It is not a number. Write a number from 0, such as 4 or 2.5.",
                f"{FIRST}[4].weight: It is out of range. Write a number from 0 to 1,000,000.",
                (f"{FIRST}[1].weight: There is none, and other criteria have one. Write a number above 0."),
                f"{FIRST}[2].weight: It is 0. Write a number above 0.",
                f"{FIRST}[3].weight: It is 0. Write a number above 0.",
                f"{FIRST}[4].weight: It is 0. Write a number above 0.",
            ],
        ),
        (
            of(criterion("A", 1, CFRubricCriterionLevels=[level("Good", 1), {"score": None}])),
            [
                (
                    f"{FIRST}[0].CFRubricCriterionLevels[1].score: "
                    "There is none, so nobody can tell weak levels from strong ones. Write a number."
                ),
                (
                    f"{FIRST}[0].CFRubricCriterionLevels[1]: "
                    "The level has neither quality nor description. Give it a quality: one or two words."
                ),
            ],
        ),
        (
            of(criterion("A", 1, CFRubricCriterionLevels=[level("A", 1), level("B", 1.0)])),
            [
                (
                    f'{FIRST}[0].CFRubricCriterionLevels[1]: "A" and "B" have the same points, 1. '
                    "Give each level its own points."
                )
            ],
        ),
        (
            of(criterion("A", 1, CFRubricCriterionLevels=[level(f"L{at}", at) for at in range(5000)])),
            [f"{FIRST}[0]: The criterion has 5000 levels. Let it have 2 to 20."],
        ),
        (
            of(*(criterion(name, 1, identifier="same") for name in "AB")),
            [(f"{FIRST}[1].identifier: {FIRST}[0] has the same one. Give each its own.")],
        ),
        (
            of(criterion("", 1)),
            [(f"{FIRST}[0]: The criterion has neither category nor description. Give it a category: its title.")],
        ),
        (
            of(criterion("A\u0007", 1)),
            [
                (f"{FIRST}[0].category: There is a control character in it. Remove it; often it came with a paste."),
                (f"{FIRST}[0]: The criterion has neither category nor description. Give it a category: its title."),
            ],
        ),
        (
            of(criterion("A", 1, extensions={"mentorcert": {"levels": ["one"]}})),
            [(f"{FIRST}[0].extensions: It names 1 levels, and there are 2. Put back what was exported.")],
        ),
        (b"{" * (LARGEST + 1), ["the file: It has 16,000,001 bytes, more than 16,000,000. Export the rubric alone."]),
    ],
)
def test_what_cannot_be_imported_is_told_by_its_json_path(data: bytes, expected: list[str] | None) -> None:
    told = faults(data)
    assert told == expected or (
        expected is None and told[0].startswith("$.CFRubrics[0].extensions.mentorcert: Expected")
    )


@pytest.mark.parametrize(
    "data",
    [b'{"a": NaN}', b'{"a": 1e999}', b"{" * 100_000, b'{"a"', b'{"a": "\xff"}', b'{"a": "\\ud800"}', b'{"a":1}{}'],
)
def test_what_is_not_json_is_refused(data: bytes) -> None:
    [fault] = faults(data)
    assert fault.startswith("the file: This is not JSON")


def test_hostile_words_stay_words() -> None:
    found = read(
        criterion("<script>alert(1)</script>", 1, description="a\u2028!!python/object:os.system\n- id: x"),
        title="]: {&a *a",
        description="# not a comment",
    )
    rubric = back(found)
    assert (rubric.title, rubric.summary, rubric.criteria[0].title) == (
        *("]: {&a *a", "# not a comment", "<script>alert(1)</script>"),
    )
    assert len(rubric.criteria) == 1


def test_extensions_of_somebody_else_change_nothing() -> None:
    with_some = read(criterion("A", 1, extensions={"vendor": {"x": 1}}), extensions=[{"y": 2}])
    assert with_some.text == read(criterion("A", 1)).text
