"""How far coaches agree when they grade the same recording without seeing each other's grade. Pure.

Alpha and its metrics follow Krippendorff (Content Analysis, 4th ed. 2019, ch. 12), the intraclass correlations Shrout
and Fleiss (Psychological Bulletin 86, 1979, 420-428), the weights of kappa Cohen (Psychological Bulletin 70, 1968,
213-220) and its pooling over criteria De Vries et al. (Field Methods 20, 2008, 272-282).
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final

import numpy as np

from mentorcert.grading.resampling import (
    USUAL,
    Estimate,
    Floats,
    NotEstimable,
    Resampling,
    Statistic,
    Why,
    estimate,
    ratio,
)

Graded = Mapping[str, float]
"""One recording: the value that each coach gave it."""
Values = Sequence[float]
"""One recording: the values that it was given, by whom does not matter."""


class Metric(StrEnum):
    """How far two values are apart: not the same, ranks apart, or the difference."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class Form(StrEnum):
    """An intraclass correlation: which graders there are, and whether it is of one grade or of the mean of them."""

    ONE_WAY = "ICC(1,1)"
    TWO_WAY = "ICC(2,1)"
    FIXED = "ICC(3,1)"
    ONE_WAY_MEAN = "ICC(1,k)"
    TWO_WAY_MEAN = "ICC(2,k)"
    FIXED_MEAN = "ICC(3,k)"

    @property
    def mean(self) -> "Form":
        """The same of the mean of the grades."""
        return Form(self.value.replace(",1)", ",k)"))


ONE_WAY_FORMS: Final = {Form.ONE_WAY, Form.ONE_WAY_MEAN}


def alpha(units: Sequence[Values], metric: Metric, resampling: Resampling = USUAL) -> Estimate | NotEstimable:
    """Krippendorff's alpha. A recording with fewer than two values is left out; 1 is perfect, 0 is chance."""
    paired = [tuple(sorted(unit)) for unit in units if len(unit) >= 2]
    kinds = {unit: place for place, unit in enumerate(dict.fromkeys(paired))}
    values = np.unique(np.array([value for unit in kinds for value in unit], dtype=np.float64))
    if len(values) == 1:
        return NotEstimable(Why.NO_VARIANCE if len(paired) > 1 else Why.ONLY_ONE, len(paired))
    of_kinds = np.array([_coincidences(unit, values) for unit in kinds], dtype=np.float64)
    met = of_kinds[np.array([kinds[unit] for unit in paired], dtype=np.intp)]
    return estimate(met.reshape(len(paired), len(values) ** 2), _alpha_of(values, metric), resampling)


def weighted_kappa(
    units: Sequence[Sequence[tuple[int, int]]], sizes: Sequence[int], resampling: Resampling = USUAL
) -> Estimate | NotEstimable:
    """Quadratic weighted kappa of two coaches, pooled over criteria: the disagreement seen against that of chance.

    A recording is a pair of level indices (from 0) for each criterion; `sizes` says how many levels each criterion has.
    """
    grids = [_squares(size) for size in sizes]
    found = np.array([_met(unit, grids) for unit in units], dtype=np.float64)
    return estimate(found.reshape(len(units), sum(size**2 for size in sizes)), _kappa_of(grids), resampling)


def icc(units: Sequence[Values], form: Form, resampling: Resampling = USUAL) -> Estimate | NotEstimable:
    """An intraclass correlation of totals. Two-way forms need the same coaches, in the same order, for every recording.

    One-way forms take recordings with different numbers of values; their mean is then of as many as usual.
    """
    paired = [unit for unit in units if len(unit) >= 2]
    if len(paired) < 2:
        return NotEstimable(Why.ONLY_ONE if paired else Why.NOTHING, len(paired))
    start = paired[0][0]  # changes nothing, and keeps squares small
    moved = [np.array(unit, dtype=np.float64) - start for unit in paired]
    if form in ONE_WAY_FORMS:
        return estimate(np.array([_one_way_sums(unit) for unit in moved]), _one_way_of(form), resampling)
    if len({len(unit) for unit in units}) > 1:
        return NotEstimable(Why.INCOMPLETE, len(paired))
    summands = np.array([[1, *unit, unit @ unit, unit.sum() ** 2] for unit in moved])
    return estimate(summands, _two_way_of(form, len(moved[0])), resampling)


def icc_of_design(
    units: Sequence[Graded], resampling: Resampling = USUAL, *, of_mean: bool = False
) -> tuple[Form, Estimate | NotEstimable]:
    """The correlation that the design allows: two-way only where the same coaches graded every recording."""
    paired = [unit for unit in units if len(unit) >= 2]
    raters = {frozenset(unit) for unit in paired}
    if len(raters) == 1:
        form, order = Form.TWO_WAY.mean if of_mean else Form.TWO_WAY, sorted(next(iter(raters)))
        return form, icc([[unit[rater] for rater in order] for unit in paired], form, resampling)
    form = Form.ONE_WAY.mean if of_mean else Form.ONE_WAY
    return form, icc([list(unit.values()) for unit in paired], form, resampling)


def agreement(units: Sequence[Values], within: float = 0, resampling: Resampling = USUAL) -> Estimate | NotEstimable:
    """The share of pairs of values of the same recording that are at most `within` apart: 0 is exact, 1 adjacent."""
    paired = [list(combinations(unit, 2)) for unit in units if len(unit) >= 2]
    found = [(sum(abs(one - other) <= within for one, other in pairs), len(pairs)) for pairs in paired]
    return estimate(np.array(found, dtype=np.float64).reshape(len(paired), 2), _quotient, resampling)


