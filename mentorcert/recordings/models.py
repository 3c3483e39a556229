"""The tables of recordings: the final coaching conversations that trainees hand in, and their uploads."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.cohorts.models import Enrolment
from mentorcert.db import Base, Identified


class State(StrEnum):
    """How far a recording's file is. A link is ready at once: we can't look into it."""

    RECEIVED = "received"
    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"


UNDER_WAY: Final = frozenset({State.RECEIVED, State.CHECKING})
"""Until the worker has decided."""


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
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    """In bytes; more than 32 bits can hold."""
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

    appealed_at: Mapped[datetime | None] = mapped_column()
    """When the trainee appealed against its grade."""

    state: Mapped[str] = mapped_column(default=State.READY, server_default=State.READY)
    """A `State`. Only what is ready waits for a coach."""
    refusal: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Why it was refused, or what keeps it from being checked, and what to do about it, as the trainee reads it."""
    poster_key: Mapped[str] = mapped_column(default="", server_default="")
    """Where its still is kept; empty without one."""
    waveform: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """How loud it is, from 0 to 100, in stretches of equal length from beginning to end; empty when unknown."""
    speakers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """Who each voice of the transcript is (a `Voice`), as a person confirmed it."""
    speakers_confirmed_at: Mapped[datetime | None] = mapped_column()
    keep_until: Mapped[datetime | None] = mapped_column()
    """When its media and transcript are deleted; None while that is not yet known."""
    media_deleted_at: Mapped[datetime | None] = mapped_column()
    """When the file, the still, the waveform and the transcript were deleted: by retention, or on withdrawal."""
    consent_withdrawn_at: Mapped[datetime | None] = mapped_column()
    """When the person recorded took back that it is graded; the media went with it."""
    mentee_email: Mapped[str] = mapped_column(default="", server_default="")
    """Where the person recorded can be reached; empty when nobody told us. They have no account."""

    enrolment: Mapped[Enrolment] = relationship(lazy="joined")


class Upload(Identified, Base):
    """A file on its way in, in parts (tus 1.0). It becomes a recording's file when it is whole and its hash holds."""

    __tablename__ = "upload"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    name: Mapped[str] = mapped_column()
    """What the file is called where it came from; only ever shown."""
    length: Mapped[int] = mapped_column(BigInteger)
    """How many bytes it will have."""
    sha256: Mapped[str] = mapped_column(default="")
    """Of the whole file, in hexadecimal, as the sender claims it; empty when they don't."""
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """When what is there is given up; each part moves it on."""
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"), unique=True)
    """The recording that was made of it."""

    enrolment: Mapped[Enrolment] = relationship(lazy="joined")


class UploadPart(Base):
    """One part of an upload, kept as a file of its own until all are joined: any machine can take any part."""

    __tablename__ = "upload_part"
    __table_args__ = (UniqueConstraint("upload_id", "start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), index=True)
    start: Mapped[int] = mapped_column(BigInteger)
    """Its first byte's place in the file."""
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column()
    """Of what came, in hexadecimal; held against what is there when the parts are joined."""
    file_key: Mapped[str] = mapped_column()
