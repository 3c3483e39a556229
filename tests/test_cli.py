"""The shell: each command does what its help says, and tells what is wrong in sentences, never as a traceback."""

import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import xapi.credentials
from mentorcert.audit import AuditEntry
from mentorcert.catalog.models import ProgrammeVersion, RubricVersion
from mentorcert.cli import main
from mentorcert.db import prepare_engine, writing
from mentorcert.evidence import queries, statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import door
from mentorcert.evidence.statements import Thing
from mentorcert.people.models import Person
from tests import factories, postgres
from tests.catalog.factories import RUBRIC, make_programme
from xapi import vocabulary as v

BASE = "https://mentors.example.org"
ROSTER = """\
name,email,office,zone,cohort,role
Amara Okafor,amara@example.org,Leeds,Europe/London,Autumn,trainee
Kemi Ade,kemi@example.org,Lagos,Africa/Lagos,Autumn,coach
"""


class Shell:
    """An installation of its own in a folder, and the command line that goes with it."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.database_url = database_url or f"sqlite:///{folder / 'data' / 'mentorcert.sqlite'}"
        self.environ = {
            "MENTORCERT_DATA": str(folder / "data"),
            "MENTORCERT_DATABASE_URL": self.database_url,
            "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
            "MENTORCERT_IRI_BASE": BASE,
            "MENTORCERT_CONTENT": str(folder / "content"),
            "MENTORCERT_RUBRICS": str(folder / "rubrics"),
        }

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Result:
        return CliRunner().invoke(main, arguments, env={**self.environ, **(environ or {})})

    def says(self, *arguments: str) -> str:
        """Run a command that must succeed, and return what it prints."""
        done = self.run(*arguments)
        assert (done.exit_code, done.stderr) == (0, ""), done.output
        return done.stdout

    def refuses(self, *arguments: str, environ: Mapping[str, str] | None = None) -> str:
        """Run a command that must fail as a sentence, and return what it says."""
        done = self.run(*arguments, environ=environ)
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
        return done.stderr

    @contextmanager
    def session(self) -> Iterator[Session]:
        engine = create_engine(self.database_url, poolclass=NullPool)
        prepare_engine(engine)
        with Session(engine) as session:
            yield session


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """An installation in which nothing was done yet, with the tiny programme in its folders."""
    make_programme(tmp_path)
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `mentorcert db upgrade` makes it."""
    shell = Shell(tmp_path_factory.mktemp("upgraded"))
    shell.says("db", "upgrade")
    return shell.folder / "data" / "mentorcert.sqlite"


@pytest.fixture
def shell(bare: Shell, upgraded: Path) -> Shell:
    """An installation whose tables are there."""
    (bare.folder / "data").mkdir()
    shutil.copy(upgraded, bare.folder / "data")
    return bare


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Shell:
    """An installation with an empty database of each kind."""
    return Shell(tmp_path, postgres.fresh_database(f"cli_{worker_id}") if request.param == "postgresql" else "")


def test_upgrading_makes_the_tables_and_does_nothing_the_second_time(empty: Shell) -> None:
    assert empty.says("db", "upgrade") == "The database is up to date.\n"
    assert empty.says("db", "upgrade") == "The database is up to date.\n"
    with empty.session() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("command", [["rebuild"], ["publish"], ["key", "create"], ["worker"]])
def test_without_tables_the_shell_says_what_makes_them(bare: Shell, command: list[str]) -> None:
    (bare.folder / "data").mkdir()
    assert bare.refuses(*command) == "Error: The database has no tables yet.\nRun `mentorcert db upgrade`.\n"


def test_tables_of_another_version_are_left_alone(shell: Shell) -> None:
    with shell.session() as session:
        writing(session)
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        session.commit()
    said = "Error: The database is of another version of MentorCert.\nRun `mentorcert db upgrade`.\n"
    assert shell.refuses("rebuild") == said


def test_all_bad_settings_are_named_at_once(bare: Shell) -> None:
    bad = {
        "MENTORCERT_PORT": "http",
        "MENTORCERT_SECRET_KEY": "short",
        "MENTORCERT_IRI_BASE": "mentors.example.org",
        "MENTORCERT_PUBLIC_URL": BASE,
        "MENTORCERT_SMTP_URL": "mail.example.org:25",
    }
    said = bare.refuses("rebuild", environ=bad).splitlines()
    assert said[0] == "Error: MentorCert can't start with these settings."
    assert [line.split(":")[0].strip() for line in said[1:-1]] == [
        "MENTORCERT_PORT",
        "MENTORCERT_IRI_BASE",
        "MENTORCERT_SECRET_KEY",
        "MENTORCERT_SMTP_URL",
    ]
    assert said[-1] == "Correct them and start again."


