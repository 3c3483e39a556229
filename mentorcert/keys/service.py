"""Making, changing and revoking keys. What a key may do is fixed when it is made; each act is in the audit log."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.catalog import queries as catalog
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.keys import queries
from mentorcert.people import queries as people
from xapi import credentials
from xapi.credentials import SCOPES, Credential

MOST_LABEL: Final = 80
"""Characters of a label."""
LAST_YEAR: Final = 2999
"""Nobody means a later one, and at the edge of the calendar a day has no end."""
WRITING: Final = frozenset({"all", "statements/write"})
"""The scopes with which statements can be sent."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The key that somebody wants."""

    label: str
    scopes: frozenset[str]
    programmes: tuple[str, ...] = ()
    """The ids of the programmes whose lessons it may complete."""
    owner: str = ""
    """The e-mail address of who answers for it; empty for nobody."""
    expires: datetime | None = None


def make(
    session: Session, wish: Wish, *, who: object, now: datetime, uuid: UUID | None = None
) -> tuple[Credential, str]:
    """Make a key and return it with its secret, which can't be had again.

    `uuid` is what it shall be called: asked for twice, it is made once. Raises Invalid with every fault, and Conflict
    when it was made already.
    """
    writing(session)
    if uuid is not None and credentials.one(session, uuid) is not None:
        raise Conflict(
            "This key was made already, and its secret was shown then.",
            "A secret can't be shown again. If nobody kept it, revoke the key and make another one.",
        )
    _refuse("This key can't be made like that.", faults(session, wish, now))
    made, secret = credentials.create(
        session,
        label=wish.label,
        scopes=wish.scopes,
        programmes=wish.programmes,
        owner=_owner(session, wish.owner)[0],
        expires=wish.expires,
        uuid=uuid,
        now=now,
    )
    _record(session, "key.create", made, after=_words(made), who=who, now=now)
    return made, secret


def faults(session: Session, wish: Wish, now: datetime) -> list[Fault]:
    """Everything that is wrong with a wish, each with the name of its part."""
    return [
        *_label_faults(wish.label),
        *_may_faults(session, wish),
        *_owner(session, wish.owner)[1],
        *_end_faults(wish.expires, now),
    ]


def change(
    session: Session, uuid: UUID, *, label: str, owner: str, expires: datetime | None, who: object, now: datetime
) -> Credential:
    """Give a key another label, owner (an e-mail address) or an earlier end. Raises NotFound, or Invalid.

    An end that has passed, or that stays what it was, is no fault.
    """
    writing(session)
    before = queries.credential(session, uuid)
    owner, wrong = _owner(session, owner)
    if expires != before.expires:
        wrong += _end_faults(expires, now) or _later_faults(expires, before)
    _refuse("This key can't be changed like that.", [*_label_faults(label), *wrong])
    if not credentials.change(session, uuid, label=label, owner=owner, expires=expires):
        raise Conflict("Somebody changed this key at the same moment.", "Load it again, and repeat what you did.")
    after = queries.credential(session, uuid)
    if after != before:
        _record(session, "key.change", after, before=_words(before), after=_words(after), who=who, now=now)
    return after


def revoke(session: Session, uuid: UUID, *, reason: str = "", who: object, now: datetime) -> Credential:
    """Take a key back for good; what it sent stays. Raises NotFound, or Conflict when that was done already."""
    writing(session)
    found = queries.credential(session, uuid)
    if not credentials.revoke(session, uuid, now):
        raise Conflict("This key is revoked already.", "There is nothing left to do.")
    _record(session, "key.revoke", found, reason=reason, who=who, now=now)
    return found


def end_of(day: date, zone: tzinfo) -> datetime:
    """The instant at which a day is over in a zone: a key that ends on a day is good until then. Raises Invalid."""
    if day.year > LAST_YEAR:
        _refuse("This key can't end then.", [Fault("expires", "The year is too far away.", "Look at it again.")])
    return datetime.combine(day + timedelta(days=1), time(), zone)


def _refuse(title: str, wrong: list[Fault]) -> None:
    if wrong:
        raise Invalid(title, "", wrong)


def _label_faults(label: str) -> list[Fault]:
    if not label.strip():
        return [Fault("label", "It has no name.", "Say which system it is for.")]
    if len(label) > MOST_LABEL:
        return [Fault("label", f"It is longer than {MOST_LABEL} characters.", "Use fewer.")]
    return []


def _may_faults(session: Session, wish: Wish) -> list[Fault]:
    """What is wrong with what a key shall be allowed."""
    found = [Fault("scopes", "It may do nothing.", "Choose what it is for.")] if not wish.scopes else []
    found += [Fault("scopes", f"There is no scope {each}.") for each in sorted(wish.scopes - SCOPES)]
    published = {each.slug for each in catalog.current(session)} if wish.programmes else set()
    for slug in wish.programmes:
        if slug not in published:
            known = ", ".join(sorted(published)) or "none"
            found.append(Fault("programmes", f'No programme "{slug}" is published.', f"Published are: {known}."))
    if wish.programmes and wish.scopes and wish.scopes.isdisjoint(WRITING):
        todo = "Let it send statements, or choose no programme."
        found.append(Fault("programmes", "It can't complete lessons, because it can't send statements.", todo))
    return found


def _owner(session: Session, address: str) -> tuple[str, list[Fault]]:
    """The UUID of whoever has an address, as text, and what is wrong with it."""
    if not address:
        return "", []
    found = people.by_email(session, address)
    if found is None:
        return "", [Fault("owner", "We know nobody by this address.", "Choose somebody who has an account.")]
    if found.archived_at is not None:
        return "", [Fault("owner", "This account has ended.", "Choose somebody else.")]
    return str(found.uuid), []


def _end_faults(expires: datetime | None, now: datetime) -> list[Fault]:
    if expires is not None and expires <= now:
        return [Fault("expires", "This day is over.", "Choose today or a later one.")]
    return []


def _later_faults(expires: datetime | None, before: Credential) -> list[Fault]:
    if before.expires is None or (expires is not None and expires < before.expires):
        return []
    return [Fault("expires", "A key never ends later than was said.", "Choose an earlier day, or make a new key.")]


def _words(credential: Credential) -> dict[str, Any]:
    """What the audit log keeps of a key."""
    return {
        "label": credential.label,
        "owner": credential.owner,
        "scopes": sorted(credential.scopes),
        "programmes": list(credential.programmes),
        "expires": credential.expires.isoformat() if credential.expires else None,
    }


def _record(session: Session, action: str, about: Credential, *, who: object, now: datetime, **more: Any) -> None:
    audit.record(session, now=now, who=who, action=action, subject=f"key:{about.uuid}", **more)
