"""Rules, templates and patterns are matched as the standard's algorithms do (xAPI Profiles, Communication, part 2)."""

from typing import Any

import pytest

from tests.xapi.profile_matching import at, follows, follows_rule, is_path, templates_of

RAW: dict[str, Any] = {
    "verb": {"id": "did"},
    "object": {"definition": {"type": "thing"}},
    "result": {"success": False, "extensions": {"http://x.y/z": 1}},
    "list": [{"id": "a"}, {"id": "b"}, {"name": "c"}],
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$.result.success", [False]),
        ("$.result.extensions['http://x.y/z']", [1]),
        ("$.list[*].id", ["a", "b"]),
        ("$.list[0,2].*", ["a", "c"]),
        ("$.result['success','gone']", [False]),
        ("$.result.success | $.list[1].id", [False, "b"]),
        ("$.gone[*].id", []),
        ("$.list[7]", []),
        ("$.list.id", []),
    ],
)
def test_a_path_finds_its_values(path: str, values: list[Any]) -> None:
    assert (is_path(path), at(path, RAW)) == (True, values)


@pytest.mark.parametrize("path", ["$..id", "$.list[?(@.id)]", "$.list[(@.length-1)]", "$.list[-1]", "list", "", "$.a|"])
def test_what_is_no_path_is_refused(path: str) -> None:
    assert not is_path(path)


@pytest.mark.parametrize(
    ("is_followed", "rule"),
    [
        (True, {"location": "$.result.success", "presence": "included", "all": [False]}),
        (True, {"location": "$.list[*].id", "presence": "included", "any": ["b"]}),
        (True, {"location": "$.list[*].id", "none": ["c"]}),
        (True, {"location": "$.gone", "presence": "excluded"}),
        (True, {"location": "$.gone", "presence": "recommended", "any": [1]}),
        (True, {"location": "$.list[0]", "selector": "$.id", "all": ["a"]}),
        (False, {"location": "$.result.success", "presence": "included", "all": [True]}),
        (False, {"location": "$.list[*].id", "presence": "included", "any": ["c"]}),
        (False, {"location": "$.list[*].id", "presence": "recommended", "none": ["a"]}),
        (False, {"location": "$.list[*].id", "presence": "recommended", "all": ["a"]}),
        (False, {"location": "$.gone", "presence": "included"}),
        (False, {"location": "$.gone", "any": [1]}),
        (False, {"location": "$.result.success", "presence": "excluded"}),
        (False, {"location": "$.list[*]", "selector": "$.id", "presence": "included"}),
        (False, {"location": "$.list[*]", "selector": "$.id", "all": ["a", "b"]}),
    ],
)
def test_a_rule_is_followed_or_not(is_followed: bool, rule: dict[str, Any]) -> None:
    assert follows_rule(RAW, rule) is is_followed


PROFILE: dict[str, Any] = {
    "templates": [
        {
            "id": "did",
            "verb": "did",
            "objectActivityType": "thing",
            "rules": [{"location": "$.id", "presence": "included"}],
        },
        {"id": "ended", "verb": "ended"},
    ],
    "patterns": [
        {"id": "all", "sequence": ["some", "maybe", "ended"]},
        {"id": "some", "oneOrMore": "did"},
        {"id": "maybe", "optional": "either"},
        {"id": "either", "alternates": ["did", "ended"]},
        {"id": "any", "zeroOrMore": "either"},
    ],
}
DID = {**RAW, "id": "1"}
ENDED = {"verb": {"id": "ended"}}


def test_a_statement_is_of_the_templates_whose_properties_it_has() -> None:
    assert (templates_of(DID, PROFILE), templates_of(ENDED, PROFILE)) == (["did"], ["ended"])
    assert templates_of({"verb": {"id": "did"}}, PROFILE) == []


def test_a_statement_that_breaks_a_rule_of_its_template_is_told() -> None:
    with pytest.raises(AssertionError, match=r"\$\.id: \[\]"):
        templates_of(RAW, PROFILE)


@pytest.mark.parametrize(
    ("pattern", "told", "expected"),
    [
        ("some", [DID, DID], True),
        ("some", [], False),
        ("some", [DID, ENDED], False),
        ("any", [], True),
        ("any", [ENDED, DID, ENDED], True),
        ("all", [DID, ENDED, ENDED], True),
        ("all", [DID, ENDED], False),
        ("all", [ENDED], False),
    ],
)
def test_statements_follow_a_pattern_greedily(pattern: str, told: list[dict[str, Any]], expected: bool) -> None:
    assert follows(told, pattern, PROFILE) is expected