def mean(values: Values, resampling: Resampling = USUAL) -> Estimate | NotEstimable:
    """The mean of one number a recording."""
    return estimate(np.array([(each, 1) for each in values], dtype=np.float64).reshape(-1, 2), _quotient, resampling)


def severity(units: Sequence[Graded], resampling: Resampling = USUAL) -> dict[str, Estimate | NotEstimable]:
    """By coach: how far their values lie from the mean of the others' on the same recordings; below 0 is stricter."""
    apart: dict[str, list[float]] = {}
    for unit in units:
        if len(unit) >= 2:
            whole = sum(unit.values())
            for rater, value in unit.items():
                apart.setdefault(rater, []).append(value - (whole - value) / (len(unit) - 1))
    return {rater: mean(apart[rater], resampling) for rater in sorted(apart)}


def _quotient(sums: Floats) -> Floats:
    return ratio(sums[:, 0], sums[:, 1])


def _coincidences(unit: Values, values: Floats) -> Floats:
    """How often each value met each other one in a recording, divided by how many values it could meet."""
    given = (np.array(unit, dtype=np.float64)[:, None] == values).sum(axis=0).astype(np.float64)
    return (np.outer(given, given) - np.diag(given)).ravel() / (len(unit) - 1)


def _alpha_of(values: Floats, metric: Metric) -> Statistic:
    size = len(values)

    def statistic(sums: Floats) -> Floats:
        met = sums.reshape(-1, size, size)
        given = met.sum(axis=2)
        apart = _distances(given, values, metric)
        observed = (met * apart).sum(axis=(1, 2))
        expected = (given[:, :, None] * given[:, None, :] * apart).sum(axis=(1, 2))
        return 1 - ratio(observed * (given.sum(axis=1) - 1), expected)

    return statistic


def _distances(given: Floats, values: Floats, metric: Metric) -> Floats:
    """Squared distances between values, for each resample; `given` is how often each value was given in it.

    Krippendorff's ordinal distance, all values between two and half of each, is that of their mean ranks.
    """
    if metric is Metric.NOMINAL:
        return np.broadcast_to(1 - np.eye(len(values)), (len(given), len(values), len(values)))
    ranks = np.cumsum(given, axis=1) - given / 2
    places = ranks if metric is Metric.ORDINAL else np.broadcast_to(values, given.shape)
    distances: Floats = (places[:, :, None] - places[:, None, :]) ** 2
    return distances


def _squares(size: int) -> Floats:
    """Quadratic weights: 0 for the same level, 1 for the first and the last."""
    places = np.arange(size) / max(size - 1, 1)
    weights: Floats = (places[:, None] - places[None, :]) ** 2
    return weights


def _met(unit: Sequence[tuple[int, int]], grids: Sequence[Floats]) -> Floats:
    """A recording's cell in the table of each criterion, one after another."""
    cells = []
    for (one, other), grid in zip(unit, grids, strict=True):
        cell = np.zeros(grid.shape)
        cell[one, other] = 1
        cells.append(cell.ravel())
    return np.concatenate(cells)


def _kappa_of(grids: Sequence[Floats]) -> Statistic:
    ends = np.cumsum([grid.size for grid in grids])[:-1]

    def statistic(sums: Floats) -> Floats:
        observed, expected = np.zeros(len(sums)), np.zeros(len(sums))
        for part, grid in zip(np.split(sums, ends, axis=1), grids, strict=True):
            table = part.reshape(-1, *grid.shape)
            chance = table.sum(axis=2)[:, :, None] * table.sum(axis=1)[:, None, :]
            observed += (table * grid).sum(axis=(1, 2))
            expected += (chance * grid).sum(axis=(1, 2)) / table.sum(axis=(1, 2))
        return 1 - ratio(observed, expected)

    return statistic


def _one_way_sums(unit: Floats) -> tuple[float, ...]:
    count, whole = len(unit), float(unit.sum())
    return 1, count, count**2, whole, whole**2 / count, float(unit @ unit)


def _one_way_of(form: Form) -> Statistic:
    def statistic(sums: Floats) -> Floats:
        units, count, squared, whole, between_raw, raw = sums.T
        usual = (count - squared / count) / (units - 1)
        between = (between_raw - whole**2 / count) / (units - 1)
        within = (raw - between_raw) / (count - units)
        spread = between if form is Form.ONE_WAY_MEAN else between + (usual - 1) * within
        return ratio(between - within, spread)

    return statistic


def _two_way_of(form: Form, k: int) -> Statistic:
    spread = _SPREADS[form]

    def statistic(sums: Floats) -> Floats:
        n, columns, raw, rows_raw = sums[:, 0], sums[:, 1 : k + 1], sums[:, -2], sums[:, -1]
        level = columns.sum(axis=1) ** 2 / (n * k)
        of_rows, of_columns = rows_raw / k - level, (columns**2).sum(axis=1) / n - level
        rows, graders = of_rows / (n - 1), of_columns / (k - 1)
        rest = (raw - level - of_rows - of_columns) / ((n - 1) * (k - 1))
        return ratio(rows - rest, spread(rows, graders, rest, n, k))

    return statistic


_SPREADS: Final[dict[Form, Callable[[Floats, Floats, Floats, Floats, int], Floats]]] = {
    Form.TWO_WAY: lambda rows, graders, rest, n, k: rows + (k - 1) * rest + k * (graders - rest) / n,
    Form.TWO_WAY_MEAN: lambda rows, graders, rest, n, _k: rows + (graders - rest) / n,
    Form.FIXED: lambda rows, _graders, rest, _n, k: rows + (k - 1) * rest,
    Form.FIXED_MEAN: lambda rows, _graders, _rest, _n, _k: rows,
}
"""By form: between recordings, between coaches, the rest, recordings, coaches; what the signal is divided by."""
