"""How instants, lengths and numbers are written on pages: in the viewer's zone, in the page's language."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import babel.dates
from flask import Flask
from flask_babel import format_date, format_datetime, format_time, get_locale, ngettext
from flask_babel import gettext as _

from mentorcert.web import here

_MINUTE: Final = timedelta(minutes=1)


def day(at: datetime) -> str:
    """Thursday 26 November, with the year when it is not this one."""
    local = at.astimezone(here.zone())
    same_year = local.year == here.now().astimezone(here.zone()).year
    return str(format_date(local.date(), "EEEE d MMMM" if same_year else "EEEE d MMMM y"))


def date(at: datetime) -> str:
    """26 November 2026."""
    return str(format_date(at.astimezone(here.zone()).date(), "d MMMM y"))


def clock(at: datetime) -> str:
    """16:00."""
    return str(format_time(at, "HH:mm"))


def when(at: datetime) -> str:
    """Thursday 26 November, 16:00."""
    return f"{day(at)}, {clock(at)}"


def short_day(at: datetime) -> dict[str, str]:
    """The parts of a tear-off date: weekday, number, month, all short."""
    local = at.astimezone(here.zone()).date()
    names = {"weekday": "EEE", "number": "d", "month": "MMM"}
    return {name: str(format_date(local, pattern)) for name, pattern in names.items()}


def local(at: datetime, pattern: str) -> str:
    """An instant by a CLDR pattern, in the viewer's zone."""
    return str(format_datetime(at, pattern))


def instant(at: str, zone: str) -> str:
    """Thursday 26 November, 16:00 (Europe/London): an instant in ISO form in the zone of whom a mail goes to."""
    own = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    written = babel.dates.format_datetime(own, "EEEE d MMMM, HH:mm", locale=get_locale() or "en_GB")
    return f"{written} ({zone})"


def ago(at: datetime) -> str:
    """How long since: just now, 5 minutes ago, 3 hours ago; from a day on the date."""
    gone = here.now() - at
    if gone < _MINUTE:
        return str(_("just now"))
    minutes = gone // _MINUTE
    if minutes < 60:
        return str(ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes))
    if gone < timedelta(days=1):
        return str(ngettext("%(num)d hour ago", "%(num)d hours ago", minutes // 60))
    return date(at)


def playtime(seconds: float) -> str:
    """A position or length in a film: 2:41, or 1:02:41."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spelled(number: int) -> str:
    """A number as running text has it: in words up to twelve, in figures above."""
    words = (
        *(_("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six")),
        *(_("seven"), _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve")),
    )
    return str(words[number]) if 0 <= number < len(words) else str(number)


def iso(at: datetime) -> str:
    """An instant for a `datetime` attribute."""
    return at.astimezone(UTC).isoformat()


def register(app: Flask) -> None:
    """Give the filters to the templates, and static files an address that changes with their content."""
    for write in (day, date, clock, when, short_day, local, instant, ago, playtime, spelled, iso):
        app.jinja_env.filters[write.__name__] = write
    app.url_defaults(_version_static)


def _version_static(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values and "v" not in values:
        path = Path(str(here.static_folder())) / values["filename"]
        values["v"] = int(path.stat().st_mtime) if path.exists() else 0
