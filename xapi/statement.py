"""From bytes to valid statements, or to every fault with its JSON path."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final, Literal, cast
from uuid import UUID, uuid4

from xapi import jsontext, rules
from xapi.equivalence import equivalent
from xapi.faults import Fault, Report, StatementFaults
from xapi.identity import agent_key, keys_of
from xapi.values import instant
from xapi.vocabulary import VOIDED

__all__ = ["Fault", "Relation", "Statement", "StatementFaults", "agent_key", "equivalent", "parse", "read"]

ObjectType = Literal["Activity", "Agent", "Group", "StatementRef", "SubStatement"]

LATEST: Final = "2.0.0"
_SET_BY_STORE: Final = frozenset({"stored", "authority"})


class Relation(IntEnum):
    """How an agent or activity takes part in a statement."""

    AGENT = 1
    """Actor or object, or a member of a group that is."""
    RELATED_AGENT = 2
    """Instructor, team, authority, or anyone in a SubStatement."""
    ACTIVITY = 3
    """The object."""
    RELATED_ACTIVITY = 4
    """In the context, or in a SubStatement."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One valid statement, and what it is searched by."""

    id: UUID
    raw: dict[str, Any]
    """The statement as it came, plus its id and version; without what only a store may say (stored, authority)."""
    text: str
    """The same as JSON: apart from what was added or taken out, the bytes as they came."""
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
    """Every agent's key and activity's IRI in it, and how each takes part."""


def parse(
    body: bytes | str | Mapping[str, Any] | Sequence[Mapping[str, Any]], *, now: datetime, version: str = LATEST
) -> list[Statement]:
    """Return the valid statements of a body: one, or a batch.

    `version` is the version of the standard that the sender speaks; `now` stands in for a missing timestamp.
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
    return [_accepted(raw, text, now, version) for raw, text in zip(items, texts, strict=True)]


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
        related=frozenset(_related(raw, Relation.AGENT, Relation.ACTIVITY)),
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
    given = Counter(item["id"].lower() for item in items if isinstance(item, dict) and isinstance(item.get("id"), str))
    report.extend(Fault("$", f"holds the statement {each} twice") for each, times in given.items() if times > 1)
    return report


def _accepted(raw: dict[str, Any], data: bytes, now: datetime, version: str) -> Statement:
    if not _SET_BY_STORE.isdisjoint(raw):
        data = jsontext.without(data, _SET_BY_STORE)
        raw = {name: member for name, member in raw.items() if name not in _SET_BY_STORE}
    missing = {"id": str(uuid4()), "version": "1.0.0" if version.startswith("1.") else LATEST}
    added = {name: value for name, value in missing.items() if name not in raw}
    raw.update(added)
    text = jsontext.extended(data.decode().strip(), {name: f'"{value}"' for name, value in added.items()})
    return read(raw, text, now)


def _object_id(kind: ObjectType, about: Mapping[str, Any]) -> str:
    if kind == "Activity":
        return str(about["id"])
    if kind == "StatementRef":
        return str(UUID(about["id"]))
    return "" if kind == "SubStatement" else agent_key(about)


def _related(raw: Mapping[str, Any], agents: Relation, activities: Relation) -> Iterator[tuple[Relation, str]]:
    yield from ((agents, key) for key in keys_of(raw["actor"]))
    about = raw["object"]
    kind = about.get("objectType", "Activity")
    if kind == "Activity":
        yield activities, about["id"]
    elif kind in {"Agent", "Group"}:
        yield from ((agents, key) for key in keys_of(about))
    elif kind == "SubStatement":
        yield from _related(about, Relation.RELATED_AGENT, Relation.RELATED_ACTIVITY)
    if "authority" in raw:
        yield from ((Relation.RELATED_AGENT, key) for key in keys_of(raw["authority"]))
    if "context" in raw:
        yield from _related_by_context(raw["context"])


def _related_by_context(context: Mapping[str, Any]) -> Iterator[tuple[Relation, str]]:
    people = [context[name] for name in ("instructor", "team") if name in context]
    people += [each["agent"] for each in context.get("contextAgents", ())]
    people += [each["group"] for each in context.get("contextGroups", ())]
    for each in people:
        yield from ((Relation.RELATED_AGENT, key) for key in keys_of(each))
    for given in context.get("contextActivities", {}).values():
        for activity in [given] if isinstance(given, Mapping) else given:
            yield Relation.RELATED_ACTIVITY, activity["id"]
