"""What a profile must be made of (xAPI Profiles 1.0, Structure, parts 4 and 6 to 9): every fault by its place."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tests.xapi.profile_matching import is_path

Raw = dict[str, Any]
Check = Callable[[Any], bool]


def iri(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", value) is not None


def iris(value: Any) -> bool:
    return isinstance(value, list) and all(map(iri, value)) and len(set(value)) == len(value)


def language_map(value: Any) -> bool:
    tag = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
    return isinstance(value, dict) and all(tag.fullmatch(key) and isinstance(value[key], str) for key in value)


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def text(value: Any) -> bool:
    return isinstance(value, str)


def schema(value: Any) -> bool:
    try:
        return isinstance(value, str) and isinstance(json.loads(value), dict)
    except ValueError:
        return False


def moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def several(value: Any) -> bool:
    return isinstance(value, list)


def path(value: Any) -> bool:
    return isinstance(value, str) and is_path(value)


def one_of(*words: str) -> Check:
    return lambda value: value in words


CONTEXT = "https://w3id.org/xapi/profiles/context"
_NAMED: Mapping[str, Check] = {"id": iri, "inScheme": iri, "prefLabel": language_map, "definition": language_map}
_MATCHES = ("broader", "broadMatch", "narrower", "narrowMatch", "related", "relatedMatch", "exactMatch")
_SHAPED: Mapping[str, Check] = {"deprecated": flag, "context": iri, "schema": iri, "inlineSchema": schema}
_TERM = (_NAMED, {"deprecated": flag, **dict.fromkeys(_MATCHES, iris)})
_EXTENSION = (_NAMED, {**_SHAPED, "recommendedVerbs": iris})
_DOCUMENT = ({**_NAMED, "contentType": text}, _SHAPED)

Shape = tuple[Mapping[str, Check], Mapping[str, Check]]
"""What is required, and what is allowed beside it."""

PROFILE: Shape = (
    {
        "@context": lambda value: value == CONTEXT or (isinstance(value, list) and CONTEXT in value),
        "id": iri,
        "type": one_of("Profile"),
        "conformsTo": one_of("https://w3id.org/xapi/profiles#1.0"),
        "prefLabel": language_map,
        "definition": language_map,
        "versions": several,
        "author": lambda value: isinstance(value, dict),
    },
    {"seeAlso": iri, "concepts": several, "templates": several, "patterns": several},
)
VERSION: Shape = ({"id": iri, "generatedAtTime": moment}, {"wasRevisionOf": iris})
AUTHOR: Shape = ({"type": one_of("Organization", "Person"), "name": text}, {"url": iri})
CONCEPTS: Mapping[str, Shape] = {
    **dict.fromkeys(("Verb", "ActivityType", "AttachmentUsageType"), _TERM),
    **dict.fromkeys(("ContextExtension", "ResultExtension"), _EXTENSION),
    "ActivityExtension": (_NAMED, {**_SHAPED, "recommendedActivityTypes": iris}),
    **dict.fromkeys(("StateResource", "AgentProfileResource", "ActivityProfileResource"), _DOCUMENT),
    "Activity": (
        {"id": iri, "inScheme": iri, "activityDefinition": lambda value: "@context" in value},
        {"deprecated": flag},
    ),
}
TEMPLATE: Shape = (
    _NAMED,
    {
        "deprecated": flag,
        "verb": iri,
        "objectActivityType": iri,
        **dict.fromkeys((f"context{kind}ActivityType" for kind in ("Grouping", "Parent", "Other", "Category")), iris),
        "attachmentUsageType": iris,
        "objectStatementRefTemplate": iris,
        "contextStatementRefTemplate": iris,
        "rules": several,
    },
)
RULE: Shape = (
    {"location": path},
    {
        "selector": path,
        "presence": one_of("included", "excluded", "recommended"),
        "any": several,
        "all": several,
        "none": several,
        "scopeNote": language_map,
    },
)
KINDS = ("alternates", "optional", "oneOrMore", "sequence", "zeroOrMore")
PATTERN: Shape = (
    {"id": iri},
    {
        "primary": flag,
        "deprecated": flag,
        **{name: check for name, check in _NAMED.items() if name != "id"},
        **{kind: iris if kind in {"alternates", "sequence"} else iri for kind in KINDS},
    },
)


def faults(profile: Raw) -> list[str]:
    """Everything that is wrong with a profile, as `place: what`."""
    return [*_empty(profile, "$"), *_shape(profile, PROFILE, "$", "Profile"), *_head(profile), *_parts(profile)]


def _empty(value: Any, place: str) -> Iterator[str]:
    """Nothing in a profile is empty or null (4.0)."""
    if value in ({}, [], "", None) and not isinstance(value, bool):
        yield f"{place}: is empty"
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _empty(inner, f"{place}.{name}")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _empty(inner, f"{place}[{index}]")


def _shape(value: Raw, shape: Shape, place: str, kind: str) -> Iterator[str]:
    required, allowed = shape
    for name in required.keys() - value.keys():
        yield f"{place}: a {kind} has no {name}"
    for name, inner in value.items():
        check = {**required, **allowed, "type": text}.get(name)
        if check is None:
            yield f"{place}.{name}: a {kind} may not have it"
        elif not check(inner):
            yield f"{place}.{name}: can't be {inner!r}"


def _head(profile: Raw) -> Iterator[str]:
    yield from _shape(profile["author"], AUTHOR, "$.author", "author")
    versions = [each.get("id") for each in profile["versions"]]
    for index, version in enumerate(profile["versions"]):
        yield from _shape(version, VERSION, f"$.versions[{index}]", "version")
        if index < len(versions) - 1 and "wasRevisionOf" not in version:
            yield f"$.versions[{index}]: follows another one and does not say so"
    if len({*versions, profile["id"]}) < len(versions) + 1:
        yield "$.versions: an id is not its own"


def _parts(profile: Raw) -> Iterator[str]:
    concepts, templates, patterns = (profile.get(name, []) for name in ("concepts", "templates", "patterns"))
    for kind, parts in (("concepts", concepts), ("templates", templates), ("patterns", patterns)):
        for index, part in enumerate(parts):
            place = f"$.{kind}[{index}]"
            yield from {"concepts": _concept, "templates": _template, "patterns": _pattern}[kind](part, place, profile)
            if part.get("inScheme") != profile["versions"][0].get("id"):
                yield f"{place}.inScheme: is not the version that is described"
    ids = [each.get("id") for each in (*concepts, *templates, *patterns)]
    yield from (f"$: {each} is there twice" for each in {each for each in ids if ids.count(each) > 1})
    yield from _circles(patterns)


def _concept(part: Raw, place: str, _profile: Raw) -> Iterator[str]:
    kind = part.get("type", "")
    if kind not in CONCEPTS:
        yield f"{place}.type: can't be {kind!r}"
        return
    yield from _shape(part, CONCEPTS[kind], place, kind)
    if {"schema", "inlineSchema"} <= part.keys():
        yield f"{place}: has two schemas"
    if "related" in part and not part.get("deprecated"):
        yield f"{place}.related: only what is deprecated has it"


def _template(part: Raw, place: str, profile: Raw) -> Iterator[str]:
    if part.get("type") != "StatementTemplate":
        yield f"{place}.type: can't be {part.get('type')!r}"
    yield from _shape(part, TEMPLATE, place, "StatementTemplate")
    if {"objectStatementRefTemplate", "objectActivityType"} <= part.keys():
        yield f"{place}: has two kinds of object"
    known = {each.get("id") for each in profile["templates"]}
    for name in ("objectStatementRefTemplate", "contextStatementRefTemplate"):
        yield from (f"{place}.{name}: {each} is no template here" for each in part.get(name, []) if each not in known)
    for index, rule in enumerate(part.get("rules", [])):
        yield from _shape(rule, RULE, f"{place}.rules[{index}]", "rule")
        if rule.keys().isdisjoint({"presence", "any", "all", "none"}):
            yield f"{place}.rules[{index}]: asks for nothing"


def _pattern(part: Raw, place: str, profile: Raw) -> Iterator[str]:
    if part.get("type") != "Pattern":
        yield f"{place}.type: can't be {part.get('type')!r}"
    yield from _shape(part, PATTERN, place, "Pattern")
    if part.get("primary") and not {"prefLabel", "definition"} <= part.keys():
        yield f"{place}: is primary and has no prefLabel or definition"
    kinds = [kind for kind in KINDS if kind in part]
    if len(kinds) != 1:
        yield f"{place}: is {kinds or 'nothing'}, and must be one thing"
    known = {each.get("id"): each for each in (*profile["templates"], *profile["patterns"])}
    for each in _members(part):
        if each not in known:
            yield f"{place}: {each} is not in this profile"
        elif "alternates" in part and not known[each].keys().isdisjoint({"optional", "zeroOrMore"}):
            yield f"{place}: {each} may be nothing, which an alternative may not"
    if any(len(part[kind]) < 2 for kind in ("alternates", "sequence") if kind in part):
        yield f"{place}: needs at least two members"


def _members(pattern: Raw) -> list[str]:
    found: list[str] = []
    for kind in KINDS:
        given = pattern.get(kind, [])
        found.extend([given] if isinstance(given, str) else given)
    return found


def _circles(patterns: list[Raw]) -> Iterator[str]:
    try:
        TopologicalSorter({each.get("id"): _members(each) for each in patterns}).prepare()
    except CycleError as error:
        yield f"$.patterns: {error.args[1]} is a circle"
