"""What a valid statement is: one table an object, and the rules that a table can't say.

The parts that tables are made of are in `shapes.py`, single values in `values.py`, agents and groups in `actors.py`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from xapi import values
from xapi.actors import actor, agent, authority, group
from xapi.faults import Fault, Report, inside
from xapi.shapes import array, constant, extensions, language_map, record
from xapi.values import Check
from xapi.vocabulary import VOIDED

INTERACTION_COMPONENTS: Final[Mapping[str, frozenset[str]]] = {
    "true-false": frozenset(),
    "choice": frozenset({"choices"}),
    "fill-in": frozenset(),
    "long-fill-in": frozenset(),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "numeric": frozenset(),
    "other": frozenset(),
}
"""The kinds of interaction, and the lists of components each may have."""

COMPONENT_LISTS: Final = ("choices", "scale", "source", "target", "steps")
"""The properties that hold components."""
SIGNATURE: Final = "http://adlnet.gov/expapi/attachments/signature"
"""The usage type of an attachment that signs its statement."""
SIGNATURE_TYPE: Final = "application/octet-stream"
_VERSIONS: Final = {
    1: values.matching(re.compile(r"1\.0(\.\d+)?", re.ASCII), "version 1.0.x"),
    2: values.matching(re.compile(r"1\.0(\.\d+)?|2\.0\.\d+", re.ASCII), "version 1.0.x or 2.0.x"),
}


_component = record({"id": values.string, "description": language_map}, required=("id",))
_component_list = array(_component)


def components(value: Any, path: str, report: Report) -> None:
    """Check a list of interaction components: each with an id of its own."""
    _component_list(value, path, report)
    if isinstance(value, list):
        ids = [each["id"] for each in value if isinstance(each, dict) and isinstance(each.get("id"), str)]
        if len(set(ids)) < len(ids):
            twice = (each for each, times in Counter(ids).items() if times > 1)
            report.extend(Fault(path, f'holds the id "{each}" twice') for each in twice)


def interaction_type(value: Any, path: str, report: Report) -> None:
    """Check that this is one of the ten kinds of interaction."""
    if not isinstance(value, str) or value not in INTERACTION_COMPONENTS:
        report.append(Fault(path, f"is not one of {', '.join(INTERACTION_COMPONENTS)}: {values.shown(value)}"))


_definition_record = record(
    {
        "name": language_map,
        "description": language_map,
        "type": values.iri,
        "moreInfo": values.iri,
        "extensions": extensions,
        "interactionType": interaction_type,
        "correctResponsesPattern": array(values.string),
        **dict.fromkeys(COMPONENT_LISTS, components),
    }
)


def definition(value: Any, path: str, report: Report) -> None:
    """Check an activity definition: interaction properties only where they belong."""
    _definition_record(value, path, report)
    if not isinstance(value, dict):
        return
    kind = value.get("interactionType")
    if kind is None:
        if any(name in value for name in (*COMPONENT_LISTS, "correctResponsesPattern")):
            report.append(Fault(inside(path, "interactionType"), "is missing, though the interaction is described"))
        return
    allowed = INTERACTION_COMPONENTS.get(kind, frozenset(COMPONENT_LISTS)) if isinstance(kind, str) else frozenset()
    wrong = [name for name in COMPONENT_LISTS if name in value and name not in allowed]
    report.extend(Fault(inside(path, name), f"does not belong to an interaction of type {kind}") for name in wrong)


activity: Final = record(
    {"objectType": constant("Activity"), "id": values.iri, "definition": definition}, required=("id",)
)
statement_reference: Final = record(
    {"objectType": constant("StatementRef"), "id": values.uuid}, required=("objectType", "id")
)
verb: Final = record({"id": values.iri, "display": language_map}, required=("id",))
_score_record = record(dict.fromkeys(("scaled", "raw", "min", "max"), values.number))


def score(value: Any, path: str, report: Report) -> None:
    """Check a score: scaled within -1 and 1, raw within min and max, min below max."""
    _score_record(value, path, report)
    if not isinstance(value, dict):
        return
    given = {name: points for name, points in value.items() if values.is_number(points)}
    if not -1 <= given.get("scaled", 0) <= 1:
        report.append(Fault(inside(path, "scaled"), f"is not within -1 and 1: {given['scaled']}"))
    if "min" in given and "max" in given and given["min"] >= given["max"]:
        report.append(Fault(inside(path, "min"), f"is not below max: {given['min']} and {given['max']}"))
    if "raw" in given and not given.get("min", given["raw"]) <= given["raw"] <= given.get("max", given["raw"]):
        report.append(Fault(inside(path, "raw"), f"is not within min and max: {given['raw']}"))


result: Final = record(
    {
        "score": score,
        "success": values.boolean,
        "completion": values.boolean,
        "response": values.string,
        "duration": values.duration,
        "extensions": extensions,
    }
)
_attachment_record: Final = record(
    {
        "usageType": values.iri,
        "display": language_map,
        "description": language_map,
        "contentType": values.media_type,
        "length": values.whole_number,
        "sha2": values.sha2,
        "fileUrl": values.iri,
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
)


def attachment(value: Any, path: str, report: Report) -> None:
    """Check what is said of an attachment; whether it came along, or can be had elsewhere, is not seen here."""
    _attachment_record(value, path, report)
    if isinstance(value, dict) and is_signature(value) and value.get("contentType") != SIGNATURE_TYPE:
        report.append(Fault(inside(path, "contentType"), f"of a signature must be {SIGNATURE_TYPE}"))


def is_signature(value: Mapping[str, Any]) -> bool:
    """Whether an attachment is there to sign its statement."""
    return value.get("usageType") == SIGNATURE


_activities = array(activity)


def activities(value: Any, path: str, report: Report) -> None:
    """Check the activities of one kind of context: a list, or, as older senders write it, a single one."""
    (activity if isinstance(value, dict) else _activities)(value, path, report)


def _involved(kind: str, who: Check) -> Check:
    """Return the check of `contextAgents` or `contextGroups` (2.0): a list of wrapped agents or groups."""
    wrapper = {
        "objectType": constant(f"context{kind.capitalize()}"),
        kind: who,
        "relevantTypes": array(values.iri, empty=False),
    }
    return array(record(wrapper, required=("objectType", kind)))


_context_1: Final[Mapping[str, Check]] = {
    "registration": values.uuid,
    "instructor": actor,
    "team": group,
    "contextActivities": record(dict.fromkeys(("parent", "grouping", "category", "other"), activities)),
    "revision": values.string,
    "platform": values.string,
    "language": values.language,
    "statement": statement_reference,
    "extensions": extensions,
}
_contexts: Final = {
    1: record(_context_1),
    2: record({**_context_1, "contextAgents": _involved("agent", agent), "contextGroups": _involved("group", group)}),
}


def _object_of(objects: Mapping[str, Check]) -> Check:
    """Return the check of a statement's object: what its objectType says, an activity where it says nothing."""

    def check(value: Any, path: str, report: Report) -> None:
        kind = value.get("objectType", "Activity") if isinstance(value, dict) else "Activity"
        rule = objects.get(kind) if isinstance(kind, str) else None
        if rule is None:
            allowed = ", ".join(objects)
            report.append(Fault(inside(path, "objectType"), f"is not one of {allowed}: {values.shown(kind)}"))
        else:
            rule(value, path, report)

    return check


