"""What the worker does with a file that was handed in: joins its parts, looks into it, puts it in order, decides.

Every step may be cut off by a killed process and is done again by the next one: what counts is written in short
transactions, and a file that no row names is cleared away.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.config import MEBIBYTE
from mentorcert.db import own_transaction
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence.service import Door
from mentorcert.files import Files
from mentorcert.recordings import keeping, media, probing, queries, remaking, service, transcript, uploads
from mentorcert.recordings.keeping import Kept
from mentorcert.recordings.media import Unplayable
from mentorcert.recordings.models import UNDER_WAY, State
from mentorcert.recordings.programs import Missing
from mentorcert.recordings.service import Found

WAITING: Final = (
    "This server can’t look into recordings yet. Your file is safe, and we go on trying. "
    "Tell your programme manager when it is still so tomorrow."
)
"""What the trainee reads while ffmpeg is not installed."""
DAMAGED: Final = "it did not arrive as it was sent."
AGAIN: Final = "Choose it again."
LEFT_SECONDS: Final = 24 * 3600
"""How old a folder must be that nobody can be working in any more."""


@dataclass(frozen=True, slots=True)
class Checker:
    """Looks into files, one at a time."""

    engine: Engine
    files: Files
    door: Door
    work: Path
    """A folder for what is only needed meanwhile, on a disk: a recording does not fit into memory."""
    now: Callable[[], datetime]
    patience: int = probing.SECONDS
    """How many seconds looking at the headers may take."""

    def check(self, uuid: UUID) -> None:
        """Make a recording ready, or refuse it; one that is settled is left alone. Raises Missing, or OSError."""
        if not self._begin(uuid):
            return
        try:
            with _room(self.work) as room:
                self._look(uuid, self._whole(uuid, room), room)
        except Missing:
            self._say(uuid, WAITING)
            raise
        except Conflict:
            return  # another worker was faster
        except Invalid as problem:
            self._refuse(uuid, problem)

    def _begin(self, uuid: UUID) -> bool:
        with own_transaction(self.engine) as session:
            recording = service.lock(session, uuid)
            if recording.state not in UNDER_WAY:
                return False
            recording.state = State.CHECKING
        return True

    def _whole(self, uuid: UUID, room: Path) -> str:
        """The key of the file, which is joined first when it came in parts."""
        with Session(self.engine) as session:
            recording = queries.recording(session, uuid)
            if recording.file_key:
                return recording.file_key
            upload = uploads.of_recording(session, recording)
            if upload is None:
                raise Unplayable("it is not here.", AGAIN)
            pieces, length, claimed = uploads.pieces(session, self.files, upload), upload.length, upload.sha256
            _require_space(room, length)
        whole = room / "whole"
        _join(pieces, whole)
        kept = _described(whole)
        if kept.size != length or (claimed and kept.sha256 != claimed):
            raise Unplayable(DAMAGED, AGAIN)
        self.files.adopt(kept.key, whole, _roughly(whole))
        return self._name(uuid, kept)

    def _name(self, uuid: UUID, kept: Kept) -> str:
        """Write down what the file is; its parts go. When another worker was faster, theirs is used."""
        with keeping.removed_on_error(self.files, kept), own_transaction(self.engine) as session:
            recording = service.lock(session, uuid)
            if upload := uploads.of_recording(session, recording):
                recording.file_key, recording.sha256, recording.size = kept.key, kept.sha256, kept.size
                uploads.finish(session, upload, now=self.now())
            key = recording.file_key
        if key != kept.key:
            self.files.delete(kept.key)
        if not key:
            raise Conflict("This recording was let go meanwhile.", "Nothing is left to do.")
        return key

    def _look(self, uuid: UUID, key: str, room: Path) -> None:
        stored: list[str] = []
        try:
            found = self._found(_at_hand(self.files, key, room), room, stored)
            self._hold_against(uuid, found.seconds)
            with own_transaction(self.engine) as session:
                service.accept(session, self.door, uuid, found, now=self.now())
        except BaseException:
            keeping.delete(self.files, stored)
            raise
        if found.remade.key:
            self.files.delete(key)

    def _hold_against(self, uuid: UUID, seconds: int) -> None:
        """Raise Invalid when the transcript is of a longer recording."""
        with Session(self.engine) as session:
            cues = transcript.kept(queries.recording(session, uuid).transcript)
        if (fault := transcript.check_against(cues, seconds)) is not None:
            raise Invalid(fault.what, fault.todo)

    def _found(self, path: Path, room: Path, stored: list[str]) -> Found:
        """Decide over a file, and store what is made of it under keys that are added to `stored`."""
        verdict, made = probing.judged(path, seconds=self.patience), room / "made"
        if verdict.must_be_remade:
            _require_space(room, path.stat().st_size)
            remaking.in_order(path, verdict, made)
            path, verdict = made, probing.judged(made, seconds=self.patience)
            if verdict.must_be_remade:
                raise Unplayable("it can’t be put in an order that players can jump about in.")
        still, heard = remaking.still(path, verdict), remaking.waveform(path, verdict)
        remade = self._store(path, verdict.content_type, stored) if path == made else keeping.NOTHING
        return Found(verdict.content_type, verdict.seconds, self._store_still(still, stored), heard, remade)

    def _store(self, made: Path, content_type: str, stored: list[str]) -> Kept:
        kept = _described(made)
        stored.append(kept.key)
        self.files.adopt(kept.key, made, content_type)
        return kept

    def _store_still(self, still: bytes, stored: list[str]) -> str:
        if not still:
            return ""
        key = keeping.new_key()
        stored.append(key)
        self.files.put(key, still, "image/jpeg")
        return key

    def _say(self, uuid: UUID, what: str) -> None:
        with own_transaction(self.engine) as session:
            service.lock(session, uuid).refusal = what

    def _refuse(self, uuid: UUID, problem: Invalid) -> None:
        with own_transaction(self.engine) as session:
            service.refuse(session, self.door, uuid, f"{problem.title} {problem.todo}", now=self.now())


def _join(pieces: Iterator[bytes], whole: Path) -> None:
    """Write all pieces to one file; when this returns they are on the disk."""
    with whole.open("wb") as joined:
        joined.writelines(pieces)
        joined.flush()
        os.fsync(joined.fileno())


def _described(path: Path) -> Kept:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return Kept(keeping.new_key(), digest, path.stat().st_size)


def _roughly(path: Path) -> str:
    """What a file is served as by its first bytes. Raises Unplayable."""
    with path.open("rb") as source:
        return f"video/{media.kind(source.read(media.HEAD))}"


def _at_hand(files: Files, key: str, room: Path) -> Path:
    """The file on this machine: where it lies, or a copy. Raises Unplayable when it is gone."""
    path = files.path(key) or room / "copy"
    try:
        if path.parent == room:
            with path.open("wb") as copy:
                copy.writelines(files.stream(key, 0, files.size(key)))
        elif not path.exists():
            raise FileNotFoundError(key)
    except FileNotFoundError:
        raise Unplayable("it is not here.", AGAIN) from None
    return path


@contextmanager
def _room(work: Path) -> Iterator[Path]:
    """An empty folder that is gone afterwards; what killed processes left in theirs goes too, once it is old."""
    work.mkdir(parents=True, exist_ok=True)
    for left in work.iterdir():
        if left.stat().st_mtime < time() - LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as room:
        yield Path(room)


def _require_space(room: Path, size: int) -> None:
    """Raise OSError when a file of this size can't be written: that is no fault of the file."""
    if shutil.disk_usage(room).free < 2 * size + 64 * MEBIBYTE:
        raise OSError(errno.ENOSPC, "too little room on the disk to put a recording in order", str(room))
