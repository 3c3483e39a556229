"""A rubric as another system tells it, and how it becomes one of ours. Pure.

What we need and the other system does not have is left as TODO, which `mentorcert check` refuses: no pass mark and no
anchor is made up.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count, pairwise
from math import floor, lcm
from typing import Final

from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric, half_up
from mentorcert.catalog.shapes import SLUG, UNWRITTEN
from mentorcert.errors import Fault, Invalid

WHOLE: Final = 100
MOST_CRITERIA: Final = 100
MOST_LEVELS: Final = 20
MOST_POINTS: Final = 1000
MOST_TOLD: Final = 100
"""How many faults are told; a file of another kind would have one in every row."""

_CENT: Final = 100
_LONGEST_ID: Final = 60


@dataclass(frozen=True, slots=True)
class ForeignLevel:
    """A level: `points` of any size, `where` for faults; `id` when the file has one of ours.

    `feedback` is what may be said to who reaches it, a phrase a line.
    """

    title: str
    anchor: str
    points: Fraction
    where: str
    id: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ForeignCriterion:
    """A criterion, its levels in any order. `told` is what else the other system says of it.

    With a `bank` the levels' feedback is passed over. `least` is the id of the level that a critical one needs.
    """

    title: str
    levels: tuple[ForeignLevel, ...]
    where: str
    weight: Fraction
    told: str = ""
    id: str = ""
    least: str = ""
    comment_required: bool = False
    bank: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignRubric:
    """A rubric of another system. `notes` say how it was read."""

    title: str
    criteria: tuple[ForeignCriterion, ...]
    where: str
    summary: str = ""
    id: str = ""
    pass_percent: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """One of ours, made of it. Where the pass mark is not known, the rubric's own is not to be used.

    `told` is what the other system says of a criterion and we have no place for, by the criterion's id.
    """

    rubric: Rubric
    pass_known: bool
    notes: tuple[str, ...]
    told: Mapping[str, str]


@dataclass(slots=True)
class Findings:
    """Collects what is wrong with a file, so that all of it is told at once."""

    found: dict[Fault, None] = field(default_factory=dict)

    def add(self, where: str, what: str, todo: str) -> None:
        """Note one fault, in sentences with their full stop; the same one is noted once."""
        self.found[Fault(where, what, todo)] = None

    def refuse(self, title: str) -> None:
        """Raise Invalid with the first faults, when there are any."""
        if self.found:
            more = len(self.found) - MOST_TOLD
            todo = f"And {more} more. Correct the file, and import it again." if more > 0 else "Correct the file."
            raise Invalid(title, todo, tuple(self.found)[:MOST_TOLD])


def adopt(theirs: ForeignRubric, findings: Findings) -> Adopted:
    """One of ours: levels from weak to strong, points whole, weights that sum to 100, ids made of titles.

    With findings, whosever they are, it is empty.
    """
    if not 0 < len(theirs.criteria) <= MOST_CRITERIA:
        findings.add(theirs.where, f"It has {len(theirs.criteria)} criteria.", f"Let it have 1 to {MOST_CRITERIA}.")
    else:
        for each in theirs.criteria:
            _check(each, findings)
    if findings.found:
        return Adopted(Rubric("", "", "", 0, ()), False, (), {})
    weights = shares([each.weight for each in theirs.criteria])
    ids = _ids([_name(each.id, each.title) for each in theirs.criteria], "criterion")
    criteria = [_criterion(*each) for each in zip(theirs.criteria, ids, weights, strict=True)]
    rubric = Rubric(
        id=_name(theirs.id, theirs.title) or "rubric",
        title=_one_line(theirs.title) or UNWRITTEN,
        summary=theirs.summary.strip() or UNWRITTEN,
        pass_percent=theirs.pass_percent or 0,
        criteria=tuple(criteria),
    )
    told = {name: each.told for name, each in zip(ids, theirs.criteria, strict=True) if each.told}
    return Adopted(rubric, theirs.pass_percent is not None, (*theirs.notes, *_notes(theirs, weights)), told)


def slug(title: str) -> str:
    """An id made of a title; empty when the title has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].strip("-")


