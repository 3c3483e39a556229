"""How far coaches agree who graded the same recording blind to each other, and what that asks for. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import inf
from typing import Final

from mentorcert.catalog.rubric import Criterion, Rubric
from mentorcert.grading import reliability
from mentorcert.grading.reliability import Form, Metric
from mentorcert.grading.resampling import LEAST_FOR_INTERVAL, WITHOUT, Estimate, NotEstimable

RELIABLE: Final = 0.8
TENTATIVE: Final = 0.667
"""Krippendorff's conventions for alpha (Content Analysis, 4th ed. 2019, ch. 12): at least .800 to rely on, at least
.667 for tentative conclusions. Conventions, and no law of nature."""
NEARLY_ALWAYS: Final = 0.9
"""Exact agreement from which a low alpha says that the recordings hardly differ, not that the coaches do."""
SEVERE: Final = 3.0
"""Points of 100 from which a coach's distance from others is worth a talk; our convention: less moves few grades."""


class Verdict(StrEnum):
    """What a criterion's numbers ask for."""

    AGREE = "agree"
    TENTATIVE = "tentative"
    DISAGREE = "disagree"
    ALIKE = "the recordings are alike"
    FEW = "too few"
    UNKNOWN = "not estimable"


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion: how far coaches agree on its level, and which two levels they take for each other."""

    number: int
    criterion: Criterion
    alpha: Estimate | NotEstimable
    exact: Estimate | NotEstimable
    adjacent: Estimate | NotEstimable
    confused: tuple[int, int] | None
    """The two levels, counted from 1, that most often stand against each other; None when none do."""

    @property
    def verdict(self) -> Verdict:
        """What to make of it."""
        if isinstance(self.alpha, NotEstimable):
            return Verdict.UNKNOWN
        if self.alpha.n < LEAST_FOR_INTERVAL:
            return Verdict.FEW
        if self.alpha.value >= RELIABLE:
            return Verdict.AGREE
        if isinstance(self.exact, Estimate) and self.exact.value >= NEARLY_ALWAYS:
            return Verdict.ALIKE
        return Verdict.TENTATIVE if self.alpha.value >= TENTATIVE else Verdict.DISAGREE


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coaches who graded the same recordings."""

    one: str
    other: str
    """Names."""
    n: int
    kappa: Estimate | NotEstimable
    """Quadratic weighted, pooled over the criteria."""
    exact: Estimate | NotEstimable


@dataclass(frozen=True, slots=True)
class Severity:
    """How far a coach's totals lie from the other coach's on the same recordings."""

    name: str
    points: Estimate | NotEstimable
    """Of 100; below 0 is stricter."""

    @property
    def worth_a_talk(self) -> bool:
        """Whether it is large, and no accident of these recordings: its interval lies on one side of 0."""
        found = self.points
        if isinstance(found, NotEstimable) or found.low is None or found.high is None:
            return False
        return abs(found.value) >= SEVERE and found.low * found.high > 0


@dataclass(frozen=True, slots=True)
class Totals:
    """How far coaches agree on the whole."""

    form: Form
    one: Estimate | NotEstimable
    """Of one coach's total."""
    mean: Estimate | NotEstimable
    """Of the mean of those who graded a recording."""
    passing: Estimate | NotEstimable
    """The share of recordings on which both say passed, or both say not."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page and the file show."""

    rubric: Rubric
    recordings: int
    """How many have a blind grade."""
    twice: int
    """How many of them have two."""
    criteria: tuple[Judged, ...]
    totals: Totals
    pairs: tuple[Pair, ...]
    severity: tuple[Severity, ...]
    """The strictest first."""

    def of(self, *verdicts: Verdict) -> list[Judged]:
        """The criteria of these verdicts."""
        return [each for each in self.criteria if each.verdict in verdicts]


@dataclass(frozen=True, slots=True)
class Grade:
    """One coach's blind grade of one recording."""

    coach: int
    percent: int
    passed: bool
    levels: Mapping[str, int]
    """The level's index, from 0, by criterion."""


def report(rubric: Rubric, recordings: int, pairs: Sequence[tuple[Grade, ...]], names: Mapping[int, str]) -> Report:
    """What the grades of the recordings that were graded twice say, of so many recordings altogether."""
    by_coach = [{str(grade.coach): float(grade.percent) for grade in pair} for pair in pairs]
    severe = reliability.severity(by_coach)
    return Report(
        rubric=rubric,
        recordings=recordings,
        twice=len(pairs),
        criteria=tuple(_judged(number, each, pairs) for number, each in enumerate(rubric.criteria, 1)),
        totals=_totals(by_coach, pairs),
        pairs=_pairs(rubric, pairs, names),
        severity=tuple(sorted((Severity(names[int(coach)], it) for coach, it in severe.items()), key=_strictness)),
    )


