"""Making cohorts, and enrolling people."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.cohorts.queries import open_enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.people import service as people
from mentorcert.people.models import Person
from mentorcert.people.queries import by_email
from mentorcert.permissions import COHORT_ROLES, EVERYWHERE, Role, cohort_scope


def create(session: Session, name: str, version: ProgrammeVersion, zone: str, *, who: object, now: datetime) -> Cohort:
    """Make a cohort that is pinned to a version of a programme. Raises Conflict when the name is taken."""
    writing(session)
    if session.scalar(select(Cohort.id).where(Cohort.name == name)):
        raise Conflict(f"There is already a cohort called “{name}”.", "Choose another name.")
    cohort = Cohort(name=name, zone=zone, version_id=version.id, created_at=now)
    session.add(cohort)
    session.flush()
    after = {"name": name, "programme": version.slug, "version": version.hash}
    audit.record(session, now=now, who=who, action="cohort.create", subject=f"cohort:{cohort.uuid}", after=after)
    return cohort


def start(session: Session, name: str, version_hash: str, zone: str, *, who: object, now: datetime) -> Cohort:
    """Make a cohort on the programme version of that hash. Raises Conflict, or NotFound for an unknown version."""
    writing(session)
    return create(session, name, catalog.version(session, version_hash), zone, who=who, now=now)


def enrol(session: Session, cohort: Cohort, person: Person, *, who: object, now: datetime) -> Enrolment:
    """Enrol a person as a trainee. Who is enrolled already stays so; who had left comes back to what they had."""
    writing(session)
    query = select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id)
    enrolment = session.scalar(query)
    if enrolment is not None and enrolment.archived_at is None:
        return enrolment
    if enrolment is None:
        enrolment = _add_enrolment(session, cohort, person, now=now)
    enrolment.archived_at = None
    session.flush()
    people.grant(session, person, Role.TRAINEE, cohort_scope(cohort.uuid), who=who, now=now)
    _audit_opening(session, enrolment, cohort, who=who, now=now)
    return enrolment


def add(session: Session, cohort: Cohort | None, person: Person, role: Role, *, who: object, now: datetime) -> None:
    """Give a person a role: a trainee is enrolled; a facilitator or coach belongs to the cohort; others need none."""
    writing(session)
    if role is Role.TRAINEE and cohort is not None:
        enrol(session, cohort, person, who=who, now=now)
    else:
        people.grant(session, person, role, _scope(cohort, role), who=who, now=now)


def add_newcomer(
    session: Session, cohort: Cohort | None, person: Person, role: Role, *, who: object, now: datetime
) -> None:
    """As `add`, for somebody who was made a moment ago: nothing is looked up."""
    writing(session)
    if role is Role.TRAINEE and cohort is not None:
        enrolment = _add_enrolment(session, cohort, person, now=now)
        _audit_opening(session, enrolment, cohort, who=who, now=now)
    people.first_grant(session, person, role, _scope(cohort, role), who=who, now=now)


def add_by_email(
    session: Session, cohort: Cohort, email: str, role: Role, *, name: str, who: object, now: datetime
) -> Person:
    """Give whoever has this address a role in a cohort; somebody new is invited, by that name, in the cohort's zone."""
    writing(session)
    person = by_email(session, email)
    if person is None:
        person = people.invite(session, email, name, zone=cohort.zone, who=who, now=now)
    add(session, cohort, person, role, who=who, now=now)
    return person


def remove(
    session: Session, cohort: Cohort, person: Person, role: Role, *, reason: str, who: object, now: datetime
) -> None:
    """Take a role in a cohort away. A trainee's enrolment is closed; its evidence stays. Raises NotFound."""
    writing(session)
    if role is Role.TRAINEE:
        leave(session, open_enrolment(session, cohort, person), reason=reason, who=who, now=now)
    else:
        people.withdraw(session, person, role, cohort_scope(cohort.uuid), reason=reason, who=who, now=now)


def leave(session: Session, enrolment: Enrolment, *, reason: str, who: object, now: datetime) -> None:
    """Close an enrolment; its evidence stays."""
    writing(session)
    enrolment.archived_at = now
    scope = cohort_scope(enrolment.cohort.uuid)
    people.withdraw(session, enrolment.person, Role.TRAINEE, scope, reason=reason, who=who, now=now)
    subject = f"enrolment:{enrolment.uuid}"
    audit.record(session, now=now, who=who, action="enrolment.close", subject=subject, reason=reason)


def _scope(cohort: Cohort | None, role: Role) -> str:
    if role not in COHORT_ROLES:
        return EVERYWHERE
    if cohort is None:
        raise Invalid(f"A {role} needs a cohort.", "Choose the cohort.")
    return cohort_scope(cohort.uuid)


def _add_enrolment(session: Session, cohort: Cohort, person: Person, *, now: datetime) -> Enrolment:
    enrolment = Enrolment(uuid=uuid4(), cohort=cohort, person=person, enrolled_at=now)
    session.add(enrolment)
    return enrolment


def _audit_opening(session: Session, enrolment: Enrolment, cohort: Cohort, *, who: object, now: datetime) -> None:
    subject, after = f"enrolment:{enrolment.uuid}", {"cohort": str(cohort.uuid)}
    audit.record(session, now=now, who=who, action="enrolment.open", subject=subject, after=after)
