"""The places of a recording's grading: which are wanted, who holds one, which can be taken. Pure.

A hold lasts until its time is up without a sign of work, or its coach may grade there no more; what lapsed stays its
coach's until somebody else takes it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mentorcert.catalog.policy import Grading
from mentorcert.catalog.rubric import Rubric
from mentorcert.grading.deciding import Decided, Judgement, Moderate, Waiting, decide
from mentorcert.grading.models import Round


@dataclass(frozen=True, slots=True)
class Hold:
    """A coach (integer key) in a place. What was given back is none."""

    coach: int
    round: Round
    until: datetime
    levels: Mapping[str, str] | None = None
    """What was submitted; None while it is under way."""

    def holds(self, coaches: Collection[int], now: datetime) -> bool:
        """Whether nobody else may take the place; `coaches` are those who may grade there."""
        return self.levels is not None or (self.until >= now and self.coach in coaches)


@dataclass(frozen=True, slots=True)
class Grades:
    """What there is of one recording."""

    rubric: Rubric
    version: str
    """The hash of the rubric's version."""
    policy: Grading
    holds: tuple[Hold, ...]
    is_released: bool = False
    is_appealed: bool = False
    """Whether an appeal waits for its decision."""
    moderators: frozenset[int] = frozenset()
    """Where it is appealed: who has seen both grades to moderate, also when they gave it back, and so can't decide."""

    @property
    def judgements(self) -> list[Judgement]:
        """What was submitted."""
        return [Judgement(each.round, each.levels) for each in self.holds if each.levels is not None]

    @property
    def wanted(self) -> tuple[Round, ...]:
        """The places for which nobody has submitted, as far as they are needed now."""
        if self.is_released:
            done = Round.APPEAL in {each.round for each in self.judgements}
            return (Round.APPEAL,) if self.is_appealed and not done else ()
        decision = decide(self.rubric, self.policy, self.judgements)
        if isinstance(decision, Waiting):
            return decision.rounds
        return (Round.MODERATION,) if isinstance(decision, Moderate) else ()

    @property
    def is_decided(self) -> bool:
        """Whether everything was submitted that the next release needs."""
        if not self.is_released:
            return isinstance(decide(self.rubric, self.policy, self.judgements), Decided)
        return self.is_appealed and not self.wanted

    def free(self, coaches: Collection[int], now: datetime) -> tuple[Round, ...]:
        """The places that can be taken now."""
        held = {each.round for each in self.holds if each.holds(coaches, now)}
        return tuple(each for each in self.wanted if each not in held)

    def of(self, coach: int) -> Hold | None:
        """The place of a coach."""
        return next((each for each in self.holds if each.coach == coach), None)


def hold(coach: int, place: Round, until: datetime, submitted: bool, marks: Iterable[tuple[str, str]]) -> Hold:
    """A hold as the tables say it; `marks` are criterion and level."""
    return Hold(coach, place, until, dict(marks) if submitted else None)
