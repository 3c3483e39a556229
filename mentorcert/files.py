"""Files: a local folder by default, S3, GCS or Azure by one setting, through obstore.

Keys are `/`-separated names that we make ourselves (never a name that somebody sent).
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

CHUNK: Final = 1024 * 1024
"""How much of a file is held in memory at once, in bytes."""


class Files:
    """A place for files by key."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, source: bytes | Path | IO[bytes]) -> None:
        """Store what `source` holds under `key`, whole or not at all."""
        obstore.put(self._store, key, source)

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

    def delete(self, key: str) -> None:
        """Remove a file; nothing happens when there is none."""
        if self.exists(key):
            obstore.delete(self._store, key)


def open_files(url: str, data: Path) -> Files:
    """The place that settings name: `url`, or the folder `files` below `data` when it is empty."""
    if url == "memory://":
        return Files(MemoryStore())
    if url:
        return Files(from_url(url))
    return Files(LocalStore(data / "files", mkdir=True))
