"""Who is who in a transcript: guessed by names, shown without them."""

import pytest

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.voices import Voice, told_apart, unnamed

MENTOR, MENTEE = Voice.MENTOR, Voice.MENTEE
LABELS = {MENTOR: "Mentor", MENTEE: "Mentee"}


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


def test_no_name_is_left_where_names_are_hidden() -> None:
    said = unnamed(cues("Amara", "Grace", "", "Dana", "Tom", "Amara"), {"Amara": MENTOR, "Tom": Voice.OTHER}, LABELS)
    assert [cue.speaker for cue in said] == ["Mentor", "Voice 2", "", "Voice 3", "Voice 4", "Mentor"]
