"""What an uploaded recording really is: read from its content, never from its name. Pure, over an open file."""

from dataclasses import dataclass
from io import SEEK_END
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

from pymediainfo import MediaInfo

from mentorcert.errors import Invalid

EXPORT: Final = "Export it again as MP4 or WebM, and choose that file."
CONTAINERS: Final = {"MPEG-4": "video/mp4", "WebM": "video/webm"}
"""The containers that we take, by MediaInfo's names, and what they are served as."""
PICTURES: Final = frozenset({"AVC", "VP8", "VP9", "AV1"})
SOUNDS: Final = frozenset({"AAC", "Opus", "Vorbis", "MPEG Audio"})
"""What every current browser plays."""
QUICKTIME: Final = "QuickTime"
LONGEST: Final = 24 * 3600
"""Seconds. What says that it is longer is broken, or made to harm."""
LOOKED_AT: Final = 64 * 1024 * 1024
"""How many bytes are looked at, beyond twice the size of the file."""


@dataclass(frozen=True, slots=True)
class Media:
    """What we found in a file that can be taken: what it is served as, and its length in whole seconds."""

    content_type: str
    seconds: int


class Unplayable(Invalid):
    """A file that can't be taken, with the reason and what to do."""

    def __init__(self, reason: str, todo: str = EXPORT) -> None:
        super().__init__(f"We can’t take this file: {reason}", todo)


def inspect(source: IO[bytes]) -> Media:
    """Look into an open file, and leave it at its beginning. Raises Unplayable with the first thing that is wrong."""
    if not source.read(1):
        raise Unplayable("it is empty.", "Look whether the recording was saved, and choose it again.")
    source.seek(0)
    patient = _Patient(source)
    try:
        tracks = [track.to_data() for track in MediaInfo.parse(patient).tracks]
    except ParseError:  # its own tags hold signs that XML, in which we are told of them, can't
        raise Unplayable("its title or another of its tags can’t be read.") from None
    source.seek(0)
    if patient.left <= 0:
        raise Unplayable("its inside leads round in circles.")
    return _judged(tracks)


class _Patient:
    """A file that comes to its end when it was read about twice: MediaInfo follows some broken ones for ever."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.seek, self.tell = source.seek, source.tell
        source.seek(0, SEEK_END)
        self.left = 2 * source.tell() + LOOKED_AT

    def read(self, size: int) -> bytes:
        """Read on; nothing more once the patience is over."""
        piece = self._source.read(size) if self.left > 0 else b""
        self.left -= len(piece)
        return piece


def _judged(tracks: list[dict[str, Any]]) -> Media:
    whole = _of_type(tracks, "General")[0]
    content_type = CONTAINERS.get(whole.get("format", ""))
    pictures, sounds = _of_type(tracks, "Video"), _of_type(tracks, "Audio")
    if content_type is None or whole.get("format_profile") == QUICKTIME:
        raise Unplayable(_another_kind(whole))
    if whole.get("istruncated") == "Yes":
        raise Unplayable("it breaks off before its end.", "Copy or export it again, and let that finish.")
    if not pictures:
        raise Unplayable("it has no picture.", "Export it again with the video, as MP4 or WebM.")
    if not sounds:
        raise Unplayable("it has no sound.", "Export it again with audio, as MP4 or WebM.")
    _require_known(pictures, PICTURES, "picture", "H.264, VP8, VP9 or AV1")
    _require_known(sounds, SOUNDS, "sound", "AAC, Opus or Vorbis")
    milliseconds = float(whole.get("duration") or 0)
    if milliseconds <= 0:
        raise Unplayable("it does not say how long it is, so nobody can jump about in it.")
    if milliseconds > LONGEST * 1000:
        raise Unplayable("it says that it is longer than a day.")
    return Media(content_type, max(1, int(milliseconds // 1000)))


def _of_type(tracks: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [track for track in tracks if track.get("track_type") == kind]


def _another_kind(whole: dict[str, Any]) -> str:
    """What it is instead, in words."""
    name = QUICKTIME if whole.get("format_profile") == QUICKTIME else whole.get("format", "")
    return f"by its content it is {name}, whatever its name says." if name else "it is not a video."


def _require_known(tracks: list[dict[str, Any]], known: frozenset[str], what: str, names: str) -> None:
    for track in tracks:
        found = track.get("format") or "of a kind that we don’t know"
        if found not in known:
            todo = f"Export it again as MP4 or WebM with {names}."
            raise Unplayable(f"its {what} is {found}, which not every browser plays.", todo)
