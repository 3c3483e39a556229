"""The fold: what one statement says about a pair (registration, activity), and how two such sayings become one.

`merge` is commutative, associative and idempotent, so statements may come in any order and more than once: every
value carries the stamp (timestamp, id) of its statement, and the policy of its name decides which of two stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Final
from uuid import UUID

import xapi
from xapi import vocabulary as v

Key = tuple[UUID, str]
"""A pair: the registration, and the IRI of the activity."""


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that a statement said, and which statement it was."""

    at: datetime
    id: UUID
    value: Any = True

    @property
    def stamp(self) -> tuple[datetime, UUID]:
        """The order of statements: by timestamp, then by id."""
        return self.at, self.id


Row = Mapping[str, Value]
"""What is known of a pair, by the names of `POLICIES`."""


def _first(a: Value, b: Value) -> Value:
    return min(a, b, key=lambda value: value.stamp)


def _last(a: Value, b: Value) -> Value:
    return max(a, b, key=lambda value: value.stamp)


def _best(a: Value, b: Value) -> Value:
    return _first(a, b) if a.value == b.value else max(a, b, key=lambda value: value.value)


POLICIES: Final[Mapping[str, Callable[[Value, Value], Value]]] = {
    "completed": _first,
    "first_success": _first,
    "last_success": _last,
    "best_score": _best,
    "last_response": _last,
    "position": _last,
    "last": _last,
}

_COMPLETING: Final = frozenset(
    {v.COMPLETED, v.PASSED, v.FAILED, v.ANSWERED, v.ACKNOWLEDGED, v.ATTENDED, v.SUBMITTED, v.EARNED}
)


def key_of(stored: xapi.Stored, system: str) -> Key | None:
    """The pair that a stored statement is evidence for, or None when it is evidence for nothing.

    Only our own system authority (canonical agent key `system`) proves anything yet.
    """
    statement = stored.statement
    if stored.authority_key != system or statement.object_type != "Activity" or statement.registration is None:
        return None
    return statement.registration, statement.object_id


def row_of(stored: xapi.Stored) -> Row:
    """What one statement says about its pair."""
    statement = stored.statement
    result = statement.raw.get("result", {})

    def value(content: Any = True) -> Value:
        return Value(statement.timestamp, statement.id, content)

    said = {"last": value()}
    if statement.verb in _COMPLETING:
        said["completed"] = value()
    if "success" in result:
        said["first_success"] = said["last_success"] = value(bool(result["success"]))
    if (scaled := result.get("score", {}).get("scaled")) is not None:
        said["best_score"] = value(round(scaled * 10_000))
    if "response" in result:
        said["last_response"] = value(result["response"])
    if (seconds := result.get("extensions", {}).get(v.VIDEO_TIME)) is not None:
        said["position"] = value(round(seconds * 1000))
    return said


def merge(a: Row, b: Row) -> Row:
    """The two sayings as one."""
    return {
        name: choose(a[name], b[name]) if name in a and name in b else a.get(name) or b[name]
        for name, choose in POLICIES.items()
        if name in a or name in b
    }


def merged(rows: list[Row]) -> Row:
    """All sayings as one; nothing at all becomes an empty row."""
    empty: Row = {}
    return reduce(merge, rows, empty)
