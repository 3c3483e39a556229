"""The tables of cohorts and enrolments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.db import Base, Identified
from mentorcert.people.models import Person


class Cohort(Identified, Base):
    """People who go through one version of a programme together."""

    __tablename__ = "cohort"

    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str] = mapped_column()
    """An IANA zone: the wall clock that its weekly sessions keep."""
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"), index=True)
    """The version it started on; never another one."""
    created_at: Mapped[datetime] = mapped_column()
    archived_at: Mapped[datetime | None] = mapped_column()

    version: Mapped[ProgrammeVersion] = relationship(lazy="joined")


class Enrolment(Identified, Base):
    """One person's way through one programme with one cohort. Its UUID is the registration in statements."""

    __tablename__ = "enrolment"
    # One enrolment a person and cohort; a recertification is a new enrolment in another cohort.
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    enrolled_at: Mapped[datetime] = mapped_column()
    archived_at: Mapped[datetime | None] = mapped_column()

    cohort: Mapped[Cohort] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def registration(self) -> UUID:
        """The registration of every statement about this enrolment."""
        return self.uuid
