"""The headers of tus 1.0.0 (resumable uploads) as plain values. Pure.

Values in headers are text from anybody: each is read strictly, within bounds, and refused in words.
"""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mentorcert.errors import Invalid, Problem

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,checksum,expiration,termination"
CHECKSUMS: Final = ("sha256", "sha1")
PART_TYPE: Final = "application/offset+octet-stream"
NAME_LENGTH: Final = 200
"""Characters of a file's name that are kept."""
_METADATA_LENGTH: Final = 4000
_WHOLE: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_AGAIN: Final = "Choose the file again, or tell whoever wrote the program that sends it."


class ChecksumMismatch(Problem):
    """What came is not what was sent. 460, tus's own status."""

    status = 460


class BrokenOff(Invalid):
    """Less came than was announced. 400."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a sender says of a file: its name, and the SHA-256 in hexadecimal of all of it. Both may be empty."""

    name: str = ""
    sha256: str = ""

    def header(self) -> str:
        """As an `Upload-Metadata` header."""
        pairs = (("filename", self.name), ("sha256", self.sha256))
        return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs if value)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one part should hash to."""

    algorithm: str
    digest: bytes


class Arriving:
    """The bytes of a part as they come: counted, hashed, and checked at their end.

    Iterating raises ChecksumMismatch when they are not what was announced, BrokenOff when there is a checksum and less
    came than was announced; without a checksum what came can be kept.
    """

    def __init__(self, pieces: Iterable[bytes], size: int, claimed: Checksum | None) -> None:
        self._pieces = pieces
        self._announced, self._claimed = size, claimed
        self._hashes: Mapping[str, Any] = {
            name: hashlib.new(name) for name in {"sha256", claimed and claimed.algorithm} if name
        }
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        """Give the bytes on."""
        for piece in self._pieces:
            self.size += len(piece)
            for each in self._hashes.values():
                each.update(piece)
            yield piece
        self._check()

    @property
    def sha256(self) -> str:
        """The hash of what came so far, in hexadecimal."""
        return str(self._hashes["sha256"].hexdigest())

    def _check(self) -> None:
        if self._claimed is None:
            return
        if self.size < self._announced:
            raise BrokenOff("This part broke off before its end.", "Ask how much is here, and send on from there.")
        if self._hashes[self._claimed.algorithm].digest() != self._claimed.digest:
            raise ChecksumMismatch("This part did not arrive as it was sent.", "Send it again.")


def whole_number(name: str, text: str | None) -> int:
    """The value of `Upload-Length` or `Upload-Offset`; raises Invalid."""
    if text is None or not _WHOLE.fullmatch(text):
        raise Invalid(f"{name} must be a whole number, zero or more.", _AGAIN)
    return int(text)


def checksum(text: str | None) -> Checksum | None:
    """The value of `Upload-Checksum`, None without one; raises Invalid for what we don't compute."""
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise Invalid(f"We know the checksums {' and '.join(CHECKSUMS)} only.", _AGAIN)
    digest = _decoded(encoded)
    if digest is None or len(digest) != hashlib.new(algorithm).digest_size:
        raise Invalid("Upload-Checksum can’t be read.", _AGAIN)
    return Checksum(algorithm, digest)


def metadata(text: str | None) -> Metadata:
    """What we use of `Upload-Metadata`; raises Invalid when it can't be read."""
    pairs = _pairs(text or "")
    claimed = pairs.get("sha256", b"").decode("ascii", "replace")
    if claimed and not _SHA256.fullmatch(claimed):
        raise Invalid("The sha256 of a file is 64 hexadecimal digits.", _AGAIN)
    try:
        name = pairs.get("filename", b"").decode()
    except UnicodeDecodeError:
        raise Invalid(
            "The name of the file is not UTF-8.", "Give the file another name, and choose it again."
        ) from None
    return Metadata(_shown(name), claimed.lower())


def _pairs(text: str) -> dict[str, bytes]:
    if len(text) > _METADATA_LENGTH:
        raise Invalid(f"Upload-Metadata is longer than {_METADATA_LENGTH} characters.", "Give the file a shorter name.")
    pairs: dict[str, bytes] = {}
    for each in filter(None, (pair.strip() for pair in text.split(","))):
        key, _, encoded = each.partition(" ")
        value = _decoded(encoded)
        if value is None or key in pairs or not key.isascii():
            raise Invalid("Upload-Metadata can’t be read.", _AGAIN)
        pairs[key] = value
    return pairs


def _decoded(encoded: str) -> bytes | None:
    try:
        return b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _shown(name: str) -> str:
    """A name without folders and without what can't be printed."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(each for each in last if each.isprintable())[:NAME_LENGTH].strip()
