"""The dates of a season: weekly sessions that keep their wall-clock time, whatever the clocks do. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Season:
    """When the sessions of a season start."""

    starts: tuple[datetime, ...]
    """One instant a session, in order, in UTC."""
    unused: tuple[date, ...]
    """Dates that were to be skipped and are no date of this season."""


def weekly(first: date, at: time, zone: ZoneInfo, count: int, skip: Collection[date] = ()) -> Season:
    """`count` weekly starts from `first`. A skipped date moves its session, and all after it, a week on.

    Raises ValueError when `count` is below 1, OverflowError when the calendar ends first.
    """
    if count < 1:
        raise ValueError("a season has at least one session")
    days: list[date] = []
    passed: set[date] = set()
    day = first
    while len(days) < count:
        if day in skip:
            passed.add(day)
        else:
            days.append(day)
        day += WEEK
    return Season(tuple(instant(each, at, zone) for each in days), tuple(sorted(set(skip) - passed)))


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which clocks in `zone` show this.

    A time that the clocks skip in spring becomes as much later as they skip: 2:30 is 3:30. Of a time that they show
    twice in autumn it is the first.
    """
    return datetime.combine(day, at.replace(fold=0, tzinfo=None), zone).astimezone(UTC)


def due(start: datetime, hours: int) -> datetime:
    """When pre-work is due that is asked for this many hours before the start: hours that pass, not wall clock."""
    return start - timedelta(hours=hours)
