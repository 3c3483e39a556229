"""One wrong thing in a rubric at a time: every fault that it gives, word for word."""

from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from tests.catalog.factories import PROGRAM, RUBRIC, make_programme


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            RUBRIC,
            "weight: 60",
            "weight: 59",
            [f"{RUBRIC}:5: the weights sum to 99, not 100. Share out 100 among the criteria."],
        ),
        (
            RUBRIC,
            "points: 3",
            "points: 1",
            [
                (
                    f'{RUBRIC}:14: level "solid" has 1 points, not more than the one before. '
                    "Let the points rise from level to level."
                )
            ],
        ),
        (
            RUBRIC,
            "    min_level: solid\n",
            "",
            [f'{RUBRIC}:9: the critical criterion "listening" has no min_level. Add min_level: a level id.'],
        ),
        (
            RUBRIC,
            "min_level: solid",
            "min_level: good",
            [f'{RUBRIC}:10: the min_level "good" of "listening" is none of its levels. Use not-yet or solid.'],
        ),
        (
            RUBRIC,
            "    critical: true\n",
            "",
            [
                (
                    f'{PROGRAM}:25: the rubric "tiny-rubric" has no critical criterion. '
                    "Mark one with critical: true, or remove this requirement."
                ),
                (
                    f'{RUBRIC}:9: "listening" has a min_level, but is not critical. '
                    "Add critical: true, or remove min_level."
                ),
            ],
        ),
        (
            RUBRIC,
            "id: close",
            "id: listening",
            [f'{RUBRIC}:15: the criterion id "listening" is used twice, first in line 6. Change one of the two.'],
        ),
        (
            RUBRIC,
            "id: solid",
            "id: not-yet",
            [
                f'{RUBRIC}:10: the min_level "solid" of "listening" is none of its levels. Use not-yet.',
                f'{RUBRIC}:14: the level id "not-yet" is used twice, first in line 13. Change one of the two.',
            ],
        ),
        (RUBRIC, "pass: 70", "pass: 101", [f"{RUBRIC}:4: pass is 101, above 100. Write a whole number from 0 to 100."]),
        (
            RUBRIC,
            "comment: required",
            "comment: needed",
            [f'{RUBRIC}:11: comment is "needed". Use required or optional.'],
        ),
        (
            RUBRIC,
            "id: tiny-rubric",
            "id: other",
            [
                f'{PROGRAM}:24: there is no rubric "tiny-rubric". Add it, or correct the id; those there are: other.',
                f'{PROGRAM}:25: there is no rubric "tiny-rubric". Add it, or correct the id; those there are: other.',
            ],
        ),
        (RUBRIC, "weight: 60", "weight: 0", [f"{RUBRIC}:8: weight is 0, below 1. Write a whole number from 1 to 100."]),
        (
            RUBRIC,
            "criteria:",
            "criterion:",
            [
                f"{RUBRIC}:1: the rubric has no criteria. Add criteria (what is looked at).",
                f'{RUBRIC}:5: there is no key "criterion" here. Perhaps you mean "criteria".',
            ],
        ),
        (
            RUBRIC,
            "anchor: Interrupts.",
            "anchor: TODO",
            [f"{RUBRIC}:13: anchor is still to be written. Write it in place of TODO."],
        ),
        (
            RUBRIC,
            "comment: required",
            "bank: [{text: Go on., level: good}, {text: Go on.}]",
            [
                (
                    f'{RUBRIC}:11: the level "good" of this phrase is none of the levels of "listening". '
                    "Use not-yet or solid, or remove it."
                ),
                f'{RUBRIC}:11: the phrase text "Go on." is used twice, first in line 11. Change one of the two.',
            ],
        ),
        (
            RUBRIC,
            "comment: required",
            "bank: [Go on.]",
            [f"{RUBRIC}:11: phrase 1 is a text, and has no keys. Write it as key: value lines."],
        ),
        (
            RUBRIC,
            "comment: required",
            f"bank: [{{text: {'Go on. ' * 50}}}]",
            [(f'{RUBRIC}:11: text "{"Go on. " * 10}Go [...]" is not at most 300 characters. Change it.')],
        ),
    ],
)
def test_fault(here: Path, name: str, old: str, new: str, expected: list[str]) -> None:
    content, rubrics = make_programme(here, {name: (old, new)})
    assert [str(fault) for fault in check(content, rubrics)] == expected
