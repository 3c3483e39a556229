"""What the pages of people stand on: the blueprint, who a cookie names, and how often one may try."""

from typing import Final
from uuid import UUID

import flask_login
from flask import Blueprint, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from mentorcert.people import queries
from mentorcert.people.models import Person
from mentorcert.permissions import Viewer
from mentorcert.web import here

blueprint: Final = Blueprint("people", "mentorcert.people", template_folder="templates")

limiter: Final = Limiter(key_func=get_remote_address)
"""Counts tries by the address that they come from; a view says what else to count by."""


class Account(flask_login.UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Whoever is signed in, as Flask-Login wants it: an id for the cookie, and the viewer that permissions ask for."""

    def __init__(self, account_id: str, viewer: Viewer) -> None:
        self.id = account_id
        self.viewer = viewer


def account_of(person: Person) -> Account:
    """The account of a person; its id holds their session key, so that a changed password ends the session."""
    return Account(f"{person.uuid}:{person.session_key}", queries.viewer_of(person))


def load_account(account_id: str) -> Account | None:
    """The account that a cookie names, or None when it no longer holds or is not one of ours."""
    uuid, _, session_key = account_id.partition(":")
    try:
        viewer = queries.signed_in(here.session(), UUID(uuid), session_key)
    except ValueError:
        return None
    return Account(account_id, viewer) if viewer else None


def let_in(person: Person) -> None:
    """Sign a person in on this browser. What was in the session before is let go."""
    session.clear()
    flask_login.login_user(account_of(person))


def let_out() -> None:
    """Sign whoever it is out on this browser."""
    flask_login.logout_user()
    session.clear()
