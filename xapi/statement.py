"""From bytes to valid statements, or to every fault with its JSON path."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import reduce
from operator import getitem
from typing import Any, Final, Literal, cast
from uuid import UUID, uuid4

from xapi import jsontext, rules
from xapi.equivalence import equivalent
from xapi.faults import ENOUGH, Fault, Report, StatementFaults
from xapi.identity import agent_key, keys_of
from xapi.values import instant
from xapi.vocabulary import VOIDED

__all__ = ["Fault", "Relation", "Statement", "StatementFaults", "agent_key", "equivalent", "parse", "read"]

ObjectType = Literal["Activity", "Agent", "Group", "StatementRef", "SubStatement"]

LATEST: Final = "2.0.0"
_SET_BY_STORE: Final = frozenset({"stored", "authority"})


class Relation(IntEnum):
    """How a statement has something to do with a key: an agent's key, an IRI or a UUID.

    Who takes part directly is not named once more as related: whoever looks for all looks for both.
    """

    AGENT = 1
    """Actor or object, or a member of a group that is."""
    RELATED_AGENT = 2
    """Instructor, team, somebody in the context or in a SubStatement, or one of two who are its authority together."""
    ACTIVITY = 3
    """The object."""
    RELATED_ACTIVITY = 4
    """An activity in the context or in a SubStatement."""
    VERB = 5
    """What was done."""
    REGISTRATION = 6
    """The registration that it belongs to."""
    AUTHORITY = 7
    """Who sent it."""


_DIRECT: Final = {Relation.RELATED_AGENT: Relation.AGENT, Relation.RELATED_ACTIVITY: Relation.ACTIVITY}


@dataclass(frozen=True, slots=True)
class Statement:
    """One valid statement, and what it is searched by."""

    id: UUID
    raw: dict[str, Any]
    """The statement as it came, plus its id and version; without what only a store may say (stored, authority)."""
    text: str
    """The same as JSON. Apart from what was added, taken out or put in an array, the bytes are those that came."""
    verb: str
    actor_key: str
    object_type: ObjectType
    object_id: str
    """The activity's IRI, the agent's key, or the UUID of the referenced statement; empty for a SubStatement."""
    registration: UUID | None
    timestamp: datetime
    """When it happened, in UTC; the moment of reading where the sender did not say."""
    refers: UUID | None
    """The statement that this one is about."""
    voids: UUID | None
    """The statement that this one voids."""
    related: frozenset[tuple[Relation, str]]
    """All that it can be found by, and how it has to do with that."""


def parse(
    body: bytes | str | Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    version: str = LATEST,
    statement_id: UUID | None = None,
) -> list[Statement]:
    """Return the valid statements of a body: one, or a batch.

    `version` is the version of the standard that the sender speaks; `now` stands in for a missing timestamp, and
    `statement_id` for a missing id.
    Raises StatementFaults that name everything that is wrong, by JSON path; then nothing of the batch is valid.
    """
    data = _as_bytes(body)
    value = jsontext.decode(data)
    batch = isinstance(value, list)
    items = value if batch else [value]
    report = _faults(items, batch=batch, version=version)
    if report:
        raise StatementFaults(report)
    texts = jsontext.elements(data) if batch else [data]
    stands_in = {"version": "1.0.0" if version.startswith("1.") else LATEST}
    if statement_id:
        stands_in["id"] = str(statement_id)
    return [_accepted(raw, text, now, stands_in) for raw, text in zip(items, texts, strict=True)]


def read(raw: dict[str, Any], text: str, now: datetime) -> Statement:
    """Return the statement of valid JSON that has its id; nothing is checked. `now` is for a missing timestamp."""
    about = raw["object"]
    kind = cast(ObjectType, about.get("objectType", "Activity"))
    refers = UUID(about["id"]) if kind == "StatementRef" else None
    registration = raw.get("context", {}).get("registration")
    return Statement(
        id=UUID(raw["id"]),
        raw=raw,
        text=text,
        verb=raw["verb"]["id"],
        actor_key=agent_key(raw["actor"]),
        object_type=kind,
        object_id=_object_id(kind, about),
        registration=UUID(registration) if registration else None,
        timestamp=(instant(raw["timestamp"]) if "timestamp" in raw else None) or now,
        refers=refers,
        voids=refers if raw["verb"]["id"] == VOIDED else None,
        related=_related(raw),
    )


def _as_bytes(body: bytes | str | Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        return (body if isinstance(body, str) else jsontext.encode(body)).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise StatementFaults([Fault("$", f"can't be written as JSON: {error}")]) from error


def _faults(items: Sequence[Any], *, batch: bool, version: str) -> Report:
    check = rules.statement[1 if version.startswith("1.") else 2]
    report: Report = []
    for index, item in enumerate(items):
        check(item, f"$[{index}]" if batch else "$", report)
        if len(report) >= ENOUGH:
            return report
    given = Counter(item["id"].lower() for item in items if isinstance(item, dict) and isinstance(item.get("id"), str))
    report.extend(Fault("$", f"holds the statement {each} twice") for each, times in given.items() if times > 1)
    return report


def _accepted(raw: dict[str, Any], data: bytes, now: datetime, stands_in: Mapping[str, str]) -> Statement:
    if not _SET_BY_STORE.isdisjoint(raw):
        data = jsontext.without(data, _SET_BY_STORE)
        raw = {name: member for name, member in raw.items() if name not in _SET_BY_STORE}
    for path in list(_single_activities(raw)):
        data = jsontext.in_array(data, path)
        *outer, kind = path
        activities = reduce(getitem, outer, raw)
        activities[kind] = [activities[kind]]
    added = {name: value for name, value in {"id": str(uuid4()), **stands_in}.items() if name not in raw}
    raw.update(added)
    text = jsontext.extended(data.decode().strip(), {name: f'"{value}"' for name, value in added.items()})
    return read(raw, text, now)


def _single_activities(raw: Mapping[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    """Give the paths of context activities that came alone: the standard has a store return them in an array."""
    for kind, given in raw.get("context", {}).get("contextActivities", {}).items():
        if isinstance(given, dict):
            yield *path, "context", "contextActivities", kind
    if raw["object"].get("objectType") == "SubStatement":
        yield from _single_activities(raw["object"], *path, "object")


def _object_id(kind: ObjectType, about: Mapping[str, Any]) -> str:
    if kind == "Activity":
        return str(about["id"])
    if kind == "StatementRef":
        return str(UUID(about["id"]))
    return "" if kind == "SubStatement" else agent_key(about)


def _related(raw: Mapping[str, Any]) -> frozenset[tuple[Relation, str]]:
    direct = frozenset(_direct(raw))
    related = direct.union(each for each in _around(raw) if (_DIRECT[each[0]], each[1]) not in direct)
    return vouched(related, raw["authority"]) if "authority" in raw else related


def vouched(related: frozenset[tuple[Relation, str]], authority: Mapping[str, Any]) -> frozenset[tuple[Relation, str]]:
    """Return what a statement can be found by once this authority stands in it."""
    key, *members = keys_of(authority)
    both = ((Relation.RELATED_AGENT, each) for each in members if (Relation.AGENT, each) not in related)
    return related.union([(Relation.AUTHORITY, key)], both)


def _direct(raw: Mapping[str, Any]) -> Iterator[tuple[Relation, str]]:
    about = raw["object"]
    for person in _people_in(raw, about):
        yield Relation.AGENT, person
    if about.get("objectType", "Activity") == "Activity":
        yield Relation.ACTIVITY, about["id"]
    yield Relation.VERB, raw["verb"]["id"]
    if registration := raw.get("context", {}).get("registration"):
        yield Relation.REGISTRATION, registration.lower()


def _around(raw: Mapping[str, Any]) -> Iterator[tuple[Relation, str]]:
    """Give everyone and everything in the context of a statement, and in its SubStatement."""
    if "context" in raw:
        yield from _in_context(raw["context"])
    about = raw["object"]
    if about.get("objectType") == "SubStatement":
        for person in _people_in(about, about["object"]):
            yield Relation.RELATED_AGENT, person
        if about["object"].get("objectType", "Activity") == "Activity":
            yield Relation.RELATED_ACTIVITY, about["object"]["id"]
        yield from _around(about)


def _people_in(raw: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[str]:
    yield from keys_of(raw["actor"])
    if about.get("objectType") in {"Agent", "Group"}:
        yield from keys_of(about)


def _in_context(context: Mapping[str, Any]) -> Iterator[tuple[Relation, str]]:
    people = [context[name] for name in ("instructor", "team") if name in context]
    people += [each["agent"] for each in context.get("contextAgents", ())]
    people += [each["group"] for each in context.get("contextGroups", ())]
    for each in people:
        yield from ((Relation.RELATED_AGENT, key) for key in keys_of(each))
    for given in context.get("contextActivities", {}).values():
        for activity in given:
            yield Relation.RELATED_ACTIVITY, activity["id"]
