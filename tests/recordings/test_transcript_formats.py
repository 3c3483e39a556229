"""Files as meeting programs export them: the same talk in each form becomes the same cues."""

import pytest

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.formats import Kind, kind_of
from mentorcert.recordings.transcript import kept, read, written

ZOOM = """WEBVTT

1
00:00:02.656 --> 00:00:03.230
Amara Okafor: What brings you here today?

2
00:00:04.000 --> 00:00:07.500
Dana Reyes: Time. I have none.

3
00:00:08.000 --> 00:00:09.000
Amara Okafor: Say more.

4
00:00:09.500 --> 00:00:12.000
Dana Reyes: Since June: two jobs.
"""
ZOOM_OLD = """WEBVTT

1 "Amara Okafor" (16778240)
00:00:02.656 --> 00:00:03.230
What brings you here today?

2 "Dana Reyes" (16779264)
00:00:04.000 --> 00:00:07.500
Time. I have none.

3 "Amara Okafor" (16778240)
00:00:08.000 --> 00:00:09.000
Say more.

4 "Dana Reyes" (16779264)
00:00:09.500 --> 00:00:12.000
Since June: two jobs.
"""
TEAMS = """WEBVTT

fd1e7b1a-8f0e-4a15-a1de-5d4cfb5ce1d9/12-0
00:00:02.656 --> 00:00:03.230
<v Amara Okafor>What brings
you here today?</v>

fd1e7b1a-8f0e-4a15-a1de-5d4cfb5ce1d9/15-0
00:00:04.000 --> 00:00:07.500
<v Dana Reyes>Time. I have none.</v>

fd1e7b1a-8f0e-4a15-a1de-5d4cfb5ce1d9/17-1
00:00:08.000 --> 00:00:09.000
<v Amara Okafor>Say more.</v>

fd1e7b1a-8f0e-4a15-a1de-5d4cfb5ce1d9/19-0
00:00:09.500 --> 00:00:12.000
<v Dana Reyes>Since June: two jobs.</v>
"""
TEAMS_STREAM = """WEBVTT

NOTE duration:"00:00:12.0000000"

NOTE language:en-gb

NOTE Confidence: 0.9123

8a017ebb-1722-4e7f-8984-fc6da39c3489
0:0:2.656 --> 0:0:3.230
<v Amara Okafor>What brings you here today?</v>

NOTE Confidence: 0.8

0:0:4.0 --> 0:0:7.500
<v Dana Reyes>Time. I have none.</v>

0:0:8.0 --> 0:0:9.0
<v Amara Okafor>Say more.</v>

0:0:9.500 --> 0:0:12.0
<v Dana Reyes>Since June: two jobs.</v>
"""
SRT = """1
00:00:02,656 --> 00:00:03,230
Amara Okafor: What brings you here today?

2
00:00:04,000 --> 00:00:07,500
Dana Reyes: Time.

I have none.

3
00:00:08,000 --> 00:00:09,000
Amara Okafor: Say more.
4
00:00:09,500 --> 00:00:12,000
Dana Reyes: Since June: two jobs.
"""
RECORDER = """WEBVTT
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

REGION
id:left
width:40%

STYLE
::cue(v[voice=Amara]) { color: #123 }

00:02.656 --> 00:03.230 region:left align:start
[Amara Okafor]: What brings you here today?

00:04.000 --> 00:07.500
[Dana Reyes]: <c.yellow>Time.</c> I <00:05.000>have none.

00:08.000 --> 00:09.000
>> [Amara Okafor]: Say more.

00:09.500 --> 00:12.000
[Dana Reyes]: Since June: two jobs.
"""
TALK = (
    Cue(2.656, 3.23, "Amara Okafor", "What brings you here today?"),
    Cue(4.0, 7.5, "Dana Reyes", "Time. I have none."),
    Cue(8.0, 9.0, "Amara Okafor", "Say more."),
    Cue(9.5, 12.0, "Dana Reyes", "Since June: two jobs."),
)
MEET = """Oct 2, 2026
Coaching talk - Transcript
Attendees
Amara Okafor, Dana Reyes
00:00:00
\u00a0
Amara Okafor: What brings you here?
Dana Reyes: Time. I have none, really none.
\u00a0
\u00a0
00:01:00
\u00a0
Amara Okafor: Say more.
Dana Reyes: Since June I have had two jobs.
Both of them at night.


Transcription ended after 00:01:30


This editable transcript was computer generated and might contain errors. People can also change the text.
"""


