"""What of a unit's pre-work is done: pure, over a programme and what the statements say.

A step is done when a statement completed it; a check is done when all its questions were answered, right or wrong
(what its score must be is a requirement of the certificate, not of the pre-work).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mentorcert.catalog.programme import Programme, Step, StepKind, Unit
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import NOTHING, Standing


@dataclass(frozen=True, slots=True)
class StepState:
    """A step, and how far a trainee is with it."""

    step: Step
    iri: str
    standing: Standing

    @property
    def done(self) -> bool:
        """Whether a statement completed it."""
        return self.standing.completed_at is not None

    @property
    def begun(self) -> bool:
        """Whether any statement was made about it."""
        return self.standing.last_at is not None


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit, and how far a trainee is with its pre-work."""

    unit: Unit
    steps: tuple[StepState, ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    @property
    def complete(self) -> bool:
        """Whether every step is done."""
        return self.done == self.total

    @property
    def begun(self) -> bool:
        """Whether anything was done or begun."""
        return any(step.begun for step in self.steps)

    @property
    def completed_at(self) -> datetime | None:
        """When the last step was done, once all are."""
        times = [step.standing.completed_at for step in self.steps if step.standing.completed_at]
        return max(times) if self.complete and times else None

    @property
    def next_step(self) -> StepState | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.done), None)

    @property
    def check(self) -> StepState:
        """The knowledge check."""
        return next(step for step in self.steps if step.step.kind is StepKind.CHECK)

    def falls_short(self, percent: int) -> bool:
        """Whether the check was finished, and the best attempt is below so many percent."""
        checks = (step.standing.best_score for step in self.steps if step.step.kind is StepKind.CHECK)
        return any(best is not None and best < percent * 100 for best in checks)

    @property
    def minutes_left(self) -> int:
        """How long what is not done takes."""
        return sum(step.step.minutes for step in self.steps if not step.done)


def unit_state(iris: Iris, unit: Unit, standings: Mapping[str, Standing]) -> UnitState:
    """How far a trainee is with one unit."""
    steps = ((step, iris.step(unit.id, step.id)) for step in unit.steps)
    return UnitState(unit, tuple(StepState(step, iri, standings.get(iri, NOTHING)) for step, iri in steps))


def programme_state(iris: Iris, programme: Programme, standings: Mapping[str, Standing]) -> tuple[UnitState, ...]:
    """How far a trainee is with every unit, in order."""
    return tuple(unit_state(iris, unit, standings) for unit in programme.units)
