"""`mentorcert key …`: xAPI credentials."""

from datetime import UTC, datetime

import click

import xapi.credentials
from mentorcert.cli.shell import main, with_app
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.errors import NotFound


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
