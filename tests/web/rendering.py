"""Renders templates of mentorcert/web without the application: macros are functions of their arguments."""

from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader

from mentorcert.web.filters import playtime

WEB = Path(__file__).resolve().parents[2] / "mentorcert" / "web"


@cache
def environment() -> Environment:
    """An environment with our templates, and plain stand-ins for what the application adds."""
    made = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"])
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(url_for=_url_for, csrf_token=lambda: "token")
    made.filters.update(short_day=_short_day, playtime=playtime)
    return made


def macro(call: str, **values: Any) -> str:
    """What `{{ call }}` renders, every component at hand as `parts`."""
    text = '{% import "_parts.html" as parts %}{{ parts.' + call + " }}"
    return environment().from_string(text).render(values)


def page(body: str, **values: Any) -> str:
    """A whole page with `body` in its main block."""
    text = '{% extends "base.html" %}{% import "_parts.html" as parts %}' + body
    return environment().from_string(text).render(values)


def viewer(**changes: Any) -> SimpleNamespace:
    """A person who is signed in, as the context processor gives them."""
    return SimpleNamespace(
        **({"initials": "AO", "display_name": "Amara Okafor", "theme": None, "zone": None} | changes)
    )


def _url_for(endpoint: str, *, filename: str) -> str:
    return f"/{endpoint}/{filename}"


def _short_day(moment: datetime) -> dict[str, str]:
    return {"weekday": f"{moment:%a}", "number": str(moment.day), "month": f"{moment:%b}"}
