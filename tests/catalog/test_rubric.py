"""The arithmetic of rubrics."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.catalog.rubric import (
    Criterion,
    Level,
    LevelsDoNotFit,
    Rubric,
    below_minimum,
    faults,
    half_up,
    meets_critical,
    passed,
    percent,
)
from mentorcert.errors import NotFound

NAMES = ("not-yet", "partly", "solid", "strong")


def levels(*points: int) -> tuple[Level, ...]:
    return tuple(Level(name, name.title(), each, "Seen.") for name, each in zip(NAMES, points, strict=False))


def criterion(
    name: str, weight: int, min_level: str | None = None, points: tuple[int, ...] = (1, 2, 3, 4)
) -> Criterion:
    return Criterion(name, name.title(), weight, levels(*points), min_level is not None, min_level)


LISTENING, QUESTIONS, CLOSE = criterion("listening", 50, "solid"), criterion("questions", 30), criterion("close", 20)
RUBRIC = Rubric("tiny", "Tiny", "Three criteria.", 70, (LISTENING, QUESTIONS, CLOSE))


def grade(listening: str, questions: str, close: str) -> dict[str, str]:
    return {"listening": listening, "questions": questions, "close": close}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (grade("strong", "strong", "strong"), 100),
        (grade("not-yet", "not-yet", "not-yet"), 25),
        (grade("solid", "solid", "solid"), 75),
        (grade("solid", "partly", "strong"), 73),  # 37.5 + 15 + 20 = 72.5
        (grade("solid", "strong", "partly"), 78),  # 37.5 + 30 + 10 = 77.5
        (grade("partly", "strong", "strong"), 75),
        (grade("solid", "not-yet", "partly"), 55),  # 37.5 + 7.5 + 10 = 55
    ],
)
def test_percent(chosen: dict[str, str], expected: int) -> None:
    assert percent(RUBRIC, chosen) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 0), ("1/2", 1), ("49/100", 0), ("3/2", 2), ("5/2", 3), ("69.5", 70), ("6949999/100000", 69), ("100", 100)],
)
def test_half_goes_up_always(value: str, expected: int) -> None:
    assert half_up(Fraction(value)) == expected


def test_points_count_by_their_share_of_the_highest_of_the_same_criterion() -> None:
    uneven = Rubric("r", "R", "S", 50, (criterion("a", 50, points=(0, 1)), criterion("b", 50, points=(1, 2, 8))))
    assert [
        percent(uneven, {"a": "not-yet", "b": "not-yet"}),
        percent(uneven, {"a": "partly", "b": "partly"}),
        percent(uneven, {"a": "partly", "b": "solid"}),
    ] == [6, 63, 100]  # 6.25, 62.5, 100


@pytest.mark.parametrize(
    ("listening", "expected"), [("not-yet", False), ("partly", False), ("solid", True), ("strong", True)]
)
def test_a_critical_criterion_needs_its_minimum(listening: str, expected: bool) -> None:
    assert meets_critical(RUBRIC, grade(listening, "not-yet", "not-yet")) is expected


def test_what_stayed_below_its_minimum_is_named() -> None:
    assert below_minimum(RUBRIC, grade("partly", "not-yet", "not-yet")) == (LISTENING,)
    assert below_minimum(RUBRIC, grade("solid", "not-yet", "not-yet")) == ()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (grade("solid", "partly", "strong"), True),
        (grade("solid", "partly", "partly"), False),  # 62.5: below the mark
        (grade("partly", "strong", "strong"), False),  # 75, but listening is critical
        (grade("strong", "not-yet", "partly"), False),  # 67.5 is 68
    ],
)
def test_who_passes(chosen: dict[str, str], expected: bool) -> None:
    assert passed(RUBRIC, chosen) is expected


def test_a_score_that_rounds_to_the_mark_passes() -> None:
    rubric = Rubric("r", "R", "S", 70, (criterion("a", 99, points=(0, 100)), criterion("b", 1, points=(1, 2))))
    assert (percent(rubric, {"a": "partly", "b": "not-yet"}), passed(rubric, {"a": "partly", "b": "not-yet"})) == (
        100,
        True,
    )


def test_levels_that_do_not_fit_are_all_named() -> None:
    chosen = {"listening": "superb", "humour": "solid", "close": "solid"}
    expected = (
        '"Questions" has no level yet. Choose one.',
        'This rubric has no criterion "humour".',
        '"Listening" has no level "superb". Choose one of its levels.',
    )
    assert faults(RUBRIC, chosen) == expected
    for arithmetic in (percent, passed, meets_critical, below_minimum):
        with pytest.raises(LevelsDoNotFit) as refused:
            arithmetic(RUBRIC, chosen)
        assert refused.value.faults == expected


def test_nothing_is_wrong_with_a_whole_grade() -> None:
    assert faults(RUBRIC, grade("solid", "solid", "solid")) == ()


def test_what_is_not_in_the_rubric_is_not_found() -> None:
    assert RUBRIC.criterion("close").level("strong").points == 4
    with pytest.raises(NotFound, match='no criterion "humour"'):
        RUBRIC.criterion("humour")
    with pytest.raises(NotFound, match='no level "superb"'):
        CLOSE.level("superb")


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=7)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    criteria = []
    for at, weight in enumerate(weights):
        points = tuple(sorted(draw(st.sets(st.integers(0, 50), min_size=2, max_size=4))))
        minimum = draw(st.sampled_from((None, *NAMES[: len(points)])))
        criteria.append(criterion(f"c-{at}", weight, minimum, points))
    return Rubric("r", "R", "S", draw(st.integers(0, 100)), tuple(criteria))


@st.composite
def graded(draw: st.DrawFn) -> tuple[Rubric, dict[str, str]]:
    rubric = draw(rubrics())
    return rubric, {each.id: draw(st.sampled_from([level.id for level in each.levels])) for each in rubric.criteria}


@given(graded())
def test_a_score_is_the_exact_sum_moved_by_half_a_percent_at_most(case: tuple[Rubric, dict[str, str]]) -> None:
    rubric, chosen = case
    exact = sum(
        Fraction(each.weight * each.level(chosen[each.id]).points, each.levels[-1].points) for each in rubric.criteria
    )
    assert Fraction(-1, 2) < percent(rubric, chosen) - exact <= Fraction(1, 2)
    assert 0 <= percent(rubric, chosen) <= 100


@given(graded())
def test_a_higher_level_never_lowers_a_score_or_fails_who_passed(case: tuple[Rubric, dict[str, str]]) -> None:
    rubric, chosen = case
    for each in rubric.criteria:
        ids = [level.id for level in each.levels]
        for higher in ids[ids.index(chosen[each.id]) :]:
            better = {**chosen, each.id: higher}
            assert percent(rubric, better) >= percent(rubric, chosen)
            assert passed(rubric, better) >= passed(rubric, chosen)


@given(graded(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_and_of_choices_makes_no_difference(
    case: tuple[Rubric, dict[str, str]], chance: Random
) -> None:
    rubric, chosen = case
    criteria, choices = list(rubric.criteria), list(chosen.items())
    chance.shuffle(criteria)
    chance.shuffle(choices)
    shuffled = replace(rubric, criteria=tuple(criteria))
    assert percent(shuffled, dict(choices)) == percent(rubric, chosen)
    assert passed(shuffled, dict(choices)) == passed(rubric, chosen)


@given(graded(), st.integers(2, 20))
def test_points_in_the_same_ratio_give_the_same_grade(case: tuple[Rubric, dict[str, str]], factor: int) -> None:
    rubric, chosen = case
    criteria = tuple(
        replace(each, levels=tuple(replace(level, points=level.points * factor) for level in each.levels))
        for each in rubric.criteria
    )
    assert percent(replace(rubric, criteria=criteria), chosen) == percent(rubric, chosen)


@given(graded())
def test_a_grade_lies_between_the_weakest_and_the_best(case: tuple[Rubric, dict[str, str]]) -> None:
    rubric, chosen = case
    weakest = {each.id: each.levels[0].id for each in rubric.criteria}
    assert percent(rubric, weakest) <= percent(rubric, chosen) <= 100


@given(rubrics())
def test_the_best_grade_is_a_hundred_and_passes(rubric: Rubric) -> None:
    best = {each.id: each.levels[-1].id for each in rubric.criteria}
    assert (percent(rubric, best), passed(rubric, best)) == (100, True)
