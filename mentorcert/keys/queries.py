"""Reading keys: what each may do, who answers for it, how it stands, how much it sent, and what was done with it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.catalog import queries as catalog
from mentorcert.errors import NotFound
from mentorcert.evidence import trust
from mentorcert.evidence.accounts import credential_key
from mentorcert.evidence.iris import Iris
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from xapi import counting, credentials
from xapi.credentials import Credential

SOON: Final = timedelta(days=30)
"""How long before its end a key is said to expire soon."""
MOST_COUNTED: Final = 10_000
"""Of more statements than that, the page says only that they are more."""


class State(StrEnum):
    """How a key stands."""

    VALID = "valid"
    UNUSED = "never used"
    SOON = "expires soon"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a key."""

    name: str
    email: str
    ended: bool
    """Whether their account has ended: somebody else should answer for it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the pages show it."""

    credential: Credential
    state: State
    owner: Owner | None
    programmes: tuple[str, ...]
    """The titles of the programmes whose lessons it may complete."""
    authority: str
    """Its canonical agent key: statements that it sent are found by it."""
    sent: int
    """How many statements it sent; above `MOST_COUNTED` there are more than that."""

    @property
    def is_valid(self) -> bool:
        """Whether it opens anything."""
        return self.state not in {State.EXPIRED, State.REVOKED}

    @property
    def last_instant(self) -> datetime | None:
        """The last instant at which it is good; its day is what people are told."""
        return self.credential.expires and self.credential.expires - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done with a key."""

    at: datetime
    action: str
    who: str
    """A person's name, or that of a process such as `cli`."""
    reason: str


def every(session: Session, iri_base: str, now: datetime) -> list[Key]:
    """All keys, the newest first, ended ones too. Four queries, and one more for each hundred keys."""
    return _told(session, credentials.every(session), iri_base, now)


def key(session: Session, uuid: UUID, iri_base: str, now: datetime) -> Key:
    """One key; raises NotFound."""
    return _told(session, [credential(session, uuid)], iri_base, now)[0]


def credential(session: Session, uuid: UUID) -> Credential:
    """What the store knows of a key; raises NotFound."""
    found = credentials.one(session, uuid)
    if found is None:
        raise NotFound("There is no such key.", "Go back to the list of keys and choose one.")
    return found


def history(session: Session, uuid: UUID) -> list[Deed]:
    """What was done with a key, the oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject == f"key:{uuid}").order_by(AuditEntry.id)
    entries = session.scalars(query).all()
    names = people.named(session, _uuids(entry.who for entry in entries))
    by_text = {str(known): name for known, name in names.items()}
    return [Deed(each.at, each.action, by_text.get(each.who, each.who), each.reason) for each in entries]


def lessons(session: Session, programmes: Collection[str], iri_base: str) -> dict[str, list[tuple[str, str]]]:
    """What the statements of a key with these programmes may complete: titles and addresses, by the programme's title.

    As the newest versions have it; a programme that is published no more has none.
    """
    found = {}
    for version in catalog.current(session):
        if version.slug in programmes:
            programme, iris = catalog.programme(session, version.hash), Iris(iri_base, version.slug)
            taken = trust.lessons(iris, programme)
            steps = [(each.title, iris.step(unit.id, each.id)) for unit in programme.units for each in unit.lessons]
            found[programme.title] = [(title, iri) for title, iri in steps if iri in taken]
    return found


def state_of(credential: Credential, now: datetime) -> State:
    """How a key stands at a moment."""
    if credential.revoked is not None:
        return State.REVOKED
    if not credential.is_valid(now):
        return State.EXPIRED
    if credential.expires is not None and credential.expires <= now + SOON:
        return State.SOON
    return State.VALID if credential.last_used else State.UNUSED


def _told(session: Session, known: Collection[Credential], iri_base: str, now: datetime) -> list[Key]:
    authorities = {each.uuid: credential_key(iri_base, each.uuid) for each in known}
    sent = counting.by_authority(session, list(authorities.values()), MOST_COUNTED)
    owners = _owners(session, known)
    titles = {each.slug: each.title for each in catalog.current(session)}
    return [
        Key(
            credential=each,
            state=state_of(each, now),
            owner=owners.get(each.owner),
            programmes=tuple(titles.get(slug, slug) for slug in each.programmes),
            authority=authorities[each.uuid],
            sent=sent[authorities[each.uuid]],
        )
        for each in known
    ]


def _owners(session: Session, known: Iterable[Credential]) -> Mapping[str, Owner]:
    columns = Person.uuid, Person.name, Person.email, Person.archived_at
    found = session.execute(select(*columns).where(Person.uuid.in_(_uuids(each.owner for each in known))))
    return {str(uuid): Owner(name, email, archived is not None) for uuid, name, email, archived in found}


def _uuids(texts: Iterable[str]) -> set[UUID]:
    """The UUIDs among texts: a process that did something has a plain name."""
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
