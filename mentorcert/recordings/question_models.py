"""What coaches said of candidate questions. A coach's own note, no part of a grade."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mentorcert.db import Base, words


class Verdict(StrEnum):
    """What a candidate is, to a coach who heard it."""

    OPEN = "open"
    CLOSED = "closed"
    STRUCK = "struck"
    """It is no question."""


class QuestionVerdict(Base):
    """One coach's word on one candidate of one recording."""

    __tablename__ = "question_verdict"
    __table_args__ = (UniqueConstraint("recording_id", "coach_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[int] = mapped_column()
    """The candidate's millisecond."""
    mark: Mapped[str] = mapped_column()
    """A hash of its words (`Question.mark`): the words themselves are deleted with the transcript."""
    verdict: Mapped[Verdict] = mapped_column(words(Verdict))
    said_at: Mapped[datetime] = mapped_column()
