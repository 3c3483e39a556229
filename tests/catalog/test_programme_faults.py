"""One wrong thing in a programme at a time: every fault that it gives, word for word."""

from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from tests.catalog.factories import PROGRAM, UNIT, make_programme


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            PROGRAM,
            "id: tiny\n",
            "",
            [
                (
                    f"{PROGRAM}:1: the programme has no id. "
                    "Add id (the id that everything else uses; never change it once people have learned with it)."
                )
            ],
        ),
        (
            PROGRAM,
            "id: tiny",
            "id: Tiny One",
            [
                (
                    f'{PROGRAM}:1: id "Tiny One" is not an id: small letters, digits, and single hyphens between them. '
                    "Change it."
                )
            ],
        ),
        (
            PROGRAM,
            "id: tiny",
            "id: 7",
            [f"{PROGRAM}:1: id is a number, not a text. Write words, in quotes if need be."],
        ),
        (
            PROGRAM,
            "title: A tiny",
            "tittle: A tiny",
            [
                f"{PROGRAM}:1: the programme has no title. Add title (what people read).",
                f'{PROGRAM}:2: there is no key "tittle" here. Perhaps you mean "title".',
            ],
        ),
        (
            PROGRAM,
            "summary: One unit.",
            "summary:",
            [f"{PROGRAM}:4: summary is empty, not a text. Write words, in quotes if need be."],
        ),
        (PROGRAM, "summary: One unit.", "summary: ''", [f"{PROGRAM}:4: summary is empty. Write it."]),
        (
            PROGRAM,
            "summary: One unit.",
            "summary: 2026-01-01",
            [f"{PROGRAM}:4: summary is a date, not a text. Write words, in quotes if need be."],
        ),
        (
            PROGRAM,
            "summary: One unit.",
            "summary: [a]",
            [f"{PROGRAM}:4: summary is a list, not a text. Write words, in quotes if need be."],
        ),
        (
            PROGRAM,
            "language: en",
            "language: English!",
            [f'{PROGRAM}:3: language "English!" is not a language tag such as en or pt-BR. Change it.'],
        ),
        (
            PROGRAM,
            "language: en",
            "language: en\nlanguage: de",
            [
                (
                    f'{PROGRAM}:4: this is not YAML: found duplicate key "language" with value "de" (original '
                    'value: "en"). '
                    "Correct it here or in the line above."
                )
            ],
        ),
        (
            PROGRAM,
            "language: en",
            "language: [en",
            [f"{PROGRAM}:4: this is not YAML: expected ',' or ']', but got ':'. Correct it here or in the line above."],
        ),
        (
            PROGRAM,
            "language: en",
            "language: *nobody",
            [f"{PROGRAM}:3: this is not YAML: found undefined alias 'nobody'. Correct it here or in the line above."],
        ),
        (
            PROGRAM,
            "language: en",
            "language: en\nxyz: 1",
            [
                (
                    f'{PROGRAM}:4: there is no key "xyz" here. '
                    "Remove it; the keys here are id, title, language, summary, topics, units, sessions, "
                    "final, requirements, certificate."
                )
            ],
        ),
        (
            PROGRAM,
            "  - start\n",
            "  - star\n",
            [
                f'{PROGRAM}:9: there is no unit "star". Perhaps you mean "start".',
                f'{UNIT}:1: the unit "start" is in no list. Add it to content/tiny/program.yaml, or remove the file.',
            ],
        ),
        (
            PROGRAM,
            "  - start\n",
            "  - start\n  - start\n",
            [f'{PROGRAM}:10: unit "start" is listed twice. Remove one.'],
        ),
        (
            PROGRAM,
            "units:\n  - start\n",
            "units: start\n",
            [f"{PROGRAM}:8: units is a text, not a list. Write one item a line, each after a hyphen."],
        ),
        (
            PROGRAM,
            "units:\n  - start\n",
            "units: []\n",
            [
                f"{PROGRAM}:8: units holds 0, fewer than 1. Add one more unit.",
                f'{UNIT}:1: the unit "start" is in no list. Add it to content/tiny/program.yaml, or remove the file.',
            ],
        ),
        (PROGRAM, "unit: start", "unit: stat", [f'{PROGRAM}:11: there is no unit "stat". Perhaps you mean "start".']),
        (
            PROGRAM,
            "prework_due_hours_before: 18",
            "prework_due_hours_before: -1",
            [
                (
                    f"{PROGRAM}:11: prework_due_hours_before is -1, below 0: pre-work would be due after its "
                    "session has "
                    "begun. Write a whole number from 0 to 168."
                )
            ],
        ),
        (
            PROGRAM,
            "prework_due_hours_before: 18",
            "prework_due_hours_before: 18.5",
            [
                (
                    f'{PROGRAM}:11: prework_due_hours_before is "18.5", not a whole number. '
                    "Write a whole number from 0 to 168."
                )
            ],
        ),
        (
            PROGRAM,
            "prework_due_hours_before: 18",
            "prework_due_hours_before: true",
            [
                (
                    f"{PROGRAM}:11: prework_due_hours_before is true or false, not a whole number. "
                    "Write a whole number from 0 to 168."
                )
            ],
        ),
        (
            PROGRAM,
            "prework_due_hours_before: 18",
            "prework_due_hours_before: 200",
            [f"{PROGRAM}:11: prework_due_hours_before is 200, above 168. Write a whole number from 0 to 168."],
        ),
        (
            PROGRAM,
            "id: session-2",
            "id: session-1",
            [f'{PROGRAM}:12: the session id "session-1" is used twice, first in line 11. Change one of the two.'],
        ),
        (
            PROGRAM,
            "id: session-2",
            "id: start",
            [f'{PROGRAM}:12: a unit or session has the id "start" too. Change one of the two.'],
        ),
        (
            PROGRAM,
            "id: final",
            "id: session-1",
            [f'{PROGRAM}:14: a session has the id "session-1" too. Change one of the two.'],
        ),
        (
            PROGRAM,
            "id: feedback",
            "id: talks",
            [f'{PROGRAM}:7: the topic id "talks" is used twice, first in line 6. Change one of the two.'],
        ),
        (
            PROGRAM,
            "minutes_min: 15",
            "minutes_min: 50",
            [f"{PROGRAM}:17: minutes_min is 50, above minutes_max, 45. Make minutes_min the smaller one."],
        ),
        (
            PROGRAM,
            "at_least: 1",
            "at_least: 3",
            [f"{PROGRAM}:22: at_least is 3, but there are 2 live sessions. Write at most 2."],
        ),
        (
            PROGRAM,
            "rubric: tiny-rubric",
            "rubric: tiny-rubrik",
            [f'{PROGRAM}:24: there is no rubric "tiny-rubrik". Perhaps you mean "tiny-rubric".'],
        ),
        (
            PROGRAM,
            "kind: checks",
            "kind: check",
            [f'{PROGRAM}:23: kind is "check". Use prework, attendance, checks, recording or critical.'],
        ),
        (
            PROGRAM,
            "kind: checks, ",
            "",
            [f"{PROGRAM}:23: requirement 3 has no kind. Add kind: prework, attendance, checks, recording or critical."],
        ),
        (
            PROGRAM,
            "at_least: 1",
            "at_least_percent: 1",
            [
                f"{PROGRAM}:22: requirement 2 has no at_least. Add at_least (how many live sessions).",
                f'{PROGRAM}:22: the key "at_least_percent" belongs to kind checks. Remove it, or change kind.',
            ],
        ),
        (
            PROGRAM,
            "  - {id: prework, kind: prework, title: All pre-work}",
            "  - prework",
            [f"{PROGRAM}:21: requirement 1 is a text, and has no keys. Write it as key: value lines."],
        ),
    ],
)
def test_fault(here: Path, name: str, old: str, new: str, expected: list[str]) -> None:
    content, rubrics = make_programme(here, {name: (old, new)})
    assert [str(fault) for fault in check(content, rubrics)] == expected
