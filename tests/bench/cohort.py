"""A cohort to measure on: the programme that ships, a season around today, people who are on their way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from mentorcert import MentorCert, create_app
from mentorcert.catalog import service as catalog
from mentorcert.cohorts import service as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.config import from_environment
from mentorcert.db import db, writing
from mentorcert.demo import live
from mentorcert.evidence.models import Progress
from mentorcert.files import open_files
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import EVERYWHERE, Role, cohort_scope
from mentorcert.reports import queries
from tests import databases
from tests.browsing import Browser

BASE = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Place:
    """An installation with one cohort in it."""

    app: MentorCert
    cohort: UUID
    manager: Person
    trainee: Person
    """Somebody in the middle of the programme."""
    enrolments: list[UUID]
    enrolment: UUID
    """The trainee's."""
    steps: list[str]
    """The IRIs of every step of the programme."""


@contextmanager
def place(url: str, folder: Path, size: int) -> Iterator[Place]:
    """Make tables in the empty database at `url`, and a cohort of `size` enrolments in them."""
    databases.make_tables(url)
    environ = {"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(folder), "MENTORCERT_DATABASE_URL": url}
    app = create_app(from_environment(environ))
    app.test_client_class = Browser
    with app.app_context():
        db.session().expire_on_commit = False
        made = _fill(db.session(), app, size)
        db.session.remove()
    try:
        yield made
    finally:
        with app.app_context():
            db.engine.dispose()


def _fill(session: Session, app: MentorCert, size: int) -> Place:
    settings, now = app.extensions["mentorcert"]["settings"], datetime.now(UTC)
    start = live.season_start(now)
    files = open_files(settings.files_url, settings.data)
    [version] = catalog.publish(session, files, settings.content, settings.rubrics, now).programmes
    writing(session)
    cohort = cohorts.create(session, "Autumn", version, "Europe/London", who="bench", now=start)
    manager = _person("Ines Duarte", now)
    session.add_all([manager, Grant(person=manager, role=Role.MANAGER, scope=EVERYWHERE, granted_at=now)])
    session.flush()
    live.lay_season(session, cohort, start, who=manager.uuid)
    enrolments = [_enrolled(session, cohort, number, now) for number in range(size)]
    session.flush()
    by_unit = queries.steps_of(session, cohort, settings.iri_base)
    steps = [iri for unit in by_unit.values() for iri in unit]
    session.execute(insert(Progress), [row for n, each in enumerate(enrolments) for row in _progress(each, n, steps)])
    session.commit()
    middle = enrolments[size // 2]
    return Place(app, cohort.uuid, manager, middle.person, [each.uuid for each in enrolments], middle.uuid, steps)


def _person(name: str, now: datetime) -> Person:
    return Person(
        uuid=uuid4(),
        email=f"{uuid4()}@example.org",
        name=name,
        zone="Europe/London",
        session_key="bench",
        created_at=now,
    )


def _enrolled(session: Session, cohort: Cohort, number: int, now: datetime) -> Enrolment:
    person = _person(f"Trainee {number:04}", now)
    enrolment = Enrolment(uuid=uuid4(), cohort=cohort, person=person, enrolled_at=now)
    scope = cohort_scope(cohort.uuid)
    session.add_all([person, enrolment, Grant(person=person, role=Role.TRAINEE, scope=scope, granted_at=now)])
    return enrolment


def _progress(enrolment: Enrolment, number: int, steps: list[str]) -> Iterator[dict[str, object]]:
    """What the fold would have written: the first steps done, some people all of them, some none."""
    for at in range(number * 7 % (len(steps) + 1)):
        when, who = enrolment.enrolled_at - timedelta(hours=len(steps) - at), uuid4()
        yield {
            "registration": enrolment.uuid,
            "activity": steps[at],
            "completed_at": when,
            "completed_id": who,
            "last_at": when,
            "last_id": who,
        }
