"""The table of attempts beyond what a programme allows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from mentorcert.db import Base


class ExtraAttempt(Base):
    """One more recording that a programme manager lets somebody hand in."""

    __tablename__ = "extra_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    granted_at: Mapped[datetime] = mapped_column()
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
