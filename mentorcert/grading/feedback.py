"""What a trainee reads of a released grade: every criterion against the line, and the moments that were named. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mentorcert.catalog.rubric import Criterion, Level, Rubric
from mentorcert.grading.drafts import Draft

_MOMENT: Final = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?![\d:]|\.\d)")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that comments name: its number on the timeline, the second, the words, and what it is about."""

    number: int
    seconds: int
    text: str
    criteria: tuple[str, ...]
    """The ids of the criteria whose comments name it."""
    about: str
    """Their titles."""


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion as it was judged."""

    criterion: Criterion
    reached: Level
    level: int
    """Counted from 1, the weakest."""
    line: int
    """The level to reach, counted in the same way."""
    comment: str
    moments: tuple[Moment, ...]

    @property
    def title(self) -> str:
        """The criterion's title."""
        return self.criterion.title

    @property
    def of(self) -> int:
        """How many levels there are."""
        return len(self.criterion.levels)

    @property
    def word(self) -> str:
        """The level's title."""
        return self.reached.title

    @property
    def critical(self) -> bool:
        """Whether the line must be reached."""
        return self.criterion.critical

    @property
    def aim(self) -> Level:
        """The level to reach."""
        return self.criterion.levels[self.line - 1]

    @property
    def strong(self) -> bool:
        """Whether the highest level was reached."""
        return self.level == self.of

    @property
    def short(self) -> bool:
        """Whether it stays below the line."""
        return self.level < self.line


def rows(rubric: Rubric, draft: Draft, marks: Sequence[Moment]) -> tuple[Row, ...]:
    """Every criterion, from strong to weak; those that are alike in the rubric's order."""
    found = (_row(rubric, each, draft, marks) for each in rubric.criteria)
    return tuple(sorted(found, key=lambda row: -row.level / row.of))


def moments(rubric: Rubric, draft: Draft, seconds: float) -> tuple[Moment, ...]:
    """The moments that comments name, such as 5:46, in order of time; none after the recording's end."""
    found: dict[int, list[tuple[str, Criterion]]] = {}
    for each in rubric.criteria:
        for at, text in named_moments(draft.entry(each.id).comment):
            if at <= seconds:
                found.setdefault(at, []).append((text, each))
    return tuple(_moment(number, at, found[at]) for number, at in enumerate(sorted(found), 1))


def named_moments(comment: str) -> Iterable[tuple[int, str]]:
    """(second, the sentence that it stands in) of each time in a comment; the same time once."""
    seen: set[int] = set()
    for sentence in _SENTENCE_END.split(comment):
        for hours, minutes, seconds in _MOMENT.findall(sentence):
            at = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
            if at not in seen:
                seen.add(at)
                yield at, sentence.strip()


def line_of(rubric: Rubric, criterion: Criterion) -> int:
    """The level to reach, counted from 1: the minimum of a critical criterion, elsewhere the level of the same name.

    Where no level has that name, it is the first one whose share of the points passes.
    """
    ids = [level.id for level in criterion.levels]
    wanted = criterion.min_level or next((each.min_level for each in rubric.critical), None)
    if wanted in ids:
        return ids.index(wanted) + 1
    highest = max(level.points for level in criterion.levels)
    shares = [level.points * 100 >= rubric.pass_percent * highest for level in criterion.levels]
    return shares.index(True) + 1


def _moment(number: int, at: int, said: Sequence[tuple[str, Criterion]]) -> Moment:
    ids = tuple(criterion.id for _, criterion in said)
    return Moment(number, at, said[0][0], ids, ", ".join(criterion.title for _, criterion in said))


def _row(rubric: Rubric, criterion: Criterion, draft: Draft, marks: Sequence[Moment]) -> Row:
    entry = draft.entry(criterion.id)
    reached = criterion.level(entry.level)
    return Row(
        criterion=criterion,
        reached=reached,
        level=criterion.levels.index(reached) + 1,
        line=line_of(rubric, criterion),
        comment=entry.comment,
        moments=tuple(mark for mark in marks if criterion.id in mark.criteria),
    )
