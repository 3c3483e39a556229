"""The table of recordings: the final coaching conversations that trainees hand in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.cohorts.models import Enrolment
from mentorcert.db import Base, Identified


class Recording(Identified, Base):
    """A recorded conversation, as a file that we keep or a link, with its transcript and the mentee's consent."""

    __tablename__ = "recording"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    number: Mapped[int] = mapped_column(unique=True)
    """What people call it: recording 147. Says nothing of whose it is."""
    file_key: Mapped[str] = mapped_column(default="")
    """Where the file is kept; empty for a link."""
    content_type: Mapped[str] = mapped_column(default="")
    """What we found in it (`video/mp4`, `video/webm`), never what was claimed."""
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(default="")
    seconds: Mapped[int] = mapped_column(default=0)
    """Its length; 0 for a link."""
    link: Mapped[str] = mapped_column(default="")
    """An https address; empty for a file."""
    passcode: Mapped[str] = mapped_column(default="")
    transcript: Mapped[str] = mapped_column(Text, default="")
    """WebVTT, read and written anew by us; may be empty for a link."""
    mentee_name: Mapped[str] = mapped_column()
    """Whose voice is on it besides the trainee's."""
    consent_uses: Mapped[list[Any]] = mapped_column(JSON)
    """What they agreed to: `grading` always; `calibration`, `teaching`."""
    consent_at: Mapped[datetime] = mapped_column()
    submitted_at: Mapped[datetime] = mapped_column(index=True)
    statement_id: Mapped[UUID | None] = mapped_column()
    replaced_at: Mapped[datetime | None] = mapped_column()
    """When the trainee handed in another one instead; only before anybody began to grade it."""
    grading_began_at: Mapped[datetime | None] = mapped_column()
    """When a coach first took it; from then on it can't be replaced, also when that coach gives it back."""

    enrolment: Mapped[Enrolment] = relationship(lazy="joined")
