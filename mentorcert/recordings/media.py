"""Whether a recording can be played, judged by what is in it and never by its name. Pure.

`kind` looks at the first bytes and names what is no recording; `judge` decides over what was found inside.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mentorcert.errors import Invalid

EXPORT: Final = "Export it again as MP4 (H.264), and choose that file."
COPY: Final = "Copy or export it again, and let that finish."
SMALLER: Final = "Export it at 1080p or less."
HEAD: Final = 4096
"""How many bytes `kind` wants to see."""
LONGEST: Final = 24 * 3600
"""Seconds. What says that it is longer is broken, or made to harm."""
MOST_PIXELS: Final = 4096 * 4096
"""Of one picture. No browser plays more, and each of them costs memory."""


class Kind(StrEnum):
    """A container that we take, as it is served when it has a picture; without one it is `audio/…`."""

    MP4 = "mp4"
    """Also QuickTime's, and M4A."""
    WEBM = "webm"
    """Also Matroska."""
    MP3 = "mpeg"


@dataclass(frozen=True, slots=True)
class Track:
    """One picture or sound inside: its place, its codec by ffprobe's name, and for a picture its format and size."""

    index: int
    is_picture: bool
    codec: str
    pixels: str = ""
    width: int = 0
    height: int = 0
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found in a file."""

    kind: Kind
    is_strict: bool
    """Whether it is an MP4 or a WebM proper, and not their relative QuickTime or Matroska."""
    is_whole: bool
    is_seekable: bool
    """Whether a player can jump about in it before it has all of it."""
    seconds: float
    """0 when it does not say."""
    tracks: Sequence[Track] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that can be played: what it becomes, which tracks are played, and whether it must be put in order."""

    kind: Kind
    seconds: int
    """At least 1; 0 when only putting it in order will tell."""
    sound: int
    picture: int | None
    must_be_remade: bool

    @property
    def content_type(self) -> str:
        """What it is served as."""
        return f"{'audio' if self.picture is None else 'video'}/{self.kind}"


class Unplayable(Invalid):
    """A file that can't be taken, with the reason and what to do."""

    def __init__(self, reason: str, todo: str = EXPORT) -> None:
        super().__init__(f"We can’t take this file: {reason}", todo)


FITTING: Final[dict[Kind, tuple[frozenset[str], frozenset[str]]]] = {
    Kind.MP4: (frozenset({"h264", "vp9", "av1"}), frozenset({"aac", "mp3", "opus"})),
    Kind.WEBM: (frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"})),
    Kind.MP3: (frozenset(), frozenset({"mp3"})),
}
"""Pictures and sounds that every current browser plays in each container, by ffprobe's names."""
PLANAR: Final = frozenset({"yuv420p", "yuvj420p", ""})
"""The only formats of H.264 pictures that browsers play; empty when ffprobe does not say."""
NAMES: Final = {
    "hevc": "H.265 (HEVC)",
    "mpeg4": "MPEG-4 Visual",
    "prores": "ProRes",
    "wmv3": "Windows Media Video",
    "vc1": "Windows Media Video",
    "mjpeg": "Motion JPEG",
    "ac3": "Dolby Digital",
    "eac3": "Dolby Digital",
    "alac": "Apple Lossless",
    "wmav2": "Windows Media Audio",
}
_BEGINNINGS: Final = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (b"FLV\x01", "Flash"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"#!AMR", "AMR"),
    (b"\x00\x00\x01\xba", "MPEG-2"),
    (b"WEBVTT", "a transcript"),
    (b"\xef\xbb\xbfWEBVTT", "a transcript"),
)
_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
_PICTURE_BRANDS: Final = frozenset({b"heic", b"heix", b"mif1", b"avif"})


def kind(head: bytes) -> Kind:
    """The container by the first `HEAD` bytes of a file. Raises Unplayable with what it is instead."""
    if not head:
        raise Unplayable("it is empty.", "Look whether the recording was saved, and choose it again.")
    if head[4:8] in _BOXES and head[8:12] not in _PICTURE_BRANDS:
        return Kind.MP4
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind.WEBM
    if head.startswith(b"ID3") or (head[0] == 0xFF and len(head) > 1 and head[1] & 0xE6 == 0xE2):
        return Kind.MP3
    raise Unplayable(_another_kind(head))


def _another_kind(head: bytes) -> str:
    name = next((name for beginning, name in _BEGINNINGS if head.startswith(beginning)), "")
    if head.startswith(b"RIFF"):
        name = {b"AVI ": "AVI", b"WAVE": "WAV"}.get(head[8:12], "")
    if head[4:8] in _BOXES:
        name = "a picture"
    if head[0:1] == b"G" and head[188:189] == b"G":
        name = "an MPEG transport stream"
    return f"by its content it is {name}, whatever its name says." if name else "it is not a video."


def judge(facts: Facts) -> Accepted:
    """Decide over a file. Raises Unplayable with the first thing that is wrong."""
    if not facts.is_whole:
        raise Unplayable("it breaks off before its end.", COPY)
    if facts.seconds > LONGEST:
        raise Unplayable("it says that it is longer than a day.")
    picture = next((track for track in facts.tracks if track.is_picture), None)
    sound = next((track for track in facts.tracks if not track.is_picture), None)
    if sound is None:
        raise Unplayable("it has no sound.", "Export it again with audio, as MP4 or WebM.")
    for track in facts.tracks:
        _refuse_bad(track)
    container = _container(facts, picture, sound)
    as_it_is = container is facts.kind and facts.is_strict and facts.is_seekable and facts.seconds > 0
    seconds = max(1, int(facts.seconds)) if facts.seconds > 0 else 0
    return Accepted(container, seconds, sound.index, picture.index if picture else None, not as_it_is)


def _refuse_bad(track: Track) -> None:
    if track.is_locked:
        raise Unplayable("it is locked by copy protection.", "Record or export it without, as MP4 (H.264).")
    which, names = ("picture", "H.264, VP8, VP9 or AV1") if track.is_picture else ("sound", "AAC, MP3, Opus or Vorbis")
    if not any(track.codec in _fitting(track, kind) for kind in FITTING):
        todo = f"Export it again as MP4 or WebM with {names}."
        raise Unplayable(f"its {which} is {_name(track.codec)}, which not every browser plays.", todo)
    if track.width * track.height > MOST_PIXELS:
        size = f"{track.width} × {track.height}"
        raise Unplayable(f"its picture is {size} points large, more than browsers play.", SMALLER)
    if track.codec == "h264" and track.pixels not in PLANAR:
        raise Unplayable(
            f"its picture is H.264 of a kind ({track.pixels}) that browsers don’t play.",
            "Export it again as MP4 (H.264) with 8 bits and 4:2:0, the usual setting.",
        )


def _container(facts: Facts, picture: Track | None, sound: Track) -> Kind:
    """The container that it stays or is put in: its own when that fits."""
    for each in sorted(FITTING, key=lambda kind: kind is not facts.kind):
        if all(track is None or track.codec in _fitting(track, each) for track in (picture, sound)):
            return each
    raise Unplayable("browsers don’t play its picture and its sound out of one file.")


def _fitting(track: Track, kind: Kind) -> Collection[str]:
    return FITTING[kind][0 if track.is_picture else 1]


def _name(codec: str) -> str:
    if codec.startswith("pcm_"):
        return "uncompressed (PCM)"
    return NAMES.get(codec, codec.upper() or "of a kind that we don’t know")
