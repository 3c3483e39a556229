"""The tables of grading: an assessment, and its mark for each criterion."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, event, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from mentorcert.catalog.models import RubricVersion
from mentorcert.db import Base, Identified
from mentorcert.people.models import Person
from mentorcert.recordings.models import Recording


class Assessment(Identified, Base):
    """One coach's grading of one recording, against the rubric version that the cohort's programme is pinned to."""

    __tablename__ = "assessment"
    # One coach at a time: whoever gives it back leaves the place free.
    __table_args__ = (
        Index(
            "uq_assessment_open",
            "recording_id",
            unique=True,
            sqlite_where=text("given_back_at IS NULL"),
            postgresql_where=text("given_back_at IS NULL"),
        ),
    )

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("rubric_version.id"))
    taken_at: Mapped[datetime] = mapped_column()
    revision: Mapped[int] = mapped_column(default=0)
    """Counts the saved drafts; a draft is saved only onto the revision that it was made from."""
    saved_at: Mapped[datetime | None] = mapped_column()
    comment: Mapped[str] = mapped_column(Text, default="")
    """The sentence for the whole."""
    given_back_at: Mapped[datetime | None] = mapped_column()
    released_at: Mapped[datetime | None] = mapped_column(active_history=True)
    """When it was submitted and so released to the trainee; from then on nothing of it changes."""
    percent: Mapped[int | None] = mapped_column()
    passed: Mapped[bool | None] = mapped_column()
    """Whether the percentage and all critical criteria were reached."""
    statement_id: Mapped[UUID | None] = mapped_column()

    recording: Mapped[Recording] = relationship(lazy="joined")
    coach: Mapped[Person] = relationship(lazy="joined")
    rubric_version: Mapped[RubricVersion] = relationship(lazy="joined")
    marks: Mapped[list["Mark"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", back_populates="assessment"
    )


class Mark(Base):
    """The level and comment for one criterion."""

    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("assessment_id", "criterion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    criterion: Mapped[str] = mapped_column()
    """The criterion's id in the rubric."""
    level: Mapped[str] = mapped_column(default="")
    """The level's id; empty while none is chosen."""
    comment: Mapped[str] = mapped_column(Text, default="")

    assessment: Mapped[Assessment] = relationship(back_populates="marks")


def _is_frozen(assessment: Assessment) -> bool:
    """Whether the grade was released before the change that is under way."""
    history = inspect(assessment).attrs.released_at.history
    return (history.deleted[0] if history.deleted else assessment.released_at) is not None


@event.listens_for(Assessment, "before_update")
@event.listens_for(Assessment, "before_delete")
def _refuse_change(_mapper: Mapper[Assessment], _connection: Connection, assessment: Assessment) -> None:
    if _is_frozen(assessment):
        raise RuntimeError("a released grade never changes")


@event.listens_for(Mark, "before_update")
@event.listens_for(Mark, "before_delete")
def _refuse_mark(_mapper: Mapper[Mark], _connection: Connection, mark: Mark) -> None:
    if _is_frozen(mark.assessment):
        raise RuntimeError("a released grade never changes")
