"""Time zones, as people choose them: by IANA name, in groups that a list can show."""

from difflib import get_close_matches
from functools import cache
from typing import Final
from zoneinfo import available_timezones

REGIONS: Final = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


def is_zone(name: str) -> bool:
    """Whether this names a zone, old names and abbreviations included."""
    return name in _names()


def closest(text: str) -> str:
    """The zone that somebody may have meant, for example by a city's name; empty when there is no guess."""
    wanted = text.strip().replace(" ", "_").lower()
    places = {name.rpartition("/")[2].lower(): name for places in grouped().values() for name, _ in places}
    names = {name.lower(): name for name in places.values()}
    close = get_close_matches(wanted, [*names, *places], 1)
    return (names | places)[close[0]] if close else ""


@cache
def grouped() -> dict[str, tuple[tuple[str, str], ...]]:
    """(zone, place) of every zone that has one, by region; UTC comes first."""
    names = sorted(_names())
    regions = {
        region: tuple((name, _place(name)) for name in names if name.startswith(f"{region}/")) for region in REGIONS
    }
    return {"UTC": (("UTC", "UTC"),), **regions}


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def _place(name: str) -> str:
    return name.partition("/")[2].replace("/", ", ").replace("_", " ")
