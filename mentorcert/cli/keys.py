"""`mentorcert key …`: xAPI credentials."""

from datetime import UTC, datetime

import click

import xapi.credentials
from mentorcert.cli.shell import main, with_app
from mentorcert.config import Settings
from mentorcert.db import db
from mentorcert.errors import NotFound
from mentorcert.keys import queries, service
from mentorcert.keys.queries import Key
from mentorcert.keys.service import Wish


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
@click.option("--label", default="made in the shell", help="Which system it is for.")
@click.option(
    "--programme",
    "programmes",
    multiple=True,
    help="The id of a published programme whose lessons it may complete; may be given several times.",
)
@click.option("--owner", default="", help="The e-mail address of who answers for it.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it is good, in UTC.")
@with_app
def create_key(
    _settings: Settings,
    scopes: tuple[str, ...],
    label: str,
    programmes: tuple[str, ...],
    owner: str,
    expires: datetime | None,
) -> None:
    """Make an xAPI credential and print `<key> <secret>` on one line. The secret is shown only now."""
    ends = service.end_of(expires.date(), UTC) if expires else None
    wish = Wish(label, frozenset(scopes), programmes, owner, ends)
    credential, secret = service.make(db.session(), wish, who="cli", now=datetime.now(UTC))
    click.echo(f"{credential.key} {secret}")


@key.command(name="list")
@with_app
def list_keys(settings: Settings) -> None:
    """Print every xAPI credential, the newest first: key, state, scopes, last use, label, programmes, end, owner."""
    for each in queries.every(db.session(), settings.iri_base, datetime.now(UTC)):
        click.echo("\t".join(_told(each)))


@key.command(name="revoke")
@click.argument("name", metavar="KEY")
@click.option("--reason", default="", help="Why; it is kept with the key.")
@with_app
def revoke_key(_settings: Settings, name: str, reason: str) -> None:
    """Take the xAPI credential KEY back for good. What it sent stays."""
    found = [each for each in xapi.credentials.every(db.session()) if each.key == name and each.revoked is None]
    if not found:
        raise NotFound(f"There is no valid key {name}.", "`mentorcert key list` shows all there are.")
    service.revoke(db.session(), found[0].uuid, reason=reason, who="cli", now=datetime.now(UTC))
    click.echo(f"{name} is revoked.")


def _told(each: Key) -> list[str]:
    """The columns of a key; `-` where there is nothing to say."""
    known = each.credential
    state = each.state.value if not each.is_valid else "valid"
    columns = [known.key, state, ",".join(sorted(known.scopes)), _day(known.last_used), known.label]
    return [
        *columns,
        ",".join(known.programmes) or "-",
        _day(each.last_instant),
        each.owner.email if each.owner else "-",
    ]


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "-"
