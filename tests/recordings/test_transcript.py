"""Transcripts from anywhere become cues, and nothing but what we write ourselves is kept."""

import html
from time import process_time

import pytest

from mentorcert.errors import Invalid
from mentorcert.recordings.transcript import LARGEST, MOST_CUES, Cue, kept, read, written
from tests.recordings.factories import TRANSCRIPT, WRITTEN

CUES = (Cue(0.0, 1.0, "Amara Okafor", "What brings you here?"), Cue(1.1, 2.0, "Dana", "Time & money."))


def test_voices_and_words_are_read() -> None:
    assert read(TRANSCRIPT) == CUES


def test_it_is_written_anew_and_read_back() -> None:
    assert written(CUES) == WRITTEN
    assert kept(WRITTEN) == CUES
    assert (written(()), kept("")) == ("", ())


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + TRANSCRIPT,
        TRANSCRIPT.replace(b"\n", b"\r\n"),
        TRANSCRIPT.replace(
            b"WEBVTT\n", b"WEBVTT - from a meeting\nKind: captions\n\nNOTE nothing\n\nSTYLE\n::cue {color: red}\n"
        ),
        TRANSCRIPT.replace(b"01.000\n", b"01.000 align:start position:10%\n"),
        TRANSCRIPT.replace(b"\n00:00:00.000", b"\n\n1\n00:00:00.000"),
    ],
    ids=["bom", "crlf", "header-and-style", "settings", "numbers"],
)
def test_what_meeting_programs_add_does_no_harm(data: bytes) -> None:
    assert read(data) == CUES


def test_names_as_zoom_writes_them() -> None:
    lines = (
        "Amara Okafor: One thing: this.",
        "Dana: Yes.",
        "Amara Okafor: Go on.",
        "Dana: At 10: nobody.",
        "Once: no name.",
    )
    data = "WEBVTT\n" + "".join(f"\n00:0{at}.000 --> 00:0{at}.900\n{line}\n" for at, line in enumerate(lines))
    assert [(cue.speaker, cue.text) for cue in read(data.encode())] == [
        ("Amara Okafor", "One thing: this."),
        ("Dana", "Yes."),
        ("Amara Okafor", "Go on."),
        ("Dana", "At 10: nobody."),
        ("", "Once: no name."),
    ]


def test_times_as_teams_writes_them() -> None:
    data = b"WEBVTT\n\n0:0:13.5 --> 0:0:14.540\nOne.\n\n01:15.000 --> 1:00:16.000\nTwo.\n"
    assert read(data) == (Cue(13.5, 14.54, "", "One."), Cue(75.0, 3616.0, "", "Two."))


def test_markup_becomes_words() -> None:
    data = b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v <b>>x</b> &lt;script&gt;alert(1)&lt;/script&gt; <c.red>y</c>\n"
    [cue] = read(data)
    assert (cue.speaker, cue.text) == ("<b", ">x <script>alert(1)</script> y")
    assert kept(written([cue])) == (cue,)
    assert "<script" not in written([cue])


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"", "The transcript is not WebVTT: its first line is not WEBVTT."),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHello.\n", "The transcript is not WebVTT: its first line is not WEBVTT."),
        (b"WEBVTT\n", "The transcript is empty: nobody says anything in it."),
        (b"WEBVTT\n\n\xff\xfe", "The transcript is not UTF-8 text."),
        (b"WEBVTT\n" + b"x" * LARGEST, "The transcript is larger than 2 MB."),
    ],
    ids=["nothing", "srt", "no-words", "not-utf-8", "too-large"],
)
def test_each_refusal_has_its_sentence(data: bytes, title: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(data)
    assert refused.value.title == title


def test_times_that_make_no_sense_are_named_by_line() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"WEBVTT\n\n00:00:03.000 --> 00:00:02.000\nx\n\n00:61:00.000 --> 00:62:00.000\ny\n")
    assert [str(fault) for fault in refused.value.faults] == [
        "line 3: it ends before it starts. Put the earlier time first.",
        "line 6: its times can’t be read. Write it like 00:02:05.000 --> 00:02:09.500.",
    ]


def test_a_transcript_has_a_number_of_pieces_that_pages_can_show() -> None:
    whole = b"WEBVTT\n" + b"\n00:00:01.000 --> 00:00:02.000\nx\n" * MOST_CUES
    assert len(read(whole)) == MOST_CUES
    with pytest.raises(Invalid, match="more than 10,000 pieces"):
        read(whole + b"\n00:00:01.000 --> 00:00:02.000\nx\n")


@pytest.mark.parametrize("words", [b"<", b"<v a", b"<v.", b"&lt;<"])
def test_tags_that_never_end_do_not_keep_us_busy(words: bytes) -> None:
    line = words * (1024 * 1024 // len(words))
    before = process_time()
    [cue] = read(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + line + b"\n")
    assert process_time() - before < 5  # looking for an end from each beginning takes an hour
    assert cue.text == html.unescape(" ".join(line.decode().split()))


def test_of_very_many_faults_the_first_five_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"WEBVTT\n\n" + b"00:00:03.000 --> 00:00:02.000\nx\n\n" * 1000)
    assert [fault.where for fault in refused.value.faults] == ["line 3", "line 6", "line 9", "line 12", "line 15"]
