"""A recording on a coach's bench, and grades of the tiny rubric: listening (60, critical) and close (40)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from mentorcert.catalog import rubric as arithmetic
from mentorcert.catalog import service as catalog
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.files import Files
from mentorcert.grading import service, taking
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.grading.models import Assessment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from tests.catalog.factories import PROGRAM, make_programme, read_once
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.recordings.factories import DOOR, hand_in, memory, wish

BRIEF: Final = "  brief: Record a talk.\n"
"""The line of program.yaml after which `grading:` can stand."""
LEVELS: Final = (
    arithmetic.Level("not-yet", "Not yet", 1, "Interrupts."),
    arithmetic.Level("solid", "Solid", 3, "Waits."),
)
TINY: Final = arithmetic.Rubric(
    "tiny-rubric",
    "A tiny rubric",
    "Two criteria.",
    70,
    (
        arithmetic.Criterion("listening", "Listening", 60, LEVELS, True, "solid", comment_required=True),
        arithmetic.Criterion("close", "Close", 40, LEVELS),
    ),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """A coach, somebody else's recording, and perhaps the assessment of it."""

    coach: Person
    trainee: Person
    enrolment: Enrolment
    recording: Recording

    @property
    def cohort(self) -> Cohort:
        return self.enrolment.cohort


def graded_by(session: Session, rules: str) -> Cohort:
    """Make a cohort on the tiny programme whose recordings are graded by these rules, as `program.yaml` writes them."""
    reading = read_once(_written_with(rules))
    version = catalog.publish_reading(session, memory(), reading, NOW, who="test").programmes[0]
    session.commit()
    return make_cohort(session, version=version)


@cache
def _written_with(rules: str) -> Callable[[Path], tuple[Path, Path]]:
    return lambda root: make_programme(root, {PROGRAM: (BRIEF, f"{BRIEF}  grading: {rules}\n")})


def coaches(session: Session, cohort: Cohort, count: int) -> list[Person]:
    """Make coaches of a cohort."""
    return [give_role(session, make_person(session, f"Coach {number}"), Role.COACH, cohort) for number in range(count)]


def make_bench(
    session: Session, cohort: Cohort | None = None, coach: Person | None = None, files: Files | None = None
) -> Bench:
    """Make a cohort with a coach, and a recording that waits there."""
    cohort = cohort or make_cohort(session)
    coach = coach or give_role(session, make_person(session, "Tomasz Wrona"), Role.COACH, cohort)
    enrolment = make_enrolment(session, cohort)
    return Bench(coach, enrolment.person, enrolment, hand_in(session, enrolment, wish(), files))


def take(session: Session, bench: Bench, coach: Person | None = None, *, now: datetime = NOW) -> Assessment:
    """Put the recording on the coach's bench, and commit."""
    made = taking.take(session, bench.recording.uuid, who=(coach or bench.coach).uuid, now=now)
    session.commit()
    return made


def draft(revision: int = 0, listening: str = "solid", close: str = "solid", **more: str) -> Draft:
    """A whole grade; `heard` and `closing` are the comments, `whole` the sentence for the whole."""
    entries = {
        "listening": Entry(listening, more.get("heard", "You waited at 0:01.")),
        "close": Entry(close, more.get("closing", "")),
    }
    return Draft(revision, more.get("whole", ""), entries)


def release(session: Session, found: Assessment, wanted: Draft | None = None, *, now: datetime = NOW) -> Assessment:
    """Submit a grade, and commit."""
    made = service.submit(session, DOOR, found.uuid, wanted or draft(), who=found.coach.uuid, now=now)
    session.commit()
    return made
