"""One wrong thing in a unit at a time: every fault that it gives, word for word."""

from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from tests.catalog.factories import FILM, PROGRAM, SCENARIO, UNIT, make_programme


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (UNIT, "topic: talks", "topic: talk", [f'{UNIT}:5: there is no topic "talk". Perhaps you mean "talks".']),
        (
            UNIT,
            "[first, film]",
            "[first, films]",
            [
                (
                    f'{FILM}:2: the lesson "film" is in no list. '
                    "Add it to content/tiny/units/01-start/unit.yaml, or remove the file."
                ),
                f'{UNIT}:8: there is no lesson "films". Perhaps you mean "film".',
            ],
        ),
        (
            UNIT,
            "[first, film]",
            "[first]",
            [
                (
                    f'{FILM}:2: the lesson "film" is in no list. '
                    "Add it to content/tiny/units/01-start/unit.yaml, or remove the file."
                )
            ],
        ),
        (UNIT, "[first, film]", "[first, film, first]", [f'{UNIT}:8: lesson "first" is listed twice. Remove one.']),
        (
            UNIT,
            "check: check.yaml",
            "check: ../check.yaml",
            [f'{UNIT}:10: "../check.yaml" leads out of the unit\'s folder. Write check: check.yaml.'],
        ),
        (
            UNIT,
            "check: check.yaml",
            "check: checks.yaml",
            [
                (
                    f'{UNIT}:10: there is no file "checks.yaml". '
                    "Put it at content/tiny/units/01-start/checks.yaml, or correct the name."
                )
            ],
        ),
        (
            UNIT,
            "  - talk",
            "  - walk",
            [
                (
                    f'{SCENARIO}:1: the scenario "talk" is in no list. '
                    "Add it to content/tiny/units/01-start/unit.yaml, or remove the file."
                ),
                f'{UNIT}:12: there is no scenario "walk". Perhaps you mean "talk".',
            ],
        ),
        (
            UNIT,
            "id: reflection",
            "id: first",
            [f'{UNIT}:9: the reflection and a lesson share the id "first". Give each step of a unit its own id.'],
        ),
        (
            UNIT,
            "short: Start",
            "short: The very first beginning of all",
            [f'{UNIT}:3: short "The very first beginning of all" is not at most 24 characters. Change it.'],
        ),
        (
            UNIT,
            "id: start",
            "id: begin",
            [
                f'{PROGRAM}:9: there is no unit "start". Add it, or correct the id; those there are: begin.',
                f'{UNIT}:1: the unit "begin" is in no list. Add it to content/tiny/program.yaml, or remove the file.',
            ],
        ),
        (
            SCENARIO,
            "topic: talks",
            "topic: walks",
            [f'{SCENARIO}:3: there is no topic "walks". Perhaps you mean "talks".'],
        ),
        (
            SCENARIO,
            "brief: You",
            "breif: You",
            [
                f"{SCENARIO}:7: mentee has no brief. Add brief (the mentee's brief, in the second person).",
                f'{SCENARIO}:7: there is no key "breif" here. Perhaps you mean "brief".',
            ],
        ),
        (
            SCENARIO,
            "debrief:\n  - What did Sam want?\n",
            "",
            [f"{SCENARIO}:1: the scenario has no debrief. Add debrief (questions for the talk afterwards)."],
        ),
        (
            SCENARIO,
            "mentee: {name: Sam, brief: You are late.}",
            "mentee: Sam",
            [f"{SCENARIO}:7: mentee is a text, and has no keys. Write it as key: value lines."],
        ),
    ],
)
def test_fault(here: Path, name: str, old: str, new: str, expected: list[str]) -> None:
    content, rubrics = make_programme(here, {name: (old, new)})
    assert [str(fault) for fault in check(content, rubrics)] == expected
