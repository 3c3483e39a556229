"""The tables of calibration: recordings that a panel agreed on, and what each coach made of them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Text, event, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from mentorcert.catalog.models import RubricVersion
from mentorcert.db import Base, Identified
from mentorcert.people.models import Person
from mentorcert.recordings.models import Recording


class Exemplar(Identified, Base):
    """A recording with the grade that a panel agreed on, in one version of a rubric. What was agreed never changes."""

    __tablename__ = "exemplar"
    __table_args__ = (
        Index(
            "uq_exemplar_open",
            "recording_id",
            "rubric_version_id",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    rubric_version_id: Mapped[int] = mapped_column(ForeignKey("rubric_version.id"), index=True)
    levels: Mapped[dict[str, str]] = mapped_column(JSON)
    """The agreed level's id, by criterion."""
    rationale: Mapped[dict[str, str]] = mapped_column(JSON)
    """Why this level and no other, by criterion; may be empty."""
    panel: Mapped[str] = mapped_column()
    """Who agreed on it, in words."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """The manager who entered it."""
    made_at: Mapped[datetime] = mapped_column()
    archived_at: Mapped[datetime | None] = mapped_column()
    """From then on nobody is asked to grade it; what was graded before still counts."""

    recording: Mapped[Recording] = relationship(lazy="joined")
    rubric_version: Mapped[RubricVersion] = relationship(lazy="joined")


class CalibrationAttempt(Identified, Base):
    """What a coach made of an exemplar, before they saw what the panel had agreed on."""

    __tablename__ = "calibration_attempt"
    __table_args__ = (
        Index(
            "uq_calibration_attempt_open",
            "exemplar_id",
            "coach_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    exemplar_id: Mapped[int] = mapped_column(ForeignKey("exemplar.id"))
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime] = mapped_column()
    revision: Mapped[int] = mapped_column(default=0)
    """Counts the saved drafts; a draft is saved only onto the revision that it was made from."""
    saved_at: Mapped[datetime | None] = mapped_column()
    levels: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The chosen level's id, by criterion."""
    comments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    comment: Mapped[str] = mapped_column(Text, default="")
    """The sentence for the whole."""
    submitted_at: Mapped[datetime | None] = mapped_column(active_history=True)
    """From then on nothing of it changes."""

    exemplar: Mapped[Exemplar] = relationship(lazy="joined")
    coach: Mapped[Person] = relationship(lazy="joined")


@event.listens_for(Exemplar, "before_update")
def _refuse_exemplar(_mapper: Mapper[Exemplar], _connection: Connection, exemplar: Exemplar) -> None:
    changed = {each.key for each in inspect(exemplar).attrs if each.history.has_changes()}
    if changed - {"archived_at"}:
        raise RuntimeError("what a panel agreed on never changes; archive it and make another one")


@event.listens_for(CalibrationAttempt, "before_update")
@event.listens_for(CalibrationAttempt, "before_delete")
def _refuse_attempt(_mapper: Mapper[CalibrationAttempt], _connection: Connection, made: CalibrationAttempt) -> None:
    history = inspect(made).attrs.submitted_at.history
    if (history.deleted[0] if history.deleted else made.submitted_at) is not None:
        raise RuntimeError("a submitted calibration never changes")