def _with_rules(table: Check) -> Check:
    """Return a check of a statement or SubStatement: its table, and what ties its parts together."""

    def check(value: Any, path: str, report: Report) -> None:
        table(value, path, report)
        if isinstance(value, dict):
            _check_voiding(value, path, report)
            _check_context(value, path, report)

    return check


def _check_voiding(value: Mapping[str, Any], path: str, report: Report) -> None:
    voids = isinstance(value.get("verb"), dict) and value["verb"].get("id") == VOIDED
    if voids and isinstance(value.get("object"), dict) and value["object"].get("objectType") != "StatementRef":
        report.append(Fault(inside(path, "object"), "of a voiding statement must be a StatementRef"))


def _check_context(value: Mapping[str, Any], path: str, report: Report) -> None:
    about, context = value.get("object"), value.get("context")
    if (
        not isinstance(context, dict)
        or not isinstance(about, dict)
        or about.get("objectType", "Activity") == "Activity"
    ):
        return
    wrong = [name for name in ("revision", "platform") if name in context]
    report.extend(Fault(f"{path}.context.{name}", "is only for statements about an activity") for name in wrong)


def _statement(generation: int) -> Check:
    shared: dict[str, Check] = {
        "actor": actor,
        "verb": verb,
        "result": result,
        "context": _contexts[generation],
        "timestamp": values.timestamp,
        "attachments": array(attachment),
    }
    needed = ("actor", "verb", "object")
    objects = {"Activity": activity, "Agent": agent, "Group": group, "StatementRef": statement_reference}
    sub = {"objectType": constant("SubStatement"), "object": _object_of(objects), **shared}
    objects_of_statement = {**objects, "SubStatement": _with_rules(record(sub, required=needed))}
    own: dict[str, Check] = {
        "id": values.uuid,
        "object": _object_of(objects_of_statement),
        "stored": values.timestamp,
        "authority": authority,
        "version": _VERSIONS[generation],
    }
    return _with_rules(record({**shared, **own}, required=needed))


statement: Final = {1: _statement(1), 2: _statement(2)}
"""The check of a whole statement by the standard's generation: 1 for 1.0.x, 2 for 2.0.x."""
