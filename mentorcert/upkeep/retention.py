"""Letting statements go that nothing rests on, and mail rows that are long done.

Two rules, both off until somebody sets them. Whatever they find stays as long as one value of somebody's progress
comes from it; as each value comes from one statement, a rebuild gives the same progress without the others.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import xapi
from mentorcert import audit
from mentorcert.config import Settings
from mentorcert.db import writing
from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import Door
from mentorcert.files import ATTACHMENTS, Files
from mentorcert.upkeep.checking import PURGED
from xapi import retention
from xapi import vocabulary as v
from xapi.tables import attachment

PAGE: Final = 500
"""How many statements are looked at in a transaction."""
GRACE: Final = timedelta(days=1)
_FILM: Final = frozenset({v.PLAYED, v.PAUSED, v.TERMINATED})
_SOURCES: Final = tuple(column for column in Progress.__table__.columns if column.name.endswith("_id"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of this installation."""

    name: str
    what: str
    """In words, after a number: "statements …"."""
    days: int
    verbs: frozenset[str] = frozenset()
    of_others: bool = False
    """Only what other systems sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a rule did to some statements."""

    through: int
    """The number of the last one that it looked at."""
    removed: int
    """How many of them went, or would go."""
    kept: int
    """How many stay although they are old enough, since progress comes from them."""


def rules(settings: Settings) -> list[Rule]:
    """Return the rules that somebody has set."""
    film = Rule("film", "of films' players", settings.keep_film_days, _FILM)
    received = Rule("received", "of other systems", settings.keep_received_days, of_others=True)
    return [each for each in (film, received) if each.days]


def page(session: Session, door: Door, rule: Rule, *, after: int, now: datetime, dry_run: bool = False) -> Page | None:
    """Remove the next statements that a rule lets go, with an audit entry; None when there are no more.

    A dry run writes nothing. Others may write while it looks for them, which may take a while.
    """
    asked = _asked(rule, door, now)
    found = retention.aged(session, asked, after, PAGE)
    if not found:
        return None
    going = _unneeded(session, found)
    if going and not dry_run:
        writing(session)
        xapi.keep_others_out(session)
        numbers = [each.sequence for each in going]
        going = _unneeded(session, retention.aged(session, asked, after, PAGE, numbers))
        _remove(session, rule, going, now)
    return Page(found[-1].sequence, len(going), len(found) - len(going))


def pages(session: Session, door: Door, rule: Rule, *, now: datetime, dry_run: bool = False) -> Iterator[Page]:
    """Apply a rule page by page. Whoever takes a page ends its transaction before the next one."""
    after = 0
    while done := page(session, door, rule, after=after, now=now, dry_run=dry_run):
        yield done
        after = done.through


def clear_attachments(session: Session, files: Files, *, now: datetime) -> int:
    """Remove the bytes of attachments that no statement names any more; gives how many files.

    What was stored within the last `GRACE`, if only again, may still get its row.
    """
    old = [key for key, stored in files.listed(ATTACHMENTS) if stored < now - GRACE]
    gone = [key for start in range(0, len(old), PAGE) for key in _nameless(session, old[start : start + PAGE])]
    still = [key for key in gone if files.modified(key) < now - GRACE]  # it may have come again meanwhile
    for key in still:
        files.delete(key)
    return len(still)


def _nameless(session: Session, keys: Sequence[str]) -> list[str]:
    by_hash = {key.rpartition("/")[2]: key for key in keys}
    named = session.scalars(select(attachment.c.sha2).where(attachment.c.sha2.in_(by_hash)))
    return [by_hash[each] for each in sorted(by_hash.keys() - set(named))]


def _asked(rule: Rule, door: Door, now: datetime) -> retention.Rule:
    not_by = door.authority.key if rule.of_others else None
    return retention.Rule(now - timedelta(days=rule.days), rule.verbs, not_by)


def _unneeded(session: Session, found: Sequence[xapi.Stored]) -> list[xapi.Stored]:
    """Leave out what a value of somebody's progress comes from."""
    needed = _sources(session, {each.statement.registration for each in found if each.statement.registration})
    return [each for each in found if each.statement.id not in needed]


def _sources(session: Session, registrations: Collection[UUID]) -> set[UUID]:
    """Return the ids of all statements that the progress of these registrations comes from."""
    found = session.execute(select(*_SOURCES).where(Progress.registration.in_(registrations)))
    return {each for row in found for each in row if each is not None}


def _remove(session: Session, rule: Rule, going: Sequence[xapi.Stored], now: datetime) -> None:
    if not going:
        return
    retention.remove(session, going)
    numbers = [going[0].sequence, going[-1].sequence]
    after = {"statements": len(going), "rule": rule.name, "days": rule.days, "numbers": numbers}
    audit.record(session, now=now, who="retention", action=PURGED, subject="statements:aged", after=after)
