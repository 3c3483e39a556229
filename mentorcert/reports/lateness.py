"""Whether pre-work came in time: judged when asked, since sessions move. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TRUSTED: Final = timedelta(hours=24)
"""How far a statement's own timestamp may lie before the moment at which it was stored."""


class Punctuality(StrEnum):
    """How pre-work stands against the time at which it was due."""

    ON_TIME = "on time"
    LATE = "late"
    """It is complete, and was completed after it was due."""
    OPEN = "open"
    OVERDUE = "overdue"
    """It is not complete, and was due."""


@dataclass(frozen=True, slots=True)
class Completion:
    """When a step was completed, as its statement says and as it was stored."""

    timestamp: datetime
    stored: datetime

    @property
    def at(self) -> datetime:
        """The time that counts: the timestamp, unless it lies too far before the storing, or after it."""
        believed = timedelta(0) <= self.stored - self.timestamp <= TRUSTED
        return self.timestamp if believed else self.stored


@dataclass(frozen=True, slots=True)
class Prework:
    """One trainee's pre-work for one session."""

    done: int
    total: int
    completed_at: datetime | None
    """When the last step was completed; None while one is open."""
    punctuality: Punctuality


def judge(completions: Collection[Completion], total: int, due_at: datetime, *, now: datetime) -> Prework:
    """Judge what was completed of `total` steps against when they were due."""
    done = len(completions)
    if done < total:
        overdue = now > due_at
        return Prework(done, total, None, Punctuality.OVERDUE if overdue else Punctuality.OPEN)
    completed_at = max((each.at for each in completions), default=None)
    in_time = completed_at is None or completed_at <= due_at
    return Prework(done, total, completed_at, Punctuality.ON_TIME if in_time else Punctuality.LATE)
