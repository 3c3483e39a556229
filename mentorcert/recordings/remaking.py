"""What ffmpeg makes of a recording: the same film in an order that players can jump about in, a still, a waveform.

Nothing is encoded anew but the still: the coach sees what was handed in.
"""

import logging
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from mentorcert.config import MEBIBYTE
from mentorcert.recordings import media, probing, programs
from mentorcert.recordings.media import Accepted, Kind, Unplayable
from mentorcert.recordings.programs import Failed, Limits

PEAKS: Final = 400
"""Of how many stretches a waveform tells how loud they are."""
RATE: Final = 2000
"""Samples a second that a waveform is made of."""
STILL_SIDE: Final = 640
"""Points; a still is at most so wide and high."""
_QUIET: Final = ("-nostdin", "-hide_banner", "-loglevel", "error")
_ORDER: Final = {Kind.MP4: ("-movflags", "+faststart"), Kind.WEBM: ("-cues_to_front", "1"), Kind.MP3: ()}
_WRITERS: Final = {Kind.MP4: "mp4", Kind.WEBM: "webm", Kind.MP3: "mp3"}

logger: Final = logging.getLogger(__name__)


def in_order(path: Path, wanted: Accepted, made: Path) -> None:
    """Write the same picture and sound to `made`, in the container that was decided and with its index in front.

    What else is in the file (its title, where it was filmed) stays behind. Raises Unplayable.
    """
    size = path.stat().st_size
    limits = Limits(_seconds(size), written=size + size // 8 + 64 * MEBIBYTE)
    tracks = [wanted.sound] if wanted.picture is None else [wanted.picture, wanted.sound]
    maps = [part for track in tracks for part in ("-map", f"0:{track}")]
    bare = ("-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1")
    command = (*maps, *bare, *_ORDER[wanted.kind], "-f", _WRITERS[wanted.kind], f"file:{made}")
    try:
        programs.run("ffmpeg", (*_opened(path), *command), limits)
    except Failed as error:
        logger.warning("a recording can't be put in order: %s", error)
        raise Unplayable("its picture and sound can’t be read to the end.", media.COPY) from None


def still(path: Path, of: Accepted) -> bytes:
    """A JPEG from near the beginning; nothing when there is no picture, or none that can be drawn."""
    if of.picture is None:
        return b""
    fitted = f"scale='min({STILL_SIDE},iw)':'min({STILL_SIDE},ih)':force_original_aspect_ratio=decrease"
    opened = _opened(path, "-noaccurate_seek", "-ss", f"{of.seconds / 10:.3f}", "-skip_frame", "nokey")
    drawn = ("-map", f"0:{of.picture}", "-frames:v", "1", "-vf", f"{fitted},format=yuvj420p", "-q:v", "5")
    try:
        return programs.run("ffmpeg", (*opened, *drawn, "-f", "mjpeg", "pipe:1"), Limits(probing.SECONDS))
    except Failed as error:
        logger.warning("a recording has no still: %s", error)
        return b""


def waveform(path: Path, of: Accepted) -> list[int]:
    """How loud each of `PEAKS` stretches is, from 0 to 100, which is its loudest; nothing when that can't be read."""
    limits = Limits(_seconds(path.stat().st_size), output=2 * RATE * (of.seconds + 60))
    heard = ("-map", f"0:{of.sound}", "-ac", "1", "-ar", str(RATE), "-t", str(of.seconds + 1), "-f", "s16le", "pipe:1")
    try:
        return peaks(programs.stream("ffmpeg", (*_opened(path, "-vn"), *heard), limits), RATE * of.seconds)
    except Failed as error:
        logger.warning("a recording has no waveform: %s", error)
        return []


def peaks(pieces: Iterable[bytes], samples: int) -> list[int]:
    """The loudest sample (16 bits, signed, of this machine's order) of each of `PEAKS` stretches, the loudest as 100.

    `samples` is how many are expected; more of them are left out.
    """
    length = max(1, -(-samples // PEAKS))
    loudest = [max(map(abs, (min(some), max(some)))) for some in _stretches(pieces, length)][:PEAKS]
    top = max(loudest, default=0)
    return [round(100 * each / top) for each in loudest] if top else [0] * len(loudest)


def _stretches(pieces: Iterable[bytes], length: int) -> Iterator[Sequence[int]]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= 2 * length:
            yield array("h", bytes(waiting[: 2 * length]))
            del waiting[: 2 * length]
    if len(waiting) > 1:
        yield array("h", bytes(waiting[: len(waiting) // 2 * 2]))


def _opened(path: Path, *how: str) -> tuple[str, ...]:
    with path.open("rb") as source:
        reader = probing.READERS[media.kind(source.read(media.HEAD))]
    careful = (*probing.CAREFUL, "-codec_whitelist", probing.DECODERS)
    return (*_QUIET, *careful, *how, "-f", reader, "-i", f"file:{path}")


def _seconds(size: int) -> int:
    """How long reading a file of this size to its end may take: a slow disk reads 10 MB a second."""
    return 120 + size // (10 * MEBIBYTE)
