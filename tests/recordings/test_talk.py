"""What a timeline draws, and what is counted of a talk."""

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.talk import Talk, talk
from mentorcert.recordings.voices import Voice

TWO = {"M": Voice.MENTOR, "E": Voice.MENTEE, "Host": Voice.OTHER}


def test_lanes_shares_turns_and_the_longest_stretch() -> None:
    said = [
        Cue(0, 2, "M", "Well."),
        Cue(2.5, 4, "M", "“What is it?”"),
        Cue(5, 11, "E", "Time."),
        Cue(12, 13, "M", "Time."),
        Cue(20, 22, "?", "A voice from outside."),
    ]
    found = talk(said, TWO)
    assert found == Talk(
        mentor=((0, 4), (12, 13)),
        mentee=((5, 11),),
        ends=22,
        unknown=2,
        mentor_turns=2,
        mentee_turns=1,
        monologue=(0, 4),
    )
    assert (found.mentor_percent, found.longest, found.unknown_percent) == (45, 4, 15)


def test_a_word_of_somebody_else_ends_a_stretch_and_a_pause_does_too() -> None:
    said = [
        Cue(0, 3, "M", "a"),
        Cue(3, 3.5, "E", "mhm"),
        Cue(3.5, 8, "M", "b"),
        Cue(8.5, 12, "M", "c"),
        Cue(14, 20, "M", "d"),
    ]
    assert talk(said, TWO).monologue == (3.5, 12)


def test_somebody_else_counts_on_neither_side() -> None:
    said = [Cue(0, 3, "M", "a"), Cue(3, 4, "E", "b"), Cue(4, 90, "Host", "c")]
    assert (talk(said, TWO).mentor_percent, talk(said, TWO).unknown_percent) == (75, 0)


def test_where_too_much_is_unknown_there_is_no_share() -> None:
    said = [Cue(0, 3, "M", "a"), Cue(3, 6, "E", "b"), Cue(6, 9, "", "c")]
    assert (talk(said, TWO).mentor_percent, talk(said, TWO).unknown_percent) == (None, 33)


def test_without_voices_there_are_no_shares() -> None:
    assert talk([Cue(0, 5, "", "Words.")], {}).mentor_percent is None
    assert talk([], {}) == Talk((), ())


def test_overlaps_are_claimed_only_of_transcripts_that_have_some() -> None:
    apart = [Cue(0, 3, "M", "a"), Cue(3, 6, "E", "b")]
    assert not talk(apart, TWO).can_show_overlaps
    assert not talk([Cue(0, 3, "M", "a"), Cue(2, 6, "M", "b")], TWO).can_show_overlaps
    assert talk([Cue(0, 3, "M", "a"), Cue(2.5, 6, "E", "b")], TWO).can_show_overlaps


def test_estimated_times_are_known_as_such() -> None:
    assert talk([Cue(0, 3, "M", "a", is_estimated=True), Cue(3, 6, "E", "b", is_estimated=True)], TWO).is_estimated
    assert not talk([Cue(0, 3, "M", "a", is_estimated=True), Cue(3, 6, "E", "b")], TWO).is_estimated