def shares(weights: Sequence[Fraction]) -> list[int]:
    """Weights of any size as whole numbers from 1 that sum to 100: the largest remainders are rounded up."""
    total = sum(weights) or Fraction(1)
    quotas = [weight * WHOLE / total for weight in weights]
    given = [max(1, floor(quota)) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda at: given[at] - quotas[at])
    for at in by_remainder[: max(0, WHOLE - sum(given))]:
        given[at] += 1
    while sum(given) > WHOLE:
        given[given.index(max(given))] -= 1
    return given


def smallest(points: Sequence[Fraction]) -> list[int]:
    """The smallest whole numbers that stand to each other as `points` do, to a hundredth of a point."""
    cents = [half_up(each * _CENT) for each in points]
    highest = max(cents)
    for most in range(1, MOST_POINTS + 1):
        whole = [_over(each * most, highest) for each in cents]
        if [_over(each * highest, most) for each in whole] == cents:
            return whole
    return [_over(each * MOST_POINTS, highest) for each in cents]


def _over(number: int, divisor: int) -> int:
    """The quotient as a whole number, a half rounded up."""
    return (2 * number + divisor) // (2 * divisor)


def _check(criterion: ForeignCriterion, findings: Findings) -> None:
    where, levels = criterion.where, criterion.levels
    if not 2 <= len(levels) <= MOST_LEVELS:
        findings.add(where, f"The criterion has {len(levels)} levels.", f"Let it have 2 to {MOST_LEVELS}.")
        return
    for lower, higher in pairwise(sorted(levels, key=lambda level: level.points)):
        if lower.points == higher.points:
            what = f'"{lower.title}" and "{higher.title}" have the same points, {_shown(lower.points)}.'
            findings.add(higher.where, what, "Give each level its own points.")


def _criterion(theirs: ForeignCriterion, name: str, weight: int) -> Criterion:
    levels = sorted(theirs.levels, key=lambda level: level.points)
    ids = _ids([_name(level.id, level.title) for level in levels], "level")
    return Criterion(
        id=name,
        title=_one_line(theirs.title),
        weight=weight,
        levels=tuple(_level(*each) for each in zip(levels, ids, _points(levels), strict=True)),
        critical=bool(theirs.least),
        min_level=theirs.least or None,
        comment_required=theirs.comment_required,
        bank=theirs.bank or tuple(_feedback(levels, ids)),
    )


def _level(theirs: ForeignLevel, name: str, points: int) -> Level:
    return Level(name, _one_line(theirs.title), points, theirs.anchor.strip() or UNWRITTEN)


def _feedback(levels: Sequence[ForeignLevel], ids: Sequence[str]) -> Iterator[Phrase]:
    for level, name in zip(levels, ids, strict=True):
        said = dict.fromkeys(line.strip() for line in level.feedback.splitlines())
        yield from (Phrase(line, name) for line in said if line)


def _points(levels: Sequence[ForeignLevel]) -> list[int]:
    points = [level.points for level in levels]
    factor = lcm(*(each.denominator for each in points))
    highest = max(points, default=Fraction(0))
    if highest * factor <= MOST_POINTS:
        return [int(each * factor) for each in points]
    return smallest([each * _CENT / highest for each in points])


def _ids(names: Iterable[str], noun: str) -> list[str]:
    """An id for each name, in order: those that are alike get a number."""
    taken: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        wanted = name or f"{noun}-{number}"
        free = (wanted if at == 1 else f"{wanted}-{at}" for at in count(1))
        taken[next(each for each in free if each not in taken)] = None
    return list(taken)


def _name(given: str, title: str) -> str:
    return given if re.fullmatch(SLUG, given) else slug(given or title)


def _notes(theirs: ForeignRubric, weights: Sequence[int]) -> Iterable[str]:
    if any(each.weight != weight for each, weight in zip(theirs.criteria, weights, strict=True)):
        shown = ", ".join(_shown(each.weight) for each in theirs.criteria)
        yield f"Weights were {shown}; they are shared out to 100, the largest remainders rounded up."
    if theirs.pass_percent is None:
        yield "The file had no pass mark: write the percentage that passes."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shown(number: Fraction) -> str:
    return f"{float(number):g}"
