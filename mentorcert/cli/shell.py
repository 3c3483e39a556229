"""What every command stands on: faults told in sentences, and the application with its one commit."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, OperationalError

from mentorcert import MIGRATIONS, MentorCert, create_app, jobs
from mentorcert.config import Settings, from_environment
from mentorcert.db import db
from mentorcert.errors import Conflict, Invalid, Problem


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
        with application(settings) as app:
            refuse_other_tables()
            result = command(settings, *arguments, **options)
            db.session.commit()
            jobs.wake_if_asked(db.session(), app)
            return result

    return run


@contextmanager
def application(settings: Settings) -> Iterator[MentorCert]:
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


def _failure(problem: Problem) -> click.ClickException:
    faults = problem.faults if isinstance(problem, Invalid) else ()
    return click.ClickException("\n".join([problem.title, *(f"  {fault}" for fault in faults), problem.todo]).rstrip())


def refuse_other_tables() -> None:
    """Raise Conflict when the tables are not those of this version of MentorCert."""
    with db.engine.connect() as connection:
        heads = set(MigrationContext.configure(connection).get_current_heads())
    if heads != set(ScriptDirectory(str(MIGRATIONS)).get_heads()):
        title = "The database is of another version of MentorCert." if heads else "The database has no tables yet."
        raise Conflict(title, "Run `mentorcert db upgrade`.")
