"""Forgetting somebody: what was learned stays evidence, and leads to nobody any more.

Our own statements know a person as the UUID of their account, and the account was the only link: it is emptied, and the
UUID is a pseudonym from then on. Statements from elsewhere name people in ways of their own. An identifier that
somebody had vouched for becomes that account, so that what counted goes on to count and a rebuild gives the same
progress; every other one becomes a new pseudonym, drawn at random.

Words and voices go altogether: reflections, strengths, recordings with their transcripts, coaches' comments. Grades and
certificates stay in their registers without the name. All in one transaction; done again, it finds nothing to do.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

import xapi
from mentorcert import audit
from mentorcert.certification.models import Certificate
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence.service import Door
from mentorcert.people import queries as people
from mentorcert.people.models import Person, PersonIdentifier
from mentorcert.recordings.models import Recording
from mentorcert.upkeep import clearing
from mentorcert.upkeep.erasing import Words
from xapi import actors, documents, renaming, tables
from xapi.faults import Report

_PAGE: Final = 500

Agent = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done."""

    statements: int = 0
    """Statements from elsewhere in which identifiers were replaced."""
    signatures: int = 0
    """Signatures that went, since they held the identifiers."""
    documents: int = 0
    """Documents of other systems about the person."""
    certificates: int = 0
    """Certificates that stay, without the name."""
    recordings: int = 0
    """Recordings that are removed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody before they are forgotten."""

    elsewhere: int
    """Statements that name them in another way than ours."""
    certificates: int
    recordings: int
    targets: list[str]
    """The names of the stores that statements are sent on to: they keep their copies."""


def is_forgotten(person: Person) -> bool:
    """Whether somebody was forgotten already."""
    return person.email.endswith(f"@{clearing.DOMAIN}")


def known(session: Session, person: Person) -> Known:
    """Return what forgetting a person would be about. It searches every mailbox, so it may take a moment."""
    keys = [*_verified(session, person), *_mailboxes(session, person.email)]
    enrolments = select(Enrolment.id).where(Enrolment.person_id == person.id)
    return Known(
        elsewhere=len(renaming.holding(session, keys)),
        certificates=_count(session, Certificate, enrolments),
        recordings=_count(session, Recording, enrolments),
        targets=list(session.scalars(select(tables.target.c.name).order_by(tables.target.c.name))),
    )


def forget(
    session: Session,
    door: Door,
    person: Person,
    *,
    also: Sequence[Agent] = (),
    reason: str,
    who: object,
    now: datetime,
) -> Forgotten:
    """Forget a person; `also` are agents that other systems know them as and nobody told us of.

    Raises Invalid without a reason or for what is no agent, Conflict for oneself: the next administrator would be
    missing.
    """
    extra = [_key(each) for each in also]
    _refuse_no_reason(reason)
    if who == person.uuid:
        raise Conflict("You can't forget yourself.", "Ask another administrator to do it.")
    writing(session)
    session.refresh(person)
    mine = {"homePage": door.iri_base, "name": str(person.uuid)}
    verified, others = _verified(session, person), [*_mailboxes(session, person.email), *extra]
    words = _words(person, [*verified, *others])
    loose = [each for each in others if each not in verified]
    subjects = clearing.subjects(session, person)
    certificates, recordings = clearing.erase_work(session, person, now)
    clearing.erase_account(session, person, now)
    clearing.erase_traces(session, words, subjects)
    session.flush()
    own = xapi.agent_key({"account": mine})  # others may have put a name beside it
    given = {**dict.fromkeys(loose, _pseudonym(door.iri_base)), **dict.fromkeys([own, *verified], mine)}
    gone = _erase_elsewhere(session, given, words)
    done = Forgotten(*gone, certificates, recordings)
    _audit(session, f"person:{person.uuid}", words.out_of(reason.strip()), done, who=who, now=now)
    return done


