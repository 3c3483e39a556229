"""A file is judged by what is in it: what it is, how it is built, what ffprobe finds. Pure, but for the last."""

import struct
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from mentorcert.recordings import probing, remaking, structure
from mentorcert.recordings.media import Accepted, Facts, Kind, Track, Unplayable, judge, kind
from mentorcert.recordings.structure import BROKEN, Structure
from tests.recordings.factories import FOLDER, content

EXPORT = "Export it again as MP4 (H.264), and choose that file."
COPY = "Copy or export it again, and let that finish."
SOUND = Track(1, False, "aac")
PICTURE = Track(0, True, "h264", "yuv420p", 1280, 720)


def refusal(of: Unplayable) -> tuple[str, str]:
    return of.title.removeprefix("We can’t take this file: "), of.todo


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (b"%PDF-1.4\n%%EOF\n", "by its content it is PDF, whatever its name says."),
        (b"MZ\x90\x00", "by its content it is a program, whatever its name says."),
        (b"\x7fELF\x02", "by its content it is a program, whatever its name says."),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "by its content it is AVI, whatever its name says."),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "by its content it is Windows Media, whatever its name says."),
        (b"PK\x03\x04", "by its content it is a ZIP archive or an Office document, whatever its name says."),
        (b"WEBVTT\n", "by its content it is a transcript, whatever its name says."),
        (b"\0\0\0\x1cftypheic", "by its content it is a picture, whatever its name says."),
        (b"G" + bytes(187) + b"G", "by its content it is an MPEG transport stream, whatever its name says."),
        (b"<script>alert(1)</script>", "it is not a video."),
        (b"\xff", "it is not a video."),
    ],
)
def test_what_is_no_recording_is_told_by_its_first_bytes(head: bytes, title: str) -> None:
    with pytest.raises(Unplayable) as refused:
        kind(head)
    assert refusal(refused.value) == (title, EXPORT)


def test_nothing_at_all_has_its_own_sentence() -> None:
    with pytest.raises(Unplayable) as refused:
        kind(b"")
    assert refusal(refused.value) == ("it is empty.", "Look whether the recording was saved, and choose it again.")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (content("ok.mp4"), Kind.MP4),
        (content("ok.mov"), Kind.MP4),
        (content("ok.webm"), Kind.WEBM),
        (content("ok.mkv"), Kind.WEBM),
        (b"ID3\x04", Kind.MP3),
        (b"\xff\xfb\x90", Kind.MP3),
    ],
)
def test_what_can_be_looked_into_is_named(head: bytes, found: Kind) -> None:
    assert kind(head) is found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ok.mp4", Structure(is_whole=True, is_seekable=True, is_strict=True)),
        ("silent.mp4", Structure(is_whole=True, is_seekable=False, is_strict=True)),
        ("ok.mov", Structure(is_whole=True, is_seekable=False, is_strict=False)),
    ],
)
def test_the_order_of_an_mp4(name: str, found: Structure) -> None:
    assert structure.mp4(BytesIO(content(name))) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ok.webm", Structure(is_whole=True, is_seekable=True, is_strict=True)),
        ("endless.webm", Structure(is_whole=True, is_seekable=False, is_strict=True)),
        ("ok.mkv", Structure(is_whole=True, is_seekable=True, is_strict=False)),
    ],
)
def test_the_order_of_a_webm(name: str, found: Structure) -> None:
    assert structure.webm(BytesIO(content(name))) == found


@pytest.mark.parametrize("share", [0.001, 0.3, 0.6, 0.99])
def test_what_breaks_off_is_seen(share: float) -> None:
    for name, look in (("ok.mp4", structure.mp4), ("ok.mov", structure.mp4), ("ok.webm", structure.webm)):
        whole = content(name)
        assert look(BytesIO(whole[: int(len(whole) * share)])) == BROKEN


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


FTYP = box(b"ftyp", b"isom\0\0\0\0")


