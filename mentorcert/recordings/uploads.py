"""Files on their way in, in parts: gone on with after whatever broke off, given up, and joined by the worker.

Each part is a file of its own, so any machine can take any part. Its bytes come in while no transaction is open; a
short one then names it, if it still begins where the upload ends. Of two parts for the same place one is taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, func, inspect, select
from sqlalchemy.orm import Session

from mentorcert import audit, outbox
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.config import MEBIBYTE
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound, Problem
from mentorcert.files import Files
from mentorcert.permissions import Scope
from mentorcert.recordings import keeping
from mentorcert.recordings.keeping import Kept
from mentorcert.recordings.models import Recording, Upload, UploadPart
from mentorcert.recordings.quota import told
from mentorcert.recordings.tus import Arriving, Checksum

PART: Final = 8 * MEBIBYTE
"""The most bytes of one part."""
MOST_PARTS: Final = 10_000
"""More says that somebody sends crumbs: each costs a file and a row."""
KEPT: Final = timedelta(days=2)
"""How long an upload that nobody goes on with is kept."""


class Gone(Problem):
    """It was there, and was given up meanwhile. 410."""

    status = 410


class TooLarge(Problem):
    """More than is taken. 413."""

    status = 413


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An upload, and how much of it is here, in bytes."""

    upload: Upload
    offset: int
    parts: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self.offset == self.upload.length

    @property
    def megabytes(self) -> int:
        """How large it is, for people."""
        return -(-self.upload.length // MEBIBYTE)

    @property
    def megabytes_here(self) -> int:
        """How much of it is here, for people."""
        return self.offset // MEBIBYTE


def progress(session: Session, uuid: UUID, *, now: datetime) -> OnItsWay:
    """How much of an upload is here. Raises NotFound, or Gone when it was given up or is a recording by now."""
    found = session.scalar(select(Upload).where(Upload.uuid == uuid))
    if found is None:
        raise _missing()
    if found.recording_id is not None:
        raise Gone("This file is handed in.", "See your recording for how far it is.")
    if found.expires_at <= now:
        raise Gone("This upload was not gone on with for too long, and was given up.", "Choose the file again.")
    return _counted(session, found)


def announced(session: Session, uuid: UUID, start: int, size: int, *, now: datetime) -> OnItsWay:
    """Judge a part before its bytes are read, and end the transaction. Raises what `append` raises too."""
    if size > PART:
        raise TooLarge(f"A part has at most {told(PART)}.", "Send the file in smaller parts.")
    found = progress(session, uuid, now=now)
    _require_fitting(found, start, size)
    session.rollback()  # none is open while the body comes in
    return found


def store(files: Files, pieces: Iterable[bytes], size: int, claimed: Checksum | None) -> Kept:
    """Store the bytes of a part as they come, whole or, without a checksum, as far as they came.

    Raises ChecksumMismatch or BrokenOff; then nothing is stored.
    """
    arriving = Arriving(pieces, size, claimed)
    key = keeping.new_key()
    files.put(key, iter(arriving))
    if arriving.size == 0:
        files.delete(key)
        return keeping.NOTHING
    files.settle(key)
    return Kept(key, arriving.sha256, arriving.size)


def append(session: Session, files: Files, uuid: UUID, start: int, kept: Kept, *, now: datetime) -> OnItsWay:
    """Add a stored part to its upload; its file is removed when that can't be.

    Raises NotFound or Gone when the upload ended meanwhile, Conflict when it ends elsewhere than at `start`.
    """
    with keeping.removed_on_error(files, kept):
        writing(session)
        keeping.removed_on_rollback(session, files, kept)
        _lock(session, uuid)
        found = progress(session, uuid, now=now)
        _require_fitting(found, start, kept.size)
        if kept.size:
            part = {"start": start, "size": kept.size, "sha256": kept.sha256, "file_key": kept.key}
            session.add(UploadPart(upload_id=found.upload.id, **part))
        found.upload.expires_at = now + KEPT
        session.flush()
    return OnItsWay(found.upload, start + kept.size, found.parts + 1)


def give_up(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> UUID:
    """End an upload, and give its enrolment's UUID; the worker removes what is there of it.

    Raises NotFound, or Gone when it is handed in.
    """
    writing(session)
    _lock(session, uuid)
    found = session.scalars(select(Upload).where(Upload.uuid == uuid)).one()
    if found.recording_id is not None:
        raise Gone("This file is handed in.", "See your recording for how far it is.")
    audit.record(session, now=now, who=who, action="upload.give-up", subject=f"upload:{uuid}")
    enrolment = found.enrolment.uuid
    _remove(session, [found], now)
    return enrolment


def waiting(session: Session, enrolment: Enrolment, *, now: datetime) -> Sequence[OnItsWay]:
    """The uploads of an enrolment that are not handed in, the newest first. One query, and one for each."""
    open_ones = select(Upload).where(
        Upload.enrolment_id == enrolment.id, Upload.recording_id.is_(None), Upload.expires_at > now
    )
    return [_counted(session, each) for each in session.scalars(open_ones.order_by(Upload.id.desc()))]


def take(session: Session, uuid: UUID, enrolment: Enrolment, *, now: datetime) -> Upload:
    """An upload that is whole and is to be handed in by this enrolment, locked until the transaction ends.

    The caller sets its `recording_id`. Raises Invalid with a fault of the field `file` when it can't be handed in.
    """
    writing(session)
    try:
        _lock(session, uuid)
        found = progress(session, uuid, now=now)
        if found.upload.enrolment_id != enrolment.id:
            raise _missing()
        if not found.is_whole:
            raise Conflict(
                "Some of this file is still missing.", "Choose the same file again; it goes on where it was."
            )
    except Problem as problem:
        fault = Fault("file", problem.title, problem.todo)
        raise Invalid("The recording is not handed in yet.", "Correct what is named here.", [fault]) from None
    return found.upload


def of_recording(session: Session, recording: Recording) -> Upload | None:
    """The upload that a recording was made of, until its parts are joined."""
    return session.scalar(select(Upload).where(Upload.recording_id == recording.id))


def pieces(session: Session, files: Files, upload: Upload) -> Iterator[bytes]:
    """All bytes of an upload in order. What is to be read is known at once; the bytes need no transaction.

    Raises Invalid, while one reads, when a part is not what came: a power cut, or somebody in the store of files.
    """
    parts = session.scalars(_parts(upload).order_by(UploadPart.start)).all()
    return _joined(files, [Kept(each.file_key, each.sha256, each.size) for each in parts])


def finish(session: Session, upload: Upload, *, now: datetime) -> None:
    """Let go of an upload whose parts are joined, or of no use. Doing it twice does no harm."""
    [key] = inspect(upload).identity or (None,)  # its columns may be gone: another worker was first
    writing(session)
    found = session.scalars(select(Upload).where(Upload.id == key).with_for_update(of=Upload)).all()
    _remove(session, found, now)


def clear(session: Session, *, now: datetime) -> int:
    """Let go of what nobody went on with; gives how many. Files that no part names are `keeping.clear`'s."""
    writing(session)
    over = select(Upload).where(Upload.expires_at <= now, Upload.recording_id.is_(None))
    found = session.scalars(over.with_for_update(of=Upload, skip_locked=True)).all()
    _remove(session, found, now)
    return len(found)


def scope_of_upload(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with an upload in it, or None when there is none."""
    return cohorts.scope_around(session, select(Upload.enrolment_id).where(Upload.uuid == uuid))


def _require_fitting(found: OnItsWay, start: int, size: int) -> None:
    if start != found.offset:
        raise Conflict(f"{found.offset} bytes are here, not {start}.", "Ask how much is here, and send on from there.")
    if start + size > found.upload.length:
        raise TooLarge(f"This is more than the {found.upload.length} bytes announced.", "Send the rest only.")
    if found.parts >= MOST_PARTS:
        raise Conflict("This upload came in too many small parts.", "Remove it, and send the file in larger parts.")


def _counted(session: Session, upload: Upload) -> OnItsWay:
    query = select(func.coalesce(func.sum(UploadPart.size), 0), func.count(UploadPart.id))
    offset, parts = session.execute(query.where(UploadPart.upload_id == upload.id)).one()
    return OnItsWay(upload, int(offset), parts)


def _lock(session: Session, uuid: UUID) -> None:
    """Let nobody else change an upload until this transaction ends; raises NotFound."""
    if session.scalar(select(Upload.id).where(Upload.uuid == uuid).with_for_update()) is None:
        raise _missing()


def _remove(session: Session, uploads: Iterable[Upload], now: datetime) -> None:
    """Remove uploads; the worker removes their files once that is committed."""
    for each in uploads:
        keys = list(session.scalars(_parts(each).with_only_columns(UploadPart.file_key)))
        session.execute(delete(UploadPart).where(UploadPart.upload_id == each.id))
        session.delete(each)
        if keys:
            outbox.put(session, keeping.JOB, {"keys": keys}, now=now)
    session.flush()


def _parts(upload: Upload) -> Select[UploadPart]:
    return select(UploadPart).where(UploadPart.upload_id == upload.id)


def _joined(files: Files, parts: Sequence[Kept]) -> Iterator[bytes]:
    for number, part in enumerate(parts, 1):
        digest = sha256()
        for piece in files.stream(part.key, 0, part.size):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != part.sha256:
            raise Invalid(f"Part {number} of this file is damaged.", "Choose the recording again.")


def _missing() -> NotFound:
    return NotFound("There is no such upload.", "Choose the file again.")