def test_a_database_that_can_not_be_reached_is_a_sentence_without_its_password(bare: Shell) -> None:
    url = "postgresql+psycopg://mentorcert:swordfish@127.0.0.1:1/mentorcert"
    said = bare.refuses("rebuild", environ={"MENTORCERT_DATABASE_URL": url})
    assert said.startswith("Error: The database can't be used: ")
    assert said.endswith("Look at MENTORCERT_DATABASE_URL and MENTORCERT_DATA, and whether the database runs.\n")
    assert "swordfish" not in said


def test_a_database_url_that_is_none_is_a_sentence(bare: Shell) -> None:
    assert bare.refuses("rebuild", environ={"MENTORCERT_DATABASE_URL": "here"}).startswith(
        "Error: The database can't be used: "
    )


def test_another_address_than_the_database_began_with_is_refused(shell: Shell) -> None:
    shell.says("rebuild")
    said = shell.refuses("rebuild", environ={"MENTORCERT_IRI_BASE": "https://other.example"})
    assert said.startswith(f"Error: This database belongs to {BASE}; MENTORCERT_IRI_BASE says https://other.example.\n")


def test_a_taken_port_is_said_before_anything_is_made(bare: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = bare.refuses("run", "--port", str(port), environ={"MENTORCERT_DEVELOPMENT": "1"})
    assert said == (
        f"Error: Port {port} can't be used: Address already in use.\n"
        f"Stop what listens there, or take another one: mentorcert run --port {port + 1}\n"
    )
    assert not (bare.folder / "data" / "mentorcert.sqlite").exists()


def test_checking_counts_what_is_good(bare: Shell) -> None:
    said = bare.says("check", str(bare.folder / "content"), str(bare.folder / "rubrics"))
    counts = "1 unit, 2 lessons, 5 questions, 1 scenario, 3 media files, no faults."
    assert said.splitlines()[0].endswith(f"content/tiny: {counts}")


def test_checking_says_when_recordings_can_not_be_looked_into(bare: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = (str(bare.folder / "content"), str(bare.folder / "rubrics"))
    words = "Not on this machine: ffprobe, ffmpeg. Recordings wait for it: install ffmpeg for the worker.\n"
    assert words not in bare.says("check", *folders)
    monkeypatch.setenv("PATH", "/nowhere")
    assert bare.says("check", *folders).endswith(words)


def test_checking_names_file_and_line_and_fails(bare: Shell) -> None:
    _spoil(bare)
    done = bare.run("check", str(bare.folder / "content"), str(bare.folder / "rubrics"))
    assert done.exit_code == 1
    assert "tiny-rubric.yaml:1: " in done.stdout


def test_publishing_twice_gives_the_same_versions(shell: Shell) -> None:
    first = shell.says("publish")
    assert shell.says("publish") == first
    with shell.session() as session:
        [programme], [rubric] = (session.scalars(select(kind.hash)).all() for kind in (ProgrammeVersion, RubricVersion))
    assert first == f"programme tiny {programme}\nrubric tiny-rubric {rubric}\n"


def test_nothing_is_published_while_anything_is_wrong(shell: Shell) -> None:
    _spoil(shell)
    said = shell.refuses("publish")
    assert "tiny-rubric.yaml:1: " in said
    assert said.endswith("Correct these files, then publish again.\n")
    with shell.session() as session:
        assert session.scalar(select(func.count()).select_from(ProgrammeVersion)) == 0


def test_a_roster_is_looked_at_then_imported_and_changes_nothing_twice(shell: Shell) -> None:
    roster = _roster(shell, ROSTER)
    assert shell.says("import", roster, "--dry-run").endswith("This was a dry run: nothing was changed.\n")
    assert _people(shell) == []
    assert shell.says("import", roster).endswith("Done.\n")
    assert _people(shell) == ["amara@example.org", "kemi@example.org"]
    assert shell.says("import", roster) == "Rows that are so already: 2.\nDone.\n"


def test_a_roster_with_one_bad_row_imports_none(shell: Shell) -> None:
    roster = _roster(shell, ROSTER.replace("kemi@example.org", "kemi"))
    done = shell.run("import", roster)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0].startswith("row 3, email: ")
    assert done.stdout.endswith("Nothing was imported.\n")
    assert _people(shell) == []


def test_rebuilding_gives_progress_again_from_the_statements(shell: Shell) -> None:
    at = factories.NOW
    with shell.session() as session:
        enrolment = factories.make_enrolment(session)
        about, iris = queries.about(enrolment, BASE), Iris(BASE, "tiny")
        lesson = Thing(iris.step("start", "first"), v.LESSON, "First")
        writing(session)
        door(BASE).record(session, [statements.lesson_completed(about, "start", lesson, at=at)], now=at)
        session.execute(text("DELETE FROM progress"))
        session.commit()
    assert shell.says("rebuild") == "Progress was folded again from the statements. Rows: 1\n"
    with shell.session() as session:
        assert session.execute(select(Progress.activity, Progress.completed_at)).all() == [(lesson.iri, at)]


def test_a_key_is_printed_on_one_line_and_opens_the_store(shell: Shell) -> None:
    key, secret = shell.says("key", "create", "--scope", "statements/read", "--label", "Cornerstone").split()
    with shell.session() as session:
        credential = xapi.credentials.check(session, key, secret, datetime.now(UTC))
    assert credential is not None
    assert (credential.label, *credential.scopes) == ("Cornerstone", "statements/read")


def test_a_key_is_made_for_programmes_with_an_owner_and_an_end(shell: Shell) -> None:
    with shell.session() as session:
        factories.publish_programme(session)
        factories.make_person(session, email="ines@example.org")
    more = ["--programme", "tiny", "--owner", "Ines@example.org", "--expires", "2999-01-31", "--label", "LMS"]
    key, _ = shell.says("key", "create", "--scope", "statements/write", *more).split()
    said = f"{key}\tvalid\tstatements/write\t-\tLMS\ttiny\t2999-01-31\tines@example.org\n"
    assert shell.says("key", "list") == said
    with shell.session() as session:
        (made,) = xapi.credentials.every(session)
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"key:{made.uuid}"))
        assert (entry.who, entry.action, made.expires) == ("cli", "key.create", datetime(2999, 2, 1, tzinfo=UTC))