@pytest.mark.parametrize(
    ("data", "seekable"),
    [
        (FTYP + box(b"moov") + box(b"mdat", b"film"), True),
        (FTYP + box(b"moov") + struct.pack(">I4sQ", 1, b"mdat", 20) + b"film", True),
        (FTYP + box(b"moov") + struct.pack(">I", 0) + b"mdat" + b"film to the end", True),
        (FTYP + box(b"moov") + box(b"mdat", b"film") + bytes(40), True),
        (FTYP + box(b"mdat", b"film") + box(b"moov"), False),
        (FTYP + box(b"moov") + box(b"moof") + box(b"mdat", b"film"), False),
    ],
    ids=["index-first", "64-bit", "to-the-end", "appended", "index-last", "fragments"],
)
def test_boxes_in_every_order(data: bytes, seekable: bool) -> None:
    assert structure.mp4(BytesIO(data)) == Structure(is_whole=True, is_seekable=seekable, is_strict=True)


@pytest.mark.parametrize(
    "data",
    [
        FTYP,
        FTYP + box(b"mdat", b"film"),
        FTYP + struct.pack(">I4s", 7, b"moov"),
        FTYP + struct.pack(">I4sQ", 1, b"moov", 2**64 - 1),
        FTYP + struct.pack(">I4sQ", 1, b"moov", 0),
        bytes(64),
    ],
)
def test_boxes_that_lie_are_broken(data: bytes) -> None:
    assert structure.mp4(BytesIO(data)) == BROKEN


