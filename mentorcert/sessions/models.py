"""The tables of the live half: sessions, topics, who was there, who played what."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import Base, Identified, words


class Part(StrEnum):
    """What somebody plays in a round."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    OBSERVER = "observer"


class Topic(Identified, Base):
    """What a role-play can be about. Seeded by programmes, edited by facilitators and managers."""

    __tablename__ = "topic"

    title: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    """The topic's id in the programmes that it came from, whatever it is called now; empty for one that we added."""
    created_at: Mapped[datetime] = mapped_column()
    archived_at: Mapped[datetime | None] = mapped_column()


class LiveSession(Identified, Base):
    """One meeting of a cohort: when and where, what is due before it, what is played, and how far it is."""

    __tablename__ = "live_session"
    __table_args__ = (UniqueConstraint("cohort_id", "number"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    number: Mapped[int] = mapped_column()
    """1 for the first of the season."""
    unit: Mapped[str] = mapped_column()
    """The id of the unit whose pre-work is due before it."""
    title: Mapped[str] = mapped_column()
    starts_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int] = mapped_column()
    prework_due_at: Mapped[datetime] = mapped_column()
    """Never later than `starts_at`."""
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    """An https address of the meeting, or empty."""
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    scenario: Mapped[str] = mapped_column(default="")
    """The id of the scenario that is played, or empty."""
    revealed_at: Mapped[datetime | None] = mapped_column()
    """When the facilitator showed the scenario; no trainee can read it before."""
    round: Mapped[int] = mapped_column(default=0)
    """The round that is being played, from 1; 0 before the first."""
    rounds: Mapped[int] = mapped_column(default=0)
    """How many rounds were dealt."""
    round_ends_at: Mapped[datetime | None] = mapped_column()
    """When the round that is being played ends; empty while it is paused."""
    paused_seconds: Mapped[int | None] = mapped_column()
    """How much of the round is left while it is paused."""
    closed_at: Mapped[datetime | None] = mapped_column()
    """When attendance was recorded."""
    cancelled_at: Mapped[datetime | None] = mapped_column()
    revision: Mapped[int] = mapped_column(default=0)
    """Counts what changed in it: pages that show it live ask by this number."""

    cohort: Mapped[Cohort] = relationship(lazy="joined")
    topic: Mapped[Topic | None] = relationship(lazy="joined")

    @property
    def ends_at(self) -> datetime:
        """When it ends as planned."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Presence(Base):
    """That somebody is here, and the statement that was made of it when the session was closed."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("live_session_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    here_at: Mapped[datetime] = mapped_column()
    statement_id: Mapped[UUID | None] = mapped_column()
    """The `attended` statement, once recorded: a correction voids it."""

    enrolment: Mapped[Enrolment] = relationship(lazy="joined")


class Seat(Base):
    """Who plays what, in which group and round of a session."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("live_session_id", "round", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    round: Mapped[int] = mapped_column()
    group: Mapped[int] = mapped_column()
    """From 1: group A is 1."""
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    part: Mapped[Part] = mapped_column(words(Part))

    enrolment: Mapped[Enrolment] = relationship(lazy="joined")
