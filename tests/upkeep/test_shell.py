"""`mentorcert lrs …`: what each command says and does, through the shell."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.cli import main
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.evidence.models import Progress
from mentorcert.people.models import Person
from mentorcert.upkeep.models import SelfCheck
from tests.evidence.factories import World, make_world
from xapi import tables

Run = Callable[..., Result]
HINT = "`mentorcert lrs reindex` makes columns and search rows again; docs/operating.md says more.\n"


@pytest.fixture
def run(app: MentorCert, database_url: str, tmp_path: Path) -> Run:
    with app.app_context():
        flask_migrate.stamp()
    environ = {
        "MENTORCERT_DATA": str(tmp_path / "data"),
        "MENTORCERT_DATABASE_URL": database_url,
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
    }
    return lambda *arguments, **more: CliRunner().invoke(main, ["lrs", *arguments], env={**environ, **more})


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    world = make_world(session, now)
    world.send(world.said(), now=now - timedelta(days=2))
    world.send(world.said(actor={"mbox": "mailto:sam@example.org"}), now=now)
    return world


def change(world: World, command: object) -> None:
    writing(world.session)
    world.session.execute(command)  # type: ignore[call-overload]
    world.session.commit()


def test_a_sound_store_is_said_to_be_well_and_noted(run: Run, world: World, now: datetime) -> None:
    done = run("verify")
    assert (done.exit_code, done.output) == (0, "2 statements checked: all is well.\n")
    check = world.session.scalars(select(SelfCheck)).one()
    assert (check.finished_at, check.checked, check.faults, check.told) == (now, 2, 0, [])


def test_every_fault_is_a_line_and_the_exit_status_says_so(run: Run, world: World) -> None:
    change(world, update(tables.statement).where(tables.statement.c.sequence == 2).values(verb="x:y"))
    change(world, update(Progress).values(completed_id=None, completed_at=None))
    done = run("verify")
    [second] = [each.statement.id for each in xapi.every(world.session, after=1)]
    registration = world.registration
    assert (done.exit_code, done.output) == (
        1,
        f"statement {second} (number 2): its columns say another thing than its text: verb. "
        "Somebody wrote to the table, or the disk failed. Make its columns again from its text.\n"
        f"progress of registration {registration}, activity https://mentors.example.org/activities/tiny/start/first: "
        "it is not what the statements say. Run `mentorcert rebuild`.\n"
        f"2 statements checked: 2 faults.\n{HINT}",
    )


def test_a_statement_that_somebody_removed_is_missed(run: Run, world: World) -> None:
    change(world, delete(tables.related).where(tables.related.c.about == 1))
    change(world, delete(tables.statement).where(tables.statement.c.sequence == 1))
    change(world, delete(Progress))
    assert run("verify").output.startswith(
        "statement numbers: 1 are missing, and retention removed 0. Somebody wrote to the table"
    )


def test_a_check_of_the_newest_looks_at_nothing_else(run: Run, world: World) -> None:
    change(world, update(tables.statement).where(tables.statement.c.sequence == 1).values(verb="x:y"))
    done = run("verify", "--since", "2026-11-24")
    assert (done.exit_code, done.output) == (0, "1 statements checked: all is well.\n")


def test_an_attachment_whose_file_is_gone_or_another_is_named(run: Run, world: World, tmp_path: Path) -> None:
    [statement] = world.send(world.said(about="https://lms.example/x"))
    for sha2 in ("a" * 64, "b" * 128):
        row = {"statement": statement, "sha2": sha2, "length": 1, "stored": world.now}
        change(world, tables.attachment.insert().values(**row))
    file = tmp_path / "data" / "files" / "attachments" / "aa" / ("a" * 64)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"another")
    lines = run("verify").output.splitlines()[:2]
    assert lines == [
        f"attachment {'a' * 64}: its file is not what came: the hash is another. Put the file back from a back-up.",
        f"attachment {'b' * 128}: its file is not there. Put the file back from a back-up.",
    ]


def test_what_is_derived_is_made_again_from_the_texts(run: Run, world: World) -> None:
    [target] = world.send(world.said(about="https://lms.example/x"))
    world.send(world.said("x:saw", object={"objectType": "StatementRef", "id": str(target)}))
    before = _derived(world)
    change(world, update(tables.statement).where(tables.statement.c.sequence == 2).values(verb="x:y"))
    change(world, delete(tables.related).where(tables.related.c.sequence != 3))
    stray = {"key": "x", "kind": 1, "sequence": 99, "about": 99}
    change(world, tables.related.insert().values(**stray))
    assert run("reindex").output == "4 statements are indexed again.\n"
    assert _derived(world) == before
    assert run("verify").output == "4 statements checked: all is well.\n"


def _derived(world: World) -> list[list[tuple[object, ...]]]:
    both = [sorted(map(tuple, world.session.execute(select(table)))) for table in (tables.statement, tables.related)]
    world.session.rollback()
    return both


def test_a_damaged_text_is_left_as_it_is_and_told(run: Run, world: World) -> None:
    change(world, update(tables.statement).where(tables.statement.c.sequence == 2).values(text="{}"))
    done = run("reindex")
    assert (done.exit_code, done.output) == (
        1,
        "1 statements are indexed again.\n"
        "Error: 1 could not be read: their texts are damaged. `mentorcert lrs verify` names them.\n",
    )


def test_without_rules_everything_is_kept(run: Run, world: World) -> None:
    assert run("purge").output == (
        "Everything is kept. MENTORCERT_KEEP_FILM_DAYS and MENTORCERT_KEEP_RECEIVED_DAYS would change that.\n"
    )


def test_old_statements_are_removed_by_the_rules_or_only_counted(run: Run, world: World, app: MentorCert) -> None:
    world.send(world.said(about="https://lms.example/x"), now=world.now - timedelta(days=9))
    world.send(world.said(about="https://lms.example/y"), now=world.now)
    rules = {"MENTORCERT_KEEP_RECEIVED_DAYS": "8"}
    assert run("purge", "--dry-run", **rules).output == (
        "1 statements of other systems, older than 8 days, would be removed; 0 stay.\n"
    )
    assert xapi.count(world.session) == 4
    world.session.rollback()
    assert run("purge", **rules).output == "1 statements of other systems, older than 8 days, are removed; 0 stay.\n"
    assert xapi.count(world.session) == 3
    world.session.rollback()
    assert run("verify").output == "3 statements checked: all is well.\n"


def test_somebody_is_forgotten_by_address_or_account(run: Run, world: World) -> None:
    person = world.session.scalars(select(Person).join(Enrolment)).one()
    uuid, email = person.uuid, person.email
    world.session.rollback()
    assert run("forget", email, "--reason", "asked").output == (
        "Forgotten. Statements of other systems rewritten: 0; documents removed: 0; "
        "recordings removed: 0; certificates that stay without the name: 0.\n"
        "Copies that were sent on, and back-ups, are not changed: see docs/operating.md.\n"
    )
    world.session.expire_all()
    assert world.session.scalars(select(Person.email).where(Person.uuid == uuid)).one() == f"{uuid}@forgotten.invalid"
    world.session.rollback()
    late = run("forget", str(uuid), "--also", "sam@example.org", "--reason", "asked again")
    assert late.output.startswith("Forgotten. Statements of other systems rewritten: 1;")


def test_somebody_without_an_account_is_forgotten_by_agent(run: Run, world: World) -> None:
    told = run("forget", '{"mbox": "mailto:sam@example.org"}', "--reason", "asked").output
    assert told.startswith("Forgotten. Statements of other systems rewritten: 1;")


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("sam", "There is nobody by the name sam."),
        ('{"mbox"', "This agent is not JSON."),
        ('{"mbox": "sam"}', "This does not identify anybody."),
        ("00000000-0000-4000-8000-000000000000", "We know nobody by this address."),
    ],
)
def test_who_is_nobody_is_told_so(run: Run, world: World, who: str, told: str) -> None:
    done = run("forget", who, "--reason", "asked")
    assert (done.exit_code, done.output.splitlines()[0]) == (1, f"Error: {told}")