def test_everything_that_is_wrong_with_a_key_is_said_at_once(shell: Shell) -> None:
    wrong = ["--programme", "algebra", "--owner", "nobody@example.org", "--expires", "2020-01-31", "--label", " "]
    assert shell.refuses("key", "create", "--scope", "state", *wrong).splitlines() == [
        "Error: This key can't be made like that.",
        "  label: It has no name. Say which system it is for.",
        '  programmes: No programme "algebra" is published. Published are: none.',
        "  programmes: It can't complete lessons, because it can't send statements. "
        "Let it send statements, or choose no programme.",
        "  owner: We know nobody by this address. Choose somebody who has an account.",
        "  expires: This day is over. Choose today or a later one.",
    ]
    assert shell.refuses("key", "create", "--expires", "9999-12-31").splitlines()[1:] == [
        "  expires: The year is too far away. Look at it again."
    ]


def test_a_scope_that_the_standard_does_not_know_is_refused_with_those_it_knows(shell: Shell) -> None:
    done = shell.run("key", "create", "--scope", "everything")
    assert done.exit_code == 2
    assert "'everything' is not one of" in done.stderr
    assert "'statements/read/mine'" in done.stderr


def test_a_key_is_listed_and_revoked_once(shell: Shell) -> None:
    key, secret = shell.says("key", "create", "--scope", "all/read", "--label", "Cornerstone").split()
    assert shell.says("key", "list") == f"{key}\tvalid\tall/read\t-\tCornerstone\t-\t-\t-\n"
    assert shell.says("key", "revoke", key) == f"{key} is revoked.\n"
    assert shell.says("key", "list") == f"{key}\trevoked\tall/read\t-\tCornerstone\t-\t-\t-\n"
    with shell.session() as session:
        assert xapi.credentials.check(session, key, secret, datetime.now(UTC)) is None
    assert shell.refuses("key", "revoke", key).startswith(f"Error: There is no valid key {key}.\n")


def _spoil(shell: Shell) -> None:
    rubric = shell.folder / RUBRIC
    rubric.write_text(rubric.read_text(encoding="utf-8").replace("id: tiny-rubric", "id: Tiny rubric"), "utf-8")


def _roster(shell: Shell, content: str) -> str:
    with shell.session() as session:
        factories.make_cohort(session, "Autumn")
    path = shell.folder / "roster.csv"
    path.write_text(content, encoding="utf-8")
    return str(path)


def _people(shell: Shell) -> list[str]:
    with shell.session() as session:
        return list(session.scalars(select(Person.email).order_by(Person.email)))


def test_beside_the_development_server_the_shell_needs_no_settings(tmp_path: Path) -> None:
    nothing = {f"MENTORCERT_{name}": "" for name in ("SECRET_KEY", "IRI_BASE", "PUBLIC_URL", "DATABASE_URL")}
    served = {**nothing, "MENTORCERT_DATA": str(tmp_path), "MENTORCERT_DEVELOPMENT": "1"}
    assert CliRunner().invoke(main, ["db", "upgrade"], env=served).exit_code == 0
    made = CliRunner().invoke(main, ["key", "create"], env={**served, "MENTORCERT_DEVELOPMENT": ""})
    assert (made.exit_code, len(made.stdout.split())) == (0, 2)
