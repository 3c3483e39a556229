"""Who is who in a transcript, and what the timeline draws of it."""

import pytest

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.voices import Talk, Voice, talk, told_apart, unnamed

MENTOR, MENTEE = Voice.MENTOR, Voice.MENTEE


def cues(*speakers: str) -> list[Cue]:
    return [Cue(at * 10, at * 10 + 5, speaker, "Words.") for at, speaker in enumerate(speakers)]


@pytest.mark.parametrize(
    ("speakers", "found"),
    [
        (("Mentor", "Mentee"), {"Mentor": MENTOR, "Mentee": MENTEE}),
        (("Amara Okafor", "Somebody"), {"Amara Okafor": MENTOR, "Somebody": MENTEE}),
        (("x", "dana"), {"x": MENTOR, "dana": MENTEE}),
        (("Amara", "Dana", "A third"), {"Amara": MENTOR, "Dana": MENTEE}),
        (("One", "Two"), {}),
        (("", ""), {}),
    ],
)
def test_the_two_are_told_apart(speakers: tuple[str, ...], found: dict[str, Voice]) -> None:
    assert told_apart(cues(*speakers), "Amara Okafor", "Dana Reyes") == found


def test_names_give_way_to_what_they_are() -> None:
    said = unnamed(cues("Amara", "A third"), {"Amara": MENTOR}, {MENTOR: "Mentor"})
    assert [cue.speaker for cue in said] == ["Mentor", "A third"]


def test_lanes_shares_and_questions() -> None:
    said = [
        Cue(0, 2, "M", "Well."),
        Cue(2.5, 4, "M", "“What is it?”"),
        Cue(5, 11, "E", "Time?"),
        Cue(20, 22, "?", "A voice from outside?"),
    ]
    assert talk(said, {"M": MENTOR, "E": MENTEE}) == Talk(((0, 4),), ((5, 11),), ends=22, questions=1)
    assert talk(said, {"M": MENTOR, "E": MENTEE}).mentor_percent == 40
    assert talk(said, {"M": MENTOR, "E": MENTEE}).longest == 4


def test_without_voices_there_are_no_shares() -> None:
    assert talk(cues("", ""), {}).mentor_percent is None
    assert talk([], {}) == Talk((), (), ends=0.0, questions=0)
