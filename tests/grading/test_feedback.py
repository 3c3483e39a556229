"""What is read of a grade: each criterion against the line, and the moments that are evidence for it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from mentorcert.catalog.rubric import Criterion, Level
from mentorcert.grading.deciding import Decided
from mentorcert.grading.documents import document
from mentorcert.grading.feedback import Evidence, Pin, delivered, line_of, named_moments, pins
from mentorcert.grading.models import Assessment, Mark, Moment, Round
from mentorcert.recordings.models import Recording
from tests.grading.factories import TINY

FOUR = tuple(
    Level(name, name.title(), points, name) for points, name in enumerate(("not-yet", "partly", "solid", "strong"), 1)
)
ONE = UUID("00000000-0000-4000-8000-000000000001")


def written(listening: str, close: str, *marked: Moment, comment: str = "") -> dict[str, Any]:
    """A document as it would be delivered, of one coach's grade."""
    marks = [
        Mark(criterion="listening", level=listening, comment=comment),
        Mark(criterion="close", level=close, comment=""),
    ]
    coach = Assessment(
        round=Round.FIRST, recording=Recording(number=7), marks=marks, moments=list(marked), comment="So."
    )
    decided = Decided(60, False, {"listening": listening, "close": close}, (Round.FIRST,), "One coach graded it.")
    return document(TINY, "hash", decided, [coach])


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("At 5:46 you wait.", [(346, "At 5:46 you wait.")]),
        (
            "Good. See 0:15, 1:02:03! And\n29:02 too",
            [(15, "See 0:15, 1:02:03!"), (3723, "See 0:15, 1:02:03!"), (1742, "29:02 too")],
        ),
        ("5:46 and again 5:46.", [(346, "5:46 and again 5:46.")]),
        ("A ratio of 3:7, 12:345 or 5:61; 10:30:99 and 1.5:20 are none.", []),
        ("", []),
    ],
)
def test_times_in_a_comment_are_moments(comment: str, found: list[tuple[int, str]]) -> None:
    assert list(named_moments(comment)) == found


def test_pins_stand_in_order_of_time_and_end_with_the_recording() -> None:
    comments = {"listening": "At 2:00 you wait. At 0:30 too.", "close": "At 0:30 she smiles. At 9:00 nothing."}
    marked = Evidence(61.5, "close", "her own words", ONE)
    assert pins(TINY.criteria, comments, [marked, Evidence(900, "", "after the end")], 300) == (
        Pin(1, 30, "At 0:30 too.", ("listening", "close"), "Listening, Close"),
        Pin(2, 61.5, "her own words", ("close",), "Close", marked),
        Pin(3, 120, "At 2:00 you wait.", ("listening",), "Listening"),
    )


def test_a_comment_that_names_a_marked_second_means_that_mark() -> None:
    comments = {"listening": "At 0:30 you wait.", "close": "At 0:30 she smiles."}
    marked = Evidence(30.7, "listening", "", ONE)
    assert pins(TINY.criteria, comments, [marked], 0) == (
        Pin(1, 30, "At 0:30 she smiles.", ("close",), "Close"),
        Pin(2, 30.7, "At 0:30 you wait.", ("listening",), "Listening", marked),
    )


def test_a_mark_in_the_last_part_of_a_second_is_in_the_recording_and_one_of_no_criterion_too() -> None:
    last = Evidence(2.9, "", "the end", ONE)
    assert pins(TINY.criteria, {}, [last], 2) == (Pin(1, 2.9, "the end", (), "", last),)


def test_keys_tell_pins_apart() -> None:
    found = pins(TINY.criteria, {"close": "0:01"}, [Evidence(1.2, "", "", ONE), Evidence(1.3, "", "")], 0)
    assert [each.key for each in found] == ["c1", str(ONE), "m3"]


def test_what_was_delivered_is_read_from_strong_to_weak() -> None:
    mark = Moment(at=1.0, criterion="listening", note="cuts in")
    found = delivered(written("not-yet", "solid", mark, comment="At 0:01."), 2)
    assert [(row.title, row.word, row.level, row.line, row.of) for row in found.rows] == [
        ("Close", "Solid", 2, 2, 2),
        ("Listening", "Not yet", 1, 2, 2),
    ]
    assert [(row.strong, row.short, row.critical, row.aim.title) for row in found.rows] == [
        (True, False, False, "Solid"),
        (False, True, True, "Solid"),
    ]
    assert [[pin.text for pin in row.pins] for row in found.rows] == [[], ["cuts in"]]
    assert (found.number, found.percent, found.pass_percent, found.passed) == (7, 60, 70, False)
    assert (found.comment, found.says, found.rubric_hash) == ("So.", "One coach graded it.", "hash")
    assert [row.title for row in found.unmet] == ["Listening"]


def test_what_was_delivered_keeps_its_words_whatever_the_rubric_says_today() -> None:
    said = written("solid", "solid")
    said["criteria"][0]["levels"][1]["title"] = "As it was called"
    assert delivered(said, 0).rows[0].word == "As it was called"


@pytest.mark.parametrize(
    ("criterion", "line"),
    [
        (Criterion("a", "A", 10, FOUR, critical=True, min_level="partly"), 2),
        (Criterion("a", "A", 10, FOUR), 3),
        (Criterion("a", "A", 10, (replace(FOUR[0], id="x"), replace(FOUR[3], id="y"))), 2),
    ],
    ids=["its own minimum", "the name of the critical ones", "the share that passes"],
)
def test_the_line_to_reach(criterion: Criterion, line: int) -> None:
    assert line_of(TINY, criterion) == line
