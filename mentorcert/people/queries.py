"""Reading people."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mentorcert.errors import NotFound
from mentorcert.people import addresses
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import Viewer


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
    return dict(found.tuples().all())


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
