"""Candidate questions, and how often the rules are right on sentences labelled by hand."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import process_time

import pytest

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.question_words import ENGLISH
from mentorcert.recordings.questions import Question, candidates, in_sentence
from mentorcert.recordings.transcript import MOST_CUES
from mentorcert.recordings.voices import Voice

LABELLED = Path(__file__).parent / "files" / "mentor_sentences.tsv"
MENTOR = {"M": Voice.MENTOR, "E": Voice.MENTEE}


@dataclass(frozen=True)
class Score:
    """How often the rules were right: (right, of how many)."""

    precision: tuple[int, int]
    recall: tuple[int, int]
    kind: tuple[int, int]


@cache
def labelled(part: str) -> tuple[tuple[str, str], ...]:
    with LABELLED.open(encoding="utf-8") as file:
        return tuple(
            (row["is"], row["sentence"]) for row in csv.DictReader(file, delimiter="\t") if row["part"] == part
        )


def bare(sentence: str) -> str:
    """The sentence as a program writes it that knows no punctuation."""
    return re.sub(r"[.?!,;:…]", "", sentence).lower()


def score(part: str, *, punctuation: bool) -> Score:
    hits = wrong = missed = right = 0
    for label, sentence in labelled(part):
        found = [is_open for _, is_open in in_sentence(sentence if punctuation else bare(sentence), ENGLISH)]
        hits += bool(found) and label != "none"
        wrong += bool(found) and label == "none"
        missed += not found and label != "none"
        right += bool(found) and label == ("open" if found[0] else "closed")
    return Score((hits, hits + wrong), (hits, hits + missed), (right, hits))


def test_there_are_enough_sentences() -> None:
    assert len(labelled("rules")) + len(labelled("held")) >= 150


# The numbers stand in docs/recordings.md too: whoever changes the rules measures again, and says what came out.
@pytest.mark.parametrize(
    ("part", "punctuation", "measured"),
    [
        ("rules", True, Score((67, 67), (67, 69), (67, 67))),
        ("rules", False, Score((65, 65), (65, 69), (65, 65))),
        ("held", True, Score((46, 47), (46, 47), (44, 46))),
        ("held", False, Score((43, 44), (43, 47), (41, 43))),
    ],
)
def test_the_rules_are_right_as_often_as_we_say(part: str, punctuation: bool, measured: Score) -> None:
    assert score(part, punctuation=punctuation) == measured


@pytest.mark.parametrize(("part", "measured"), [("rules", ((39, 40), (39, 69))), ("held", ((24, 26), (24, 47)))])
def test_strung_together_without_punctuation_they_are_found_as_often_as_we_say(
    part: str, measured: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    hits = asked = found = 0
    rows = labelled(part)
    for first in range(0, len(rows), 5):
        text, spans = "", []
        for label, sentence in rows[first : first + 5]:
            spans.append((len(text), len(text := f"{text}{bare(sentence)} "), label != "none"))
        places = [place for place, _ in in_sentence(text, ENGLISH)]
        found += len(places)
        asked += sum(is_asked for *_, is_asked in spans)
        hits += sum(is_asked and any(start <= at < end for at in places) for start, end, is_asked in spans)
    assert ((hits, found), (hits, asked)) == measured


def test_a_question_mark_alone_makes_no_question_and_its_lack_unmakes_none() -> None:
    said = [Cue(0, 2, "M", "You went there alone?"), Cue(3, 5, "E", "Yes."), Cue(6, 8, "M", "what did you find")]
    assert candidates(said, MENTOR, "en") == (Question(6000, "what did you find", True),)


def test_each_has_its_second_also_within_a_long_piece() -> None:
    words = "I see. You were tired. What did you do then? Okay, and did it help? Good."
    [first, second] = candidates([Cue(100, 100 + len(words), "M", words)], MENTOR, "en-GB") or ()
    assert (first.text, first.is_open) == ("What did you do then?", True)
    assert (second.text, second.is_open) == ("Okay, and did it help?", False)
    assert first.seconds == pytest.approx(100 + words.index("What"), abs=0.01)
    assert second.seconds == pytest.approx(100 + words.index("did it"), abs=0.01)


def test_a_question_may_go_on_in_the_next_piece() -> None:
    said = [Cue(0, 2, "M", "Tell me what"), Cue(2, 4, "M", "would help you now."), Cue(4, 9, "E", "What would?")]
    assert candidates(said, MENTOR, "en") == (Question(0, "Tell me what would help you now.", True),)


def test_only_the_mentor_asks_and_no_two_have_the_same_time() -> None:
    said = [Cue(5, 5, "M", "Why? How come? What else?"), Cue(6, 7, "E", "What?"), Cue(8, 9, "", "Is it you?")]
    assert [each.at for each in candidates(said, MENTOR, "en") or ()] == [5000, 5001, 5002]


def test_in_a_language_without_rules_nothing_is_counted() -> None:
    assert candidates([Cue(0, 2, "M", "Was wäre anders?")], MENTOR, "de") is None
    assert candidates([Cue(0, 2, "M", "What would be different?")], {}, "en") == ()


def test_a_long_talk_takes_no_time_worth_a_thought() -> None:
    sentences = [sentence for _, sentence in labelled("rules")]
    said = [Cue(at * 2, at * 2 + 1, "M", sentences[at % len(sentences)]) for at in range(MOST_CUES)]
    before = process_time()
    assert len(candidates(said, MENTOR, "en") or ()) > MOST_CUES / 2
    assert process_time() - before < 2


@pytest.mark.parametrize("words", ["what ", "so what ", "what, ", "what a b c d ", "x right ", "tell me ", "how many "])
def test_words_made_to_keep_us_busy_cost_no_more_than_their_length(words: str) -> None:
    said = [Cue(0, 100, "M", (words * (100_000 // len(words))).strip())]
    before = process_time()
    candidates(said, MENTOR, "en")
    assert process_time() - before < 3
