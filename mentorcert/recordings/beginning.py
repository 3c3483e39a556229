"""Beginning an upload: whether there is room for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts import queries as cohorts
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.people.models import Person
from mentorcert.recordings import quota, uploads
from mentorcert.recordings.models import Upload
from mentorcert.recordings.quota import Limits, told
from mentorcert.recordings.tus import Metadata
from mentorcert.recordings.uploads import OnItsWay, TooLarge

MOST_OPEN: Final = 3
"""How many files of one enrolment are on their way at once."""


def begin(
    session: Session, enrolment: UUID, length: int, told: Metadata, limits: Limits, *, who: UUID, now: datetime
) -> Upload:
    """Begin an upload of `length` bytes.

    One that is the same, and of which nothing came, is given again: whoever asked did not hear the first answer. Raises
    Invalid, TooLarge, or Conflict when as many are open as can be.
    """
    _require_fair(length, limits)
    writing(session)
    found = cohorts.enrolment(session, enrolment)
    if found.archived_at is not None:
        raise Conflict("This enrolment is closed.", "Ask your programme manager what to do.")
    session.execute(select(Person.id).where(Person.id == found.person_id).with_for_update())
    open_ones = uploads.waiting(session, found, now=now)
    for each in open_ones:
        if each.offset == 0 and _told(each.upload) == (length, told):
            return each.upload
    _require_few(open_ones)
    _require_room(quota.used(session, found, now), length, limits)
    made = Upload(enrolment_id=found.id, name=told.name, length=length, sha256=told.sha256)
    made.created_at, made.expires_at = now, now + uploads.KEPT
    session.add(made)
    session.flush()
    subject, after = f"upload:{made.uuid}", {"bytes": length}
    audit.record(session, now=now, who=who, action="upload.begin", subject=subject, after=after)
    return made


def _told(upload: Upload) -> tuple[int, Metadata]:
    return upload.length, Metadata(upload.name, upload.sha256)


def _require_fair(length: int, limits: Limits) -> None:
    if length == 0:
        raise Invalid("This file is empty.", "Look whether the recording was saved, and choose it again.")
    if length > limits.file:
        raise TooLarge(
            f"This file is larger than the {told(limits.file)} that we take.",
            "Export the recording at a lower quality, or give a link to it.",
        )


def _require_few(open_ones: Sequence[OnItsWay]) -> None:
    if len(open_ones) >= MOST_OPEN:
        names = ", ".join(each.upload.name or "a file without a name" for each in open_ones)
        raise Conflict(f"{len(open_ones)} files are on their way already: {names}.", "Go on with one, or remove one.")


def _require_room(used: int, length: int, limits: Limits) -> None:
    if why := quota.refusal(used, length, limits.person):
        raise TooLarge(why, quota.TODO)
