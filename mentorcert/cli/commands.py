"""Serving, content, people, progress, the worker, the tables."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click
import flask_migrate

from mentorcert import demo as demonstration
from mentorcert import jobs, serving
from mentorcert.catalog import check as checking
from mentorcert.catalog import service as catalog
from mentorcert.cli.shell import application, main, refuse_other_tables, with_app
from mentorcert.cohorts import roster_service
from mentorcert.config import Settings, from_environment
from mentorcert.db import db
from mentorcert.evidence.service import door
from mentorcert.files import open_files
from mentorcert.recordings import programs


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
    settings = from_environment()
    serving.refuse_taken_port(settings.port)
    serving.prepare()
    with serving.worker():
        click.echo(f"MentorCert is at {settings.public_url} (stop it with Ctrl-C)")
        serving.serve(settings.port)


@main.command(hidden=True)
def prepare() -> None:
    """Make what `run` serves: the tables, the demo when it is asked for, the content as the folders hold it."""
    settings = from_environment()
    _upgrade(settings)
    with application(settings):
        now = datetime.now(UTC)
        files = open_files(settings.files_url, settings.data)
        if settings.demo:
            click.echo(demonstration.load(db.session(), settings, files, now=now))
        catalog.publish(db.session(), files, settings.content, settings.rubrics, now)
        db.session.commit()


@main.command()
@with_app
def demo(settings: Settings) -> None:
    """Load the demo cohort: twelve trainees in three offices, coaches, a facilitator, a manager."""
    files = open_files(settings.files_url, settings.data)
    click.echo(demonstration.load(db.session(), settings, files, now=datetime.now(UTC)))


@main.command()
@click.argument("content", type=click.Path(path_type=Path), default="content")
@click.argument("rubrics", type=click.Path(path_type=Path), default="rubrics")
def check(content: Path, rubrics: Path) -> None:
    """Look through CONTENT and RUBRICS, and say everything that is wrong as file:line: what, what to do."""
    text, good = checking.report(content, rubrics)
    click.echo(text)
    if missing := programs.missing(jobs.PROGRAMS):
        click.echo(f"Not on this machine: {', '.join(missing)}. Recordings wait for it: install ffmpeg for the worker.")
    raise SystemExit(0 if good else 1)


@main.command()
@with_app
def publish(settings: Settings) -> None:
    """Publish what the content and rubric folders hold now. New cohorts start on it; running ones keep theirs."""
    files = open_files(settings.files_url, settings.data)
    now = datetime.now(UTC)
    publication = catalog.publish(db.session(), files, settings.content, settings.rubrics, now)
    for programme in publication.programmes:
        click.echo(f"programme {programme.slug} {programme.hash}")
    for rubric in publication.rubrics:
        click.echo(f"rubric {rubric.slug} {rubric.hash}")


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
    click.echo(f"Progress was folded again from the statements. Rows: {rows}")


@main.command()
def worker() -> None:
    """Run the worker: mail and other work that outlives a request. It stops at Ctrl-C and at SIGTERM."""
    with application(from_environment()) as app:
        refuse_other_tables()
    jobs.consume(app)


@main.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the tables to what this version of MentorCert needs; makes them in an empty database."""
    _upgrade(from_environment())
    click.echo("The database is up to date.")


def _upgrade(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    with application(settings):
        flask_migrate.upgrade()
