"""The fold: what one statement says about a pair (registration, activity), and how two such sayings become one.

`merge` is commutative, associative and idempotent, so statements may come in any order and more than once: every
value carries the stamp (timestamp, id) of its statement, and the policy of its name decides which of two stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final
from uuid import UUID

import xapi
from mentorcert.evidence.trust import Verdict, place_in_film
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
_TRUSTED: Final = timedelta(hours=24)
"""How long before it was stored another system's statement may say that something happened."""


def key_of(statement: xapi.Statement) -> Key:
    """The pair that a statement is evidence for. Only for one that counts: it has a registration and an activity."""
    if statement.registration is None:
        raise ValueError(f"statement {statement.id} has no registration; ask `trust` first")
    return statement.registration, statement.object_id


def row_of(stored: xapi.Stored, verdict: Verdict) -> Row:
    """What one statement that counts says about its pair."""
    ours = verdict is Verdict.OURS
    statement = stored.statement
    result = statement.raw.get("result", {})
    at = statement.timestamp if ours else _believed(stored)

    def value(content: Any = True) -> Value:
        return Value(at, statement.id, content)

    said = {"last": value()}
    if statement.verb in _COMPLETING:
        said["completed"] = value()
    if (position := place_in_film(result)) is not None:
        said["position"] = value(position)
    if not ours:
        return said  # another system says what was read and watched: no score, no answer, no success
    if "success" in result:
        said["first_success"] = said["last_success"] = value(bool(result["success"]))
    if (scaled := result.get("score", {}).get("scaled")) is not None:
        said["best_score"] = value(round(scaled * 10_000))
    if "response" in result:
        said["last_response"] = value(result["response"])
    return said


def _believed(stored: xapi.Stored) -> datetime:
    """When something happened that another system tells of: as it says, if that is at most a day before we heard."""
    said = stored.statement.timestamp
    return said if stored.stored - _TRUSTED <= said <= stored.stored else stored.stored


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
