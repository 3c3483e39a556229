"""Whether two statements say the same: what decides between a repeated sending and a conflict."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from xapi.identity import agent_key, is_group
from xapi.values import duration_parts, instant, is_number

_SET_BY_STORE: Final = frozenset({"id", "stored", "authority", "version", "timestamp"})


def equivalent(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two valid statements are the same but for what the standard lets differ.

    That is: what a store adds (id, stored, authority, version, and a timestamp that only one of them has), names of
    agents, displays and definitions, the order of members, of context activities and of attachments, a single
    context activity against a list of one, and another way to write the same time, duration, number or UUID.
    """
    if "timestamp" in one and "timestamp" in other and instant(one["timestamp"]) != instant(other["timestamp"]):
        return False
    same: bool = _statement(one) == _statement(other)
    return same


def _statement(value: Mapping[str, Any]) -> Any:
    return _members(value, {}, left_out=_SET_BY_STORE)


def _members(value: Mapping[str, Any], own: Mapping[str, Callable[[Any], Any]], left_out: frozenset[str]) -> Any:
    """Return an object's members for comparing, each by its own way where it has one."""
    ways = {**_WAYS, **own}
    return frozenset((name, ways.get(name, frozen)(member)) for name, member in value.items() if name not in left_out)


def frozen(value: Any) -> Any:
    """Return JSON as a value to compare by: 1 is 1.0 but true is not 1, and members have no order."""
    if isinstance(value, Mapping):
        return frozenset((name, frozen(member)) for name, member in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(frozen(member) for member in value)
    return ("number", value) if is_number(value) else (type(value).__name__, value)


def _actor(value: Mapping[str, Any]) -> Any:
    members = frozenset(agent_key(member) for member in value.get("member", ()))
    return is_group(value), agent_key(value), members


def _object(value: Mapping[str, Any]) -> Any:
    kind = value.get("objectType", "Activity")
    if kind in {"Agent", "Group"}:
        return kind, _actor(value)
    if kind == "SubStatement":
        # Its timestamp was not given by a store, so it belongs to what was said.
        return kind, _members(value, {"timestamp": instant}, left_out=frozenset())
    return kind, _uuid(value["id"]) if kind == "StatementRef" else value["id"]


def _uuid(value: str) -> UUID:
    return UUID(value)


def _id(value: Mapping[str, Any]) -> Any:
    return value["id"]


def _context(value: Mapping[str, Any]) -> Any:
    return _members(value, {"statement": _object}, left_out=frozenset())


def _context_activities(value: Mapping[str, Any]) -> Any:
    return frozenset(
        (kind, frozenset(each["id"] for each in ([given] if isinstance(given, Mapping) else given)))
        for kind, given in value.items()
    )


def _involved(value: list[Mapping[str, Any]]) -> Any:
    return frozenset(
        (_actor(each.get("agent") or each["group"]), frozenset(each.get("relevantTypes", ()))) for each in value
    )


def _result(value: Mapping[str, Any]) -> Any:
    return _members(value, {"duration": duration_parts}, left_out=frozenset())


def _attachments(value: list[Mapping[str, Any]]) -> Any:
    return frozenset(_members(each, {}, left_out=frozenset({"display", "description"})) for each in value)


_WAYS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "actor": _actor,
    "instructor": _actor,
    "team": _actor,
    "verb": _id,
    "object": _object,
    "context": _context,
    "contextActivities": _context_activities,
    "contextAgents": _involved,
    "contextGroups": _involved,
    "registration": _uuid,
    "result": _result,
    "attachments": _attachments,
}
"""How each member is compared; what is not named here is compared as it stands."""