@pytest.mark.parametrize("data", [b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x00", b"\x1a\x45\xdf\xa3\x01" + b"\xff" * 7])
def test_elements_that_lie_are_broken(data: bytes) -> None:
    assert structure.webm(BytesIO(data)) == BROKEN


def facts(*tracks: Track, of: Kind = Kind.MP4, seconds: float = 90.7, **changes: bool) -> Facts:
    told = {"is_strict": True, "is_whole": True, "is_seekable": True} | changes
    return Facts(of, told["is_strict"], told["is_whole"], told["is_seekable"], seconds, tracks)


VP9, OPUS = Track(0, True, "vp9"), Track(1, False, "opus")


@pytest.mark.parametrize(
    ("found", "accepted", "content_type"),
    [
        (facts(PICTURE, SOUND), Accepted(Kind.MP4, 90, 1, 0, False), "video/mp4"),
        (facts(PICTURE, SOUND, is_seekable=False), Accepted(Kind.MP4, 90, 1, 0, True), "video/mp4"),
        (facts(PICTURE, SOUND, is_strict=False), Accepted(Kind.MP4, 90, 1, 0, True), "video/mp4"),
        (facts(PICTURE, SOUND, of=Kind.WEBM), Accepted(Kind.MP4, 90, 1, 0, True), "video/mp4"),
        (facts(VP9, OPUS), Accepted(Kind.MP4, 90, 1, 0, False), "video/mp4"),
        (facts(VP9, OPUS, of=Kind.WEBM), Accepted(Kind.WEBM, 90, 1, 0, False), "video/webm"),
        (facts(VP9, OPUS, of=Kind.WEBM, seconds=0), Accepted(Kind.WEBM, 0, 1, 0, True), "video/webm"),
        (facts(OPUS, of=Kind.WEBM, seconds=0.2), Accepted(Kind.WEBM, 1, 1, None, False), "audio/webm"),
        (facts(Track(0, False, "mp3"), of=Kind.MP3), Accepted(Kind.MP3, 90, 0, None, False), "audio/mpeg"),
        (facts(SOUND), Accepted(Kind.MP4, 90, 1, None, False), "audio/mp4"),
    ],
)
def test_what_is_taken_and_as_what(found: Facts, accepted: Accepted, content_type: str) -> None:
    assert (judge(found), judge(found).content_type) == (accepted, content_type)


@pytest.mark.parametrize(
    ("found", "title", "todo"),
    [
        (facts(PICTURE, SOUND, is_whole=False), "it breaks off before its end.", COPY),
        (facts(PICTURE), "it has no sound.", "Export it again with audio, as MP4 or WebM."),
        (facts(), "it has no sound.", "Export it again with audio, as MP4 or WebM."),
        (facts(PICTURE, SOUND, seconds=24 * 3600 + 1), "it says that it is longer than a day.", EXPORT),
        (facts(PICTURE, SOUND, seconds=float("inf")), "it says that it is longer than a day.", EXPORT),
        (
            facts(Track(0, True, "h264", "yuv420p", 30_000, 30_000), SOUND),
            "its picture is 30000 × 30000 points large, more than browsers play.",
            "Export it at 1080p or less.",
        ),
        (
            facts(Track(0, True, "hevc"), SOUND),
            "its picture is H.265 (HEVC), which not every browser plays.",
            "Export it again as MP4 or WebM with H.264, VP8, VP9 or AV1.",
        ),
        (
            facts(PICTURE, SOUND, Track(2, False, "pcm_s16le")),
            "its sound is uncompressed (PCM), which not every browser plays.",
            "Export it again as MP4 or WebM with AAC, MP3, Opus or Vorbis.",
        ),
        (
            facts(Track(0, True, "h264", "yuv422p10le"), SOUND),
            "its picture is H.264 of a kind (yuv422p10le) that browsers don’t play.",
            "Export it again as MP4 (H.264) with 8 bits and 4:2:0, the usual setting.",
        ),
        (
            facts(Track(0, True, "h264", is_locked=True), SOUND),
            "it is locked by copy protection.",
            "Record or export it without, as MP4 (H.264).",
        ),
        (
            facts(PICTURE, Track(1, False, "vorbis"), of=Kind.WEBM),
            "browsers don’t play its picture and its sound out of one file.",
            EXPORT,
        ),
    ],
)
def test_each_refusal_has_its_sentence(found: Facts, title: str, todo: str) -> None:
    with pytest.raises(Unplayable) as refused:
        judge(found)
    assert refusal(refused.value) == (title, todo)


def test_a_film_is_looked_into() -> None:
    assert probing.judged(FOLDER / "ok.mp4") == Accepted(Kind.MP4, 2, 1, 0, False)
    assert probing.judged(FOLDER / "sound-only.webm") == Accepted(Kind.WEBM, 2, 0, None, False)


def test_captions_inside_stay_behind_whatever_they_are_written_in(tmp_path: Path) -> None:
    words, film, made = tmp_path / "words.srt", tmp_path / "film.mkv", tmp_path / "made"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nGood morning.\n", encoding="utf-8")
    command = ("-v", "error", "-i", str(FOLDER / "ok.mkv"), "-i", str(words), "-map", "0", "-map", "1")
    subprocess.run(["ffmpeg", *command, "-c", "copy", "-c:s", "ass", str(film)], check=True)
    found = probing.judged(film)
    assert (found.kind, found.must_be_remade) == (Kind.WEBM, True)
    remaking.in_order(film, found, made)
    assert b"Good morning." in film.read_bytes()
    assert b"Good morning." not in made.read_bytes()


def patched(tmp_path: Path, name: str, at: bytes, offset: int, put: bytes) -> Path:
    """One of our files with other bytes at a place that is found by its name."""
    whole = bytearray(content(name))
    start = whole.index(at) + offset
    whole[start : start + len(put)] = put
    path = tmp_path / "patched"
    path.write_bytes(whole)
    return path


def with_duration(tmp_path: Path, milliseconds: float) -> Path:
    return patched(tmp_path, "ok.webm", b"\x44\x89\x88", 3, struct.pack(">d", milliseconds))


@pytest.mark.parametrize("hours", [25, 1000, 1e9])
def test_a_film_that_says_it_never_ends_is_not_played_to_the_end(tmp_path: Path, hours: float) -> None:
    with pytest.raises(Unplayable, match="it says that it is longer than a day"):
        probing.judged(with_duration(tmp_path, hours * 3_600_000))


def test_of_a_length_that_is_no_number_putting_it_in_order_will_tell(tmp_path: Path) -> None:
    found = probing.judged(with_duration(tmp_path, float("inf")))
    assert (found.seconds, found.must_be_remade) == (0, True)


@pytest.mark.parametrize("side", [5_000, 30_000])
def test_a_picture_of_a_billion_points_is_never_decoded(tmp_path: Path, side: int) -> None:
    """The sample entry of an MP4: 24 bytes after its name follow width and height, 16 bits each (ISO/IEC 14496-12)."""
    bomb = patched(tmp_path, "ok.mp4", b"avc1\0\0\0\0\0\0\0\x01", 28, struct.pack(">HH", side, side))
    with pytest.raises(Unplayable) as refused:
        probing.judged(bomb)
    assert refusal(refused.value) == ("its picture is larger than browsers play.", "Export it at 1080p or less.")


def test_a_file_that_is_only_a_beginning_can_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(FTYP + box(b"moov", b"nothing that makes sense") + box(b"mdat", b"film"))
    with pytest.raises(Unplayable) as refused:
        probing.judged(path)
    assert refusal(refused.value)[0] in {"its inside can’t be read.", "it has no sound."}
