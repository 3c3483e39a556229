"""Somebody who is enrolled, and other systems that tell of them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.evidence import queries, statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.models import Progress
from mentorcert.evidence.queries import Standing
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import About, Thing
from mentorcert.evidence.trust import Verdict
from mentorcert.files import open_files
from tests.catalog.factories import PROGRAM, make_programme, read_once
from tests.coursework import factories as coursework
from tests.factories import make_cohort, make_enrolment
from xapi import credentials
from xapi import vocabulary as v

BASE = "https://mentors.example.org"
TINY = Iris(BASE, "tiny")
FIRST = TINY.step("start", "first")
FILM = TINY.step("start", "film")
LMS = {"account": {"homePage": "https://lms.example", "name": "employee-4711"}}
Raw = dict[str, Any]


@dataclass
class World:
    """Somebody who is enrolled, and a key of another system that names their programme."""

    session: Session
    door: Door
    enrolment: Enrolment
    person: UUID
    registration: UUID
    key: xapi.Authority
    now: datetime

    def said(self, verb: str = v.COMPLETED, about: str = FIRST, **members: Any) -> Raw:
        """What counts, unless `members` change it."""
        return {
            "actor": account(self.person),
            "verb": {"id": verb},
            "object": {"id": about},
            "context": {"registration": str(self.registration)},
            "timestamp": self.now.isoformat(),
            **members,
        }

    def send(self, *raw: Raw, key: xapi.Authority | None = None, now: datetime | None = None) -> list[UUID]:
        writing(self.session)
        parsed = [one for each in raw for one in xapi.parse(each, now=self.now)]
        ids = xapi.append(
            self.session, parsed, authority=key or self.key, on_stored=self.door.fold, now=now or self.now
        )
        self.session.commit()
        return ids

    @property
    def engine(self) -> Engine:
        """The database."""
        bind = self.session.get_bind()
        return bind if isinstance(bind, Engine) else bind.engine

    def verdicts(self, ids: list[UUID]) -> list[Verdict]:
        return self.door.judge.verdicts(self.session, xapi.lookup(self.session, ids))

    def standings(self) -> dict[str, Standing]:
        """What is known of the enrolment; a rebuild by a process that knows nothing yet must say the same."""
        before = _progress(self.session)
        self.session.rollback()
        Door(BASE).rebuild(self.session)
        self.session.commit()
        assert _progress(self.session) == before
        return dict(queries.standings(self.session, self.registration))


def _progress(session: Session) -> list[tuple[Any, ...]]:
    query = select(*Progress.__table__.columns).order_by(Progress.registration, Progress.activity)
    return [tuple(row) for row in session.execute(query)]


def account(name: object, home: str = BASE) -> Raw:
    return {"account": {"homePage": home, "name": str(name)}}


def make_key(session: Session, now: datetime, *programmes: str) -> xapi.Authority:
    writing(session)
    made, _ = credentials.create(session, label="LMS", scopes=["statements/write"], programmes=programmes, now=now)
    session.commit()
    return xapi.Authority(agent=account(f"key:{made.uuid}"))


def _other_programme(root: Path) -> tuple[Path, Path]:
    return make_programme(root, {PROGRAM: ("id: tiny", "id: other")})


def publish_other(session: Session, now: datetime) -> ProgrammeVersion:
    files = open_files("memory://", Path())
    version = catalog.publish_reading(session, files, read_once(_other_programme), now, who="test").programmes[0]
    session.commit()
    return version


def ours(world: World, at: datetime) -> bytes:
    about = About(TINY, world.person, world.registration, uuid4(), "a" * 64)
    return statements.lesson_completed(about, "start", Thing(FIRST, v.LESSON, "First"), at=at)


def make_world(session: Session, now: datetime) -> World:
    """Enrol somebody in the tiny programme with a lesson of every kind, and make a key that names it."""
    enrolment = make_enrolment(session, make_cohort(session, version=coursework.publish(session)))
    key = make_key(session, now, "tiny")
    return World(session, Door(BASE), enrolment, enrolment.person.uuid, enrolment.uuid, key, now)


def void(target: UUID) -> Raw:
    return {"actor": LMS, "verb": {"id": v.VOIDED}, "object": {"objectType": "StatementRef", "id": str(target)}}
