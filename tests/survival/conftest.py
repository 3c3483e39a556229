"""A database with somebody enrolled in it, a key that may complete their lessons, and a server over it."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.evidence.iris import Iris
from tests import servers
from tests.factories import NOW, make_cohort, make_enrolment
from xapi import credentials, vocabulary

HOME = "https://mentors.example.org"
PROCESSES = 2


@dataclass(frozen=True)
class Ground:
    """Where a server lives, and who may send to it what."""

    folder: Path
    port: int
    environ: Mapping[str, str]
    key: tuple[str, str]
    enrolled: list[tuple[UUID, UUID]]
    """Registrations and their people."""
    lesson: str

    @contextmanager
    def serving(self) -> Iterator[tuple[str, "Popen[bytes]"]]:
        """Serve as `mentorcert run` does; give the address and the process that started the others."""
        command = [sys.executable, "-c", f"from mentorcert import serving; serving.serve({self.port})"]
        with servers.serving(command, self.port, self.folder, self.environ) as both:
            yield both

    def statement(self, chance: Random) -> dict[str, Any]:
        """Return a statement about a lesson: of somebody enrolled, or, two times of three, of a stranger."""
        verb = {"id": vocabulary.COMPLETED, "display": {"en": "completed"}}
        if chance.random() < 2 / 3:
            stranger = {"mbox": f"mailto:somebody-{chance.randrange(50)}@example.org"}
            return {"actor": stranger, "verb": verb, "object": {"id": f"{HOME}/elsewhere/{chance.randrange(50)}"}}
        registration, person = chance.choice(self.enrolled)
        return {
            "actor": {"account": {"homePage": HOME, "name": str(person)}},
            "verb": verb,
            "object": {"id": self.lesson, "definition": {"name": {"en": f"Lesson {chance.randrange(3)}"}}},
            "context": {"registration": str(registration)},
        }


@pytest.fixture
def ground(database_url: str, session: Session, tmp_path: Path) -> Ground:
    cohort = make_cohort(session)
    enrolments = [make_enrolment(session, cohort) for _ in range(5)]
    enrolled = [(each.uuid, each.person.uuid) for each in enrolments]
    slug = cohort.version.slug
    writing(session)
    credential, secret = credentials.create(session, label="Load", scopes=["all"], programmes=[slug], owner="", now=NOW)
    session.commit()
    environ = {
        "MENTORCERT_DATABASE_URL": database_url,
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": HOME,
    }
    lesson = Iris(HOME, slug).step("start", "first")
    return Ground(tmp_path, servers.free_port(), environ, (credential.key, secret), enrolled, lesson)
