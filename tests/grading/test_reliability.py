"""Agreement against published tables, other people's programs, and what must hold for any grades at all."""

from itertools import permutations
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorcert.grading.reliability import Form, Metric, agreement, alpha, icc, icc_of_design, severity, weighted_kappa
from mentorcert.grading.resampling import WITHOUT, Estimate, NotEstimable, Resampling, Why

KRIPPENDORFF: Final = (
    (1, 1, 1),
    (2, 2, 3, 2),
    (3, 3, 3, 3),
    (3, 3, 3, 3),
    (2, 2, 2, 2),
    (1, 2, 3, 4),
    (4, 4, 4, 4),
    (1, 1, 2, 1),
    (2, 2, 2, 2),
    (5, 5, 5),
    (1, 1),
    (3,),
)
"""Krippendorff's twelve units of four observers, with what is missing left out."""

SHROUT_FLEISS: Final = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
"""Their table 2: six targets, four judges."""

ONE: Final = tuple(map(int, "3012333301230122203200330033223003100310"))
OTHER: Final = tuple(map(int, "3202233301130111313300322123323003100310"))

HOLES: Final = (
    (4, 4, 2),
    (3, 2, 2, 3),
    (),
    (2, 2, 2, 4),
    (2, 1, 4, 2),
    (1, 2, 2),
    (2, 1),
    (4, 1, 4, 2),
    (4, 2, 4, 4, 1),
    (3, 3, 1, 3, 3),
    (4, 1, 2),
    (3,),
    (3, 3, 3, 2),
    (2, 2, 2),
    (4, 1, 3, 4),
)
"""Some grades of five coaches with holes, as given to the package krippendorff."""

TOTALS: Final = (
    (54, 66, 59),
    (79, 79, 84),
    (58, 46, 49),
    (65, 59, 67),
    (62, 56, 67),
    (67, 60, 85),
    (57, 73, 75),
    (82, 71, 88),
    (50, 51, 57),
    (73, 70, 73),
    (79, 80, 75),
    (75, 80, 75),
)


def number(found: Estimate | NotEstimable) -> float:
    assert isinstance(found, Estimate), found
    return found.value


