"""Time zones, as people choose them: by IANA name, in groups that a list can show."""

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
