"""What the tests of the statement viewer do: have statements made, and read what the page tells."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from tests.factories import NOW
from xapi import credentials
from xapi import vocabulary as v

BASE = "https://mentors.example.org"
ANN = {"name": "Ann", "mbox": "mailto:ann@example.com"}
WAVED = "http://example.com/verbs/waved-at"


def read(session: Session, mine: Door, of: Enrolment, name: str = "The first lesson", *, days: int = 0) -> UUID:
    """Have somebody read the first lesson, some days ago; give the statement's id."""
    at = NOW - timedelta(days=days)
    whose = about(of, BASE)
    thing = Thing(whose.iris.step("start", "first"), v.LESSON, name)
    [made] = mine.record(session, [statements.lesson_completed(whose, "start", thing, at=at)], now=at)
    session.commit()
    return made


def void(session: Session, mine: Door, of: Enrolment, target: UUID) -> UUID:
    """Have MentorCert take a statement back; give the voiding statement's id."""
    [made] = mine.record(session, [statements.voiding(about(of, BASE).iris, target, at=NOW)], now=NOW)
    session.commit()
    return made


def from_outside(**changes: Any) -> dict[str, Any]:
    """A statement of another system."""
    return {
        "actor": ANN,
        "verb": {"id": WAVED, "display": {"en": "waved at"}},
        "object": {"id": "http://example.com/x", "definition": {"name": {"en": "Safety at work"}}},
        **changes,
    }


def send(app: MentorCert, session: Session, *made: dict[str, Any], label: str = "Company LMS", owner: str = "") -> None:
    """Have a key from outside store statements, over HTTP."""
    writing(session)
    credential, secret = credentials.create(session, label=label, scopes=["all"], owner=owner, now=NOW)
    session.commit()
    answered = app.test_client().post(
        "/xapi/statements",
        data=json.dumps(made, ensure_ascii=False).encode(),
        auth=(credential.key, secret),
        headers={"X-Experience-API-Version": "2.0.0", "Content-Type": "application/json"},
    )
    assert answered.status_code == 200, answered.text


def have_many(session: Session, mine: Door, count: int, **changes: Any) -> None:
    """Store many statements of another system, oldest first, a millisecond apart."""
    writing(session)
    made = [from_outside(result={"response": f"number {number}"}, **changes) for number in range(count)]
    parsed = [one for each in made for one in xapi.parse(each, now=NOW)]
    elsewhere = xapi.Authority({"mbox": "mailto:elsewhere@example.com"})
    xapi.append(session, parsed, authority=elsewhere, on_stored=mine.fold, now=NOW)
    session.commit()


def lines(html: str) -> list[str]:
    """The sentences of a page, without their times."""
    found = re.findall(r"<summary><time.*?</time>(.*?)</summary>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", each)).split()) for each in found]


def facts(html: str) -> dict[str, str]:
    """The terms and values of a page, as text."""
    found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html, re.DOTALL)
    return {term: " ".join(unescape(re.sub(r"<[^>]+>", " ", value)).split()) for term, value in found}
