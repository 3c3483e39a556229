"""`mentorcert recordings …`: what is let go of recordings, and when."""

from datetime import UTC, datetime
from typing import Final

import click

from mentorcert.cli.shell import main, with_app
from mentorcert.config import Settings
from mentorcert.db import db
from mentorcert.recordings import letting_go
from mentorcert.recordings.letting_go import Due

_ALL: Final = 1_000_000


@main.group()
def recordings() -> None:
    """Look after recordings."""


@recordings.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@with_app
def purge(_settings: Settings, dry_run: bool) -> None:
    """Delete the recordings whose time is over, as the worker does each hour.

    The worker removes the files; grades and what was agreed to stay.
    """
    now, done = datetime.now(UTC), 0
    for each in _due(now) if dry_run else letting_go.run(db.session(), now=now):
        click.echo(f"recording {each.number} ({each.recording}): {each.rule}")
        db.session.commit()
        done += 1
    click.echo(f"{done} recordings {'would be' if dry_run else 'are'} deleted.")


@recordings.command()
@with_app
def deleted(_settings: Settings) -> None:
    """Say which recordings were deleted, when and by which rule, the newest first."""
    for each in letting_go.log(db.session()):
        why = f" ({each.reason})" if each.reason else ""
        click.echo(f"{each.at:%Y-%m-%d %H:%M} recording {each.number} ({each.recording}): {each.rule}, {each.who}{why}")


def _due(now: datetime) -> list[Due]:
    return letting_go.due(db.session(), now=now, most=_ALL)
