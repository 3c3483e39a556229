"""Whom to chase before a session, what is open for each, and who heard from us already. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from mentorcert.catalog.programme import Step, StepKind
from mentorcert.coursework.prework import UnitState
from mentorcert.reports.board import Trainee

QUIET: Final = timedelta(hours=48)
"""Nobody hears from us twice within this time."""


@dataclass(frozen=True, slots=True)
class Chased:
    """Somebody who is not ready: what is open, and when they were last reminded of anything."""

    trainee: Trainee
    open: tuple[Step, ...]
    begun: bool
    missed: int = 0
    """The number of the session before, when they were not there; else 0."""
    reminded_at: datetime | None = None
    """When they were reminded, if that is too recent to do it again."""

    @property
    def minutes(self) -> int:
        """How long what is open takes."""
        return sum(step.minutes for step in self.open)

    @property
    def kinds(self) -> tuple[tuple[StepKind, int], ...]:
        """What is open, by kind, in the order of the unit, and how many of each."""
        return tuple(Counter(step.kind for step in self.open).items())


def chased(
    behind: Sequence[Trainee],
    states: Mapping[UUID, UnitState],
    reminded: Mapping[int, datetime],
    missed: Mapping[UUID, int],
    *,
    now: datetime,
) -> tuple[Chased, ...]:
    """Make the list of `behind`, in its order, those last whom we must leave in peace.

    `states` and `missed` are by enrolment, `reminded` (the newest reminder) by the enrolment's integer key.
    """
    found = [
        Chased(
            each,
            open_steps(states[each.enrolment]),
            states[each.enrolment].begun,
            missed.get(each.enrolment, 0),
            reminded[each.row] if in_peace(reminded.get(each.row), now) else None,
        )
        for each in behind
    ]
    return tuple(sorted(found, key=lambda one: one.reminded_at is not None))


def open_steps(state: UnitState) -> tuple[Step, ...]:
    """What somebody has not done of a unit."""
    return tuple(each.step for each in state.steps if not each.done)


def in_peace(reminded_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who was last reminded then must be left in peace now."""
    return reminded_at is not None and now - reminded_at < QUIET


def shown(behind: Sequence[Trainee], reminded: Collection[int], most: int) -> tuple[Trainee, ...]:
    """The first `most` of those behind, whoever may be reminded before whoever (by integer key) may not."""
    return tuple(sorted(behind, key=lambda each: each.row in reminded)[:most])
