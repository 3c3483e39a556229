"""Progress: a cache folded from statements, one row a (registration, activity). Never truth; always rebuildable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from mentorcert.db import Base


class Progress(Base):
    """What the statements of one registration say about one activity.

    Each value keeps the (time, statement id) that it came from, so that statements may be folded in any order: a
    `first_` value gives way to an earlier statement, a `last_` value to a later one. Columns mirror `fold.Row`.
    """

    __tablename__ = "progress"

    registration: Mapped[UUID] = mapped_column(primary_key=True)
    activity: Mapped[str] = mapped_column(primary_key=True)
    """The activity's IRI."""

    completed_at: Mapped[datetime | None] = mapped_column()
    completed_id: Mapped[UUID | None] = mapped_column()
    """The first statement that completed it."""
    first_success: Mapped[bool | None] = mapped_column()
    first_success_at: Mapped[datetime | None] = mapped_column()
    first_success_id: Mapped[UUID | None] = mapped_column()
    last_success: Mapped[bool | None] = mapped_column()
    last_success_at: Mapped[datetime | None] = mapped_column()
    last_success_id: Mapped[UUID | None] = mapped_column()
    best_score: Mapped[int | None] = mapped_column()
    """The best scaled score, in ten-thousandths."""
    best_score_at: Mapped[datetime | None] = mapped_column()
    best_score_id: Mapped[UUID | None] = mapped_column()
    last_response: Mapped[str | None] = mapped_column()
    last_response_at: Mapped[datetime | None] = mapped_column()
    last_response_id: Mapped[UUID | None] = mapped_column()
    position: Mapped[int | None] = mapped_column()
    """Where a film was left, in milliseconds."""
    position_at: Mapped[datetime | None] = mapped_column()
    position_id: Mapped[UUID | None] = mapped_column()
    last_at: Mapped[datetime | None] = mapped_column()
    last_id: Mapped[UUID | None] = mapped_column()
    """The newest statement of all. Both are empty only inside the transaction that makes the row."""
