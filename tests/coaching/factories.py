"""A cohort whose trainees were graded: the tiny rubric's listening (critical) and close, some of it below the line."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.catalog.reader import Reading
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.files import open_files
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from tests.catalog.factories import LESSON, make_programme, read_once
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.grading.factories import Bench, draft, release, take
from tests.recordings.factories import hand_in

TRAINS: Final = {LESSON: ("try: Begin something.", "trains: [listening]")}


@dataclass(frozen=True, slots=True)
class Graded:
    """A cohort with a coach and a manager."""

    cohort: Cohort
    coach: Person
    manager: Person


@cache
def training() -> Reading:
    """The tiny programme, whose first lesson trains listening."""
    return read_once(_write)


def make_graded(session: Session) -> Graded:
    """Make the cohort; nobody is graded yet."""
    cohort = make_cohort(session, "Autumn", version=_publish(session))
    coach = give_role(session, make_person(session, "Tomasz Wrona", "tomasz@example.org"), Role.COACH, cohort)
    return Graded(cohort, coach, make_person(session, "Mona Manager", roles=(Role.MANAGER,)))


def grade(session: Session, of: Graded, name: str, **levels: str) -> Enrolment:
    """Grade a new trainee's recording; `listening` and `close` are solid unless said."""
    enrolment = make_enrolment(session, of.cohort, make_person(session, name))
    return grade_again(session, of, enrolment, **levels)


def grade_again(session: Session, of: Graded, enrolment: Enrolment, **levels: str) -> Enrolment:
    """Grade one more recording of a trainee."""
    bench = Bench(of.coach, enrolment.person, enrolment, hand_in(session, enrolment))
    release(session, take(session, bench), draft(**levels))  # type: ignore[arg-type]
    return enrolment


def _publish(session: Session) -> ProgrammeVersion:
    files = open_files("memory://", Path())
    version = catalog.publish_reading(session, files, training(), NOW, who="test").programmes[0]
    session.commit()
    return version


def _write(root: Path) -> tuple[Path, Path]:
    return make_programme(root, TRAINS)
