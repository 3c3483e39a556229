"""The shell's way in: `mentorcert run | demo | check | publish | import | rebuild | db | worker | key`."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, OperationalError

import xapi.credentials
from mentorcert import MIGRATIONS, MentorCert, create_app, jobs, serving
from mentorcert import demo as demonstration
from mentorcert.catalog import check as checking
from mentorcert.catalog import service as catalog
from mentorcert.cohorts import roster_service
from mentorcert.config import Settings, from_environment
from mentorcert.db import db, writing
from mentorcert.errors import Conflict, Invalid, NotFound, Problem
from mentorcert.evidence.service import door
from mentorcert.files import open_files


class Shell(click.Group):
    """The commands; what goes wrong is told in sentences, with exit status 1, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Raises ClickException for whatever a person can mend."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise _failure(problem) from problem
        except (ArgumentError, OperationalError) as error:
            what = getattr(error, "orig", None) or error
            todo = "Look at MENTORCERT_DATABASE_URL and MENTORCERT_DATA, and whether the database runs."
            raise click.ClickException(f"The database can't be used: {what}\n{todo}") from error


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application: one commit at its end, nothing kept when it fails."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        settings = from_environment()
        with _application(settings) as app:
            _refuse_other_tables()
            result = command(settings, *arguments, **options)
            db.session.commit()
            jobs.wake_if_asked(db.session(), app)
            return result

    return run


@contextmanager
def _application(settings: Settings) -> Iterator[MentorCert]:
    """Be inside the application for a while; no connection stays open, and what was not committed is gone."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """MentorCert: coursework, evidence, live sessions, graded recordings and certificates for mentors.

    Settings come from the environment (MENTORCERT_...); docs/settings.md lists them.
    """
    _join_development()


def _join_development() -> None:
    """Work on what `mentorcert run` has made here, unless the environment says which installation is meant."""
    told = any(os.environ.get(f"MENTORCERT_{name}") for name in ("SECRET_KEY", "IRI_BASE", "PUBLIC_URL"))
    if not told and (Path(os.environ.get("MENTORCERT_DATA") or "var") / "secret").exists():
        os.environ["MENTORCERT_DEVELOPMENT"] = "1"


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
    with _application(settings):
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
    with _application(from_environment()) as app:
        _refuse_other_tables()
    jobs.consume(app)


@main.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the tables to what this version of MentorCert needs; makes them in an empty database."""
    _upgrade(from_environment())
    click.echo("The database is up to date.")


@main.group()
def key() -> None:
    """Look after xAPI credentials."""


@key.command(name="create")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(sorted(xapi.credentials.SCOPES)),
    multiple=True,
    default=["all"],
    show_default=True,
    help="What it may do; may be given several times.",
)
@click.option("--label", default="made in the shell", help="What it is for.")
@with_app
def create_key(_settings: Settings, scopes: tuple[str, ...], label: str) -> None:
    """Make an xAPI credential and print `<key> <secret>` on one line. The secret is shown only now."""
    writing(db.session())
    credential, secret = xapi.credentials.create(db.session(), label=label, scopes=scopes, now=datetime.now(UTC))
    click.echo(f"{credential.key} {secret}")


@key.command(name="list")
@with_app
def list_keys(_settings: Settings) -> None:
    """Print every xAPI credential, the newest first: key, state, scopes, last use, label."""
    now = datetime.now(UTC)
    for each in xapi.credentials.every(db.session()):
        state = "revoked" if each.revoked else "expired" if each.expires and each.expires <= now else "valid"
        used = f"{each.last_used:%Y-%m-%d}" if each.last_used else "-"
        click.echo("\t".join([each.key, state, ",".join(sorted(each.scopes)), used, each.label]))


@key.command(name="revoke")
@click.argument("name", metavar="KEY")
@with_app
def revoke_key(_settings: Settings, name: str) -> None:
    """Take the xAPI credential KEY back for good. What it sent stays."""
    writing(db.session())
    of_that_name = [each.uuid for each in xapi.credentials.every(db.session()) if each.key == name]
    if not any(xapi.credentials.revoke(db.session(), uuid, datetime.now(UTC)) for uuid in of_that_name):
        raise NotFound(f"There is no valid key {name}.", "`mentorcert key list` shows all there are.")
    click.echo(f"{name} is revoked.")


def _failure(problem: Problem) -> click.ClickException:
    faults = problem.faults if isinstance(problem, Invalid) else ()
    return click.ClickException("\n".join([problem.title, *(f"  {fault}" for fault in faults), problem.todo]).rstrip())


def _refuse_other_tables() -> None:
    """Raise Conflict when the tables are not those of this version of MentorCert."""
    with db.engine.connect() as connection:
        heads = set(MigrationContext.configure(connection).get_current_heads())
    if heads != set(ScriptDirectory(str(MIGRATIONS)).get_heads()):
        title = "The database is of another version of MentorCert." if heads else "The database has no tables yet."
        raise Conflict(title, "Run `mentorcert db upgrade`.")


def _upgrade(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    with _application(settings):
        flask_migrate.upgrade()


if __name__ == "__main__":
    main()
