"""Changing people: accounts, offices, grants, one-time links, passwords."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.db import writing
from mentorcert.errors import Conflict, NotFound
from mentorcert.people.models import Grant, Office, OneTimeLink, Person
from mentorcert.people.queries import by_email
from mentorcert.permissions import Role

LINK_LIFE: Final = {"invitation": timedelta(days=14), "reset": timedelta(hours=2)}
PASSWORD_LENGTH: Final = 12
"""The fewest characters of a password."""

_hasher: Final = PasswordHasher()
_NOBODYS_HASH: Final = _hasher.hash(secrets.token_urlsafe(16))


def create_person(
    session: Session,
    email: str,
    name: str,
    *,
    zone: str = "UTC",
    office: Office | None = None,
    who: object,
    now: datetime,
) -> Person:
    """Make an account without a password. Raises Conflict when the address is taken."""
    writing(session)
    if by_email(session, email):
        raise Conflict(f"{email} has an account already.", "Look the person up instead of adding them again.")
    person = Person(
        email=email.strip().lower(),
        name=name,
        zone=zone,
        office=office,
        session_key=secrets.token_urlsafe(16),
        created_at=now,
    )
    session.add(person)
    session.flush()
    audit.record(session, now=now, who=who, action="person.create", subject=f"person:{person.uuid}")
    return person


def office(session: Session, name: str) -> Office:
    """The office of that name, made when there is none."""
    writing(session)
    found = session.scalar(select(Office).where(Office.name == name))
    if found is None:
        found = Office(name=name)
        session.add(found)
        session.flush()
    return found


def grant(session: Session, person: Person, role: Role, scope: str, *, who: object, now: datetime) -> None:
    """Give a role in a scope; nothing happens when the person holds it."""
    writing(session)
    query = select(Grant).where(Grant.person_id == person.id, Grant.role == role, Grant.scope == scope)
    if session.scalar(query) is None:
        session.add(Grant(person_id=person.id, role=role, scope=scope, granted_at=now))
        session.flush()
        _audit_grant(session, "grant.give", person, role, scope, who=who, now=now)


def withdraw(session: Session, person: Person, role: Role, scope: str, *, who: object, now: datetime) -> None:
    """Take a role away; nothing happens when the person does not hold it."""
    writing(session)
    query = select(Grant).where(Grant.person_id == person.id, Grant.role == role, Grant.scope == scope)
    if held := session.scalar(query):
        session.delete(held)
        _audit_grant(session, "grant.take", person, role, scope, who=who, now=now)


def set_password(session: Session, person: Person, password: str) -> None:
    """Keep a new password as argon2id, and sign the person out everywhere."""
    hashed = _hasher.hash(password)
    writing(session)
    person.password_hash = hashed
    person.session_key = secrets.token_urlsafe(16)


def password_fits(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. It takes as long for nobody as for somebody."""
    known = person.password_hash if person and person.password_hash else _NOBODYS_HASH
    try:
        _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return known is not _NOBODYS_HASH


def send_link(session: Session, person: Person, purpose: str, *, now: datetime) -> str:
    """Send an invitation or a reset by mail; gives the secret. Earlier links for the same purpose stop working."""
    writing(session)
    earlier = select(OneTimeLink).where(
        OneTimeLink.person_id == person.id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
    )
    for link in session.scalars(earlier):
        link.used_at = now
    secret = secrets.token_urlsafe(32)
    life = LINK_LIFE[purpose]
    session.add(
        OneTimeLink(
            person_id=person.id, purpose=purpose, secret_hash=_digest(secret), made_at=now, expires_at=now + life
        )
    )
    subject = {"invitation": "Your place in the mentor programme", "reset": "A new password for MentorCert"}[purpose]
    values = {
        "name": person.name,
        "path": f"/{purpose}/{secret}",
        "until": (now + life).isoformat(),
        "zone": person.zone,
    }
    mail.post(session, f"people/mail/{purpose}", to=person.email, subject=subject, values=values, now=now)
    return secret


def link_owner(session: Session, secret: str, purpose: str, *, now: datetime) -> OneTimeLink:
    """The link that a secret opens; raises NotFound when it was used, has expired or never was."""
    link = session.scalar(
        select(OneTimeLink).where(OneTimeLink.secret_hash == _digest(secret), OneTimeLink.purpose == purpose)
    )
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise NotFound("This link no longer works.", "Links work once and not for long. Ask for a new one.")
    return link


def use_link(session: Session, secret: str, purpose: str, password: str, *, now: datetime) -> Person:
    """Set a password by a one-time link, and spend it. Raises NotFound as `link_owner` does."""
    hashed = _hasher.hash(password)
    writing(session)
    link = link_owner(session, secret, purpose, now=now)
    link.used_at = now
    person = link.person
    person.password_hash, person.session_key = hashed, secrets.token_urlsafe(16)
    audit.record(session, now=now, who=person.uuid, action=f"password.{purpose}", subject=f"person:{person.uuid}")
    return person


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _audit_grant(
    session: Session, action: str, person: Person, role: Role, scope: str, *, who: object, now: datetime
) -> None:
    after = {"role": role.value, "scope": scope}
    audit.record(session, now=now, who=who, action=action, subject=f"person:{person.uuid}", after=after)
