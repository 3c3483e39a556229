"""Planning a season: from what somebody asks for to its sessions, or everything that is wrong with it. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mentorcert.catalog.programme import Programme
from mentorcert.errors import Fault, Invalid
from mentorcert.sessions import season

FARTHEST: Final = timedelta(days=366)
"""How far from today a date may be: beyond it is a slip of the pen."""
LONGEST_LINK: Final = 500
LONGEST_PLACE: Final = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: weekly sessions from a date at a time of the cohort's clocks."""

    first: date
    at: time
    count: int
    skip: tuple[date, ...] = ()
    until: date | None = None
    """The day that the last session must not be after."""
    place: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One session as it would be."""

    number: int
    unit: str
    title: str
    starts_at: datetime
    due_at: datetime
    minutes: int
    topic: str
    """The id of the unit's topic in the programme."""
    scenario: str


def plan(programme: Programme, zone: str, wish: Wish, *, now: datetime) -> tuple[Planned, ...]:
    """The sessions that this would make. Raises Invalid that names everything that is wrong with it."""
    clocks = clocks_of(zone)
    faults = [*_count_faults(programme, wish), *_date_faults("first", wish.first, now)]
    starts: tuple[datetime, ...] = ()
    if not faults:
        dates = season.weekly(wish.first, wish.at, clocks, wish.count, wish.skip)
        starts = dates.starts
        faults += [*_skip_faults(dates.unused), *_until_faults(wish, starts[-1].astimezone(clocks).date())]
    faults += place_faults(wish.place, wish.link)
    if faults:
        raise Invalid("This season can't be laid out like this.", "Correct what is named here.", faults)
    return tuple(_planned(programme, starts))


def clocks_of(zone: str) -> ZoneInfo:
    """The clocks of a zone; raises Invalid for a name that is none."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fault = Fault("zone", f"There is no time zone “{zone}”.", "Use a name such as Europe/London.")
        raise Invalid("The cohort has no time zone that we know.", "Ask your administrator.", [fault]) from None


def place_faults(place: str, link: str) -> Iterator[Fault]:
    """What is wrong with where it is held."""
    if len(place) > LONGEST_PLACE:
        yield Fault("place", "This is too long.", f"Use {LONGEST_PLACE} characters or fewer.")
    if link and (len(link) > LONGEST_LINK or not is_link(link)):
        yield Fault("link", "This is no address of a meeting.", "Copy the whole address; it starts with https://")


def is_link(text: str) -> bool:
    """Whether this is an https address that can stand behind a link."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    printable = text.isprintable() and " " not in text
    return parts.scheme == "https" and bool(host) and printable


def start_faults(start: datetime, *, now: datetime) -> Iterator[Fault]:
    """What is wrong with when a session is moved to."""
    return _date_faults("day", start.date(), now)


def _date_faults(where: str, day: date, now: datetime) -> Iterator[Fault]:
    if abs(day - now.date()) > FARTHEST:
        yield Fault(where, "This is more than a year away.", "Look at the year again.")


def _count_faults(programme: Programme, wish: Wish) -> Iterator[Fault]:
    most = len(programme.sessions)
    if not 1 <= wish.count <= most:
        yield Fault("count", f"The programme plans {most} sessions.", f"Choose a number from 1 to {most}.")


def _skip_faults(unused: Sequence[date]) -> Iterator[Fault]:
    for day in unused:
        what = f"{day:%A} {day.day} {day:%B %Y} is no date of this season."
        yield Fault("skip", what, "Leave it out, or correct it.")


def _until_faults(wish: Wish, last: date) -> Iterator[Fault]:
    if wish.until is None or last <= wish.until:
        return
    if wish.until < wish.first:
        yield Fault("until", "The season would end before it starts.", "Choose a day after the first session.")
    else:
        what = f"The last session would be on {last.day} {last:%B %Y}."
        yield Fault("until", what, "Choose a later day, fewer sessions, or an earlier start.")


def _planned(programme: Programme, starts: Sequence[datetime]) -> Iterator[Planned]:
    seen: Counter[str] = Counter()
    for number, (each, start) in enumerate(zip(programme.sessions, starts, strict=False), 1):
        unit = programme.unit(each.unit)
        scenario = unit.scenarios[seen[unit.id] % len(unit.scenarios)].id if unit.scenarios else ""
        seen[unit.id] += 1
        yield Planned(
            number=number,
            unit=unit.id,
            title=each.title,
            starts_at=start,
            due_at=season.due(start, each.prework_due_hours_before),
            minutes=each.minutes,
            topic=unit.topic,
            scenario=scenario,
        )
