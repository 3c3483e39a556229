"""One wrong thing in a check at a time: every fault that it gives, word for word."""

from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from tests.catalog.factories import CHECK, UNIT, make_programme


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            CHECK,
            ", right: true",
            "",
            [
                (
                    f'{CHECK}:8: 0 options of "q-choice" are right, not exactly one. '
                    "Put right: true at one of them, or use kind: multiple."
                )
            ],
        ),
        (
            CHECK,
            "{id: b, text: That",
            "{id: b, right: true, text: That",
            [
                (
                    f'{CHECK}:8: 2 options of "q-choice" are right, not exactly one. '
                    "Put right: true at one of them, or use kind: multiple."
                )
            ],
        ),
        (CHECK, "answer: true", "answer: yes", [f'{CHECK}:19: answer is "yes". Write true or false, without quotes.']),
        (
            CHECK,
            "id: q-multiple",
            "id: q-choice",
            [f'{CHECK}:12: the question id "q-choice" is used twice, first in line 5. Change one of the two.'],
        ),
        (
            CHECK,
            "{id: b, text: That",
            "{id: a, text: That",
            [f'{CHECK}:10: the option id "a" is used twice, first in line 9. Change one of the two.'],
        ),
        (
            CHECK,
            "right: Fork",
            "right: Saucer",
            [f'{CHECK}:24: the pair right "Saucer" is used twice, first in line 24. Change one of the two.'],
        ),
        (CHECK, ", why: It is not.", "", [f"{CHECK}:10: option 2 has no why. Add why (why it is right or not)."]),
        (
            CHECK,
            "id: check",
            "id: first",
            [f'{UNIT}:10: the check shares the id "first" with another step. Give each step of a unit its own id.'],
        ),
        (
            CHECK,
            "text: Two,",
            "text: One,",
            [f'{CHECK}:17: the option text "One" is used twice, first in line 16. Change one of the two.'],
        ),
        (
            CHECK,
            "kind: order",
            "kind: sort",
            [f'{CHECK}:20: kind is "sort". Use choice, multiple, truefalse, order or match.'],
        ),
        (
            CHECK,
            "items: [{id: a, text: One}, {id: b, text: Two}]",
            "items: [{id: a, text: One}]",
            [f"{CHECK}:20: items holds 1, fewer than 2. Add one more item."],
        ),
        (
            CHECK,
            "{id: b, text: Two}",
            "{id: b, text: One}",
            [f'{CHECK}:20: the item text "One" is used twice, first in line 20. Change one of the two.'],
        ),
        (
            CHECK,
            "{id: a, text: One, right: true, why: It is.}\n      - {id: b, text: Two, right: true,",
            "{id: a, text: One, why: It is.}\n      - {id: b, text: Two,",
            [f'{CHECK}:15: no option of "q-multiple" is right. Put right: true at every option that is.'],
        ),
    ],
)
def test_fault(here: Path, name: str, old: str, new: str, expected: list[str]) -> None:
    content, rubrics = make_programme(here, {name: (old, new)})
    assert [str(fault) for fault in check(content, rubrics)] == expected
