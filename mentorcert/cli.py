"""The shell's way in: `mentorcert run | demo | check | publish | import | rebuild | db | worker | key`."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
import flask_migrate
import xapi.credentials
from granian import Granian
from granian.constants import Interfaces

from mentorcert import create_app, jobs
from mentorcert import demo as demonstration
from mentorcert.catalog import check as checking
from mentorcert.catalog import service as catalog
from mentorcert.cohorts import roster_service
from mentorcert.config import Settings, from_environment
from mentorcert.db import THREADS, db, writing
from mentorcert.errors import Invalid, Problem
from mentorcert.evidence.service import door
from mentorcert.files import open_files

WORKERS: Final = 2


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application: one commit at its end, nothing kept when it fails."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        settings = _settings()
        with create_app(settings).app_context():
            try:
                result = command(settings, *arguments, **options)
                db.session.commit()
            except Problem as problem:
                db.session.rollback()
                raise _failure(problem) from problem
            return result

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """MentorCert: coursework, evidence, live sessions, graded recordings and certificates for mentors.

    Settings come from the environment (MENTORCERT_...); docs/settings.md lists them.
    """


@main.command()
@click.option("--demo", is_flag=True, help="Load the demo cohort once, and let anybody sign in as its people.")
@click.option("--port", type=int, help="The port to listen on; 8000 unless MENTORCERT_PORT says otherwise.")
def run(demo: bool, port: int | None) -> None:
    """Serve on this machine, for trying and developing: database, content, worker and web server in one.

    In production, run `granian --interface wsgi wsgi:app` and `mentorcert worker` instead.
    """
    os.environ["MENTORCERT_DEVELOPMENT"] = "1"
    if demo:
        os.environ["MENTORCERT_DEMO"] = "1"
    if port:
        os.environ["MENTORCERT_PORT"] = str(port)
    settings = _settings()
    _prepare(settings)
    worker = subprocess.Popen([sys.executable, "-m", "mentorcert.cli", "worker"])
    click.echo(f"MentorCert is at {settings.public_url} (stop it with Ctrl-C)")
    try:
        _serve(settings)
    finally:
        worker.send_signal(signal.SIGINT)
        worker.wait(timeout=10)


@main.command()
@with_app
def demo(settings: Settings) -> None:
    """Load the demo cohort: twelve trainees in three offices, coaches, a facilitator, a manager."""
    click.echo(demonstration.load(db.session(), settings, now=datetime.now(UTC)))


@main.command()
@click.argument("content", type=click.Path(path_type=Path), default="content")
@click.argument("rubrics", type=click.Path(path_type=Path), default="rubrics")
def check(content: Path, rubrics: Path) -> None:
    """Look through CONTENT and RUBRICS, and say everything that is wrong as file:line: what, what to do."""
    text, good = checking.report(content, rubrics)
    click.echo(text)
    raise SystemExit(0 if good else 1)


@main.command()
@with_app
def publish(settings: Settings) -> None:
    """Publish what the content and rubric folders hold now. New cohorts start on it; running ones keep theirs."""
    files = open_files(settings.files_url, settings.data)
    now = datetime.now(UTC)
    publication = catalog.publish(db.session(), files, settings.content, settings.rubrics, now)
    for version in (*publication.programmes, *publication.rubrics):
        click.echo(f"{version.slug} {version.hash[:12]}")


@main.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@with_app
def import_roster(_settings: Settings, file: Path, dry_run: bool) -> None:
    """Import a roster: a CSV file with the columns name, email, office, zone, cohort and role.

    Nothing is imported when a single row can't be; importing the same file twice changes nothing.
    """
    report = roster_service.import_roster(
        db.session(), file.read_bytes(), dry_run=dry_run, who="cli", now=datetime.now(UTC)
    )
    click.echo(str(report))
    if report.plan.faults:
        raise SystemExit(1)


@main.command()
@with_app
def rebuild(settings: Settings) -> None:
    """Throw away the progress cache and fold every stored statement again."""
    rows = door(settings.iri_base).rebuild(db.session())
    click.echo(f"Progress was folded again from the statements: {rows} rows.")


@main.command()
def worker() -> None:
    """Run the worker: mail and other work that outlives a request."""
    jobs.consume(create_app(_settings()))


@main.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the tables to what this version of MentorCert needs; makes them in an empty database."""
    _upgrade(_settings())
    click.echo("The database is up to date.")


@main.group()
def key() -> None:
    """Look after xAPI credentials."""


@key.command(name="create")
@click.option(
    "--scope", "scopes", multiple=True, default=["all"], show_default=True, help="May be given several times."
)
@click.option("--label", default="made in the shell", help="What it is for.")
@with_app
def create_key(_settings: Settings, scopes: tuple[str, ...], label: str) -> None:
    """Make an xAPI credential and print `<key> <secret>` on one line. The secret is shown only now."""
    writing(db.session())
    credential, secret = xapi.credentials.create(db.session(), label=label, scopes=scopes, now=datetime.now(UTC))
    click.echo(f"{credential.key} {secret}")


def _settings() -> Settings:
    try:
        return from_environment()
    except Invalid as problem:
        raise _failure(problem) from problem


def _failure(problem: Problem) -> click.ClickException:
    faults = problem.faults if isinstance(problem, Invalid) else ()
    return click.ClickException("\n".join([problem.title, *(f"  {fault}" for fault in faults), problem.todo]).rstrip())


def _prepare(settings: Settings) -> None:
    _upgrade(settings)
    with create_app(settings).app_context():
        now = datetime.now(UTC)
        files = open_files(settings.files_url, settings.data)
        catalog.publish(db.session(), files, settings.content, settings.rubrics, now)
        if settings.demo:
            click.echo(demonstration.load(db.session(), settings, now=now))
        db.session.commit()


def _upgrade(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    with create_app(settings).app_context():
        flask_migrate.upgrade()


def _serve(settings: Settings) -> None:
    server = Granian(
        "mentorcert:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=settings.port,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_access=False,
        log_level="warning",
    )
    server.serve()


if __name__ == "__main__":
    main()
