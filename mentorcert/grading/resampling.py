"""Estimates with an interval: what is summed over recordings, drawn again many times. Pure.

Every statistic of `reliability` is a function of sums over recordings (how often which levels met, squares of totals).
So a resample of the recordings is a resample of the summands, and all of them are computed at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES: Final = 1000
SEED: Final = 20261122
"""The same grades give the same interval every time the page is opened."""
LEAST_FOR_INTERVAL: Final = 10
"""Recordings below which no interval is given: resampling fewer says more of the method than of the grades."""
MOST_LOST: Final = 0.05
"""The share of resamples that may be without a value (everybody gave the same level) before no interval is given."""
AT_ONCE: Final = 4_000_000
"""How many counts of drawn recordings are held at once: 32 MB."""


class Why(StrEnum):
    """Why something can't be estimated."""

    NOTHING = "nothing was graded twice"
    ONLY_ONE = "only one recording was graded twice"
    NO_VARIANCE = "the grades do not vary"
    INCOMPLETE = "the graders are not the same for every recording"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """There is no such number, and why."""

    why: Why
    n: int = 0
    """The recordings that could be used."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, from how many recordings, and the middle 95 % of its resamples where there are enough."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often recordings are drawn anew, from which seed. None at all: no interval."""

    times: int = RESAMPLES
    seed: int = SEED
    at_once: int = AT_ONCE


USUAL: Final = Resampling()
WITHOUT: Final = Resampling(times=0)

Statistic = Callable[[Floats], Floats]
"""From sums (one row a resample, one column a summand) to a value a row; NaN where it has none."""


def estimate(summands: Floats, statistic: Statistic, resampling: Resampling = USUAL) -> Estimate | NotEstimable:
    """What a statistic says of the recordings (a row of summands each), with a percentile interval.

    NotEstimable for fewer than two recordings, and where the statistic has no value.
    """
    n = len(summands)
    if n < 2:
        return NotEstimable(Why.ONLY_ONE if n else Why.NOTHING, n)
    value = float(statistic(summands.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        return NotEstimable(Why.NO_VARIANCE, n)
    low, high = _interval(summands, statistic, resampling)
    return Estimate(value, n, low, high)


def ratio(above: Floats, below: Floats) -> Floats:
    """Quotients of what can't be below zero; NaN where the divisor is nothing but rounding."""
    safe = below > 1e-9
    return np.where(safe, above / np.where(safe, below, 1.0), np.nan)


def _interval(summands: Floats, statistic: Statistic, how: Resampling) -> tuple[float | None, float | None]:
    if not how.times or len(summands) < LEAST_FOR_INTERVAL:
        return None, None
    values = statistic(_drawn(summands, how))
    kept = values[~np.isnan(values)]
    if len(kept) < (1 - MOST_LOST) * how.times:
        return None, None
    low, high = np.quantile(kept, (0.025, 0.975))
    return float(low), float(high)


def _drawn(summands: Floats, how: Resampling) -> Floats:
    """The sums of each resample.

    Recordings with the same summands are one kind: how many of each kind are drawn is multinomial, which is the same
    as drawing recording by recording and far less work.
    """
    kinds, counts = np.unique(summands, axis=0, return_counts=True)
    random, share = np.random.default_rng(how.seed), counts / counts.sum()
    step = max(1, how.at_once // len(kinds))
    sizes = [min(step, how.times - start) for start in range(0, how.times, step)]
    # einsum, not @: a matrix product of this size wakes a thread on every core, which costs a busy server far more.
    drawn = (random.multinomial(len(summands), share, size=size).astype(np.float64) for size in sizes)
    return np.concatenate([np.einsum("rk,ks->rs", each, kinds) for each in drawn])
