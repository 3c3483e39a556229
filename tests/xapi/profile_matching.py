"""Statements against the templates and patterns of a profile (xAPI Profiles 1.0, Communication, part 2)."""

import re
from collections.abc import Sequence
from typing import Any

Raw = dict[str, Any]
UNMATCHABLE = object()
"""What a selector gives that finds nothing."""

_STEP = re.compile(r"\.(?P<name>[\w-]+|\*)|\[(?P<union>(?:'[^']*'|\d+|\*)(?:\s*,\s*(?:'[^']*'|\d+|\*))*)\]")
_PATH = re.compile(rf"\$(?:{_STEP.pattern.replace('(?P<name>', '(?:').replace('(?P<union>', '(?:')})*")
_CONTEXT = {
    "contextGroupingActivityType": "grouping",
    "contextParentActivityType": "parent",
    "contextOtherActivityType": "other",
    "contextCategoryActivityType": "category",
}


def is_path(path: str) -> bool:
    """Whether this is a JSONPath as profiles may use it: no filters, no scripts, no `..`; joined by pipes."""
    return all(_PATH.fullmatch(each.strip()) for each in path.split("|"))


def at(path: str, value: Any) -> list[Any]:
    """The values at a JSONPath."""
    found: list[Any] = []
    for each in path.split("|"):
        values = [value]
        for step in _STEP.finditer(each.strip()):
            names = [step["name"]] if step["name"] else [part.strip().strip("'") for part in step["union"].split(",")]
            values = [one for inside in values for name in names for one in _children(inside, name)]
        found.extend(values)
    return found


def _children(value: Any, name: str) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values()) if name == "*" else [value[name]] if name in value else []
    if isinstance(value, list):
        if name == "*":
            return list(value)
        return [value[int(name)]] if name.isdecimal() and int(name) < len(value) else []
    return []


def is_determined(statement: Raw, template: Raw) -> bool:
    """Whether a statement has the determining properties of a template (Structure 8.0)."""
    around = statement.get("context", {}).get("contextActivities", {})
    has = {
        "verb": {statement["verb"]["id"]},
        "objectActivityType": set(at("$.object.definition.type", statement)),
        "attachmentUsageType": set(at("$.attachments[*].usageType", statement)),
        **{name: set(at("$[*].definition.type", around.get(kind, []))) for name, kind in _CONTEXT.items()},
    }
    wanted = {name: template[name] for name in has if name in template}
    return all(({value} if isinstance(value, str) else set(value)) <= has[name] for name, value in wanted.items())


def broken(statement: Raw, template: Raw) -> list[str]:
    """The rules of a template that a statement does not follow, told by location and what was found there."""
    rules = template.get("rules", [])
    return [f"{rule['location']}: {_values(statement, rule)}" for rule in rules if not follows_rule(statement, rule)]


def follows_rule(statement: Raw, rule: Raw) -> bool:
    """Whether a statement follows one rule (Structure 8.1)."""
    values, presence = _values(statement, rule), rule.get("presence")
    matchable = [value for value in values if value is not UNMATCHABLE]
    if presence == "included" and (not values or len(matchable) < len(values)):
        return False
    if presence == "excluded":
        return not matchable
    if presence == "recommended" and not values:
        return True
    some = "any" not in rule or any(value in rule["any"] for value in matchable)
    only = "all" not in rule or all(value is not UNMATCHABLE and value in rule["all"] for value in values)
    without = "none" not in rule or not any(value in rule["none"] for value in matchable)
    return some and only and without


def _values(statement: Raw, rule: Raw) -> list[Any]:
    values = at(rule["location"], statement)
    if "selector" not in rule:
        return values
    return [one for value in values for one in at(rule["selector"], value) or [UNMATCHABLE]]


def templates_of(statement: Raw, profile: Raw) -> list[str]:
    """The ids of the templates that a statement is of. Raises AssertionError when it breaks a rule of one."""
    determined = [template for template in profile["templates"] if is_determined(statement, template)]
    faults = {template["id"]: faults for template in determined if (faults := broken(statement, template))}
    assert not faults, f"{statement['verb']['id']} breaks rules: {faults}"
    return [template["id"] for template in determined]


def follows(statements: Sequence[Raw], pattern: str, profile: Raw) -> bool:
    """Whether statements of one registration, by timestamp, follow a pattern to the last of them."""
    told = [templates_of(each, profile) for each in statements]
    return _ends(told, 0, pattern, {each["id"]: each for each in profile["patterns"]}) == len(told)


def _ends(told: Sequence[Sequence[str]], start: int, element: str, patterns: dict[str, Raw]) -> int | None:
    """Where the greedy match of a template or pattern ends that begins at `start`; None when there is none."""
    pattern = patterns.get(element)
    if pattern is None:
        return start + 1 if start < len(told) and element in told[start] else None
    if "alternates" in pattern:
        ends = (_ends(told, start, each, patterns) for each in pattern["alternates"])
        return max((end for end in ends if end is not None), default=None)
    if "sequence" in pattern:
        end: int | None = start
        for each in pattern["sequence"]:
            end = None if end is None else _ends(told, end, each, patterns)
        return end
    return _repeated(told, start, pattern, patterns)


def _repeated(told: Sequence[Sequence[str]], start: int, pattern: Raw, patterns: dict[str, Raw]) -> int | None:
    inner = pattern.get("optional") or pattern.get("zeroOrMore") or pattern["oneOrMore"]
    end = _ends(told, start, inner, patterns)
    if end is None:
        return None if "oneOrMore" in pattern else start
    while "optional" not in pattern and (further := _ends(told, end, inner, patterns)) not in {None, end}:
        end = further
        assert end is not None
    return end
