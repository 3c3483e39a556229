"""The tables of people: offices, persons, grants, one-time links, and how other systems know a person."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.db import Base, Identified, words
from mentorcert.permissions import Role


class Office(Identified, Base):
    """A place of the organisation; the scope of who sees whose data."""

    __tablename__ = "office"

    name: Mapped[str] = mapped_column(unique=True)
    archived_at: Mapped[datetime | None] = mapped_column()


class Person(Identified, Base):
    """An account. The people table is the only link between a UUID in a statement and a human being."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(unique=True)
    """Lower case; what one signs in with."""
    name: Mapped[str] = mapped_column()
    zone: Mapped[str] = mapped_column(default="UTC")
    """An IANA zone: times are entered and shown in it."""
    theme: Mapped[str] = mapped_column(default="")
    """`light`, `dark`, or empty to follow the system."""
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    password_hash: Mapped[str] = mapped_column(default="")
    """argon2id; empty until the invitation is accepted, and then nobody can sign in."""
    session_key: Mapped[str] = mapped_column()
    """Random; part of the session cookie. A new one signs the person out everywhere."""
    created_at: Mapped[datetime] = mapped_column()
    archived_at: Mapped[datetime | None] = mapped_column()

    office: Mapped[Office | None] = relationship(lazy="joined")
    grants: Mapped[list["Grant"]] = relationship(back_populates="person", lazy="select")


class Grant(Base):
    """A role that a person holds in a scope: `*` or `cohort:<uuid>`."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    scope: Mapped[str] = mapped_column(index=True)
    granted_at: Mapped[datetime] = mapped_column()

    person: Mapped[Person] = relationship(back_populates="grants")


class OneTimeLink(Base):
    """An invitation or a password reset: a secret that works once and not for long. Only its hash is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column()
    """`invitation` or `reset`."""
    secret_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 in hex of the 256-bit secret in the address."""
    made_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()

    person: Mapped[Person] = relationship(lazy="joined")


class PersonIdentifier(Base):
    """How another system names a person in statements (a canonical agent key), and who vouched for it."""

    __tablename__ = "person_identifier"

    id: Mapped[int] = mapped_column(primary_key=True)
    ifi_key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    verified_by: Mapped[str] = mapped_column()
