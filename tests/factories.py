"""Things that tests need to be there: people, a published programme, cohorts, enrolments.

Each `make_*` commits, so that a request of the test client sees what was made and nobody waits for a lock.
"""

from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts import service as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import writing
from mentorcert.files import Files, open_files
from mentorcert.people import passwords
from mentorcert.people import service as people
from mentorcert.people.models import Person
from mentorcert.permissions import EVERYWHERE, Role, cohort_scope
from tests.catalog.factories import make_programme, read_once

NOW: Final = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
"""What the `now` fixture says too."""
PASSWORD: Final = "correct horse battery"
"""The password of everybody whom `make_person` makes."""

_numbers: Final = count(1)


def make_person(
    session: Session,
    name: str = "Amara Okafor",
    email: str | None = None,
    *,
    roles: tuple[Role, ...] = (),
    office: str = "",
    zone: str = "Europe/London",
    password: bool = True,
    now: datetime = NOW,
) -> Person:
    """Make an account with `PASSWORD`, or one whose invitation is still open; `roles` are held everywhere."""
    writing(session)
    address = email or f"{name.partition(' ')[0].lower()}.{next(_numbers)}@example.org"
    place = people.office(session, office) if office else None
    person = people.create_person(session, address, name, zone=zone, office=place, who="test", now=now)
    if password:
        person.password_hash = _hash()
    for role in roles:
        people.grant(session, person, role, EVERYWHERE, who="test", now=now)
    session.commit()
    return person


def publish_programme(session: Session, files: Files | None = None, *, now: datetime = NOW) -> ProgrammeVersion:
    """Publish the tiny programme of the catalog's tests: one unit of four steps, two sessions, one rubric."""
    files = files or open_files("memory://", Path())
    version = catalog.publish_reading(session, files, read_once(make_programme), now, who="test").programmes[0]
    session.commit()
    return version


def make_cohort(
    session: Session,
    name: str | None = None,
    *,
    version: ProgrammeVersion | None = None,
    zone: str = "Europe/London",
    now: datetime = NOW,
) -> Cohort:
    """Make a cohort on `version`, or on the tiny programme."""
    version = version or publish_programme(session, now=now)
    cohort = cohorts.create(session, name or f"Cohort {next(_numbers)}", version, zone, who="test", now=now)
    session.commit()
    return cohort


def make_enrolment(
    session: Session, cohort: Cohort | None = None, person: Person | None = None, *, now: datetime = NOW
) -> Enrolment:
    """Enrol somebody in a cohort; both are made when not given."""
    cohort = cohort or make_cohort(session, now=now)
    person = person or make_person(session, now=now)
    enrolment = cohorts.enrol(session, cohort, person, who="test", now=now)
    session.commit()
    return enrolment


def give_role(session: Session, person: Person, role: Role, cohort: Cohort | None = None) -> Person:
    """Give a person a role in a cohort, or everywhere without one."""
    scope = cohort_scope(cohort.uuid) if cohort else EVERYWHERE
    people.grant(session, person, role, scope, who="test", now=NOW)
    session.commit()
    return person


def sign_in(client: FlaskClient, person: Person) -> None:
    """Have the client's cookie name this person, as signing in would."""
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{person.uuid}:{person.session_key}"
        cookie["_fresh"] = True


@cache
def _hash() -> str:
    return passwords.hashed(PASSWORD)
