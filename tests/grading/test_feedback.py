"""What a trainee reads: each criterion against the line, and the moments that comments name."""

from dataclasses import replace

import pytest

from mentorcert.catalog.rubric import Criterion, Level
from mentorcert.grading.feedback import Moment, line_of, moments, named_moments, rows
from tests.grading.factories import TINY, draft

FOUR = tuple(
    Level(name, name.title(), points, name) for points, name in enumerate(("not-yet", "partly", "solid", "strong"), 1)
)


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


def test_moments_stand_in_order_of_time_and_end_with_the_recording() -> None:
    wanted = draft(heard="At 2:00 you wait. At 0:30 too.", closing="At 0:30 she smiles. At 9:00 nothing.")
    assert moments(TINY, wanted, 300) == (
        Moment(1, 30, "At 0:30 too.", ("listening", "close"), "Listening, Close"),
        Moment(2, 120, "At 2:00 you wait.", ("listening",), "Listening"),
    )


def test_criteria_stand_from_strong_to_weak() -> None:
    wanted = draft(listening="not-yet", heard="At 0:01.")
    marks = moments(TINY, wanted, 2)
    found = rows(TINY, wanted, marks)
    assert [(row.title, row.word, row.level, row.line, row.of) for row in found] == [
        ("Close", "Solid", 2, 2, 2),
        ("Listening", "Not yet", 1, 2, 2),
    ]
    assert [(row.strong, row.short, row.critical, row.aim.title) for row in found] == [
        (True, False, False, "Solid"),
        (False, True, True, "Solid"),
    ]
    assert [row.moments for row in found] == [(), marks]


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
