"""The table of reminders: who was reminded of what, when, so that nobody hears from us twice in a short time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mentorcert.db import Base


class Reminder(Base):
    """One reminder of open pre-work, sent to one trainee before one session."""

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    live_session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column()
    sent_by: Mapped[UUID] = mapped_column()
    """The person who asked for it."""
