"""A file is judged by what is in it."""

import struct
from io import BytesIO
from pathlib import Path

import pytest

from mentorcert import demo
from mentorcert.recordings.media import Media, Unplayable, inspect
from tests.recordings.factories import content

EXPORT = "Export it again as MP4 or WebM, and choose that file."
BROKEN = "We can’t take this file: it breaks off before its end."
AGAIN = "Copy or export it again, and let that finish."


@pytest.mark.parametrize(("name", "content_type"), [("ok.mp4", "video/mp4"), ("ok.webm", "video/webm")])
def test_a_film_that_browsers_play_is_taken(name: str, content_type: str) -> None:
    source = BytesIO(content(name))
    assert inspect(source) == Media(content_type, 2)
    assert source.tell() == 0


@pytest.mark.parametrize(
    ("data", "title", "todo"),
    [
        (b"", "it is empty.", "Look whether the recording was saved, and choose it again."),
        (b"%PDF-1.4\n%%EOF\n", "by its content it is PDF, whatever its name says.", EXPORT),
        (b"<script>alert(1)</script>", "it is not a video.", EXPORT),
        (content("ok.mov"), "by its content it is QuickTime, whatever its name says.", EXPORT),
        (content("ok.mkv"), "by its content it is Matroska, whatever its name says.", EXPORT),
        (content("silent.mp4"), "it has no sound.", "Export it again with audio, as MP4 or WebM."),
        (content("sound-only.webm"), "it has no picture.", "Export it again with the video, as MP4 or WebM."),
        (
            content("old-codec.mp4"),
            "its picture is MPEG-4 Visual, which not every browser plays.",
            "Export it again as MP4 or WebM with H.264, VP8, VP9 or AV1.",
        ),
    ],
    ids=["empty", "pdf", "html", "quicktime", "matroska", "silent", "sound-only", "old-codec"],
)
def test_each_refusal_has_its_sentence(data: bytes, title: str, todo: str) -> None:
    with pytest.raises(Unplayable) as refused:
        inspect(BytesIO(data))
    assert (refused.value.title, refused.value.todo) == (f"We can’t take this file: {title}", todo)


@pytest.mark.parametrize("name", ["ok.mp4", "ok.webm"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_cut_off_file_is_refused(name: str, share: float) -> None:
    whole = content(name)
    with pytest.raises(Unplayable) as refused:
        inspect(BytesIO(whole[: int(len(whole) * share)]))
    assert (refused.value.title, refused.value.todo) == (BROKEN, AGAIN)


def test_a_stream_that_was_never_closed_is_refused() -> None:
    with pytest.raises(Unplayable, match="breaks off"):
        inspect(BytesIO(content("endless.webm")))


def _with_duration(milliseconds: float) -> bytes:
    """A WebM that says that it is so long."""
    whole = content("ok.webm")
    at = whole.index(b"\x44\x89\x88") + 3
    return whole[:at] + struct.pack(">d", milliseconds) + whole[at + 8 :]


@pytest.mark.parametrize("milliseconds", [24 * 3600 * 1000 + 1, 1e15, 1e300])
def test_nothing_is_longer_than_a_day(milliseconds: float) -> None:
    with pytest.raises(Unplayable, match="it says that it is longer than a day"):
        inspect(BytesIO(_with_duration(milliseconds)))


def test_tags_that_xml_can_not_hold_are_refused() -> None:
    whole = content("ok.webm")
    with pytest.raises(Unplayable, match="tags can’t be read"):
        inspect(BytesIO(whole.replace(b"Lav", "\uffff".encode())))


def test_a_file_that_leads_round_in_circles_is_refused() -> None:
    whole = bytearray((Path(demo.__file__).parent / "media" / "amara.webm").read_bytes())
    whole[whole.rindex(b"\x16\x54\xae\x6b") + 2] = 0x75  # the index still says that the tracks are here
    with pytest.raises(Unplayable, match="round in circles"):
        inspect(BytesIO(whole))
