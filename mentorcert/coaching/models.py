"""The tables of coaching: who helps whom with a criterion, alone or in a group."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import Base, Identified
from mentorcert.grading.models import Outcome
from mentorcert.people.models import Person


class Coaching(Identified, Base):
    """A coach helps one trainee, or a group of them, with one criterion. When they meet is theirs to settle."""

    __tablename__ = "coaching"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    criterion: Mapped[str] = mapped_column()
    """The criterion's id in the rubric."""
    title: Mapped[str] = mapped_column()
    """The criterion's title on the day on which it was arranged."""
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    """What is planned, as trainees and coach read it."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()
    """When it was held."""
    cancelled_at: Mapped[datetime | None] = mapped_column()
    """When it was called off; those in it can be helped in another way."""

    cohort: Mapped[Cohort] = relationship(lazy="joined")
    coach: Mapped[Person] = relationship(lazy="joined", foreign_keys=[coach_id])
    members: Mapped[list["CoachingMember"]] = relationship(lazy="selectin", back_populates="coaching")

    @property
    def is_group(self) -> bool:
        """Whether it helps more than one."""
        return len(self.members) > 1


class CoachingMember(Base):
    """Somebody whom a coaching is for, and the grade that it answers."""

    __tablename__ = "coaching_member"
    __table_args__ = (UniqueConstraint("coaching_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coaching_id: Mapped[int] = mapped_column(ForeignKey("coaching.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)

    coaching: Mapped[Coaching] = relationship(back_populates="members")
    enrolment: Mapped[Enrolment] = relationship(lazy="joined")
    outcome: Mapped[Outcome] = relationship(lazy="select")
