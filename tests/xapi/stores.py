"""Storing in a test, as an application does it: declare the write, append, commit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import BEN
from xapi import Authority, Stored, append, parse

OURS = Authority({"account": {"homePage": "https://mentors.example.org", "name": "system"}}, system=True)
THEIRS = Authority(BEN)


def unheard(_session: Session, _stored: Sequence[Stored]) -> None:
    """Nobody listens."""


def store(
    session: Session,
    statements: Any,
    now: datetime,
    *,
    authority: Authority = OURS,
    on_stored: Callable[[Session, Sequence[Stored]], None] = unheard,
) -> list[Stored]:
    """Append and commit; return what was new."""
    new: list[Stored] = []

    def heard(session: Session, stored: Sequence[Stored]) -> None:
        new.extend(stored)
        on_stored(session, stored)

    writing(session)
    append(session, parse(statements, now=now), authority=authority, on_stored=heard, now=now)
    session.commit()
    return new