def confused(units: Iterable[Sequence[int]]) -> tuple[int, int] | None:
    """The two levels (indices from 0) that were most often given to the same recording; of equals the weaker."""
    met = Counter((min(two), max(two)) for unit in units for two in combinations(unit, 2) if two[0] != two[1])
    return min(met, key=lambda two: (-met[two], two)) if met else None


def _judged(number: int, criterion: Criterion, pairs: Sequence[tuple[Grade, ...]]) -> Judged:
    units = [[grade.levels[criterion.id] for grade in pair] for pair in pairs]
    two = confused(units)
    return Judged(
        number=number,
        criterion=criterion,
        alpha=reliability.alpha(units, Metric.ORDINAL),
        exact=reliability.agreement(units),
        adjacent=reliability.agreement(units, within=1),
        confused=(two[0] + 1, two[1] + 1) if two else None,
    )


def _totals(by_coach: Sequence[Mapping[str, float]], pairs: Sequence[tuple[Grade, ...]]) -> Totals:
    form, one = reliability.icc_of_design(by_coach)
    _, mean = reliability.icc_of_design(by_coach, of_mean=True)
    return Totals(form, one, mean, reliability.agreement([[grade.passed for grade in pair] for pair in pairs]))


def _pairs(rubric: Rubric, pairs: Sequence[tuple[Grade, ...]], names: Mapping[int, str]) -> tuple[Pair, ...]:
    """Every two coaches who met: the most recordings first."""
    met: dict[tuple[int, int], list[tuple[Grade, Grade]]] = {}
    for pair in pairs:
        for two in combinations(sorted(pair, key=lambda grade: grade.coach), 2):
            met.setdefault((two[0].coach, two[1].coach), []).append(two)
    made = (_pair(rubric, names[one], names[other], grades) for (one, other), grades in met.items())
    return tuple(sorted(made, key=lambda each: (-each.n, each.one, each.other)))


def _pair(rubric: Rubric, one: str, other: str, grades: Sequence[tuple[Grade, Grade]]) -> Pair:
    units = [[(first.levels[each.id], second.levels[each.id]) for each in rubric.criteria] for first, second in grades]
    kappa = reliability.weighted_kappa(units, [len(each.levels) for each in rubric.criteria])
    same = [sum(mine == theirs for mine, theirs in unit) / len(unit) for unit in units]
    return Pair(one, other, len(grades), kappa, reliability.mean(same, WITHOUT))


def _strictness(each: Severity) -> tuple[float, str]:
    return (each.points.value if isinstance(each.points, Estimate) else inf), each.name


def table(made: Report) -> Iterator[Sequence[object]]:
    """The report as rows, one a number, with a head; intervals are empty where there are none."""
    yield ("of", "about", "measure", "value", "from (95 %)", "to (95 %)", "recordings", "not estimable because")
    for each in made.criteria:
        yield _line("criterion", each.criterion.title, "Krippendorff's alpha, ordinal", each.alpha)
        yield _line("criterion", each.criterion.title, "exact agreement", each.exact)
        yield _line("criterion", each.criterion.title, "at most one level apart", each.adjacent)
    yield _line("total", "one coach", made.totals.form, made.totals.one)
    yield _line("total", "mean of two coaches", made.totals.form.mean, made.totals.mean)
    yield _line("total", "passed or not", "exact agreement", made.totals.passing)
    for pair in made.pairs:
        yield _line("pair", f"{pair.one} and {pair.other}", "quadratic weighted kappa, pooled", pair.kappa)
        yield _line("pair", f"{pair.one} and {pair.other}", "exact agreement", pair.exact)
    for each_coach in made.severity:
        yield _line("coach", each_coach.name, "points above the other coach", each_coach.points)


def _line(of: str, about: str, measure: str, found: Estimate | NotEstimable) -> Sequence[object]:
    if isinstance(found, NotEstimable):
        return of, about, measure, "", "", "", found.n, found.why.value
    low, high = ("" if each is None else round(each, 3) for each in (found.low, found.high))
    return of, about, measure, round(found.value, 3), low, high, found.n, ""
