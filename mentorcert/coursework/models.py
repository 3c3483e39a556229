"""The tables of coursework: what is a trainee's own and never enters a statement."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mentorcert.db import Base


class Reflection(Base):
    """What a trainee wrote to themselves. Nobody else ever reads it, unless they shared it with the facilitator."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column()
    """The unit's id."""
    text: Mapped[str] = mapped_column(Text)
    """As it was last finished; empty until then."""
    practise: Mapped[str] = mapped_column(default="")
    """What they want to practise in the live session: shown to the facilitator with their first name."""
    written_at: Mapped[datetime] = mapped_column()
    """When it was last finished; when it was begun while it never was."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """`text` and `practise` as they stand while somebody writes; empty once finished. Shared with nobody."""
    revision: Mapped[int] = mapped_column(default=0)
    """Counts what was saved; a draft is saved only onto the revision that it was made from."""
    saved_at: Mapped[datetime | None] = mapped_column()


class StrengthsResult(Base):
    """A person's own result of a strengths assessment, in their words; no licensed items are kept."""

    __tablename__ = "strengths_result"
    __table_args__ = (UniqueConstraint("enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    instrument: Mapped[str] = mapped_column(default="")
    """Which assessment it was, as the person calls it."""
    strengths: Mapped[list[Any]] = mapped_column(JSON)
    """Up to five, strongest first."""
    recorded_at: Mapped[datetime] = mapped_column()
