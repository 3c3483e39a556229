"""Reading cohorts and enrolments."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.programme import Programme
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import NotFound
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import Role, Scope, cohort_scope


def cohort(session: Session, uuid: UUID) -> Cohort:
    """A cohort by UUID; raises NotFound."""
    found = session.scalar(select(Cohort).where(Cohort.uuid == uuid))
    if found is None:
        raise NotFound("There is no such cohort.", "Go to your cohorts and choose one.")
    return found


def enrolment(session: Session, uuid: UUID) -> Enrolment:
    """An enrolment by UUID; raises NotFound."""
    found = session.scalar(select(Enrolment).where(Enrolment.uuid == uuid))
    if found is None:
        raise NotFound("There is no such enrolment.", "Go to your home page and start from there.")
    return found


def cohorts(session: Session, only: Collection[UUID] | None = None) -> list[Cohort]:
    """Cohorts that are not archived, newest first; `only` these when given."""
    query = select(Cohort).where(Cohort.archived_at.is_(None)).order_by(Cohort.created_at.desc(), Cohort.id.desc())
    if only is not None:
        query = query.where(Cohort.uuid.in_(only))
    return list(session.scalars(query))


def enrolments(session: Session, of: Cohort) -> list[Enrolment]:
    """The open enrolments of a cohort, by name. One query, people included."""
    query = (
        select(Enrolment)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == of.id, Enrolment.archived_at.is_(None))
        .order_by(Person.name, Enrolment.id)
    )
    return list(session.scalars(query))


def enrolments_of(session: Session, person: UUID) -> list[Enrolment]:
    """A person's open enrolments, newest first."""
    query = (
        select(Enrolment)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Person.uuid == person, Enrolment.archived_at.is_(None))
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    )
    return list(session.scalars(query))


def newest_enrolment(session: Session, person: UUID) -> Enrolment:
    """The open enrolment that a person began last; raises NotFound."""
    found = enrolments_of(session, person)
    if not found:
        raise NotFound("You are not enrolled in a programme.", "Ask your programme manager to enrol you.")
    return found[0]


def members(session: Session, of: Cohort) -> dict[Role, list[Person]]:
    """Who has which role in a cohort, by name. One query."""
    query = (
        select(Grant.role, Person)
        .join(Person, Grant.person_id == Person.id)
        .where(Grant.scope == cohort_scope(of.uuid), Person.archived_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    found: dict[Role, list[Person]] = {role: [] for role in Role}
    for role, person in session.execute(query):
        found[role].append(person)
    return found


def open_enrolment(session: Session, of: Cohort, person: Person) -> Enrolment:
    """A person's open enrolment in a cohort; raises NotFound."""
    query = select(Enrolment).where(
        Enrolment.cohort_id == of.id, Enrolment.person_id == person.id, Enrolment.archived_at.is_(None)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(f"{person.name} is not enrolled in {of.name}.", "Load the cohort's page again.")
    return found


def programme(session: Session, of: Cohort) -> Programme:
    """The programme in the version that the cohort is pinned to."""
    return catalog.programme(session, of.version.hash)


def scope_of_cohort(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with a cohort in it, or None when there is none."""
    found = session.scalar(select(Cohort.uuid).where(Cohort.uuid == uuid))
    return Scope(cohort=found) if found else None


def scope_of_enrolment(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with an enrolment in it, or None when there is none."""
    return scope_around(session, select(Enrolment.id).where(Enrolment.uuid == uuid))


def scope_around(session: Session, enrolment: Select[int]) -> Scope | None:
    """The scope of what belongs to the enrolment whose integer key a query selects; None when it selects none."""
    query = (
        select(Cohort.uuid, Person.uuid)
        .select_from(Enrolment)
        .join(Cohort, Enrolment.cohort_id == Cohort.id)
        .join(Person, Enrolment.person_id == Person.id)
        .where(Enrolment.id == enrolment.scalar_subquery())
    )
    found = session.execute(query).one_or_none()
    return Scope(cohort=found[0], owner=found[1]) if found else None
