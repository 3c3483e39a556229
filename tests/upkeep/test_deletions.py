"""What was deleted of recordings, and what goes next: the administrator's page, and the shell."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.cli import main
from mentorcert.db import writing
from mentorcert.permissions import Role
from mentorcert.recordings import consent
from mentorcert.recordings.models import Recording
from mentorcert.upkeep import hourly
from tests.browsing import Browser
from tests.factories import NOW, make_enrolment, make_person
from tests.recordings.factories import hand_in, memory

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Run = Callable[..., Result]


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
    return lambda *arguments: CliRunner().invoke(main, ["recordings", *arguments], env=environ)


@pytest.fixture
def due(app: MentorCert, session: Session) -> Recording:
    made = hand_in(session, make_enrolment(session))
    writing(session)
    session.execute(update(Recording).values(keep_until=NOW))
    session.commit()
    session.refresh(made)
    session.rollback()
    return made


def is_there(session: Session, recording: Recording) -> bool:
    session.rollback()
    session.refresh(recording)
    return recording.media_deleted_at is None


def test_a_dry_run_says_what_would_go_and_changes_nothing(run: Run, session: Session, due: Recording) -> None:
    line = f"recording {due.number} ({due.uuid}): kept\n"
    done = run("purge", "--dry-run")
    assert (done.exit_code, done.output) == (0, f"{line}1 recordings would be deleted.\n")
    assert is_there(session, due)
    assert run("purge").output == f"{line}1 recordings are deleted.\n"
    assert not is_there(session, due)
    assert run("purge").output == "0 recordings are deleted.\n"
    assert run("deleted").output == f"2026-11-24 14:00 recording {due.number} ({due.uuid}): kept, retention\n"


def test_the_administrator_sees_what_goes_and_what_went(client: Browser, session: Session, due: Recording) -> None:
    client.sign_in(make_person(session, "Ruth Adeyemi", roles=(Role.ADMINISTRATOR,)))
    page = client.get("/deletions").text
    assert "No recording was deleted yet." in page
    assert "One recording goes within 30 days" in page
    consent.withdraw(session, due.uuid, ["grading"], who=consent.MENTEE, now=NOW)
    session.commit()
    page = client.get("/deletions").text
    assert f"Recording {due.number} was deleted last, on 24 November 2026." in page
    assert "the person recorded" in page
    assert "Consent was taken back" in page
    assert "No recording goes within 30 days" in page


def test_each_hour_the_worker_does_it_by_itself(session: Session, due: Recording) -> None:
    hourly.run(session, memory(), now=NOW - timedelta(seconds=1))
    assert is_there(session, due)
    hourly.run(session, memory(), now=NOW)
    assert not is_there(session, due)
