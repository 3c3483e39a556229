"""How a programme has its recordings graded: how many coaches, how they are brought together, when it is shown.

What every field has by default is how a programme without a policy is graded. A default never changes: published
programmes leave out what is at its default.
"""

from dataclasses import dataclass
from enum import StrEnum


class Combine(StrEnum):
    """How the totals of two coaches who agree well enough become one."""

    MEAN = "mean"
    LOWER = "lower"
    HIGHER = "higher"


class Release(StrEnum):
    """When a trainee sees a grade that is decided."""

    AT_ONCE = "at-once"
    BY_MANAGER = "by-manager"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A coach grades so many exemplar recordings first, and again after so many days, in agreement with a panel."""

    exemplars: int
    every_days: int
    bar_percent: int
    """The least agreement, in whole percent, with which a coach grades."""


@dataclass(frozen=True, slots=True)
class Grading:
    """The rules by which the recordings of a programme are graded."""

    graders: int = 1
    """One coach, or two who are blind to each other."""
    own_office: bool = True
    """Whether a coach may grade somebody of their own office."""
    threshold: int = 10
    """Two totals that lie further apart (in whole points of 100) are moderated."""
    combine: Combine = Combine.MEAN
    release: Release = Release.AT_ONCE
    lease_minutes: int = 60
    """How long a recording is a coach's without a sign of work."""
    appeal_days: int = 14
    """For how many days after its release a grade can be appealed; 0: not at all."""
    attempts: int = 3
    """How many recordings of one enrolment are graded; 0: any number."""
    keep_days: int = 180
    """How many days after the final decision the media are deleted."""
    calibration: Calibration | None = None
    """None: coaches grade without it."""
