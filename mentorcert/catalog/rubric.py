"""A rubric and its arithmetic. Grades name level ids, never points; every sum here is of integers and fractions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from mentorcert.catalog.canonical import LATER
from mentorcert.catalog.lookup import one_of


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion, with the behaviour that can be seen at it."""

    id: str
    title: str
    points: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the feedback bank, which a coach may start a comment from; `level` is set when it fits one only."""

    text: str
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is graded. Levels stand from weak to strong; `min_level` is set when it is critical."""

    id: str
    title: str
    weight: int
    levels: tuple[Level, ...]
    critical: bool = False
    min_level: str | None = None
    comment_required: bool = False
    bank: tuple[Phrase, ...] = field(default=(), metadata=LATER)

    def level(self, level_id: str) -> Level:
        """The level of that id; NotFound when there is none."""
        return one_of(self.levels, level_id, "level")

    def reaches_minimum(self, level_id: str) -> bool:
        """Whether the level is at least the minimum; a criterion that is not critical is reached by any."""
        return self.min_level is None or self.level(level_id).points >= self.level(self.min_level).points


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a recording is graded by. `pass_percent` is the least whole percentage that passes; weights sum to 100."""

    id: str
    title: str
    summary: str
    pass_percent: int
    criteria: tuple[Criterion, ...]

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id; NotFound when there is none."""
        return one_of(self.criteria, criterion_id, "criterion")

    @property
    def critical(self) -> tuple[Criterion, ...]:
        """The criteria whose minimum level must be reached."""
        return tuple(criterion for criterion in self.criteria if criterion.critical)


class LevelsDoNotFit(ValueError):
    """The chosen levels don't fit the rubric; `faults` says how, a sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep the sentences."""
        super().__init__(" ".join(faults))
        self.faults = faults


def half_up(value: Fraction) -> int:
    """A fraction that is not negative as a whole number; exactly a half goes up. The one rounding of all scores."""
    return floor(value + Fraction(1, 2))


def faults(rubric: Rubric, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """What keeps `chosen` (criterion id to level id) from being a whole grade; empty when nothing does."""
    known = {criterion.id: criterion for criterion in rubric.criteria}
    missing = [
        f'"{criterion.title}" has no level yet. Choose one.'
        for criterion in rubric.criteria
        if criterion.id not in chosen
    ]
    strangers = [f'This rubric has no criterion "{key}".' for key in chosen if key not in known]
    levels = [
        f'"{known[key].title}" has no level "{level}". Choose one of its levels.'
        for key, level in chosen.items()
        if key in known and level not in {each.id for each in known[key].levels}
    ]
    return (*missing, *strangers, *levels)


def percent(rubric: Rubric, chosen: Mapping[str, str]) -> int:
    """The score: the sum of weight times points over the criterion's highest points, half a percent rounded up.

    Raises LevelsDoNotFit when a criterion is missing, or an id is unknown.
    """
    _require(rubric, chosen)
    return half_up(sum((_share(criterion, chosen[criterion.id]) for criterion in rubric.criteria), Fraction(0)))


def below_minimum(rubric: Rubric, chosen: Mapping[str, str]) -> tuple[Criterion, ...]:
    """The critical criteria whose minimum level was not reached. Raises LevelsDoNotFit like `percent`."""
    _require(rubric, chosen)
    return tuple(each for each in rubric.critical if not each.reaches_minimum(chosen[each.id]))


def meets_critical(rubric: Rubric, chosen: Mapping[str, str]) -> bool:
    """Whether every critical criterion reached its minimum level. Raises LevelsDoNotFit like `percent`."""
    return not below_minimum(rubric, chosen)


def passed(rubric: Rubric, chosen: Mapping[str, str]) -> bool:
    """Whether the rounded score passes and every critical criterion reached its minimum level."""
    return percent(rubric, chosen) >= rubric.pass_percent and meets_critical(rubric, chosen)


def _share(criterion: Criterion, level_id: str) -> Fraction:
    highest = max(level.points for level in criterion.levels)
    return Fraction(criterion.weight * criterion.level(level_id).points, highest)


def _require(rubric: Rubric, chosen: Mapping[str, str]) -> None:
    found = faults(rubric, chosen)
    if found:
        raise LevelsDoNotFit(found)
