"""How an MP4 or a WebM is built: whether it is whole, and whether players can jump about in it. Reads headers only.

ISO/IEC 14496-12 (boxes) and RFC 8794 with RFC 9559 (EBML, Matroska). Everything is bounded: the file is hostile.
"""

from dataclasses import dataclass
from io import SEEK_END
from typing import IO, Final

MOST: Final = 200_000
"""How many boxes or elements are looked at."""
_EBML: Final = 0x1A45DFA3
_SEGMENT: Final = 0x18538067
_CUES: Final = 0x1C53BB6B
_QUICKTIME: Final = b"qt  "


@dataclass(frozen=True, slots=True)
class Structure:
    """What the headers tell."""

    is_whole: bool
    is_seekable: bool
    is_strict: bool
    """Whether it is an MP4 or a WebM proper, and not their relative QuickTime or Matroska."""


BROKEN: Final = Structure(is_whole=False, is_seekable=False, is_strict=False)


def mp4(source: IO[bytes]) -> Structure:
    """The order of the outermost boxes: the index (moov) must come before the media (mdat), and in one piece."""
    size, at, brand = source.seek(0, SEEK_END), 0, b""
    order: list[bytes] = []
    for _ in range(MOST):
        if at >= size:
            break
        source.seek(at)
        header = source.read(16)
        length, name = _box(header, size - at)
        if length < 8 or at + length > size:
            if {b"moov", b"mdat"} <= set(order) and not length:
                break  # what some programs append is no box
            return BROKEN
        brand = header[8:12] if name == b"ftyp" else brand
        order.append(name)
        at += length
    return _judged(order, brand)


def _box(header: bytes, left: int) -> tuple[int, bytes]:
    """The length of a box and its name; 0 when this is no box."""
    length, name = int.from_bytes(header[:4]), header[4:8]
    if len(header) < 8 or not name.isascii():
        return 0, b""
    if length == 1:
        return int.from_bytes(header[8:16]), name
    return length or (left if name == b"mdat" else 0), name


def _judged(order: list[bytes], brand: bytes) -> Structure:
    if b"moov" not in order:
        return BROKEN
    media = order.index(b"mdat") if b"mdat" in order else len(order)
    in_order = order.index(b"moov") < media and b"moof" not in order
    return Structure(is_whole=True, is_seekable=in_order, is_strict=brand not in {b"", _QUICKTIME})


def webm(source: IO[bytes]) -> Structure:
    """The outermost elements: of a segment of known size all must be there, with its index (Cues)."""
    size = source.seek(0, SEEK_END)
    found = _element(source, 0, size)
    if found is None or found[0] != _EBML or found[2] is None or found[2] > min(size, 4096):
        return BROKEN
    source.seek(found[1])
    strict = b"webm" in source.read(found[2] - found[1])
    segment = _element(source, found[2], size)
    if segment is None or segment[0] != _SEGMENT:
        return BROKEN
    if segment[2] is None:  # a stream, as browsers record: its end is wherever it ends
        return Structure(is_whole=True, is_seekable=False, is_strict=strict)
    if segment[2] > size:
        return BROKEN
    return Structure(is_whole=True, is_seekable=_has_index(source, segment[1], segment[2]), is_strict=strict)


def _has_index(source: IO[bytes], at: int, end: int) -> bool:
    for _ in range(MOST):
        found = _element(source, at, end) if at < end else None
        if found is None or found[2] is None:
            return False
        if found[0] == _CUES:
            return True
        at = found[2]
    return False


def _element(source: IO[bytes], at: int, end: int) -> tuple[int, int, int | None] | None:
    """An element: its id, where its content begins and ends (None when that is not known)."""
    if at >= end:
        return None
    source.seek(at)
    header = source.read(12)
    id_length = 9 - header[0].bit_length() if header[0] else 9
    rest = header[id_length:]
    if id_length > 4 or not rest or not rest[0]:
        return None
    size_length = 9 - rest[0].bit_length()
    value = int.from_bytes(rest[:size_length]) & ((1 << (7 * size_length)) - 1)
    begin = at + id_length + size_length
    unknown = value == (1 << (7 * size_length)) - 1
    return int.from_bytes(header[:id_length]), begin, None if unknown else begin + value
