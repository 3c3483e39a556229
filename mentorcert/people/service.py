"""Changing people: accounts, offices, grants, one-time links, passwords."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound
from mentorcert.people import addresses, passwords
from mentorcert.people.models import Grant, Office, OneTimeLink, Person
from mentorcert.people.queries import by_email
from mentorcert.permissions import EVERYWHERE, Role

LINK_LIFE: Final = {"invitation": timedelta(days=14), "reset": timedelta(hours=2)}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to have an account."""

    email: str
    name: str
    zone: str
    office: Office | None = None


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
    person = _add_person(session, Newcomer(email, name, zone, office), who=who, now=now)
    session.flush()
    return person


def office(session: Session, name: str) -> Office:
    """The office of that name, in any case of letters; made when there is none."""
    writing(session)
    # Compared here: SQLite's lower() knows ASCII only, and would make a second Łódź.
    known = {each.name.casefold(): each for each in session.scalars(select(Office))}
    found = known.get(name.casefold())
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
        first_grant(session, person, role, scope, who=who, now=now)
        session.flush()


def first_grant(session: Session, person: Person, role: Role, scope: str, *, who: object, now: datetime) -> None:
    """Give a role that the person is known not to hold: nothing is looked up."""
    session.add(Grant(person=person, role=role, scope=scope, granted_at=now))
    _audit_grant(session, "grant.give", person, role, scope, who=who, now=now)


def withdraw(
    session: Session, person: Person, role: Role, scope: str, *, reason: str = "", who: object, now: datetime
) -> None:
    """Take a role away; nothing happens when the person does not hold it."""
    writing(session)
    query = select(Grant).where(Grant.person_id == person.id, Grant.role == role, Grant.scope == scope)
    if held := session.scalar(query):
        session.delete(held)
        session.flush()
        _audit_grant(session, "grant.take", person, role, scope, reason=reason, who=who, now=now)


def set_password(session: Session, person: Person, password: str) -> None:
    """Keep a new password as argon2id, and sign the person out everywhere. Raises Invalid when it is too weak."""
    hashed = _hashed(password, person.email)
    writing(session)
    person.password_hash, person.session_key = hashed, secrets.token_urlsafe(16)


def change_password(session: Session, person: Person, *, old: str, new: str, now: datetime) -> None:
    """Set a new password for whoever knows the old one, and end all their sessions. Raises Invalid otherwise."""
    if not password_fits(person, old):
        raise Invalid(
            "Your password was not changed.", "", [Fault("old", "This is not your password.", "Try it once more.")]
        )
    set_password(session, person, new)
    audit.record(session, now=now, who=person.uuid, action="password.change", subject=f"person:{person.uuid}")


