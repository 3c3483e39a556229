"""Where somebody is below the line, what is suggested for it, and whom one group session would help. Pure.

The line of a criterion is the level to reach, as it stands in the document that the trainee was given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mentorcert.catalog.programme import Lesson, Programme, Unit


@dataclass(frozen=True, slots=True)
class Weak:
    """A criterion in which somebody is below the line."""

    criterion: str
    title: str
    reached: str
    """The title of the level that they reached."""
    line: str
    """The title of the level to reach."""
    anchor: str
    """What can be seen and heard at the line."""
    short_by: int
    """How many levels lie between the two."""
    critical: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What in the programme trains a criterion: lessons, and the units whose knowledge check boosts it."""

    lessons: tuple[tuple[Unit, Lesson], ...] = ()
    checks: tuple[Unit, ...] = ()


def weak_areas(document: Mapping[str, Any]) -> tuple[Weak, ...]:
    """The criteria below the line in what was delivered: critical ones first, then those furthest from it."""
    found = [weak for each in document["criteria"] if (weak := _weak(each)) is not None]
    return tuple(sorted(found, key=lambda weak: (not weak.critical, -weak.short_by)))


def suggestion(programme: Programme, criterion: str) -> Suggestion:
    """What trains a criterion, in the programme's order; nothing where no lesson says so."""
    lessons = [(unit, lesson) for unit in programme.units for lesson in unit.lessons if criterion in lesson.trains]
    units = tuple(unit for unit in programme.units if any(unit is each for each, _ in lessons))
    return Suggestion(tuple(lessons), units)


def by_criterion(areas: Mapping[int, Sequence[Weak]]) -> dict[str, list[int]]:
    """Who is weak in each criterion, the one that most are weak in first. Two or more can be helped by one group."""
    found: dict[str, list[int]] = {}
    for who, weak in areas.items():
        for each in weak:
            found.setdefault(each.criterion, []).append(who)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _weak(criterion: Mapping[str, Any]) -> Weak | None:
    levels = criterion["levels"]
    ids = [level["id"] for level in levels]
    reached, line = ids.index(criterion["level"]), ids.index(criterion["line"])
    if reached >= line:
        return None
    return Weak(
        criterion=criterion["id"],
        title=criterion["title"],
        reached=levels[reached]["title"],
        line=levels[line]["title"],
        anchor=levels[line]["anchor"],
        short_by=line - reached,
        critical=criterion["critical"],
    )
