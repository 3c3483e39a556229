"""The tiny programme with a lesson of every kind, and somebody who is enrolled in it."""

from pathlib import Path

from sqlalchemy.orm import Session

from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework.study import Where
from mentorcert.files import Files, open_files
from tests.catalog.factories import LESSON, UNIT, make_programme, read_once, write
from tests.factories import NOW, make_cohort, make_enrolment, make_person

BASE = "https://mentors.example.org"
STEPS = ("first", "film", "promise", "strengths", "reflection", "check")
ANSWERS: dict[str, tuple[str, ...]] = {
    "q-choice": ("a",),
    "q-multiple": ("a", "b"),
    "q-claim": ("true",),
    "q-order": ("a", "b"),
    "q-match": ("a.a", "b.b"),
}
"""The right answers, in the order of the questions."""

PROMISE = """\
---
id: promise
title: What is asked
kind: acknowledge
minutes: 3
lead: Read it.
promise: I have read it and will keep it.
---
Everything stays here.
"""
STRENGTHS = """\
---
id: strengths
title: Your strengths
kind: strengths
minutes: 4
lead: Write them down.
---
Up to five.
"""


def publish(session: Session, files: Files | None = None) -> ProgrammeVersion:
    """Publish it; its media go to `files`."""
    files = files or open_files("memory://", Path())
    version = catalog.publish_reading(session, files, read_once(_write), NOW, who="test").programmes[0]
    session.commit()
    return version


def _write(root: Path) -> tuple[Path, Path]:
    folders = make_programme(root, {UNIT: ("lessons: [first, film]", "lessons: [first, film, promise, strengths]")})
    write(root, LESSON.replace("first.md", "promise.md"), PROMISE)
    write(root, LESSON.replace("first.md", "strengths.md"), STRENGTHS)
    return folders


def enrol(session: Session, files: Files | None = None, name: str = "Amara Okafor") -> Enrolment:
    """Enrol somebody in a cohort of their own on that programme."""
    return make_enrolment(session, make_cohort(session, version=publish(session, files)), make_person(session, name))


def where(enrolment: Enrolment, step: str) -> Where:
    """A step of the only unit."""
    return Where(BASE, enrolment.uuid, "start", step)
