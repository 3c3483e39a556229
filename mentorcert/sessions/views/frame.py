"""What the pages of the live half stand on: the blueprint, and times in a cohort's zone."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask_babel import format_datetime

from mentorcert.evidence.iris import Iris
from mentorcert.evidence.service import Door, door
from mentorcert.sessions.briefing import letter
from mentorcert.sessions.models import LiveSession
from mentorcert.web import here

blueprint: Final = Blueprint("sessions", "mentorcert.sessions", template_folder="templates")


def iris(live: LiveSession) -> Iris:
    """The addresses of a session's programme."""
    return Iris(here.settings().iri_base, live.cohort.version.slug)


def our_door() -> Door:
    """The one way in for evidence."""
    return door(here.settings().iri_base)


def wall(at: datetime, zone: str, pattern: str = "EEEE d MMMM, HH:mm") -> str:
    """An instant as clocks in a zone show it, by a CLDR pattern."""
    return str(format_datetime(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None), pattern, rebase=False))


def elsewhere(at: datetime, zone: str) -> bool:
    """Whether clocks in a zone show another time than the viewer's at an instant."""
    return at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(here.zone()).utcoffset()


def place_of(zone: str) -> str:
    """The place that a zone is named after: London."""
    return zone.rpartition("/")[2].replace("_", " ")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"wall": wall, "elsewhere": elsewhere, "place_of": place_of, "letter": letter}
