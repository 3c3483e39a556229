"""What is in a file, asked of ffprobe. It is given only what `media` knows by its first bytes, and told what that is.

So of ffmpeg's hundreds of readers, three meet files that somebody sent, and of its decoders those of `DECODERS`.
"""

from pathlib import Path
from typing import Any, Final

import msgspec

from mentorcert.recordings import media, programs, structure
from mentorcert.recordings.media import Accepted, Facts, Kind, Track, Unplayable
from mentorcert.recordings.programs import Failed, Limits, TookTooLong
from mentorcert.recordings.structure import Structure

READERS: Final = {Kind.MP4: "mov", Kind.WEBM: "matroska", Kind.MP3: "mp3"}
DECODERS: Final = ",".join(
    (
        *("h264", "vp8", "vp9", "libdav1d", "libaom-av1", "av1", "aac", "mp3", "mp3float", "opus", "libopus", "vorbis"),
        *("mjpeg", "png", "mov_text", "webvtt", "subrip", "ass", "ssa"),  # covers, captions: opened, never decoded
    )
)
CAREFUL: Final = ("-protocol_whitelist", "file,pipe", "-max_pixels", str(media.MOST_PIXELS), "-threads", "1")
"""What every program is told before it opens a file that somebody sent."""
SECONDS: Final = 60
_WANTED: Final = (
    "format=duration:stream=index,codec_type,codec_name,codec_tag_string,pix_fmt,width,height"
    ":stream_disposition=attached_pic"
)
_SEALED: Final = frozenset({"encv", "enca"})


def judged(path: Path, *, seconds: int = SECONDS) -> Accepted:
    """Look into a file and decide over it. Raises Unplayable, or programs.Missing.

    First only its headers are read: what is refused by them, such as a picture of a billion points, is never decoded.
    """
    with path.open("rb") as source:
        kind = media.kind(source.read(media.HEAD))
        built = _structure(kind, path)
    try:
        media.judge(_facts(kind, built, path, ("-nofind_stream_info",), seconds))
        return media.judge(_facts(kind, built, path, ("-codec_whitelist", DECODERS), seconds))
    except TookTooLong:
        raise Unplayable(f"looking into it was not done after {seconds} seconds.") from None
    except (Failed, msgspec.DecodeError) as error:
        if "Picture size" in str(error):  # ffmpeg's own words for more than it was told to take
            raise Unplayable("its picture is larger than browsers play.", media.SMALLER) from None
        raise Unplayable("its inside can’t be read.", media.COPY) from None


def _structure(kind: Kind, path: Path) -> Structure:
    if kind is Kind.MP3:
        return Structure(is_whole=True, is_seekable=True, is_strict=True)
    with path.open("rb") as source:
        return (structure.mp4 if kind is Kind.MP4 else structure.webm)(source)


def _facts(kind: Kind, built: Structure, path: Path, how: tuple[str, ...], seconds: int) -> Facts:
    told: dict[str, Any] = {}
    if built.is_whole:
        command = ("-v", "error", *CAREFUL, *how, "-f", READERS[kind], "-show_entries", _WANTED, "-of", "json")
        told = msgspec.json.decode(programs.run("ffprobe", (*command, f"file:{path}"), Limits(seconds)))
    tracks = [_track(each) for each in told.get("streams", ()) if _is_played(each)]
    length = _number(told.get("format", {}).get("duration"))
    return Facts(kind, built.is_strict, built.is_whole, built.is_seekable, length, tracks)


def _is_played(stream: dict[str, Any]) -> bool:
    is_cover = stream.get("disposition", {}).get("attached_pic") == 1
    return stream.get("codec_type") in {"video", "audio"} and not is_cover


def _track(stream: dict[str, Any]) -> Track:
    pixels = str(stream.get("pix_fmt", ""))
    return Track(
        index=int(stream["index"]),
        is_picture=stream["codec_type"] == "video",
        codec=str(stream.get("codec_name", "")),
        pixels="" if pixels == "unknown" else pixels,
        width=int(stream.get("width", 0)),
        height=int(stream.get("height", 0)),
        is_locked=stream.get("codec_tag_string") in _SEALED,
    )


def _number(said: object) -> float:
    try:
        return max(0.0, float(str(said)))
    except ValueError:
        return 0.0
