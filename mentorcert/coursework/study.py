"""One trainee's way through the version of a programme that their cohort is pinned to: plain values, pure."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from mentorcert.catalog.programme import Programme, RequirementKind
from mentorcert.coursework import attempts, prework
from mentorcert.coursework.prework import StepState, UnitState
from mentorcert.errors import NotFound
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import Standings
from mentorcert.evidence.statements import About


@dataclass(frozen=True, slots=True)
class Where:
    """A step of somebody's coursework, as an address names it."""

    iri_base: str
    enrolment: UUID
    unit: str
    step: str


@dataclass(frozen=True)
class Study:
    """A programme, and what the statements say of one enrolment in it."""

    row: int
    """The enrolment's integer key."""
    about: About
    programme: Programme
    standings: Standings
    closed: bool = False
    """Whether the enrolment was closed: what was done can be read, and nothing is added."""

    @property
    def iris(self) -> Iris:
        """The addresses of this programme's activities."""
        return self.about.iris

    @cached_property
    def units(self) -> tuple[UnitState, ...]:
        """How far the trainee is with every unit, in order."""
        return prework.programme_state(self.iris, self.programme, self.standings)

    def unit(self, unit_id: str) -> UnitState:
        """How far the trainee is with one unit; raises NotFound."""
        return prework.unit_state(self.iris, self.programme.unit(unit_id), self.standings)

    def place(self, unit_id: str, step_id: str) -> "Place":
        """A step among its neighbours; raises NotFound."""
        unit = self.unit(unit_id)
        at = next((at for at, state in enumerate(unit.steps) if state.step.id == step_id), None)
        if at is None:
            raise NotFound(
                f'There is no step "{step_id}" in this unit.', "Go to the unit and choose a step from there."
            )
        number = [each.id for each in self.programme.units].index(unit_id) + 1
        return Place(number, unit, at)

    def sitting(self, unit_id: str) -> attempts.Sitting:
        """How far the trainee is with the check of a unit; raises NotFound."""
        return attempts.sitting(self.iris, self.programme.unit(unit_id), self.standings)

    @property
    def pass_percent(self) -> int:
        """What the certificate asks of each check, in percent; 0 when it asks nothing."""
        asked = (each for each in self.programme.requirements if each.kind is RequirementKind.CHECKS)
        return max((each.at_least_percent or 0 for each in asked), default=0)


@dataclass(frozen=True, slots=True)
class Place:
    """A step of a unit, with what stands before and after it."""

    number: int
    """Of the unit, from 1."""
    unit: UnitState
    at: int
    """Of the step, from 0."""

    @property
    def state(self) -> StepState:
        """The step itself."""
        return self.unit.steps[self.at]

    @property
    def before(self) -> StepState | None:
        """The step before it in the unit."""
        return self.unit.steps[self.at - 1] if self.at else None

    @property
    def after(self) -> StepState | None:
        """The step after it in the unit."""
        return self.unit.steps[self.at + 1] if self.at + 1 < self.unit.total else None

    @property
    def resume_at(self) -> int:
        """Where a film goes on, in whole seconds: where it was left, or the start once it was watched to its end."""
        standing = self.state.standing
        over = standing.completed_at is not None and standing.last_at == standing.completed_at
        return 0 if over else (standing.position or 0) // 1000

    @property
    def dots(self) -> tuple[str, ...]:
        """`done`, `here` or `todo` for each step of the unit."""
        return tuple(
            "here" if at == self.at else "done" if state.done else "todo" for at, state in enumerate(self.unit.steps)
        )
