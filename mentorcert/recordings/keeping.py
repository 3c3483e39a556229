"""Where the files of recordings are kept and until when, and that none stays behind without its row."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from io import SEEK_END
from typing import IO, Any, Final, cast
from uuid import uuid4

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from mentorcert.catalog.policy import Grading
from mentorcert.files import Files
from mentorcert.recordings.models import Recording, UploadPart

FOLDER: Final = "recordings"
GRACE: Final = timedelta(hours=1)
JOB: Final = "delete-files"
"""The job of the worker that removes files by their `keys`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its key, its SHA-256 in hexadecimal, and its size in bytes. All empty when there is none."""

    key: str = ""
    sha256: str = ""
    size: int = 0


NOTHING: Final = Kept()


def new_key() -> str:
    """A key that no file has yet."""
    return f"{FOLDER}/{uuid4()}"


def keep(files: Files, source: IO[bytes]) -> Kept:
    """Store an open file under a new key of our own."""
    source.seek(0)
    digest = file_digest(cast("Any", source), "sha256").hexdigest()
    size = source.seek(0, SEEK_END)
    source.seek(0)
    key = new_key()
    files.put(key, source)
    return Kept(key, digest, size)


@contextmanager
def removed_on_error(files: Files, kept: Kept) -> Iterator[None]:
    """Remove a stored file when the block raises."""
    try:
        yield
    except BaseException:
        if kept.key:
            files.delete(kept.key)
        raise


def removed_on_rollback(session: Session, files: Files, kept: Kept) -> None:
    """Remove a stored file when the transaction that is open in `session` does not come to its end."""
    settled: list[Session] = []

    def undo(of: Session) -> None:
        if kept.key and not settled:
            files.delete(kept.key)
        settled.append(of)

    event.listen(session, "after_commit", settled.append)
    event.listen(session, "after_rollback", undo)


def set_keep_until(recording: Recording, policy: Grading, at: datetime) -> None:
    """Say until when a recording is kept whose grade was final at `at`: the days to appeal, then the days to keep.

    Said again after an appeal, it only ever moves on: nothing goes earlier than people were told.
    """
    until = at + timedelta(days=policy.appeal_days + policy.keep_days)
    recording.keep_until = max(until, recording.keep_until or until)


def keep_for_now(recording: Recording) -> None:
    """Keep a recording whose grade is looked at again, until that is final too."""
    recording.keep_until = None


def clear(session: Session, files: Files, *, now: datetime) -> int:
    """Remove files that no recording names; gives how many.

    A process that is killed between storing a file and committing its row leaves one, or a piece of one when it was
    still storing it. What was stored within the last `GRACE` may still get its row.
    """
    unfinished = files.clear_unfinished(FOLDER, now - GRACE)
    old = [key for key, stored in files.listed(FOLDER) if stored < now - GRACE]
    columns = (Recording.file_key, Recording.poster_key, UploadPart.file_key)
    named = {key for column in columns for key in session.scalars(select(column).where(column != ""))}
    nameless = [key for key in old if key not in named]
    delete(files, nameless)
    return len(nameless) + unfinished


def delete(files: Files, keys: Iterable[str]) -> None:
    """Remove files; one that is gone already is fine.

    What the store refuses is raised only when all others were tried: whoever asked tries again.
    """
    refusals = [refusal for key in keys if (refusal := _refusal(files, key)) is not None]
    if refusals:
        raise refusals[0]


def _refusal(files: Files, key: str) -> Exception | None:
    try:
        files.delete(key)
    except Exception as error:  # whatever it is: the other files have nothing to do with it
        return error
    return None
