"""A programme with an orientation, two units and four scenarios; a cohort on it with a season; people who are ready."""

from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door, door
from mentorcert.evidence.statements import Thing
from mentorcert.files import open_files
from mentorcert.sessions import attendance, queries, running, service
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.planning import Wish
from tests.catalog.factories import CHECK, PROGRAM, SCENARIO, UNIT, make_programme, read_once, write
from tests.factories import NOW, make_cohort, make_enrolment, make_person
from xapi import vocabulary

BASE = "https://mentors.example.org"
IRIS = Iris(BASE, "tiny")
FIRST = date(2026, 11, 26)
FOUR = time(16)
NAMES = ("Amara", "Ben", "Chiara", "Daniel", "Elin", "Farid", "Grace", "Hugo", "Iris", "Jonas", "Kemi", "Lucia")
ORIENTATION = """\
---
id: promise
title: What is asked of you
kind: acknowledge
minutes: 4
lead: Read it to the end.
promise: I have read it.
---
## Why

Because.
"""


def a_door() -> Door:
    return door(BASE)


def publish(session: Session) -> ProgrammeVersion:
    """Publish the tiny programme with an orientation, a second unit, and scenarios whose briefs can be told apart."""
    files = open_files("memory://", Path())
    version = catalog.publish_reading(session, files, read_once(_write), NOW, who="test").programmes[0]
    session.commit()
    return version


def _write(root: Path) -> tuple[Path, Path]:
    changes = {
        PROGRAM: ("  - start\n", "  - start\n  - deep\n"),
        UNIT: ("lessons: [first, film]", "lessons: [first, film, promise]"),
    }
    folders = make_programme(root, changes)
    _write_more(root)
    return folders


def _write_more(root: Path) -> None:
    program = root / PROGRAM
    program.write_text(program.read_text().replace("title: The second, unit: start", "title: The second, unit: deep"))
    write(root, UNIT.replace("unit.yaml", "lessons/promise.md"), ORIENTATION)
    unit, deep = root / UNIT, UNIT.replace("01-start", "02-deep")
    unit.write_text(unit.read_text().replace("  - talk\n", "  - talk\n  - walk\n"))
    text = unit.read_text().replace("id: start", "id: deep").replace("short: Start", "short: Deep")
    text = text.replace("title: The start", "title: The deep").replace("[first, film, promise]", "[last]")
    write(root, deep, text.replace("topic: talks", "topic: feedback").replace("- talk\n  - walk", "- swim\n  - dive"))
    write(root, deep.replace("unit.yaml", "lessons/last.md"), _lesson())
    write(root, CHECK.replace("01-start", "02-deep"), (root / CHECK).read_text())
    for name, topic, folder in (
        ("walk", "feedback", "01-start"),
        ("swim", "feedback", "02-deep"),
        ("dive", "talks", "02-deep"),
    ):
        path = SCENARIO.replace("01-start", folder).replace("talk.yaml", f"{name}.yaml")
        write(root, path, _scenario(name, topic))
    write(root, SCENARIO, _scenario("talk", "talks"))


def _lesson() -> str:
    return "---\nid: last\ntitle: The last\nkind: read\nminutes: 3\nlead: Look.\ntry: Try.\n---\n## So\n\nSo.\n"


def _scenario(name: str, topic: str) -> str:
    return f"""\
id: {name}
title: A {name}
topic: {topic}
minutes: 10
summary: Why we play the {name}.
mentor: The mentor brief of the {name}.
mentee: {{name: Sam, brief: The mentee brief of the {name}.}}
observer: The observer brief of the {name}.
debrief:
  - What did Sam want in the {name}?
"""


def make_season(
    session: Session, cohort: Cohort | None = None, *, count: int = 2, now: datetime = NOW
) -> list[LiveSession]:
    """Lay a season of Thursdays at four; the cohort is made when not given."""
    cohort = cohort or make_cohort(session, version=publish(session))
    wish = Wish(FIRST, FOUR, count, place="Room 2.14", link="https://meet.example.org/four")
    laid = service.lay_season(session, cohort.uuid, wish, who="test", now=now)
    session.commit()
    return laid


def enrol(session: Session, cohort: Cohort, count: int, *, ready: bool = True) -> list[Enrolment]:
    """Enrol so many people, who have acknowledged the orientation or not."""
    enrolled = [make_enrolment(session, cohort, make_person(session, name)) for name in NAMES[:count]]
    if ready:
        acknowledge(session, *enrolled)
    return enrolled


def acknowledge(session: Session, *enrolments: Enrolment, now: datetime = NOW) -> None:
    lesson = Thing(IRIS.step("start", "promise"), vocabulary.ORIENTATION, "What is asked of you")
    bodies = [statements.orientation_acknowledged(about(each, BASE), "start", lesson, at=now) for each in enrolments]
    a_door().record(session, bodies, now=now)
    session.commit()


def check_in(session: Session, live: LiveSession, *enrolments: Enrolment, now: datetime = NOW) -> None:
    running.check_in(session, live.uuid, [each.uuid for each in enrolments], now=now)
    session.commit()


def start(session: Session, live: LiveSession, *, rounds: int = 3, now: datetime = NOW) -> None:
    """Show the scenario, deal groups to those who are here, and start the first round."""
    running.reveal(session, live.uuid, live.scenario, who="test", now=now)
    running.deal(session, live.uuid, IRIS, rounds=rounds, at_round=0)
    running.go_on(session, live.uuid, at_round=0, now=now)
    session.commit()


def close(session: Session, live: LiveSession, *, who: UUID | None = None, now: datetime = NOW) -> int:
    count = attendance.close(session, live.uuid, a_door(), who=who or uuid4(), now=now)
    session.commit()
    return count


def attended(session: Session, cohort: Cohort) -> dict[UUID, set[UUID]]:
    """Which sessions each registration of a cohort attended, as the statements say."""
    return queries.attendance_of(session, [each.uuid for each in cohorts.enrolments(session, cohort)], IRIS)
