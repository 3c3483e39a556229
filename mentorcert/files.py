"""Files: a local folder by default, S3, GCS or Azure by one setting, through obstore.

Keys are `/`-separated names that we make ourselves (never a name that somebody sent).
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

if TYPE_CHECKING:
    from obstore import Attributes, SignCapableStore

CHUNK: Final = 1024 * 1024
"""How much of a file is held in memory at once, in bytes."""
ATTACHMENTS: Final = "attachments"
"""The folder of what came with statements."""
_AT_ONCE: Final = 2
"""How many pieces of a large file are on their way at once; all of them are in memory."""
_REMOTE_PART: Final = 5 * CHUNK
"""The least that S3 takes as a part of a file."""


class Files:
    """A place for files by key."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, source: bytes | Path | IO[bytes] | Iterator[bytes], content_type: str = "") -> None:
        """Store what `source` holds under `key`, whole or not at all.

        A store that sends files itself says what `content_type` they are; a folder can't keep that.
        """
        kept: Attributes = {"Content-Type": content_type} if content_type and self._is_remote else {}
        size = _REMOTE_PART if self._is_remote else CHUNK
        obstore.put(self._store, key, source, attributes=kept or None, chunk_size=size, max_concurrency=_AT_ONCE)

    def adopt(self, key: str, path: Path, content_type: str = "") -> None:
        """Store a file of this machine under `key`; it is gone from where it was. Within a disk nothing is copied."""
        target = self.path(key)
        if target is None:
            self.put(key, path, content_type)
            path.unlink()
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        self.settle(key)

    def settle(self, key: str) -> None:
        """See that a file of this machine is on the disk: who was told that it is here relies on it after a power cut.

        Other stores promise that themselves.
        """
        path = self.path(key)
        for each in (path, path.parent) if path else ():
            opened = os.open(each, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)

    def path(self, key: str) -> Path | None:
        """Where a file lies on this machine; None when it doesn't."""
        return None if self._folder is None else self._folder / key

    def signed(self, key: str, seconds: int) -> str:
        """An address at which whoever has it gets the file from the store, for so long; empty when it gives none."""
        if not self._is_remote:
            return ""
        return obstore.sign(cast("SignCapableStore", self._store), "GET", key, timedelta(seconds=seconds))

    @property
    def _folder(self) -> Path | None:
        return Path(str(self._store.prefix)) if isinstance(self._store, LocalStore) else None

    @property
    def _is_remote(self) -> bool:
        return not isinstance(self._store, LocalStore | MemoryStore)

    def exists(self, key: str) -> bool:
        """Whether there is a file under `key`."""
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        """The size in bytes; raises FileNotFoundError."""
        return obstore.head(self._store, key)["size"]

    def modified(self, key: str) -> datetime:
        """When it was stored; raises FileNotFoundError."""
        return obstore.head(self._store, key)["last_modified"]

    def read(self, key: str) -> bytes:
        """The whole of a small file; raises FileNotFoundError."""
        return bytes(obstore.get(self._store, key).bytes())

    def stream(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in pieces of at most `CHUNK`."""
        for at in range(start, end, CHUNK):
            yield bytes(obstore.get_range(self._store, key, start=at, end=min(at + CHUNK, end)))

    def listed(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The key of each file in a folder, and when it was stored."""
        for some in obstore.list(self._store, prefix=folder):
            yield from ((each["path"], each["last_modified"]) for each in some)

    def clear_unfinished(self, folder: str, before: datetime) -> int:
        """Remove what was being stored in a folder by processes that were killed; gives how many files.

        obstore writes beside a file's place, with `#` and a number behind its name, and lists none of that. What grew
        since `before` is left alone. Other stores than a folder of this machine have rules of their own for this.
        """
        home = self.path(folder)
        begun = [] if home is None else list(home.rglob("*#[0-9]*"))
        left = [each for each in begun if each.stat().st_mtime < before.timestamp()]
        for each in left:
            each.unlink(missing_ok=True)
        return len(left)

    def delete(self, key: str) -> None:
        """Remove a file; nothing happens when there is none."""
        if self.exists(key):
            obstore.delete(self._store, key)


class Blobs:
    """Bytes by their hash: what the statement store keeps of attachments."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def exists(self, sha2: str) -> bool:
        """Whether there is something under this hash."""
        return self._files.exists(self._key(sha2))

    def put(self, sha2: str, pieces: Iterator[bytes]) -> None:
        """Keep bytes, whole or not at all."""
        self._files.put(self._key(sha2), pieces)

    def pieces(self, sha2: str, length: int) -> Iterator[bytes]:
        """Give bytes in pieces of at most `CHUNK`; raises FileNotFoundError."""
        return self._files.stream(self._key(sha2), 0, length)

    def digest(self, sha2: str, algorithm: str) -> str:
        """The hash in hexadecimal digits of what is kept under this one; raises FileNotFoundError."""
        key, digest = self._key(sha2), hashlib.new(algorithm)
        for piece in self._files.stream(key, 0, self._files.size(key)):
            digest.update(piece)
        return digest.hexdigest()

    def _key(self, sha2: str) -> str:
        return f"{ATTACHMENTS}/{sha2[:2]}/{sha2}"


def open_files(url: str, data: Path) -> Files:
    """The place that settings name: `url`, or the folder `files` below `data` when it is empty."""
    if url == "memory://":
        return Files(MemoryStore())
    if url:
        return Files(from_url(url))
    return Files(LocalStore(data / "files", mkdir=True))
