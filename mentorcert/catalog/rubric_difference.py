"""What differs between two versions of a rubric, in a form that people can read. Pure.

Criteria and levels are the same ones when their ids are: an id never changes, while titles and words may.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, TypeVar

from mentorcert.catalog.lookup import HasId
from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric

MOST_WORDS: Final = 2000
"""Longer texts are not compared word by word: that takes the square of their length."""

_WORDS: Final = re.compile(r"(?:[\w’']+|[^\w\s]|^)\s*")
"""A word or a sign, each with the space after it: so a phrase that was replaced stays in one piece."""


class Kind(StrEnum):
    """What became of something."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A short value before and after; None where there was none."""

    before: object
    after: object

    @property
    def differs(self) -> bool:
        """Whether it changed."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class LevelDifference:
    """One level of a criterion: what became of it, its title and points, and its anchor word by word."""

    kind: Kind
    id: str
    title: Value
    points: Value
    anchor: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        """Whether anything of it changed."""
        return self.title.differs or self.points.differs or differs(self.anchor)


@dataclass(frozen=True, slots=True)
class CriterionDifference:
    """One criterion: what became of it, and of everything in it. `minimum` is by the level's title."""

    kind: Kind
    id: str
    moved: bool
    title: Value
    weight: Value
    minimum: Value
    comment_required: Value
    levels: tuple[LevelDifference, ...]
    bank: tuple[Piece, ...]
    """Its phrases, a piece each; those that stayed too."""

    @property
    def name(self) -> str:
        """Its title now, or the last one that it had."""
        return str(self.title.before if self.kind is Kind.REMOVED else self.title.after)

    @property
    def grades_differ(self) -> bool:
        """Whether the same conversation could be graded otherwise: more than titles, order and the bank changed."""
        values = (self.weight, self.minimum)
        levels = any(each.points.differs or differs(each.anchor) for each in self.levels)
        return self.kind is not Kind.SAME or levels or any(value.differs for value in values)

    @property
    def differs(self) -> bool:
        """Whether anything of it changed."""
        parts = (self.title.differs, self.comment_required.differs, differs(self.bank), self.moved)
        return self.grades_differ or any(parts) or any(level.differs for level in self.levels)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two versions. Criteria in the new order, removed ones where they stood."""

    title: Value
    summary: tuple[Piece, ...]
    pass_percent: Value
    criteria: tuple[CriterionDifference, ...]

    @property
    def changed(self) -> tuple[CriterionDifference, ...]:
        """The criteria of which anything changed."""
        return tuple(each for each in self.criteria if each.differs)

    @property
    def count(self) -> int:
        """How many things differ: each criterion counts once, and so do title, summary and pass mark."""
        return len(self.changed) + sum((self.title.differs, differs(self.summary), self.pass_percent.differs))

    @property
    def grades_differ(self) -> bool:
        """Whether the same conversation could be graded otherwise."""
        return self.pass_percent.differs or any(each.grades_differ for each in self.criteria)


def compare(old: Rubric, new: Rubric) -> Difference:
    """What differs from the old version to the new one."""
    moved = _moved([each.id for each in old.criteria], [each.id for each in new.criteria])
    return Difference(
        title=Value(old.title, new.title),
        summary=words(old.summary, new.summary),
        pass_percent=Value(old.pass_percent, new.pass_percent),
        criteria=tuple(_criterion(*pair, moved) for pair in _pairs(old.criteria, new.criteria)),
    )


def words(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts word by word: what stayed, what went, what came."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if old == new or max(len(before), len(after)) > MOST_WORDS:
        before, after = [old], [new]
    return tuple(Piece(kind, "".join(part)) for kind, part in _runs(before, after))


def differs(pieces: Sequence[Piece]) -> bool:
    """Whether anything came or went."""
    return any(piece.kind is not Kind.SAME for piece in pieces)


T = TypeVar("T", bound=HasId)


def _pairs(old: Sequence[T], new: Sequence[T]) -> list[tuple[str, T | None, T | None]]:
    """(id, before, after) of each: in the new order, and what was removed behind what it followed."""
    earlier, later = {each.id: each for each in old}, {each.id: each for each in new}
    order = list(later)
    for before, gone in zip([None, *earlier], earlier, strict=False):
        if gone not in later:
            order.insert(order.index(before) + 1 if before else 0, gone)
    return [(each, earlier.get(each), later.get(each)) for each in order]


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The ids whose place among those that stayed is another: as few as possible."""
    before, after = [each for each in old if each in new], [each for each in new if each in old]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = {before[block.a + step] for block in blocks for step in range(block.size)}
    return set(after) - kept


def _criterion(name: str, old: Criterion | None, new: Criterion | None, moved: set[str]) -> CriterionDifference:
    pairs = _pairs(old.levels if old else (), new.levels if new else ())
    return CriterionDifference(
        kind=_kind(old, new),
        id=name,
        moved=name in moved,
        title=Value(old and old.title, new and new.title),
        weight=Value(old and old.weight, new and new.weight),
        minimum=Value(old and _minimum(old), new and _minimum(new)),
        comment_required=Value(old and old.comment_required, new and new.comment_required),
        levels=tuple(_level(*pair) for pair in pairs),
        bank=tuple(Piece(kind, each) for kind, part in _runs(_phrases(old), _phrases(new)) for each in part),
    )


def _level(name: str, old: Level | None, new: Level | None) -> LevelDifference:
    return LevelDifference(
        kind=_kind(old, new),
        id=name,
        title=Value(old and old.title, new and new.title),
        points=Value(old and old.points, new and new.points),
        anchor=words(old.anchor if old else "", new.anchor if new else ""),
    )


def _kind(old: object, new: object) -> Kind:
    if old is None:
        return Kind.ADDED
    return Kind.REMOVED if new is None else Kind.SAME


def _minimum(criterion: Criterion) -> str | None:
    return criterion.level(criterion.min_level).title if criterion.min_level else None


def _phrases(criterion: Criterion | None) -> list[str]:
    return [_phrase(criterion, each) for each in criterion.bank] if criterion else []


def _phrase(criterion: Criterion, phrase: Phrase) -> str:
    return f"{criterion.level(phrase.level).title}: {phrase.text}" if phrase.level else phrase.text


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Kind, Sequence[str]]]:
    for code, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if code == "equal":
            yield Kind.SAME, after[c:d]
        else:
            parts = (Kind.REMOVED, before[a:b]), (Kind.ADDED, after[c:d])
            yield from ((kind, part) for kind, part in parts if part)
