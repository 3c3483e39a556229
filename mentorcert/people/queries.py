"""Reading people."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from mentorcert.errors import NotFound
from mentorcert.people import addresses
from mentorcert.people.models import Grant, Office, Person
from mentorcert.permissions import Viewer

PAGE: Final = 100
"""How many people a page of the list shows."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people there are, and how many of them have not accepted their invitation."""

    all: int
    invited: int


def person(session: Session, uuid: UUID) -> Person:
    """A person by UUID; raises NotFound."""
    found = session.scalar(select(Person).where(Person.uuid == uuid))
    if found is None:
        raise NotFound("We know nobody by this address.", "Go back and choose a person from the list.")
    return found


def by_email(session: Session, email: str) -> Person | None:
    """A person by the address that they sign in with, in any case of letters."""
    return session.scalar(select(Person).where(Person.email == addresses.normal(email)))


def named(session: Session, uuids: Collection[UUID]) -> dict[UUID, str]:
    """Names by UUID, for those whom we know. One query."""
    found = session.execute(select(Person.uuid, Person.name).where(Person.uuid.in_(uuids)))
    return dict(found.all())


def signed_in(session: Session, uuid: UUID, session_key: str) -> Viewer | None:
    """The viewer that a session cookie names, or None when it no longer holds. Two queries."""
    query = select(Person).where(Person.uuid == uuid).options(selectinload(Person.grants))
    found = session.scalar(query)
    if found is None or found.archived_at is not None or found.session_key != session_key:
        return None
    return viewer_of(found)


def viewer_of(who: Person) -> Viewer:
    """What permissions need to know of a person."""
    return Viewer(who.uuid, who.name, who.zone, who.theme, frozenset((grant.role, grant.scope) for grant in who.grants))


def holders(session: Session, role: str, scope: str) -> list[Person]:
    """Everyone who holds a role in a scope, by name."""
    query = (
        select(Person)
        .join(Grant)
        .where(Grant.role == role, Grant.scope == scope, Person.archived_at.is_(None))
        .order_by(Person.name)
    )
    return list(session.scalars(query))


def directory(session: Session, *, text: str = "", office: str = "", page: int = 1) -> tuple[list[Person], int]:
    """People by name whose name or address holds `text`, of the office of that name; a page of them, and how many.

    Three queries, grants included.
    """
    conditions = _matching(text, office)
    total = session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    query = select(Person).where(*conditions).options(selectinload(Person.grants))
    ordered = query.order_by(func.lower(Person.name), Person.id)
    return list(session.scalars(ordered.limit(PAGE).offset(PAGE * (page - 1)))), total


def crowd(session: Session) -> Crowd:
    """How many people there are."""
    waiting = func.count(Person.id).filter(Person.password_hash == "")
    everybody, invited = session.execute(
        select(func.count(Person.id), waiting).where(Person.archived_at.is_(None))
    ).one()
    return Crowd(everybody, invited)


def addresses_of_all(session: Session, *, most: int) -> list[tuple[str, str]]:
    """(address, name) of up to `most` people, by name: what a field can suggest."""
    query = select(Person.email, Person.name).where(Person.archived_at.is_(None)).order_by(Person.name).limit(most)
    return [(email, name) for email, name in session.execute(query)]


def offices(session: Session) -> list[str]:
    """The names of the offices, in order."""
    return list(session.scalars(select(Office.name).where(Office.archived_at.is_(None)).order_by(Office.name)))


def of_domain(session: Session, domain: str) -> list[Person]:
    """Everybody whose address is in a domain and who can sign in, by name; grants included."""
    query = select(Person).where(
        Person.email.endswith(f"@{domain}", autoescape=True), Person.archived_at.is_(None), Person.password_hash != ""
    )
    return list(session.scalars(query.options(selectinload(Person.grants)).order_by(Person.name, Person.id)))


def _matching(text: str, office: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Person.archived_at.is_(None)]
    if text:
        conditions.append(
            or_(Person.name.icontains(text, autoescape=True), Person.email.icontains(text, autoescape=True))
        )
    if office:
        conditions.append(Person.office_id.in_(select(Office.id).where(Office.name == office)))
    return conditions
