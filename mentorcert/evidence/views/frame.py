"""What the pages of the statement viewer stand on: the blueprint, how times are written, and addresses of lists."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from mentorcert.evidence.telling import Told

blueprint: Final = Blueprint("evidence", "mentorcert.evidence", template_folder="templates")


def rendered(template: str, **known: Any) -> str:
    """A page or a part of one, which can write the times of statements."""
    return render_template(template, clock=_clock, later=_later, shown_day=_day, listed=listed, **known)


def listed(given: Mapping[str, Any] | None = None, /, **more: Any) -> str:
    """The address of the list with these filters; what is empty is left out."""
    kept = {name: str(value) for name, value in {**(given or {}), **more}.items() if value not in {None, "", False}}
    return url_for("evidence.statements") + (f"?{urlencode(kept)}" if kept else "")


def by_day(told: Sequence[Told]) -> list[tuple[date, list[Told]]]:
    """Statements under the days on which they were stored, in UTC."""
    return [(day, list(some)) for day, some in groupby(told, key=lambda each: each.stored.date())]


def _clock(at: datetime) -> str:
    """14:32:08.114, in UTC."""
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"


def _later(told: Told) -> str:
    """How long after it happened it was stored."""
    gone = told.stored - told.happened
    if gone < timedelta(0):
        return str(_("before it happened, by its own clock"))
    if gone < timedelta(seconds=1):
        return str(_("%(count)d ms later", count=gone // timedelta(milliseconds=1)))
    if gone < timedelta(minutes=2):
        return str(_("%(count)d seconds later", count=gone // timedelta(seconds=1)))
    if gone < timedelta(hours=2):
        return str(_("%(count)d minutes later", count=gone // timedelta(minutes=1)))
    return str(_("%(count)d hours later", count=gone // timedelta(hours=1)))


def _day(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM y"))
