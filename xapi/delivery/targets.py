"""Targets: the other stores that statements go on to, and what people may change about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from xapi.identity import indexed
from xapi.reading import last_number
from xapi.tables import dead_letter, statement
from xapi.tables import target as table

VERSIONS: Final = ("1.0.3", "2.0.0")
"""What a target may speak."""

SIZE: Final = 100
"""How many statements the first parcel has at most. Later ones have more or fewer, as it goes."""

_HOUR: Final = timedelta(hours=1)


class State(StrEnum):
    """How it is with a target."""

    RUNNING = "running"
    PAUSED = "paused"
    """Somebody stopped it; nothing is sent, and nothing is lost."""
    FAILING = "failing"
    """Somebody must see to it: the key or the address is wrong. It is tried rarely."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which statements a target gets. Empty parts ask nothing."""

    activities: tuple[str, ...] = ()
    """Only what is about one of these activities, or about one whose IRI goes on from it with a slash."""
    verbs: tuple[str, ...] = ()
    """Only what has one of these verbs."""
    skips: str | None = None
    """Not what the authority with this canonical key sent: the target itself, so that nothing goes back to it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Another store, and how far it is."""

    id: int
    uuid: UUID
    name: str
    endpoint: str
    """Its address, without a slash at the end; statements go to `/statements` below it."""
    version: str
    key: str
    secret: str = field(repr=False)
    """As the application sealed it."""
    filter: Filter
    created: datetime
    state: State
    cursor: int
    """The sequence number up to which everything is delivered, left out, or a dead letter."""
    size: int
    failures: int
    refusals: int
    next_at: datetime
    succeeded: datetime | None
    failed: datetime | None
    error: str
    sent: Mapping[str, int]
    """How many statements it took, by minute."""

    def rate(self, now: datetime) -> int:
        """Return how many statements it took within the last hour."""
        return sum(lately(self.sent, now).values())


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a target is behind: how many statements it may still get, and since when the oldest one waits."""

    statements: int
    oldest: datetime | None


def create(
    session: Session,
    *,
    name: str,
    endpoint: str,
    version: str,
    key: str,
    secret: str,
    wanted: Filter = Filter(),
    history: bool,
    now: datetime,
) -> Target:
    """Make a target that gets what is stored from now on, with `history` everything. Needs a write transaction."""
    row = {
        **_chosen(name, endpoint, version, key, wanted),
        "uuid": uuid4(),
        "secret": secret,
        "created": now,
        "state": State.RUNNING,
        "cursor": 0 if history else last_number(session),
        "size": SIZE,
        "failures": 0,
        "refusals": 0,
        "next_at": now,
        "error": "",
        "sent": {},
    }
    return from_row(session.execute(insert(table).values(row).returning(table)).one())


def change(
    session: Session,
    uuid: UUID,
    *,
    name: str,
    endpoint: str,
    version: str,
    key: str,
    secret: str | None,
    wanted: Filter,
    now: datetime,
) -> None:
    """Change what people chose; the secret only where there is a new one. It is tried at once."""
    chosen = _chosen(name, endpoint, version, key, wanted)
    session.execute(update(table).where(table.c.uuid == uuid).values(chosen | ({"secret": secret} if secret else {})))
    try_now(session, uuid, now)


def every(session: Session) -> list[Target]:
    """Return all targets, by name."""
    return [from_row(row) for row in session.execute(select(table).order_by(func.lower(table.c.name), table.c.id))]


def one(session: Session, uuid: UUID) -> Target | None:
    """Return a target, or None."""
    row = session.execute(select(table).where(table.c.uuid == uuid)).one_or_none()
    return from_row(row) if row else None


def lag(session: Session, targets: Sequence[Target]) -> dict[UUID, Lag]:
    """Return how far each target is behind. What its filter leaves out counts until it was looked at."""
    last = last_number(session)
    following = select(statement.c.stored).where(statement.c.sequence > table.c.cursor)
    first = following.order_by(statement.c.sequence).limit(1).correlate(table).scalar_subquery()
    rows = session.execute(select(table.c.uuid, first).where(table.c.id.in_([each.id for each in targets])))
    oldest = {row[0]: row[1] for row in rows}
    return {each.uuid: Lag(max(0, last - each.cursor), oldest.get(each.uuid)) for each in targets}


def pause(session: Session, uuid: UUID) -> None:
    """Stop sending until somebody says otherwise. What is on its way arrives."""
    session.execute(update(table).where(table.c.uuid == uuid).values(state=State.PAUSED))


def try_now(session: Session, uuid: UUID, now: datetime) -> None:
    """Send again, from where it stopped, without waiting; failures of before are forgotten."""
    fresh = {"next_at": now, "failures": 0, "refusals": 0}
    session.execute(update(table).where(table.c.uuid == uuid).values(state=State.RUNNING, **fresh))


def send_history(session: Session, uuid: UUID, now: datetime) -> None:
    """Send everything from the first statement on, once more."""
    session.execute(update(table).where(table.c.uuid == uuid).values(cursor=0))
    try_now(session, uuid, now)


def remove(session: Session, uuid: UUID) -> None:
    """Forget a target, and what it refused."""
    of_it = select(table.c.id).where(table.c.uuid == uuid).scalar_subquery()
    session.execute(delete(dead_letter).where(dead_letter.c.target == of_it))
    session.execute(delete(table).where(table.c.uuid == uuid))


def lately(sent: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Return what was sent within the last hour, by minute."""
    since = minute(now - _HOUR)
    return {at: count for at, count in sent.items() if at > since}


def minute(at: datetime) -> str:
    """Return the minute that `at` lies in, as text that sorts by time."""
    return at.strftime("%Y-%m-%dT%H:%M")


def from_row(row: Row[Any]) -> Target:
    """Return the target of a row."""
    columns = {each.name: getattr(row, each.name) for each in fields(Target) if each.name not in {"filter", "state"}}
    wanted = Filter(tuple(row.activities), tuple(row.verbs), row.skips)
    return Target(filter=wanted, state=State(row.state), **columns)


def _chosen(name: str, endpoint: str, version: str, key: str, wanted: Filter) -> dict[str, Any]:
    return {
        "name": name,
        "endpoint": endpoint.rstrip("/"),
        "version": version,
        "key": key,
        "activities": list(wanted.activities),
        "verbs": list(wanted.verbs),
        "skips": indexed(wanted.skips) if wanted.skips else None,
    }
