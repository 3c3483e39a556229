"""Keys that tests need, and statements that they sent."""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

import xapi
from mentorcert.db import writing
from mentorcert.keys import service
from mentorcert.keys.service import Wish
from mentorcert.people.models import Person
from tests.factories import NOW
from tests.xapi.factories import a_statement
from xapi.credentials import Credential

BASE: Final = "https://mentors.example.org"


def make_key(
    session: Session,
    label: str = "LMS",
    *scopes: str,
    programmes: tuple[str, ...] = (),
    owner: str = "",
    expires: datetime | None = None,
    now: datetime = NOW,
) -> Credential:
    """Make a key that may send statements, or what `scopes` say."""
    wish = Wish(label, frozenset(scopes or ["statements/write"]), programmes, owner, expires)
    made, _ = service.make(session, wish, who="test", now=now)
    session.commit()
    return made


def end_account(session: Session, person: Person, *, now: datetime = NOW) -> None:
    """End somebody's account."""
    writing(session)
    person.archived_at = now
    session.commit()


def send(session: Session, key: Credential, count: int, *, now: datetime = NOW) -> None:
    """Store statements as the key's."""
    authority = xapi.Authority({"account": {"homePage": BASE, "name": f"key:{key.uuid}"}})
    body = json.dumps([a_statement() for _ in range(count)]).encode()
    writing(session)
    statements = xapi.parse(body, now=now + timedelta(seconds=1))
    xapi.append(session, statements, authority=authority, on_stored=lambda *_: None, now=now)
    session.commit()
