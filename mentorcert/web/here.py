"""What a view asks of the request it is in: who, when, which session, which services.

Views import this instead of Flask's proxies, so that each name has a type and a meaning.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, current_app, g, request
from sqlalchemy.orm import Session

from mentorcert.config import Settings
from mentorcert.db import db
from mentorcert.files import Files
from mentorcert.permissions import NOBODY, Scope, Viewer, permission_of


def session() -> Session:
    """The request's database session. The application commits it when the view has returned."""
    return cast("Session", db.session())


def begin() -> None:
    """Start the clock of a request."""
    g.now = datetime.now(UTC)


def refuse_nul() -> None:
    """Refuse a request for one of our pages that holds NUL: nobody types it, and PostgreSQL can't keep it."""
    view = view_function(request.endpoint)
    if view is None or permission_of(view) is None:
        return
    sent = (text for values in (request.args, request.form) for pair in values.items(multi=True) for text in pair)
    if "\0" in request.path or any("\0" in text for text in sent):
        abort(400)


def now() -> datetime:
    """The instant at which this request began, in UTC: one request has one now."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast("datetime", g.now)


def viewer() -> Viewer:
    """Whoever asks; `NOBODY` when not signed in."""
    return cast("Viewer", g.get("viewer", NOBODY))


def person() -> UUID:
    """The person who asks, on a page for people who are signed in; raises LookupError elsewhere."""
    uuid = viewer().person
    if uuid is None:
        raise LookupError("this page is for people who are signed in")
    return uuid


def scope() -> Scope | None:
    """What the address is about, resolved before the view ran."""
    return cast("Scope | None", g.get("scope"))


def zone() -> ZoneInfo:
    """The viewer's time zone."""
    return ZoneInfo(viewer().zone)


def settings() -> Settings:
    """The settings that the application was made with."""
    return cast("Settings", _mine()["settings"])


def files() -> Files:
    """The place for files."""
    return cast("Files", _mine()["files"])


def _mine() -> dict[str, Any]:
    return cast("dict[str, Any]", current_app.extensions["mentorcert"])


def view_function(endpoint: str | None) -> Callable[..., Any] | None:
    """The view behind an endpoint, if there is one."""
    return current_app.view_functions.get(endpoint) if endpoint else None


def static_folder() -> str:
    """The folder of static files."""
    return current_app.static_folder or ""
