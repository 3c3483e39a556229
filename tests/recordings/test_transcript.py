"""Transcripts from anywhere become cues, and nothing but what we write ourselves is kept."""

import html
from contextlib import suppress
from time import process_time

import pytest
from webvtt import WebVTT

from mentorcert.errors import Invalid
from mentorcert.recordings.cues import Cue
from mentorcert.recordings.transcript import LARGEST, MOST_CUES, check_against, kept, read, written
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
        (b"", "The transcript is not one that we can read: there are no times in it."),
        (b"PK\x03\x04 word", "The transcript is not one that we can read: there are no times in it."),
        (b"WEBVTT\n", "The transcript is empty: nobody says anything in it."),
        (b"WEBVTT\n\n\xff\xfe", "The transcript is not UTF-8 text."),
        (b"WEBVTT\n" + b"x" * LARGEST, "The transcript is larger than 2 MB."),
    ],
    ids=["nothing", "word", "no-words", "not-utf-8", "too-large"],
)
def test_each_refusal_has_its_sentence(data: bytes, title: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(data)
    assert refused.value.title == title


def test_a_word_document_is_told_what_to_do() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe")
    assert refused.value.todo.startswith("It is a Word document or an archive. In Teams choose Download as .vtt")


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


def test_a_hundred_thousand_pieces_are_refused_before_they_are_read() -> None:
    flood = b"WEBVTT\n" + b"0:1.0 --> 0:2.0\nx\n\n" * 100_000
    before = process_time()
    with pytest.raises(Invalid, match="more than 10,000 pieces"):
        read(flood[:LARGEST])
    assert process_time() - before < 1
    with pytest.raises(Invalid, match="larger than 2 MB"):
        read(flood * 2)


def test_voices_in_one_piece_do_not_make_more_than_pages_can_show() -> None:
    with pytest.raises(Invalid, match="more than 10,000 pieces"):
        read(b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v A>x <v B>y " * MOST_CUES)


@pytest.mark.parametrize(
    "words",
    [b"<", b"<v a", b"<v.", b"&lt;<", b"A:", b">> ", b"- x\n", b"&", b"<a>", b"\n \n1\n", b"[A"],
)
def test_lines_made_to_keep_us_busy_cost_no_more_than_their_length(words: bytes) -> None:
    line = words * (512 * 1024 // len(words))
    before = process_time()
    with suppress(Invalid):
        read(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + line + b">\n")
    assert process_time() - before < 5  # looking for an end from each beginning takes an hour


@pytest.mark.parametrize("words", [b"<", b"<v a", b"<v.", b"&lt;<"])
def test_tags_that_never_end_are_words(words: bytes) -> None:
    line = words * 1000
    [cue] = read(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + line + b"\n")
    assert cue.text == html.unescape(" ".join(line.decode().split()))


def test_of_very_many_faults_the_first_five_are_named_and_the_others_counted() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"WEBVTT\n\n" + b"00:00:03.000 --> 00:00:02.000\nx\n\n" * 1000)
    assert [fault.where for fault in refused.value.faults] == ["line 3", "line 6", "line 9", "line 12", "line 15"]
    assert refused.value.todo == "Correct the lines named here, and 995 more that are like them."


def test_a_subtitle_file_that_says_it_is_another_is_told_apart_by_its_commas() -> None:
    with pytest.raises(Invalid) as refused:
        read(b"WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\n00:00:03,000 --> 00:00:04,000\ny\n")
    assert [str(fault) for fault in refused.value.faults] == [
        "line 4: it has a comma before the thousandths, as .srt files do. Write it like 00:02:05.000 --> 00:02:09.500.",
        "line 8: it has a comma before the thousandths, as .srt files do. Write it like 00:02:05.000 --> 00:02:09.500.",
    ]
    assert refused.value.todo.startswith("All its times have commas: it is an .srt file.")


@pytest.mark.parametrize(
    ("times", "fault"),
    [
        ("24:00:00.000 --> 24:00:01.000", "line 3: it lies beyond 24 hours."),
        ("00:00:01.000 -> 00:00:02.000\n0:0:1 --> x", "line 4: its times can’t be read."),
        ("00:05:00.000 --> 00:05:01.000\nx\n\n00:00:01.000 --> 00:00:02.000", "line 6: it begins 299 seconds before"),
    ],
)
def test_times_that_hint_at_damage_are_named(times: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(f"WEBVTT\n\n{times}\nwords\n".encode())
    assert [str(each)[: len(fault)] for each in refused.value.faults] == [fault]


def test_voices_that_overlap_a_little_are_put_in_order() -> None:
    data = b"WEBVTT\n\n00:05.000 --> 00:09.000\n<v A>Yes.\n\n00:04.000 --> 00:06.000\n<v B>No.\n"
    assert [(cue.start, cue.speaker) for cue in read(data)] == [(4.0, "B"), (5.0, "A")]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_files_with_a_byte_order_mark_are_read(codec: str) -> None:
    assert read(TRANSCRIPT.decode().encode(codec)) == CUES


def test_what_we_write_is_read_by_others() -> None:
    cues = (*CUES, Cue(7200.5, 7201.25, "Zoë <b>", "1 < 2 & --> stays", is_estimated=True))
    theirs = WebVTT.from_string(written(cues)).captions
    assert [(each.start, each.end) for each in theirs][-1] == ("02:00:00.500", "02:00:01.250")
    assert len(theirs) == 3
    assert kept(written(cues)) == cues


def test_reading_what_we_wrote_takes_no_time_worth_a_thought() -> None:
    cues = tuple(Cue(at, at + 1.5, "Amara", "And what would that change for you?") for at in range(MOST_CUES))
    text = written(cues)
    before = process_time()
    found = kept(text)
    assert process_time() - before < 0.5
    assert found == cues


@pytest.mark.parametrize(
    ("seconds", "fault"),
    [
        (0, None),
        (1800, None),
        (1740, None),
        (1700, "This transcript is 2 minutes longer than the recording: is it of another one?"),
        (600, "This transcript is 20 minutes longer than the recording: is it of another one?"),
    ],
)
def test_the_transcript_of_another_recording_is_noticed(seconds: int, fault: str | None) -> None:
    found = check_against([Cue(0, 4, "", "Hello."), Cue(1790, 1800, "", "Bye.")], seconds)
    assert (found.what if found else None) == fault
