"""What people decide about deliveries. Each act is in the audit log, and no secret is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.db import writing
from mentorcert.delivery import queries
from mentorcert.delivery.sealing import Seal
from mentorcert.errors import NotFound
from mentorcert.evidence.iris import Iris
from xapi.delivery import Filter, Target, letters, targets


@dataclass(frozen=True, slots=True)
class Wish:
    """The delivery that somebody wants."""

    name: str
    endpoint: str
    """The other LRS's address, to which `/statements` is added."""
    version: str
    key: str
    secret: str
    """Empty keeps the one there is."""
    programmes: tuple[str, ...] = ()
    """Only what belongs to the programmes with these ids; empty: everything."""
    verbs: tuple[str, ...] = ()
    """Only what has one of these verbs; empty: everything."""
    skips: str | None = None
    """The canonical agent key of who shall not get its own statements back."""


def make(
    session: Session, wish: Wish, *, history: bool, seal: Seal, iri_base: str, who: object, now: datetime
) -> Target:
    """Make a delivery of what is stored from now on, with `history` of everything."""
    writing(session)
    secret = seal.close(wish.secret)
    made = targets.create(session, **_chosen(wish, iri_base), secret=secret, history=history, now=now)
    after = {**_told(made), "history": history}
    audit.record(session, now=now, who=who, action="delivery.create", subject=_subject(made), after=after)
    return made


def change(session: Session, uuid: UUID, wish: Wish, *, seal: Seal, iri_base: str, who: object, now: datetime) -> None:
    """Change what was chosen, and try it at once. Raises NotFound."""
    writing(session)
    before = queries.target(session, uuid)
    secret = seal.close(wish.secret) if wish.secret else None
    targets.change(session, uuid, **_chosen(wish, iri_base), secret=secret, now=now)
    after = {**_told(queries.target(session, uuid)), "secret": "changed" if wish.secret else "kept"}
    act = {"action": "delivery.change", "subject": _subject(before)}
    audit.record(session, now=now, who=who, before=_told(before), after=after, **act)


def pause(session: Session, uuid: UUID, *, who: object, now: datetime) -> Target:
    """Send nothing until somebody says otherwise. Raises NotFound."""
    found = _act(session, uuid, "delivery.pause", who=who, now=now)
    targets.pause(session, uuid)
    return found


def resume(session: Session, uuid: UUID, *, who: object, now: datetime) -> Target:
    """Go on where it stopped, at once. Raises NotFound."""
    found = _act(session, uuid, "delivery.resume", who=who, now=now)
    targets.try_now(session, uuid, now)
    return found


def send_history(session: Session, uuid: UUID, *, who: object, now: datetime) -> Target:
    """Send everything once more, from the first statement on. Raises NotFound."""
    found = _act(session, uuid, "delivery.history", who=who, now=now)
    targets.send_history(session, uuid, now)
    return found


def remove(session: Session, uuid: UUID, *, who: object, now: datetime) -> Target:
    """Forget a delivery, its secret, and what was refused. Raises NotFound."""
    found = _act(session, uuid, "delivery.remove", who=who, now=now)
    targets.remove(session, uuid)
    return found


def retry(session: Session, uuid: UUID, letter: UUID | None, *, who: object, now: datetime) -> int:
    """Send a refused statement once more, or all that were refused; gives how many. Raises NotFound."""
    found = _act(session, uuid, "delivery.retry", who=who, now=now, after={"letter": _named(letter)})
    many = letters.retry(session, found, letter)
    _some(many, letter)
    return many


def give_up(session: Session, uuid: UUID, letter: UUID | None, *, who: object, now: datetime) -> int:
    """Stop trying to send a refused statement, or all of them; gives how many. Raises NotFound."""
    writing(session)
    found = queries.target(session, uuid)
    gone = letters.give_up(session, found, letter)
    _some(len(gone), letter)
    after = {"statements": [str(each) for each in gone]}
    audit.record(session, now=now, who=who, action="delivery.give-up", subject=_subject(found), after=after)
    return len(gone)


def _act(
    session: Session, uuid: UUID, action: str, *, who: object, now: datetime, after: dict[str, Any] | None = None
) -> Target:
    writing(session)
    found = queries.target(session, uuid)
    before = {"name": found.name, "state": found.state.value, "cursor": found.cursor}
    audit.record(session, now=now, who=who, action=action, subject=_subject(found), before=before, after=after)
    return found


def _some(many: int, letter: UUID | None) -> None:
    if not many and letter is not None:
        raise NotFound("This statement is not refused any more.", "Load the page of the delivery again.")


def _chosen(wish: Wish, iri_base: str) -> dict[str, Any]:
    activities = tuple(Iris(iri_base, each).course for each in wish.programmes)
    return {
        "name": wish.name,
        "endpoint": wish.endpoint,
        "version": wish.version,
        "key": wish.key,
        "wanted": Filter(activities, wish.verbs, wish.skips),
    }


def _told(target: Target) -> dict[str, Any]:
    """What the audit log tells of a target: all that was chosen, and never the secret."""
    wanted = target.filter
    return {
        "name": target.name,
        "endpoint": target.endpoint,
        "version": target.version,
        "key": target.key,
        "activities": list(wanted.activities),
        "verbs": list(wanted.verbs),
        "skips": wanted.skips,
    }


def _named(letter: UUID | None) -> str:
    return str(letter) if letter else "all"


def _subject(target: Target) -> str:
    return f"delivery:{target.uuid}"