def password_fits(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. It takes as long for nobody as for somebody."""
    return passwords.fits(person.password_hash if person else "", password)


def sign_in(session: Session, email: str, password: str) -> Person | None:
    """Whoever has this address and password, or None, which takes as long."""
    person = by_email(session, email)
    return person if password_fits(person, password) and person and person.archived_at is None else None


def note_refusal(session: Session, email: str, *, now: datetime) -> None:
    """Keep in the audit log that a sign-in was refused, for nobody as for somebody; it tells nothing else."""
    writing(session)
    person = by_email(session, email)
    subject = f"person:{person.uuid if person else 'unknown'}"
    audit.record(session, now=now, who="sign-in", action="sign-in.refuse", subject=subject)


def forgot(session: Session, email: str, *, now: datetime) -> None:
    """Send whoever owns this address the link that they need; nothing happens when nobody does."""
    writing(session)
    person = by_email(session, email)
    if person is not None and person.archived_at is None:
        send_link(session, person, "reset" if person.password_hash else "invitation", now=now)


def update_profile(session: Session, person: Person, *, name: str, zone: str, theme: str, now: datetime) -> None:
    """Change what a person decides about themselves. A new name is audited: it stands on certificates."""
    writing(session)
    if name != person.name:
        before, after = {"name": person.name}, {"name": name}
        subject = f"person:{person.uuid}"
        audit.record(
            session, now=now, who=person.uuid, action="person.rename", subject=subject, before=before, after=after
        )
    person.name, person.zone, person.theme = name, zone, theme


def invite(
    session: Session,
    email: str,
    name: str,
    *,
    zone: str,
    office_name: str = "",
    roles: Collection[Role] = (),
    who: object,
    now: datetime,
) -> Person:
    """Make an account with roles that hold everywhere, and send its owner an invitation. Raises Conflict."""
    writing(session)
    place = office(session, office_name) if office_name else None
    person = create_person(session, email, name, zone=zone, office=place, who=who, now=now)
    for role in roles:
        grant(session, person, role, EVERYWHERE, who=who, now=now)
    send_link(session, person, "invitation", now=now)
    return person


def invite_newcomers(session: Session, newcomers: Sequence[Newcomer], *, who: object, now: datetime) -> list[Person]:
    """Make accounts for people who are known to have none, and invite them: two thousand in a few statements."""
    writing(session)
    persons = [_add_person(session, newcomer, who=who, now=now) for newcomer in newcomers]
    for person in persons:
        _add_link(session, person, "invitation", now=now)
    session.flush()
    return persons


def invite_again(session: Session, person: Person, *, who: object, now: datetime) -> None:
    """Send a fresh invitation. Raises Conflict when the person has accepted one already."""
    writing(session)
    if person.password_hash or person.archived_at is not None:
        raise Conflict(f"{person.name} needs no invitation.", "They can sign in, or ask for a new password.")
    send_link(session, person, "invitation", now=now)
    audit.record(session, now=now, who=who, action="person.invite", subject=f"person:{person.uuid}")


def send_link(session: Session, person: Person, purpose: str, *, now: datetime) -> str:
    """Send an invitation or a reset by mail; gives the secret. Earlier links for the same purpose stop working."""
    writing(session)
    earlier = select(OneTimeLink).where(
        OneTimeLink.person_id == person.id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
    )
    for link in session.scalars(earlier):
        link.used_at = now
    return _add_link(session, person, purpose, now=now)


def link_owner(session: Session, secret: str, purpose: str, *, now: datetime) -> OneTimeLink:
    """The link that a secret opens; raises NotFound when it was used, has expired or never was."""
    link = session.scalar(
        select(OneTimeLink).where(OneTimeLink.secret_hash == _digest(secret), OneTimeLink.purpose == purpose)
    )
    if link is None or link.used_at is not None or link.expires_at <= now or link.person.archived_at is not None:
        raise NotFound(
            "This link no longer works.",
            "Links work once and not for long. Sign in, or ask there for a new one under “Forgotten the password?”.",
        )
    return link


def use_link(session: Session, secret: str, purpose: str, password: str, *, now: datetime) -> Person:
    """Set a password by a one-time link, and spend it. Raises NotFound for a link that no longer works, or Invalid."""
    hashed = _hashed(password, link_owner(session, secret, purpose, now=now).person.email)
    writing(session)
    link = link_owner(session, secret, purpose, now=now)
    link.used_at = now
    person = link.person
    person.password_hash, person.session_key = hashed, secrets.token_urlsafe(16)
    audit.record(session, now=now, who=person.uuid, action=f"password.{purpose}", subject=f"person:{person.uuid}")
    return person


def _hashed(password: str, email: str) -> str:
    """Hash a password that will do; before the transaction that keeps it, because it takes a while."""
    if fault := passwords.fault(password, email):
        raise Invalid("This password will not do.", "", [Fault("password", fault)])
    return passwords.hashed(password)


def _add_person(session: Session, newcomer: Newcomer, *, who: object, now: datetime) -> Person:
    person = Person(
        uuid=uuid4(),
        email=addresses.normal(newcomer.email),
        name=newcomer.name,
        zone=newcomer.zone,
        office=newcomer.office,
        session_key=secrets.token_urlsafe(16),
        created_at=now,
    )
    session.add(person)
    audit.record(session, now=now, who=who, action="person.create", subject=f"person:{person.uuid}")
    return person


def _add_link(session: Session, person: Person, purpose: str, *, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    life = LINK_LIFE[purpose]
    session.add(
        OneTimeLink(person=person, purpose=purpose, secret_hash=_digest(secret), made_at=now, expires_at=now + life)
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


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _audit_grant(
    session: Session,
    action: str,
    person: Person,
    role: Role,
    scope: str,
    *,
    reason: str = "",
    who: object,
    now: datetime,
) -> None:
    what = {"role": role.value, "scope": scope}
    before, after = (None, what) if action == "grant.give" else (what, None)
    subject = f"person:{person.uuid}"
    audit.record(session, now=now, who=who, action=action, subject=subject, reason=reason, before=before, after=after)
