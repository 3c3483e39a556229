"""The tables of grading: what each coach made of a recording, what was delivered to the trainee, and appeals."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint, event, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from mentorcert.catalog.models import RubricVersion
from mentorcert.db import Base, Identified, words
from mentorcert.people.models import Person
from mentorcert.recordings.models import Recording


class Round(StrEnum):
    """Which place of a recording's grading a coach fills."""

    FIRST = "first"
    SECOND = "second"
    """A second coach, who knows nothing of the first; only where the programme asks for two."""
    MODERATION = "moderation"
    """A third coach, with both side by side, where the two disagree."""
    APPEAL = "appeal"
    """A coach who has not graded it, after an appeal."""


class Kind(StrEnum):
    """What an outcome was decided on."""

    GRADE = "grade"
    APPEAL = "appeal"


class Assessment(Identified, Base):
    """One coach's grading of one recording, against the rubric version that the cohort's programme is pinned to."""

    __tablename__ = "assessment"
    # One coach a place, and one place a coach: whoever gives it back leaves the place free. That a hold has lapsed no
    # index can know: whoever takes the place gives it back for them.
    __table_args__ = (
        Index(
            "uq_assessment_place",
            "recording_id",
            "round",
            unique=True,
            sqlite_where=text("given_back_at IS NULL"),
            postgresql_where=text("given_back_at IS NULL"),
        ),
        Index(
            "uq_assessment_coach",
            "recording_id",
            "coach_id",
            unique=True,
            sqlite_where=text("given_back_at IS NULL"),
            postgresql_where=text("given_back_at IS NULL"),
        ),
    )

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("rubric_version.id"))
    round: Mapped[Round] = mapped_column(words(Round), default=Round.FIRST)
    taken_at: Mapped[datetime] = mapped_column()
    lease_until: Mapped[datetime] = mapped_column()
    """Until when the place is the coach's without a sign of work; later another coach may take it."""
    revision: Mapped[int] = mapped_column(default=0)
    """Counts the saved drafts; a draft is saved only onto the revision that it was made from."""
    saved_at: Mapped[datetime | None] = mapped_column()
    comment: Mapped[str] = mapped_column(Text, default="")
    """The sentence for the whole."""
    given_back_at: Mapped[datetime | None] = mapped_column()
    """When the coach gave it back, or another one took over a hold that had lapsed."""
    submitted_at: Mapped[datetime | None] = mapped_column(active_history=True)
    """From then on nothing of it changes."""
    percent: Mapped[int | None] = mapped_column()
    passed: Mapped[bool | None] = mapped_column()
    """Whether the percentage and all critical criteria were reached."""

    recording: Mapped[Recording] = relationship(lazy="joined")
    coach: Mapped[Person] = relationship(lazy="joined")
    rubric_version: Mapped[RubricVersion] = relationship(lazy="joined")
    marks: Mapped[list["Mark"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", back_populates="assessment"
    )
    moments: Mapped[list["Moment"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", back_populates="assessment", order_by="Moment.at, Moment.id"
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


class Moment(Identified, Base):
    """A second of the recording that a coach marked as evidence."""

    __tablename__ = "moment"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    at: Mapped[float] = mapped_column()
    """Seconds from the beginning."""
    criterion: Mapped[str] = mapped_column(default="")
    """The id of the criterion that it is evidence for; empty for none."""
    note: Mapped[str] = mapped_column(Text, default="")

    assessment: Mapped[Assessment] = relationship(back_populates="moments")


class Outcome(Identified, Base):
    """A grade as it was delivered to the trainee. It is made when it is released, and never changes."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("recording_id", "kind"),)

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    kind: Mapped[Kind] = mapped_column(words(Kind), default=Kind.GRADE)
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("rubric_version.id"))
    percent: Mapped[int] = mapped_column()
    passed: Mapped[bool] = mapped_column()
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Everything that the trainee is shown, in the words of the day (see `documents`)."""
    decided_at: Mapped[datetime] = mapped_column()
    """When the last coach whom it needed submitted."""
    released_at: Mapped[datetime] = mapped_column(index=True)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The manager who released it; None where the programme releases at once."""
    statement_ids: Mapped[list[str]] = mapped_column(JSON)
    """The statements that tell of it: of the whole first, then of each criterion in the rubric's order."""
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))
    """What was decided on appeal; None where this one stands."""

    recording: Mapped[Recording] = relationship(lazy="joined")
    rubric_version: Mapped[RubricVersion] = relationship(lazy="joined")

    @property
    def statement_id(self) -> UUID:
        """The statement that tells of the whole."""
        return UUID(self.statement_ids[0])


class Appeal(Identified, Base):
    """A trainee asks for a second look at an outcome. One for each, and for none that was decided on appeal."""

    __tablename__ = "appeal"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column()
    """When what was decided was released."""
    decided_outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))

    outcome: Mapped[Outcome] = relationship(lazy="joined", foreign_keys=[outcome_id])


def _is_frozen(assessment: Assessment) -> bool:
    """Whether the grade was submitted before the change that is under way."""
    history = inspect(assessment).attrs.submitted_at.history
    return (history.deleted[0] if history.deleted else assessment.submitted_at) is not None


@event.listens_for(Assessment, "before_update")
@event.listens_for(Assessment, "before_delete")
def _refuse_change(_mapper: Mapper[Assessment], _connection: Connection, assessment: Assessment) -> None:
    if _is_frozen(assessment):
        raise RuntimeError("a submitted grade never changes")


@event.listens_for(Mark, "before_update")
@event.listens_for(Mark, "before_delete")
@event.listens_for(Moment, "before_update")
@event.listens_for(Moment, "before_delete")
def _refuse_part(_mapper: Mapper[Any], _connection: Connection, part: Mark | Moment) -> None:
    if _is_frozen(part.assessment):
        raise RuntimeError("a submitted grade never changes")


@event.listens_for(Outcome, "before_update")
def _refuse_outcome(_mapper: Mapper[Outcome], _connection: Connection, outcome: Outcome) -> None:
    state = inspect(outcome)
    changed = {each.key for each in state.attrs if each.history.has_changes()}
    if changed - {"replaced_by_id"}:
        raise RuntimeError("what was delivered never changes")


@event.listens_for(Outcome, "before_delete")
def _refuse_removal(_mapper: Mapper[Outcome], _connection: Connection, _outcome: Outcome) -> None:
    raise RuntimeError("what was delivered never changes")
