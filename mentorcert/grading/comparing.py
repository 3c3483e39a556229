"""How near a coach is to a panel, and whether that is near enough to grade. Pure.

The same level as the panel's counts one, the one beside it a half, any other nothing; the agreement is their sum over
all criteria, each counted alike, as a whole percentage with a half rounded up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from mentorcert.catalog.policy import Calibration
from mentorcert.catalog.rubric import Criterion, Level, Rubric, half_up

WORTH: Final = {0: Fraction(1), 1: Fraction(1, 2)}
"""What a level counts, by how many levels it is away from the panel's."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion: the coach's level beside the panel's."""

    criterion: Criterion
    chosen: Level
    agreed: Level
    apart: int
    """Levels from the panel's to the coach's; below 0 the coach is stricter."""

    @property
    def minimum_disputed(self) -> bool:
        """Whether one of the two reaches the minimum of a critical criterion and the other does not."""
        return self.criterion.reaches_minimum(self.chosen.id) != self.criterion.reaches_minimum(self.agreed.id)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One exemplar that a coach graded: what they chose, what the panel had agreed on, and when."""

    exemplar: int
    at: datetime
    chosen: Mapping[str, str]
    agreed: Mapping[str, str]


class Stand(StrEnum):
    """How far somebody is with their calibration."""

    NEAR = "near enough"
    DUE = "due"
    BELOW = "below the bar"
    WITHOUT = "without exemplars"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a coach stands: how many of the exemplars asked for they graded, how near to the panel, until when."""

    stand: Stand
    done: int
    needed: int
    percent: int | None
    """Over the exemplars that count; None when there are none."""
    bar: int
    until: datetime | None
    """When the first of those that count leaves the period."""


def differences(rubric: Rubric, chosen: Mapping[str, str], agreed: Mapping[str, str]) -> tuple[Difference, ...]:
    """Criterion by criterion, in the rubric's order. Both must name a level of each."""
    return tuple(_difference(each, chosen[each.id], agreed[each.id]) for each in rubric.criteria)


def percent(rubric: Rubric, made: Sequence[Comparison]) -> int:
    """The agreement over some exemplars, from 0 to 100."""
    apart = [abs(each.apart) for one in made for each in differences(rubric, one.chosen, one.agreed)]
    return half_up(sum((100 * WORTH.get(each, Fraction(0)) for each in apart), Fraction(0)) / len(apart))


def standing(
    rubric: Rubric, policy: Calibration, made: Sequence[Comparison], open_exemplars: frozenset[int], now: datetime
) -> Standing:
    """Where somebody stands who graded these exemplars, when these are open to them.

    What counts is the newest grading of each of the last exemplars within the period, as many as the programme asks
    for; where there are fewer exemplars altogether, all of them.
    """
    period = timedelta(days=policy.every_days)
    newest = {each.exemplar: each for each in sorted(made, key=lambda each: each.at) if each.at > now - period}
    needed = min(policy.exemplars, len(open_exemplars | newest.keys()))
    counted = sorted(newest.values(), key=lambda each: each.at, reverse=True)[:needed]
    near = percent(rubric, counted) if counted else None
    until = counted[-1].at + period if counted else None
    return Standing(_stand(len(counted), needed, near, policy), len(counted), needed, near, policy.bar_percent, until)


def _stand(done: int, needed: int, near: int | None, policy: Calibration) -> Stand:
    if not needed:
        return Stand.WITHOUT
    if done < needed or near is None:
        return Stand.DUE
    return Stand.NEAR if near >= policy.bar_percent else Stand.BELOW


def _difference(criterion: Criterion, chosen: str, agreed: str) -> Difference:
    mine, theirs = criterion.level(chosen), criterion.level(agreed)
    return Difference(criterion, mine, theirs, criterion.levels.index(mine) - criterion.levels.index(theirs))