def naive_alpha(units: list[list[int]], metric: Metric) -> float:
    """Krippendorff's alpha by its definition, pair by pair: one minus observed over expected disagreement."""
    paired = [unit for unit in units if len(unit) >= 2]
    everything = [value for unit in paired for value in unit]

    def apart(one: int, other: int) -> float:
        if metric is Metric.NOMINAL:
            return float(one != other)
        if metric is Metric.INTERVAL:
            return float((one - other) ** 2)
        low, high = sorted((one, other))
        ends = (everything.count(low) + everything.count(high)) / 2
        return (sum(low <= value <= high for value in everything) - ends) ** 2 if low != high else 0.0

    observed = sum(sum(apart(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in paired)
    expected = sum(apart(a, b) for a, b in permutations(everything, 2)) / (len(everything) - 1)
    return 1 - observed / expected


def naive_kappa(pairs: list[tuple[int, int]]) -> float:
    observed = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    expected = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / len(pairs) ** 2
    return 1 - observed / expected


def per_unit(pairs: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    return [[pair] for pair in pairs]


@pytest.mark.parametrize(("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorffs_example(metric: str, published: float) -> None:
    found = alpha(KRIPPENDORFF, Metric(metric))
    assert round(number(found), 3) == published
    assert isinstance(found, Estimate)
    assert found.n == 11


@pytest.mark.parametrize(
    ("metric", "theirs"),
    [("nominal", 0.1239035087719299), ("ordinal", -0.06712962962962954), ("interval", -0.06875334403424271)],
)
def test_alpha_is_that_of_the_package_krippendorff(metric: str, theirs: float) -> None:
    """Version 0.9.0; it is GPL, so its numbers stand here instead of it."""
    assert number(alpha(HOLES, Metric(metric))) == pytest.approx(theirs, abs=1e-12)


def test_ordinal_alpha_of_two_coaches_is_that_of_the_package_krippendorff() -> None:
    assert number(alpha(list(zip(ONE, OTHER, strict=True)), Metric.ORDINAL)) == pytest.approx(0.8339911862337366)


def test_kappa_is_that_of_scikit_learn() -> None:
    """Version 1.9.1, `cohen_kappa_score(…, weights="quadratic")`."""
    pairs = list(zip(ONE, OTHER, strict=True))
    assert number(weighted_kappa(per_unit(pairs), [4])) == pytest.approx(0.8350515463917526)


@pytest.mark.parametrize(
    ("form", "published"),
    [
        (Form.ONE_WAY, 0.166),
        (Form.TWO_WAY, 0.290),
        (Form.FIXED, 0.715),
        (Form.ONE_WAY_MEAN, 0.443),
        (Form.TWO_WAY_MEAN, 0.620),
        (Form.FIXED_MEAN, 0.909),
    ],
)
def test_correlations_are_those_of_shrout_and_fleiss(form: Form, published: float) -> None:
    assert round(number(icc(SHROUT_FLEISS, form)), 3) == published


@pytest.mark.parametrize(
    ("form", "theirs"),
    [
        (Form.ONE_WAY, 0.6869772246),
        (Form.TWO_WAY, 0.6907424347),
        (Form.FIXED, 0.7166014642),
        (Form.ONE_WAY_MEAN, 0.8681428890),
        (Form.TWO_WAY_MEAN, 0.8701408649),
        (Form.FIXED_MEAN, 0.8835286065),
    ],
)
def test_correlations_are_those_of_pingouin(form: Form, theirs: float) -> None:
    """Version 0.7.0, `intraclass_corr`; GPL too."""
    assert number(icc(TOTALS, form)) == pytest.approx(theirs, abs=1e-9)


def test_a_correlation_of_unequal_numbers_of_grades_is_the_analysis_of_variance() -> None:
    """By hand: means 2 and 8 of two and three values; between 43.2, within 4/3, 2.4 values as usual."""
    assert number(icc([(1, 3), (7, 8, 9)], Form.ONE_WAY)) == pytest.approx((43.2 - 4 / 3) / (43.2 + 1.4 * 4 / 3))


def test_the_design_decides_which_correlation_it_is() -> None:
    same = [dict(zip("abcd", row, strict=True)) for row in SHROUT_FLEISS]
    assert icc_of_design(same, WITHOUT) == (Form.TWO_WAY, icc(SHROUT_FLEISS, Form.TWO_WAY, WITHOUT))
    assert icc_of_design(same, WITHOUT, of_mean=True)[0] is Form.TWO_WAY_MEAN
    changing = [{"a": 60, "b": 70}, {"b": 80, "c": 85}, {"a": 40, "c": 41}]
    assert icc_of_design(changing, WITHOUT) == (
        Form.ONE_WAY,
        icc([(60, 70), (80, 85), (40, 41)], Form.ONE_WAY, WITHOUT),
    )
    assert icc_of_design(changing, WITHOUT, of_mean=True)[0] is Form.ONE_WAY_MEAN


def test_the_order_in_which_coaches_are_named_does_not_matter_to_a_two_way_correlation() -> None:
    same = [dict(zip("abcd", row, strict=True)) for row in SHROUT_FLEISS]
    turned = [dict(reversed(unit.items())) for unit in same]
    assert icc_of_design(turned, WITHOUT) == icc_of_design(same, WITHOUT)


def test_pooled_kappa_adds_up_disagreement_over_criteria() -> None:
    """By hand, in squares of the whole scale: 1/9 seen in three recordings; by chance 11/27 and 4/9."""
    units = [[(0, 0), (0, 0)], [(3, 3), (1, 1)], [(0, 1), (1, 1)]]
    assert number(weighted_kappa(units, [4, 2])) == pytest.approx(1 - (1 / 27) / (11 / 27 + 4 / 9))


def test_agreement_counts_pairs() -> None:
    units = [(1, 1), (1, 2), (1, 3), (2, 2, 3), (4,)]
    assert agreement(units, resampling=WITHOUT) == Estimate(2 / 6, 4)
    assert agreement(units, within=1, resampling=WITHOUT) == Estimate(5 / 6, 4)
    assert agreement([(True, True), (True, False)], resampling=WITHOUT) == Estimate(0.5, 2)


def test_severity_is_the_distance_from_the_others_on_the_same_recordings() -> None:
    units = [{"a": 60, "b": 70}, {"a": 50, "c": 56}, {"b": 80, "c": 80}, {"a": 10}]
    assert severity(units, WITHOUT) == {"a": Estimate(-8, 2), "b": Estimate(5, 2), "c": Estimate(3, 2)}
    assert severity([{"a": 60, "b": 70}]) == {
        "a": NotEstimable(Why.ONLY_ONE, 1),
        "b": NotEstimable(Why.ONLY_ONE, 1),
    }
    assert severity([{"a": 0, "b": 30, "c": 60}] * 2, WITHOUT) == {
        "a": Estimate(-45, 2),
        "b": Estimate(0, 2),
        "c": Estimate(45, 2),
    }


@pytest.mark.parametrize("metric", list(Metric))
def test_alpha_says_why_it_can_not_be_estimated(metric: Metric) -> None:
    assert alpha([], metric) == NotEstimable(Why.NOTHING, 0)
    assert alpha([(1,), (2,)], metric) == NotEstimable(Why.NOTHING, 0)
    assert alpha([(1, 2), (3,)], metric) == NotEstimable(Why.ONLY_ONE, 1)
    assert alpha([(1, 1), (2,)], metric) == NotEstimable(Why.ONLY_ONE, 1)
    assert alpha([(2, 2), (2, 2), (3,)], metric) == NotEstimable(Why.NO_VARIANCE, 2)


def test_other_statistics_say_why_they_can_not_be_estimated() -> None:
    assert weighted_kappa([], [4]) == NotEstimable(Why.NOTHING, 0)
    assert weighted_kappa(per_unit([(1, 2)]), [4]) == NotEstimable(Why.ONLY_ONE, 1)
    assert weighted_kappa(per_unit([(1, 1), (1, 1)]), [4]) == NotEstimable(Why.NO_VARIANCE, 2)
    assert weighted_kappa(per_unit([(0, 0), (0, 0)]), [1]) == NotEstimable(Why.NO_VARIANCE, 2)
    assert agreement([]) == NotEstimable(Why.NOTHING, 0)
    assert agreement([(1, 1)]) == NotEstimable(Why.ONLY_ONE, 1)
    for form in Form:
        assert icc([], form) == NotEstimable(Why.NOTHING, 0)
        assert icc([(1, 2)], form) == NotEstimable(Why.ONLY_ONE, 1)
        assert icc([(70, 70), (70, 70)], form) == NotEstimable(Why.NO_VARIANCE, 2)
    assert icc([(1, 2), (1, 2, 3)], Form.TWO_WAY) == NotEstimable(Why.INCOMPLETE, 2)
    assert icc_of_design([{"a": 1}]) == (Form.ONE_WAY, NotEstimable(Why.NOTHING, 0))


def test_an_interval_holds_the_number_and_is_the_same_each_time() -> None:
    pairs = list(zip(ONE, OTHER, strict=True))
    found = weighted_kappa(per_unit(pairs), [4])
    assert found == weighted_kappa(per_unit(pairs), [4])
    assert found != weighted_kappa(per_unit(pairs), [4], Resampling(seed=2))
    assert isinstance(found, Estimate)
    assert found.low is not None
    assert found.high is not None
    assert 0.6 < found.low < found.value < found.high < 1


def test_an_interval_is_that_of_drawing_recordings_one_by_one() -> None:
    """The kinds of recordings are drawn at once; here each recording is drawn by itself, and alpha made anew."""
    units = list(zip(ONE, OTHER, strict=True))
    random = np.random.default_rng(3)
    drawn = [
        number(alpha([units[at] for at in random.integers(len(units), size=len(units))], Metric.ORDINAL, WITHOUT))
        for _ in range(600)
    ]
    found = alpha(units, Metric.ORDINAL, Resampling(times=4000))
    assert isinstance(found, Estimate)
    assert [found.low, found.high] == pytest.approx(list(np.quantile(drawn, (0.025, 0.975))), abs=0.04)


def test_few_recordings_have_no_interval() -> None:
    few = alpha([(1, 1), (2, 2), (3, 4)] * 3, Metric.ORDINAL)
    assert isinstance(few, Estimate)
    assert (few.low, few.high) == (None, None)


def test_where_resamples_have_no_value_there_is_no_interval() -> None:
    """One recording in ten differs: a third of all resamples hold nothing but the same level."""
    rare = alpha([(1, 1)] * 9 + [(2, 2)], Metric.ORDINAL)
    assert rare == Estimate(1, 10, None, None)


def test_many_kinds_of_recordings_are_drawn_in_pieces() -> None:
    assert icc(TOTALS, Form.ONE_WAY, Resampling(at_once=100)) == icc(TOTALS, Form.ONE_WAY)


levels = st.integers(1, 5)
some_units = st.lists(st.lists(levels, min_size=2, max_size=4), min_size=2, max_size=12)
varied = some_units.filter(lambda units: len({value for unit in units for value in unit}) > 1)
some_pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=20)


@settings(max_examples=60, deadline=None)
@given(units=varied, metric=st.sampled_from(Metric), data=st.data())
def test_alpha_is_its_definition_whatever_the_order(
    units: list[list[int]], metric: Metric, data: st.DataObject
) -> None:
    found = number(alpha(units, metric, WITHOUT))
    assert found == pytest.approx(naive_alpha(units, metric))
    turned = [data.draw(st.permutations(unit)) for unit in data.draw(st.permutations(units))]
    assert number(alpha(turned, metric, WITHOUT)) == pytest.approx(found)
    assert found <= 1 + 1e-12


@settings(max_examples=40, deadline=None)
@given(units=varied, names=st.permutations(range(1, 6)))
def test_nominal_alpha_does_not_ask_what_values_are_called(units: list[list[int]], names: list[int]) -> None:
    renamed = [[names[value - 1] for value in unit] for unit in units]
    assert number(alpha(renamed, Metric.NOMINAL, WITHOUT)) == pytest.approx(
        number(alpha(units, Metric.NOMINAL, WITHOUT))
    )


@settings(max_examples=40, deadline=None)
@given(units=varied, step=st.integers(1, 9), start=st.integers(-50, 50))
def test_ordinal_alpha_asks_for_the_order_only_and_interval_alpha_for_no_scale(
    units: list[list[int]], step: int, start: int
) -> None:
    cubed = [[value**3 for value in unit] for unit in units]
    assert number(alpha(cubed, Metric.ORDINAL, WITHOUT)) == pytest.approx(number(alpha(units, Metric.ORDINAL, WITHOUT)))
    moved = [[value * step + start for value in unit] for unit in units]
    assert number(alpha(moved, Metric.INTERVAL, WITHOUT)) == pytest.approx(
        number(alpha(units, Metric.INTERVAL, WITHOUT))
    )


@settings(max_examples=40, deadline=None)
@given(values=st.lists(levels, min_size=2, max_size=12).filter(lambda found: len(set(found)) > 1))
def test_perfect_agreement_is_one(values: list[int]) -> None:
    twice = [(value, value) for value in values]
    assert [number(alpha(twice, metric, WITHOUT)) for metric in Metric] == pytest.approx([1, 1, 1])
    assert number(weighted_kappa(per_unit([(value - 1, value - 1) for value in values]), [5], WITHOUT)) == 1
    assert [number(icc(twice, form, WITHOUT)) for form in Form] == pytest.approx([1] * 6)
    assert number(agreement(twice, resampling=WITHOUT)) == 1


@settings(max_examples=60, deadline=None)
@given(pairs=some_pairs)
def test_kappa_is_its_definition_and_the_same_from_both_sides(pairs: list[tuple[int, int]]) -> None:
    found = weighted_kappa(per_unit(pairs), [4], WITHOUT)
    if isinstance(found, NotEstimable):
        assert len({level for pair in pairs for level in pair}) == 1
        return
    assert found.value == pytest.approx(naive_kappa(pairs))
    turned = [(other, one) for one, other in pairs]
    assert number(weighted_kappa(per_unit(turned), [4], WITHOUT)) == pytest.approx(found.value)
    assert -1 - 1e-12 <= found.value <= 1


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=12))
def test_correlations_do_not_ask_who_came_first_nor_where_zero_is(rows: list[tuple[int, int]]) -> None:
    for form in Form:
        found = icc(rows, form, WITHOUT)
        turned = icc([(other + 7, one + 7) for one, other in rows], form, WITHOUT)
        if isinstance(found, NotEstimable):
            assert turned == found
        else:
            assert number(turned) == pytest.approx(found.value, abs=1e-6)
            assert found.value <= 1 + 1e-9
