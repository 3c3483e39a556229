"""`mentorcert lrs …`: looking after the statement store."""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import click

from mentorcert.cli.shell import main, with_app
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.errors import Invalid, NotFound
from mentorcert.evidence.service import door
from mentorcert.files import Blobs, open_files
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.upkeep import checking, forgetting, retention
from mentorcert.upkeep.checking import Result
from mentorcert.upkeep.forgetting import Forgotten
from xapi import reindexing, verify

_TOLD_EVERY: Final = 100_000


@main.group()
def lrs() -> None:
    """Look after the statement store."""


@lrs.command(name="verify")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was stored on that day (UTC) or later.")
@with_app
def check(settings: Settings, since: datetime | None) -> None:
    """Check that what is stored is what was stored: hashes, columns, search rows, numbers, attachments, progress.

    Prints a line for each fault: where, what, what to do. Nothing is changed. With --since only statements are looked
    at, not what holds for all of them together.
    """
    session = db.session()
    after = verify.number_at(session, since.replace(tzinfo=UTC)) if since else 0
    result = Result(verify.begin(session, after))
    for seen, lines in checking.pages(session, result.seen):
        result.seen = seen
        _tell(result, lines)
        if seen.checked % _TOLD_EVERY == 0:
            click.echo(f"{seen.checked} statements checked so far.", err=True)
    if since is None:
        files = Blobs(open_files(settings.files_url, settings.data))
        for line in checking.conclusions(session, door(settings.iri_base), files, result.seen, thorough=True):
            _tell(result, [line])
        result.finished = True
        checking.keep(session, result, now=datetime.now(UTC), anew=True)
        db.session.commit()
    click.echo(f"{result.seen.checked} statements checked: {_faults(result.faults)}.")
    if result.faults:
        click.echo("`mentorcert lrs reindex` makes columns and search rows again; docs/operating.md says more.")
        raise SystemExit(1)


@lrs.command()
@with_app
def reindex(_settings: Settings) -> None:
    """Make columns and search rows of all statements again from their texts. Do it when nobody works."""
    writing(db.session())
    done, damaged = reindexing.reindex(db.session())
    click.echo(f"{done} statements are indexed again.")
    if damaged:
        db.session.commit()
        told = f"{damaged} could not be read: their texts are damaged. `mentorcert lrs verify` names them."
        raise click.ClickException(told)


@lrs.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@with_app
def purge(settings: Settings, dry_run: bool) -> None:
    """Remove old statements by the rules that the settings name; what progress comes from stays.

    The worker does it each night.
    """
    chosen = retention.rules(settings)
    if not chosen:
        click.echo("Everything is kept. MENTORCERT_KEEP_FILM_DAYS and MENTORCERT_KEEP_RECEIVED_DAYS would change that.")
    now = datetime.now(UTC)
    for rule in chosen:
        removed = kept = 0
        for page in retention.pages(db.session(), door(settings.iri_base), rule, now=now, dry_run=dry_run):
            removed, kept = removed + page.removed, kept + page.kept
            db.session.commit()
        would = "would be" if dry_run else "are"
        click.echo(f"{removed} statements {rule.what}, older than {rule.days} days, {would} removed; {kept} stay.")


@lrs.command()
@click.argument("who", metavar="WHO")
@click.option("--also", multiple=True, help="How another system knows them: an address, or an agent as JSON.")
@click.option("--reason", required=True, help="Why; kept in the audit log, without the name.")
@with_app
def forget(settings: Settings, who: str, also: tuple[str, ...], reason: str) -> None:
    """Forget somebody for good: what they did stays evidence, and nothing says who it was.

    WHO is the UUID or the e-mail address of an account; or, of somebody without one, the address or agent (as JSON)
    by which other systems know them.
    """
    now, mine = datetime.now(UTC), door(settings.iri_base)
    options: dict[str, Any] = {"reason": reason, "who": "cli", "now": now}
    person = _person(who)
    if person is not None:
        agents = [_agent(each) for each in also]
        done = forgetting.forget(db.session(), mine, person, also=agents, **options)
    else:
        done = forgetting.forget_agent(db.session(), mine, _agent(who), **options)
    click.echo(_told(done))


def _tell(result: Result, lines: list[str]) -> None:
    result.note(lines)
    for line in lines:
        click.echo(line)


def _faults(count: int) -> str:
    return "all is well" if count == 0 else "one fault" if count == 1 else f"{count} faults"


def _person(who: str) -> Person | None:
    try:
        return people.person(db.session(), UUID(who))
    except ValueError:
        return people.by_email(db.session(), who) if "@" in who and not who.startswith("{") else None


def _agent(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        if "@" not in text:
            raise NotFound(
                f"There is nobody by the name {text}.", "Give a UUID, an e-mail address or an agent as JSON."
            )
        return {"mbox": f"mailto:{text.removeprefix('mailto:')}"}
    try:
        agent: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise Invalid("This agent is not JSON.", 'Give for example {"mbox": "mailto:sam@example.org"}.') from error
    return agent


def _told(done: Forgotten) -> str:
    return (
        f"Forgotten. Statements of other systems rewritten: {done.statements}; documents removed: {done.documents}; "
        f"recordings removed: {done.recordings}; certificates that stay without the name: {done.certificates}.\n"
        "Copies that were sent on, and back-ups, are not changed: see docs/operating.md."
    )
