"""How other systems name a person, and what that makes of what they have sent.

Whoever adds an identifier vouches for it: statements with that actor are then about this person, those that are stored
already too. So each change folds the person's enrolments again, and nobody appends while it does.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

import xapi
from mentorcert import audit
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound
from mentorcert.evidence.service import Door
from mentorcert.people.models import Person, PersonIdentifier
from xapi import actors
from xapi.faults import Report
from xapi.identity import INDEXED

LONGEST_VOUCHER: Final = 200
"""Characters of `verified_by`."""


def of_person(session: Session, person: Person) -> list[PersonIdentifier]:
    """How other systems name a person."""
    query = select(PersonIdentifier).where(PersonIdentifier.person_id == person.id).order_by(PersonIdentifier.ifi_key)
    return list(session.scalars(query))


def in_words(ifi_key: str) -> str:
    """A canonical agent key as people read it: an address, an account at its system, or the key itself."""
    kind, _, rest = ifi_key.partition(":")
    if kind == "mbox":
        return rest.removeprefix("mailto:")
    if kind == "account":
        home_page, _, name = rest.partition("|")
        return f"{unquote(name)} at {unquote(home_page)}"
    return ifi_key


def add(
    session: Session,
    door: Door,
    person: Person,
    agent: Mapping[str, Any],
    *,
    verified_by: str,
    who: object,
    now: datetime,
) -> PersonIdentifier:
    """Let statements with this actor be about a person; `verified_by` says in words who made sure, and how.

    Raises Invalid for what is no agent of another system, and Conflict when it means somebody already.
    """
    writing(session)
    xapi.keep_others_out(session)
    key = _key(agent, door.iri_base)
    voucher = " ".join(verified_by.split())
    if not voucher or len(voucher) > LONGEST_VOUCHER:
        raise Invalid(
            "Nobody vouches for this identifier.", f"Say who made sure, and how, in {LONGEST_VOUCHER} characters."
        )
    if session.scalar(select(PersonIdentifier.id).where(PersonIdentifier.ifi_key == key)):
        raise Conflict("This identifier means somebody already.", "Remove it there first, if it was a mistake.")
    identifier = PersonIdentifier(ifi_key=key, person_id=person.id, verified_by=voucher)
    session.add(identifier)
    _audit(session, "identifier.add", person, identifier, who=who, now=now)
    _refold(session, door, person)
    return identifier


def remove(
    session: Session, door: Door, person: Person, ifi_key: str, *, reason: str = "", who: object, now: datetime
) -> None:
    """Let statements with this actor no longer be about a person. Raises NotFound."""
    writing(session)
    xapi.keep_others_out(session)
    query = select(PersonIdentifier).where(PersonIdentifier.person_id == person.id, PersonIdentifier.ifi_key == ifi_key)
    identifier = session.scalar(query)
    if identifier is None:
        raise NotFound(f"{person.name} is not known by this identifier.", "Load the page again and choose from it.")
    session.delete(identifier)
    _audit(session, "identifier.remove", person, identifier, reason=reason, who=who, now=now)
    _refold(session, door, person)


def _key(agent: Mapping[str, Any], iri_base: str) -> str:
    report: Report = []
    actors.agent(dict(agent), "$", report)
    if report:
        faults = [Fault(each.path, each.what) for each in report]
        raise Invalid("This does not identify anybody.", "Give an address, or an account of another system.", faults)
    if agent.get("account", {}).get("homePage") == iri_base:
        raise Invalid("This is an account of this installation.", "It is known; give what another system calls them.")
    key = xapi.agent_key(agent)
    if len(key) > INDEXED:
        raise Invalid("This identifier is too long.", f"Give one of at most {INDEXED} characters.")
    return key


def _refold(session: Session, door: Door, person: Person) -> None:
    session.flush()
    registrations = select(Enrolment.uuid).where(Enrolment.person_id == person.id)
    door.refold(session, list(session.scalars(registrations)))


def _audit(
    session: Session,
    action: str,
    person: Person,
    identifier: PersonIdentifier,
    *,
    reason: str = "",
    who: object,
    now: datetime,
) -> None:
    """The log is never edited, so it names the identifier by a digest, which tells nobody an address."""
    kind, _, _ = identifier.ifi_key.partition(":")
    what = {"kind": kind, "sha256": sha256(identifier.ifi_key.encode()).hexdigest()}
    before, after = (None, what) if action == "identifier.add" else (what, None)
    subject = f"person:{person.uuid}"
    audit.record(session, now=now, who=who, action=action, subject=subject, reason=reason, before=before, after=after)
