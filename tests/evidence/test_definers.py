"""Whose definitions of activities are believed; a rebuild believes the same as when they came."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

import xapi
from mentorcert.db import writing
from mentorcert.evidence import definers, statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import About, Thing
from tests.evidence.factories import account
from xapi import activities, credentials, tables
from xapi import vocabulary as v
from xapi.definitions import Standing

BASE = "https://mentor.example"
IRIS = Iris(BASE, "mentor-development")
LESSON = Thing(IRIS.step("questions", "the-pull-to-tell"), v.LESSON, "The pull to tell")
ELSEWHERE = "https://lms.example/safety"


def make_key(session: Session, now: datetime, *scopes: str) -> xapi.Authority:
    writing(session)
    made, _ = credentials.create(session, label="LMS", scopes=scopes, now=now)
    session.commit()
    return xapi.Authority(account(f"key:{made.uuid}", BASE), defines=made.may_define)


def send(session: Session, door: Door, key: xapi.Authority, iri: str, name: str, now: datetime) -> None:
    body = {
        "actor": account("somebody", BASE),
        "verb": {"id": v.COMPLETED},
        "object": {"id": iri, "definition": {"name": {"en": name}}},
    }
    writing(session)
    xapi.append(session, xapi.parse(body, now=now), authority=key, on_stored=door.fold, now=now)
    session.commit()


def known(session: Session) -> dict[str, str]:
    found = activities.canonical(session, [LESSON.iri, ELSEWHERE])
    return {iri: definition["name"]["en"] for iri, definition in found.items()}


def test_ours_come_first_and_only_keys_with_that_scope_define(session: Session, now: datetime) -> None:
    door, defining, other = Door(BASE), make_key(session, now, "all"), make_key(session, now, "statements/write")
    standing = definers.standing_of(session, door.authority, BASE)
    keys = [door.authority.key, defining.key, other.key, "account:nobody"]
    assert [standing(key) for key in keys] == [Standing.SYSTEM, Standing.DEFINES, Standing.NONE, Standing.NONE]


def test_a_rebuild_makes_the_same_definitions_again(session: Session, now: datetime) -> None:
    door, defining, other = Door(BASE), make_key(session, now, "all"), make_key(session, now, "statements/write")
    about = About(IRIS, uuid4(), uuid4(), uuid4(), "a" * 64)
    door.record(session, [statements.lesson_completed(about, "questions", LESSON, at=now)], now=now)
    for key, name in ((defining, "Theirs"), (other, "Nobody's")):
        send(session, door, key, LESSON.iri, name, now)
        send(session, door, key, ELSEWHERE, name, now)
    before = known(session)
    session.rollback()
    writing(session)
    session.execute(update(tables.activity).values(definition='{"name":{"en":"Spoilt"}}'))
    door.rebuild(session)
    session.commit()
    assert before == {LESSON.iri: "The pull to tell", ELSEWHERE: "Theirs"}
    assert known(session) == before
