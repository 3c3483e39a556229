"""Statements with attachments as they travel: `multipart/mixed`, read and written without holding an attachment whole.

xAPI 1.0.3, Communication 1.5.2; xAPI 2.0, 4.1.3. The first part is the JSON; each other part is one attachment, known
by its hash. A part is written to a temporary file while it comes in, and hashed on the way.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError

from xapi import jsontext, values
from xapi.faults import Fault, Faults

CHUNK: Final = 256 * 1024
"""How much is read at once, in bytes."""
PARTS: Final = 1001
"""How many parts there may be: the statements, and a thousand attachments."""
IN_MEMORY: Final = 1024 * 1024
"""How large attachments may be together before they are written to a file."""
_HEADERS: Final = 20
_HEADER_BYTES: Final = 8 * 1024

_HASHES: Final[Mapping[int, Callable[[], Any]]] = {
    56: hashlib.sha224,
    64: hashlib.sha256,
    96: hashlib.sha384,
    128: hashlib.sha512,
}
"""The members of SHA-2, by how many hexadecimal digits they have."""


class PartFaults(Faults):
    """What was sent is not statements with attachments; places are parts by their number."""


@dataclass
class Part:
    """One attachment as it came: its hash in lower case, and where in the temporary file it lies."""

    sha2: str
    start: int
    length: int = 0


class Received:
    """What a body held. To be closed: then the attachments are gone."""

    def __init__(self) -> None:
        self.statements = b""
        self.parts: dict[str, Part] = {}
        """The attachments by their hash."""
        self.spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the object
        """One file for all of them: a thousand would be too many to have open."""

    def __enter__(self) -> "Received":
        return self

    def __exit__(self, *_: object) -> None:
        self.spool.close()

    def pieces(self, sha2: str) -> Iterator[bytes]:
        """Give an attachment in pieces of at most `CHUNK` bytes."""
        part = self.parts[sha2]
        for at in range(0, part.length, CHUNK):
            self.spool.seek(part.start + at)
            yield self.spool.read(min(CHUNK, part.length - at))


def boundary_of(options: Mapping[str, str]) -> str:
    """Return the boundary among the parameters of a Content-Type. Raises PartFaults when there is none that can be."""
    boundary = options.get("boundary", "")
    if not boundary or len(boundary) > 70 or not boundary.isascii() or not boundary.isprintable():
        raise PartFaults([Fault("Content-Type", "names no boundary of 1 to 70 characters")])
    return boundary


def read(stream: IO[bytes], boundary: str) -> Received:
    """Take a body apart. Raises PartFaults; whatever the stream raises leaves nothing behind either."""
    reader = _Reader()
    parser = MultipartParser(boundary, reader.callbacks(), max_header_count=_HEADERS, max_header_size=_HEADER_BYTES)
    try:
        while chunk := stream.read(CHUNK):
            parser.write(chunk)
        reader.check_end()
    except BaseException as error:
        reader.received.spool.close()
        if isinstance(error, FormParserError):
            raise PartFaults([Fault(reader.place, f"is not as multipart/mixed has it: {error}")]) from error
        raise
    return reader.received


class _Reader:
    """What the parser tells: it calls one method for each thing that it meets."""

    def __init__(self) -> None:
        self.received = Received()
        self._statements = BytesIO()
        self._number = 0
        self._headers: dict[str, str] = {}
        self._name = bytearray()
        self._value = bytearray()
        self._part: Part | None = None
        self._hash: Any = None
        self._ended = False

    @property
    def place(self) -> str:
        """Where we are, for whoever sent it."""
        return f"part {self._number}" if self._number else "the body"

    def callbacks(self) -> Any:
        """Return what the parser wants to be told."""
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._take,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def check_end(self) -> None:
        """Refuse a body that was cut off, and one without statements."""
        if not self._ended:
            raise self._fault("ends before the last boundary; send it whole")
        self.received.statements = self._statements.getvalue()

    def _fault(self, what: str) -> PartFaults:
        return PartFaults([Fault(self.place, what)])

    def _begin_part(self) -> None:
        self._number += 1
        if self._number > PARTS:
            raise self._fault(f"is one too many; send at most {PARTS - 1} attachments at once")
        self._headers = {}

    def _end_header(self) -> None:
        self._headers[self._name.decode("latin-1").strip().lower()] = self._value.decode("latin-1").strip()
        self._name.clear()
        self._value.clear()

    def _end_headers(self) -> None:
        if self._number == 1:
            kind = self._headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise self._fault(f"must be the statements as application/json, not {values.shown(kind)}")
            return
        if self._headers.get("content-transfer-encoding", "").lower() != "binary":
            raise self._fault("needs the header Content-Transfer-Encoding: binary")
        sha2 = self._headers.get("x-experience-api-hash", "").lower()
        if len(sha2) not in _HASHES or not all(digit in "0123456789abcdef" for digit in sha2):
            raise self._fault("needs the header X-Experience-API-Hash with the sha2 of its attachment")
        self._hash = _HASHES[len(sha2)]()
        self._part = Part(sha2, start=self.received.spool.tell())

    def _take(self, data: bytes, start: int, end: int) -> None:
        some = memoryview(data)[start:end]
        if self._part is not None:
            self._hash.update(some)
            self.received.spool.write(some)
            self._part.length += len(some)
        elif self._statements.tell() + len(some) > jsontext.MAX_BYTES:
            raise self._fault(f"holds statements of more than {jsontext.MAX_BYTES // 1024 // 1024} MiB; send fewer")
        else:
            self._statements.write(some)

    def _end_part(self) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        if self._hash.hexdigest() != part.sha2:
            raise self._fault("is not what its X-Experience-API-Hash says; it has another hash")
        self.received.parts[part.sha2] = part

    def _end(self) -> None:
        self._ended = True


def new_boundary() -> str:
    """Return a boundary that nobody can have foreseen and put into an attachment."""
    return secrets.token_hex(24)


def written(boundary: str, statements: str, attachments: Iterable[tuple[str, str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Give a body piece by piece: the statements, then each attachment as (sha2, media type, its bytes in pieces)."""
    yield f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{statements}\r\n".encode()
    for sha2, kind, pieces in attachments:
        yield (
            f"--{boundary}\r\nContent-Type: {_plain(kind)}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {sha2}\r\n\r\n"
        ).encode()
        yield from pieces
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _plain(kind: str) -> str:
    """Return a media type that can stand in a header: whoever sent it may have put a line break into it."""
    return kind if kind.isascii() and kind.isprintable() else "application/octet-stream"
