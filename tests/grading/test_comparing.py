"""How near a coach is to a panel, and where that leaves them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorcert.catalog.policy import Calibration
from mentorcert.catalog.rubric import Criterion, Level, Rubric
from mentorcert.grading import comparing
from mentorcert.grading.comparing import Comparison, Stand, Standing
from tests.factories import NOW

DAY: Final = timedelta(days=1)
LEVELS: Final = tuple(Level(f"l{number}", f"Level {number}", number, f"Anchor {number}.") for number in range(1, 5))
FOUR: Final = Rubric(
    "four",
    "Four",
    "",
    60,
    (Criterion("a", "A", 50, LEVELS, True, "l3"), Criterion("b", "B", 50, LEVELS)),
)


def compared(exemplar: int, chosen: str, agreed: str, *, at: datetime = NOW) -> Comparison:
    """Levels of both criteria by their numbers: "34" is l3 and l4."""
    mine, theirs = ({"a": f"l{one[0]}", "b": f"l{one[1]}"} for one in (chosen, agreed))
    return Comparison(exemplar, at, mine, theirs)


@pytest.mark.parametrize(
    ("chosen", "percent"),
    [("33", 100), ("34", 75), ("24", 50), ("13", 50), ("14", 25), ("11", 0), ("31", 50)],
)
def test_the_same_level_counts_one_and_the_one_beside_it_a_half(chosen: str, percent: int) -> None:
    assert comparing.percent(FOUR, [compared(1, chosen, "33")]) == percent


def test_half_a_percent_goes_up() -> None:
    made = [compared(number, "33", "33") for number in range(3)] + [compared(3, "34", "33")]
    assert comparing.percent(FOUR, made) == 94  # 93.75
    assert comparing.percent(FOUR, [*made, *made, compared(9, "13", "33")]) == 89  # 8.0 of 9: 88.9


def test_a_difference_says_how_far_and_whether_it_decides() -> None:
    first, second = comparing.differences(FOUR, {"a": "l2", "b": "l4"}, {"a": "l3", "b": "l1"})
    assert (first.apart, first.minimum_disputed) == (-1, True)
    assert (second.apart, second.minimum_disputed) == (3, False)


def standing(made: Sequence[Comparison], exemplars: int = 5, policy: Calibration | None = None) -> Standing:
    return comparing.standing(FOUR, policy or Calibration(2, 90, 75), made, frozenset(range(exemplars)), NOW)


def test_a_coach_stands_where_their_last_exemplars_say() -> None:
    assert standing([]) == Standing(Stand.DUE, 0, 2, None, 75, None)
    one = compared(0, "33", "33", at=NOW - 3 * DAY)
    assert standing([one]) == Standing(Stand.DUE, 1, 2, 100, 75, NOW + 87 * DAY)
    assert standing([one, compared(1, "24", "33")]) == Standing(Stand.NEAR, 2, 2, 75, 75, NOW + 87 * DAY)
    assert standing([one, compared(1, "14", "33")]).stand is Stand.BELOW


def test_what_counts_is_the_newest_of_each_exemplar_within_the_period() -> None:
    old = compared(0, "11", "33", at=NOW - 2 * DAY)
    again = compared(0, "33", "33", at=NOW - DAY)
    assert standing([again, old, compared(1, "33", "33")]).percent == 100
    third = [compared(number, "33", "33", at=NOW - number * DAY) for number in (1, 2)]
    assert standing([compared(0, "11", "33", at=NOW - 3 * DAY), *third]).percent == 100
    lapsed = [compared(0, "33", "33", at=NOW - 90 * DAY), compared(1, "33", "33", at=NOW - 89 * DAY)]
    assert standing(lapsed) == Standing(Stand.DUE, 1, 2, 100, 75, NOW + DAY)


def test_where_there_are_fewer_exemplars_all_are_enough_and_none_is_not() -> None:
    assert standing([compared(0, "33", "33")], exemplars=1).stand is Stand.NEAR
    assert standing([], exemplars=1) == Standing(Stand.DUE, 0, 1, None, 75, None)
    assert standing([], exemplars=0) == Standing(Stand.WITHOUT, 0, 0, None, 75, None)
    assert standing([compared(0, "33", "33")], exemplars=0).stand is Stand.NEAR


chosen = st.text("1234", min_size=2, max_size=2)


@settings(max_examples=60, deadline=None)
@given(mine=chosen, theirs=chosen)
def test_agreement_is_within_bounds_and_the_same_from_both_sides(mine: str, theirs: str) -> None:
    found = comparing.percent(FOUR, [compared(1, mine, theirs)])
    assert 0 <= found <= 100
    assert found == comparing.percent(FOUR, [compared(1, theirs, mine)])
    assert (found == 100) == (mine == theirs)