def forget_agent(session: Session, door: Door, agent: Agent, *, reason: str, who: object, now: datetime) -> Forgotten:
    """Forget somebody who has no account, known by an agent of another system only.

    Raises Conflict when the agent means a person who has an account, and Invalid as `forget` does.
    """
    key = _key(agent)
    _refuse_no_reason(reason)
    writing(session)
    address = _address(key)
    owner = select(PersonIdentifier.id).where(PersonIdentifier.ifi_key == key)
    if session.scalar(owner) or (address and people.by_email(session, address)):
        raise Conflict("This agent means somebody who has an account.", "Forget that person instead.")
    keys = [key, *(_mailboxes(session, address) if address else ())]
    words = _words_of(keys)
    pseudonym = _pseudonym(door.iri_base)
    clearing.erase_traces(session, words, frozenset())
    session.flush()
    done = Forgotten(*_erase_elsewhere(session, dict.fromkeys(keys, pseudonym), words))
    _audit(session, f"agent:{pseudonym['name']}", words.out_of(reason.strip()), done, who=who, now=now)
    return done


def _refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("Somebody is forgotten for a reason.", "Say why; it is kept in the audit log, without the name.")


def _words(person: Person, keys: Iterable[str]) -> Words:
    return _words_of(keys) if is_forgotten(person) else _words_of(keys, person.name, person.email)


def _words_of(keys: Iterable[str], name: str = "", email: str = "") -> Words:
    """What names somebody in texts, by the keys of their agents; the audit log knows these by digests."""
    identifiers, account_names = [email], []
    for key in keys:
        kind, _, value = key.partition(":")
        identifiers += [key, hashlib.sha256(key.encode()).hexdigest()]
        if kind == "account":
            account_names.append(value.rpartition("|")[2])
        else:
            identifiers.append(value.removeprefix("mailto:"))
    return Words(name, tuple(filter(None, identifiers)), tuple(account_names))


def _verified(session: Session, person: Person) -> list[str]:
    query = select(PersonIdentifier.ifi_key).where(PersonIdentifier.person_id == person.id)
    return list(session.scalars(query.order_by(PersonIdentifier.ifi_key)))


def _mailboxes(session: Session, address: str) -> list[str]:
    """Every key that means this mailbox: as it is written somewhere, and as its SHA-1."""
    ways = sorted({f"mbox:mailto:{address}", *renaming.mailboxes(session, address)})
    digests = [hashlib.sha1(way.removeprefix("mbox:").encode(), usedforsecurity=False).hexdigest() for way in ways]
    return [*ways, *(f"sha1:{each}" for each in digests)]


def _address(key: str) -> str:
    return key.removeprefix("mbox:mailto:") if key.startswith("mbox:mailto:") else ""


def _pseudonym(iri_base: str) -> dict[str, str]:
    return {"homePage": iri_base, "name": f"forgotten:{uuid4()}"}


def _key(agent: Agent) -> str:
    report: Report = []
    actors.agent(dict(agent), "$", report)
    if report:
        raise Invalid(
            "This does not identify anybody.",
            'Give an agent as statements do, for example {"mbox": "mailto:sam@example.org"}.',
        )
    return xapi.agent_key(agent)


def _erase_elsewhere(session: Session, given: Mapping[str, Mapping[str, str]], words: Words) -> tuple[int, int, int]:
    """Rewrite statements of other systems, remove their documents; gives how many of each, and of signatures."""
    removed = sum(documents.forget(session, key) for key in given)
    done = renaming.rename(session, given)
    letters = tables.dead_letter
    for start in range(0, len(done.statements), _PAGE):
        some = letters.c.statement.in_(done.statements[start : start + _PAGE])
        session.execute(update(letters).where(some).values(said=""))
    if words.identifiers:
        told = [tables.target.c.error.icontains(each, autoescape=True) for each in words.identifiers]
        session.execute(update(tables.target).where(or_(*told)).values(error=""))
    return len(done.statements), len(done.signatures), removed


def _count(session: Session, table: type[Certificate] | type[Recording], enrolments: Any) -> int:
    return session.scalar(select(func.count(table.id)).where(table.enrolment_id.in_(enrolments))) or 0


def _audit(session: Session, subject: str, reason: str, done: Forgotten, *, who: object, now: datetime) -> None:
    audit.record(session, now=now, who=who, action="person.forget", subject=subject, reason=reason, after=asdict(done))
