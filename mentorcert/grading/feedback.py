"""What is read of a grade: every criterion against the line, and the moments that are evidence for it. Pure.

A moment is one that a coach marked, or a time that a comment names, such as 5:46.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from mentorcert.catalog.rubric import Criterion, Level, Rubric

_MOMENT: Final = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?![\d:]|\.\d)")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_SLACK: Final = 1.0
"""Seconds: lengths are kept in whole ones, a film may go on for a part of another."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A moment that a coach marked: the second, the criterion's id (empty for none), the note."""

    at: float
    criterion: str
    note: str
    uuid: UUID | None = None
    """None in what was delivered."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A moment as it stands on the timeline and under its criteria."""

    number: int
    seconds: float
    text: str
    criteria: tuple[str, ...]
    """The ids of the criteria that it is evidence for."""
    about: str
    """Their titles."""
    marked: Evidence | None = None
    """None for a time that comments name."""

    @property
    def key(self) -> str:
        """What tells it from others on its page."""
        return str(self.marked.uuid or f"m{self.number}") if self.marked else f"c{int(self.seconds)}"


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
    pins: tuple[Pin, ...]

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


@dataclass(frozen=True, slots=True)
class Delivered:
    """A document of an outcome (see `documents`), read: nothing but what was delivered is in it."""

    number: int
    says: str
    comment: str
    percent: int
    pass_percent: int
    passed: bool
    rubric_hash: str
    rows: tuple[Row, ...]
    """From strong to weak; those that are alike in the rubric's order."""
    pins: tuple[Pin, ...]
    appeal: Mapping[str, Any] | None
    """What was decided on appeal: `changed`, `comment`."""

    @property
    def critical(self) -> tuple[Row, ...]:
        """The critical criteria."""
        return tuple(row for row in self.rows if row.critical)

    @property
    def unmet(self) -> tuple[Row, ...]:
        """The critical criteria that stay below their line."""
        return tuple(row for row in self.critical if row.short)


def delivered(document: Mapping[str, Any], seconds: float) -> Delivered:
    """Read what was delivered of a recording of this length; 0 where the length is unknown."""
    said = document["criteria"]
    criteria = tuple(_criterion(each) for each in said)
    marked = [Evidence(each["at"], each["criterion"], each["note"]) for each in document["moments"]]
    found = pins(criteria, {each["id"]: each["comment"] for each in said}, marked, seconds)
    rows = [_row(criterion, each, found) for criterion, each in zip(criteria, said, strict=True)]
    return Delivered(
        number=document["number"],
        says=document["says"],
        comment=document["comment"],
        percent=document["percent"],
        pass_percent=document["rubric"]["pass_percent"],
        passed=document["passed"],
        rubric_hash=document["rubric"]["hash"],
        rows=tuple(sorted(rows, key=lambda row: -row.level / row.of)),
        pins=found,
        appeal=document.get("appeal"),
    )


def pins(
    criteria: Sequence[Criterion], comments: Mapping[str, str], marked: Iterable[Evidence], seconds: float
) -> tuple[Pin, ...]:
    """What was marked, and the times that comments name, in order of time; none after the recording's end.

    `comments` are those of the criteria, by id; `seconds` is the length, 0 where it is unknown. A comment that names
    the second of a mark of the same criterion means that mark, and gives it words where it has none.
    """
    titles = {each.id: each.title for each in criteria}
    named = {each.id: dict(named_moments(comments.get(each.id, ""))) for each in criteria}
    unsorted = [_marked(each, named, titles) for each in marked]
    taken = {(each.marked.criterion, int(each.seconds)) for each in unsorted if each.marked}
    unsorted += _named(named, titles, taken)
    known = sorted((each for each in unsorted if not seconds or each.seconds <= seconds + _SLACK), key=_place)
    return tuple(
        Pin(number, each.seconds, each.text, each.criteria, each.about, each.marked)
        for number, each in enumerate(known, 1)
    )


def named_moments(comment: str) -> Iterator[tuple[int, str]]:
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


def _marked(each: Evidence, named: Mapping[str, Mapping[int, str]], titles: Mapping[str, str]) -> Pin:
    text = each.note or named.get(each.criterion, {}).get(int(each.at), "")
    ids = (each.criterion,) if each.criterion in titles else ()
    return Pin(0, each.at, text, ids, titles.get(each.criterion, ""), each)


def _named(
    named: Mapping[str, Mapping[int, str]], titles: Mapping[str, str], taken: set[tuple[str, int]]
) -> Iterator[Pin]:
    """A pin for each second that comments name, with all the criteria whose comments do."""
    about: dict[int, list[str]] = {}
    for criterion, times in named.items():
        for at in times:
            if (criterion, at) not in taken:
                about.setdefault(at, []).append(criterion)
    for at, ids in about.items():
        yield Pin(0, at, named[ids[0]][at], tuple(ids), ", ".join(titles[each] for each in ids))


def _place(pin: Pin) -> tuple[float, str]:
    return pin.seconds, pin.key


def _criterion(said: Mapping[str, Any]) -> Criterion:
    levels = tuple(Level(each["id"], each["title"], each["points"], each["anchor"]) for each in said["levels"])
    return Criterion(said["id"], said["title"], said["weight"], levels, said["critical"], said["min_level"])


def _row(criterion: Criterion, said: Mapping[str, Any], found: Sequence[Pin]) -> Row:
    ids = [level.id for level in criterion.levels]
    return Row(
        criterion=criterion,
        reached=criterion.level(said["level"]),
        level=ids.index(said["level"]) + 1,
        line=ids.index(said["line"]) + 1,
        comment=said["comment"],
        pins=tuple(pin for pin in found if criterion.id in pin.criteria),
    )
