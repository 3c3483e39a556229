"""How much of recordings is kept of one person: what is here, and what was promised room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from mentorcert.config import MEBIBYTE
from mentorcert.recordings.models import Recording, Upload

GIBIBYTE: Final = 1024 * MEBIBYTE
TODO: Final = "Remove files that you began to send and don’t need, or give a link instead."
"""What somebody does who has no room left."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: of one file, and of everything of one person."""

    file: int
    person: int


def used(session: Session, enrolment: Enrolment, now: datetime) -> int:
    """The bytes of a person that are here or promised: recordings whose media are kept, and uploads."""
    theirs = select(Enrolment.id).where(Enrolment.person_id == enrolment.person_id).scalar_subquery()
    recordings = select(func.sum(Recording.size)).where(
        Recording.enrolment_id.in_(theirs), Recording.file_key != "", Recording.media_deleted_at.is_(None)
    )
    uploads = select(func.sum(Upload.length)).where(
        Upload.enrolment_id.in_(theirs), or_(Upload.recording_id.is_not(None), Upload.expires_at > now)
    )
    return sum(int(session.scalar(each) or 0) for each in (recordings, uploads))


def refusal(used: int, length: int, most: int) -> str:
    """Why `length` more bytes of a person are not kept when `used` are; empty where there is room."""
    if used + length <= most:
        return ""
    return f"We keep {told(most)} of recordings for each person; {told(used)} of yours are here."


def told(size: int) -> str:
    """A size for people: in whole GB where it is that, else in MB."""
    return f"{size // GIBIBYTE:,} GB" if size and size % GIBIBYTE == 0 else f"{size / MEBIBYTE:,.0f} MB"
