"""How definitions of one activity become its canonical one: pure rules over plain values."""

from typing import Any

import pytest

from tests.xapi.factories import LESSON, UNIT, a_full_statement, a_statement
from xapi import jsontext
from xapi.definitions import LARGEST, Canonical, Standing, after, definitions

SYSTEM, DEFINES, NONE = Standing.SYSTEM, Standing.DEFINES, Standing.NONE
CHOICE = {"interactionType": "choice", "correctResponsesPattern": ["a"], "choices": [{"id": "a"}, {"id": "b"}]}
OTHER_CHOICE = {"interactionType": "choice", "correctResponsesPattern": ["b"]}


def learned(*said: tuple[Standing, dict[str, Any]]) -> dict[str, Any] | None:
    known: Canonical | None = None
    for standing, definition in said:
        known = after(known, definition, standing)
    return None if known is None else known.definition


@pytest.mark.parametrize(
    ("first", "second", "canonical"),
    [
        (
            {"name": {"en": "A", "de": "B"}, "description": {"en": "C"}},
            {"name": {"de": "D", "fr": "E"}},
            {"name": {"en": "A", "de": "D", "fr": "E"}, "description": {"en": "C"}},
        ),
        (
            {"extensions": {"x:1": {"a": 1}, "x:2": 2}, "type": "x:old"},
            {"extensions": {"x:1": {"b": 1}, "x:3": None}, "type": "x:new", "moreInfo": "x:more"},
            {"extensions": {"x:1": {"b": 1}, "x:2": 2, "x:3": None}, "type": "x:new", "moreInfo": "x:more"},
        ),
        ({"name": {"en": "A"}}, CHOICE, {"name": {"en": "A"}, **CHOICE}),
        (CHOICE, {"name": {"en": "A"}, **OTHER_CHOICE}, {"name": {"en": "A"}, **CHOICE}),
    ],
)
def test_what_two_senders_say_is_merged(
    first: dict[str, Any], second: dict[str, Any], canonical: dict[str, Any]
) -> None:
    assert learned((DEFINES, first), (DEFINES, second)) == canonical


def test_the_system_corrects_an_interaction_as_a_whole() -> None:
    numeric = {"interactionType": "numeric", "correctResponsesPattern": ["4"]}
    assert learned((SYSTEM, {"type": "x:type", **CHOICE}), (SYSTEM, numeric)) == {"type": "x:type", **numeric}


def test_what_the_system_defines_nobody_else_changes() -> None:
    ours, theirs = {"name": {"en": "Ours"}}, {"name": {"en": "Theirs", "de": "Ihrs"}, "moreInfo": "x:elsewhere"}
    assert learned((SYSTEM, ours), (DEFINES, theirs)) == ours
    assert learned((DEFINES, theirs), (SYSTEM, ours)) == ours
    assert learned((DEFINES, theirs), (SYSTEM, ours), (DEFINES, theirs), (SYSTEM, {"type": "x:t"})) == {
        **ours,
        "type": "x:t",
    }


def test_the_same_definition_is_the_systems_once_it_says_so() -> None:
    theirs = after(None, CHOICE, DEFINES)
    ours = after(theirs, CHOICE, SYSTEM)
    assert theirs is not None
    assert ours is not None
    assert (theirs.by_system, ours.by_system, ours.definition) == (False, True, CHOICE)


def test_who_may_not_define_teaches_nothing() -> None:
    assert learned((NONE, CHOICE)) is None
    assert learned((DEFINES, {"type": "x:a"}), (NONE, {"type": "x:b"})) == {"type": "x:a"}


def test_nothing_new_leaves_the_same_object() -> None:
    known = after(None, {"name": {"en": "A", "de": "B"}, "type": "x:t"}, DEFINES)
    assert after(known, {"name": {"de": "B"}}, DEFINES) is known


def test_a_definition_does_not_grow_without_end() -> None:
    small = {"extensions": {"x:1": "x" * (LARGEST // 2)}}
    large = {"extensions": {"x:2": "x" * (LARGEST // 2)}}
    assert learned((DEFINES, small), (DEFINES, large)) == small
    assert learned((DEFINES, {"extensions": {"x:1": "x" * LARGEST}})) is None


def test_the_text_is_the_definition() -> None:
    known = after(None, {"name": {"de": "Größe"}}, DEFINES)
    assert known is not None
    assert (known.text, jsontext.reread(known.text)) == ('{"name":{"de":"Größe"}}', known.definition)


def test_definitions_are_found_wherever_activities_are() -> None:
    named = {each: {"name": {"en": each}} for each in "abcdef"}
    statement = a_statement(
        object={
            "objectType": "SubStatement",
            **a_statement(
                object={"id": LESSON, "definition": named["a"]},
                context={"contextActivities": {"parent": [{"id": UNIT, "definition": named["b"]}]}},
            ),
        },
        context={
            "contextActivities": {
                "grouping": [{"id": "x:1", "definition": named["c"]}, {"id": "x:2", "definition": {}}, {"id": "x:3"}],
                "other": [{"id": "x:1", "definition": named["d"]}],
            }
        },
    )
    found = [(LESSON, named["a"]), (UNIT, named["b"]), ("x:1", named["c"]), ("x:1", named["d"])]
    assert list(definitions(statement)) == found
    assert [iri for iri, _ in definitions(a_full_statement())] == [f"{LESSON}#question"]
    assert list(definitions(a_statement(object={"objectType": "Agent", "mbox": "mailto:a@example.org"}))) == []