@pytest.mark.parametrize(
    "text",
    [ZOOM, ZOOM_OLD, TEAMS, TEAMS_STREAM, SRT, RECORDER],
    ids=["zoom", "zoom-old", "teams", "teams-stream", "srt", "regions"],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_same_talk_in_each_form_becomes_the_same_cues(text: str, ending: str) -> None:
    assert read(text.replace("\n", ending).encode()) == TALK


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ZOOM, Kind.VTT),
        (SRT, Kind.SRT),
        (MEET, Kind.MEET),
        (MEET.replace("00:01:00", "### (00:01:00)").replace("Dana Reyes:", "**Dana Reyes:**"), Kind.MEET),
        ("A letter.\nDear Dana: hello\n", None),
        ("12:00:00\nno names\n", None),
    ],
    ids=["vtt", "srt", "meet", "meet-markdown", "letter", "clock"],
)
def test_what_a_file_is_shows_in_its_content(text: str, kind: Kind | None) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize("bold", [False, True])
def test_the_text_of_meet_gets_its_times_from_the_length_of_the_words(bold: bool) -> None:
    text = MEET.replace("Dana Reyes:", "**Dana Reyes:**").replace("00:01:00", "### 00:01:00") if bold else MEET
    found = read(text.encode())
    assert [(cue.speaker, cue.text) for cue in found] == [
        ("Amara Okafor", "What brings you here?"),
        ("Dana Reyes", "Time. I have none, really none."),
        ("Amara Okafor", "Say more."),
        ("Dana Reyes", "Since June I have had two jobs. Both of them at night."),
    ]
    assert all(cue.is_estimated for cue in found)
    assert found[0].start == 0
    assert found[2].start == 60
    assert found[1].start == found[0].end < found[1].end <= 60
    assert found[3].end <= 90
    assert kept(written(found))[3].is_estimated


def test_two_voices_in_one_piece_are_parted_and_share_its_time() -> None:
    data = b"WEBVTT\n\n00:10.000 --> 00:20.000\n<v Amara>Abcd</v>\n<v Dana>Abcdef</v>\n"
    assert read(data) == (Cue(10, 14, "Amara", "Abcd", True), Cue(14, 20, "Dana", "Abcdef", True))


@pytest.mark.parametrize(
    "words", ["- Abcd\n- Abcdef", "\u2013 Abcd\n\u2013 Abcdef", ">> Abcd >> Abcdef", "&gt;&gt; Abcd\n&gt;&gt; Abcdef"]
)
def test_marks_of_another_speaker_part_the_words_and_name_nobody(words: str) -> None:
    found = read(f"WEBVTT\n\n00:10.000 --> 00:20.000\n{words}\n".encode())
    assert found == (Cue(10, 14, "", "Abcd", True), Cue(14, 20, "", "Abcdef", True))


def test_signs_that_are_no_marks_stay() -> None:
    data = b"WEBVTT\n\n00:10.000 --> 00:20.000\n- 3 < 4 and a > b, x->y\n"
    assert [cue.text for cue in read(data)] == ["- 3 < 4 and a > b, x->y"]


def test_a_short_talk_of_two_has_names_that_stand_once() -> None:
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\nAmara: Well?\n\n00:03.000 --> 00:04.000\nDana: Well.\n"
    assert [cue.speaker for cue in read(data)] == ["Amara", "Dana"]


def test_notes_are_no_words() -> None:
    note = b"NOTE by the way\nof two lines\n\n"
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n\n" + note + b"00:03.000 --> 00:04.000\nBye.\n\n7\n"
    assert [cue.text for cue in read(data)] == ["Hello.", "Bye."]
