"""The map of a cohort: how far everyone is with every unit, who is ready, and who needs somebody. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID


class CellState(StrEnum):
    """What a cell of the map shows."""

    DONE = "done"
    PART = "part"
    LATE = "late"
    """It was due before a session, and something is open."""
    SHUT = "shut"
    """It is due before a later session, and nothing of it is done."""


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody who is enrolled, as the map names them."""

    enrolment: UUID
    row: int
    """The enrolment's integer key."""
    name: str
    office: str


@dataclass(frozen=True, slots=True)
class Column:
    """A unit of the map: how many steps it has, and when they are due; None where no session asks for it."""

    unit: str
    short: str
    total: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """How many steps of each unit one trainee has done, and which units they have begun."""

    steps: Mapping[str, int]
    begun: Collection[str] = ()


NOTHING: Final = Done({})


@dataclass(frozen=True, slots=True)
class Cell:
    """How far one trainee is with one unit."""

    state: CellState
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Line:
    """One trainee's cells, in the order of the units."""

    trainee: Trainee
    cells: tuple[Cell, ...]

    @property
    def open_late(self) -> int:
        """How many steps are open that were due."""
        return sum(cell.total - cell.done for cell in self.cells if cell.state is CellState.LATE)


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many have done the pre-work of a session: all of it, part of it, nothing."""

    ready: int
    part: int
    none: int

    @property
    def total(self) -> int:
        """How many there are."""
        return self.ready + self.part + self.none

    @property
    def percent(self) -> int:
        """How many of a hundred are ready, rounded half up; 0 when there is nobody."""
        return (200 * self.ready + self.total) // (2 * self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Board:
    """The map, sorted by who needs somebody, and the unit that is asked for next."""

    columns: tuple[Column, ...]
    focus: str
    """The id of that unit."""
    lines: tuple[Line, ...]
    readiness: Readiness

    @property
    def behind(self) -> tuple[Trainee, ...]:
        """Whoever is not ready, those first who have done least."""
        at = _index(self.columns, self.focus)
        return tuple(line.trainee for line in self.lines if line.cells[at].done < line.cells[at].total)


def board(
    trainees: Sequence[Trainee], columns: Sequence[Column], done: Mapping[UUID, Done], focus: str, *, now: datetime
) -> Board:
    """Draw the map. `done` is by enrolment; `focus` is the unit whose session comes next."""
    lines = tuple(_line(each, columns, done.get(each.enrolment, NOTHING), focus, now) for each in trainees)
    at = _index(columns, focus)
    readiness = ready_for(columns[at], [done.get(each.enrolment, NOTHING) for each in trainees])
    return Board(tuple(columns), focus, tuple(sorted(lines, key=lambda line: _need(line, at))), readiness)


def ready_for(column: Column, done: Collection[Done]) -> Readiness:
    """How many have done the pre-work of one unit."""
    ready = sum(each.steps.get(column.unit, 0) >= column.total for each in done)
    begun = sum(column.unit in each.begun for each in done)
    return Readiness(ready, max(0, begun - ready), len(done) - max(begun, ready))


def _line(trainee: Trainee, columns: Sequence[Column], done: Done, focus: str, now: datetime) -> Line:
    at = _index(columns, focus)
    cells = (_cell(column, done.steps.get(column.unit, 0), now, later=n > at) for n, column in enumerate(columns))
    return Line(trainee, tuple(cells))


def _cell(column: Column, done: int, now: datetime, *, later: bool) -> Cell:
    return Cell(_state(column, done, now, later=later), done, column.total)


def _state(column: Column, done: int, now: datetime, *, later: bool) -> CellState:
    if done >= column.total:
        return CellState.DONE
    if column.due_at is not None and column.due_at < now:
        return CellState.LATE
    return CellState.SHUT if later and not done else CellState.PART


def _need(line: Line, at: int) -> tuple[bool, int, int, str]:
    """Who is not ready comes first, least done before more; then who is late elsewhere; then by name."""
    cell = line.cells[at]
    ready = cell.done >= cell.total
    return ready, 0 if ready else cell.done, -line.open_late, line.trainee.name


def _index(columns: Sequence[Column], unit: str) -> int:
    return next(number for number, column in enumerate(columns) if column.unit == unit)
