"""Rubrics in Canvas's CSV: what Course › Rubrics › Import takes, a row a criterion.

The columns are Rubric Name, Criteria Name, Criteria Description, Criteria Enable Range, and then Rating Name, Rating
Description and Rating Points once for each rating. Canvas has no weights: a criterion weighs as much as its best rating
is worth. So the ratings that we write are worth weight × points ÷ most points, and a total in Canvas is our percentage.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from mentorcert.catalog.foreign_rubric import (
    MOST_LEVELS,
    Findings,
    ForeignCriterion,
    ForeignLevel,
    ForeignRubric,
    smallest,
)
from mentorcert.catalog.rubric import Criterion, Level, Rubric, half_up
from mentorcert.catalog.yaml_source import LARGEST

COLUMNS: Final = ("Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range")
RATING: Final = ("Rating Name", "Rating Description", "Rating Points")
NOTES: Final = (
    "A criterion weighs as much as its best rating is worth; points are the smallest whole numbers in that ratio.",
)
RANGED: Final = "Ratings were ranges of points in {}: a level is worth the most of its range."
MOST_ROWS: Final = 1000

_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_GUARDED: Final = re.compile(r"'\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that was written so that no spreadsheet takes it for a formula."""


def rows(rubric: Rubric) -> list[list[str]]:
    """The rubric as Canvas imports it, the header first. Texts are as they are: guard them for spreadsheets."""
    most = max(len(criterion.levels) for criterion in rubric.criteria)
    return [[*COLUMNS, *RATING * most], *(_row(rubric, each, most) for each in rubric.criteria)]


def lost(rubric: Rubric) -> tuple[str, ...]:
    """What of a rubric Canvas has no place for."""
    has = (
        ("ids", True),
        ("the summary", True),
        ("the pass mark", True),
        ("which criteria are critical, but in words", bool(rubric.critical)),
        ("which comments are needed", any(each.comment_required for each in rubric.criteria)),
        ("the feedback bank", any(each.bank for each in rubric.criteria)),
    )
    return tuple(words for words, so in has if so)


def read_canvas(data: bytes, findings: Findings) -> list[ForeignRubric]:
    """The rubrics of a CSV file, those with faults too."""
    table = _table(data, findings)
    layout = _layout(next(table, []), findings)
    if layout is None:
        return []
    found: dict[str, list[ForeignCriterion]] = {}
    ranged: list[str] = []
    for number, cells in enumerate(table, 2):
        if number > MOST_ROWS:
            findings.add(f"row {number}", f"The file has more than {MOST_ROWS} rows.", "Export one rubric a file.")
            break
        if any(cells):
            row = _Row(number, cells, layout, findings)
            criteria = found.setdefault(row.needed(layout.rubric), [])
            criteria.append(_criterion(row))
            ranged += [row.where()] if row.at(layout.ranged).casefold() in {"true", "1"} else []
    notes = (*NOTES, RANGED.format(", ".join(ranged))) if ranged else NOTES
    return [ForeignRubric(title, tuple(each), f'rubric "{title}"', notes=notes) for title, each in found.items()]


def _row(rubric: Rubric, criterion: Criterion, most: int) -> list[str]:
    strong_first = [cell for level in reversed(criterion.levels) for cell in _rating(criterion, level)]
    gap = [""] * (len(RATING) * (most - len(criterion.levels)))
    return [rubric.title, criterion.title, _told(criterion), "false", *strong_first, *gap]


def _rating(criterion: Criterion, level: Level) -> tuple[str, str, str]:
    highest = max(each.points for each in criterion.levels)
    cents = half_up(Fraction(criterion.weight * level.points * 100, highest))
    worth = f"{cents // 100}.{cents % 100:02}".rstrip("0").rstrip(".")
    return level.title, level.anchor, worth


def _told(criterion: Criterion) -> str:
    return f"Critical: {criterion.level(criterion.min_level).title} or above is needed." if criterion.min_level else ""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column holds what, counted from 0; None where there is none."""

    names: Sequence[str]
    rubric: int
    criterion: int
    told: int | None
    ranged: int | None
    ratings: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that says where it is when something is wrong with it; `number` is the one that a spreadsheet shows."""

    number: int
    cells: Sequence[str]
    layout: _Layout
    findings: Findings

    def at(self, column: int | None) -> str:
        """The text in a column, without the guard of spreadsheets."""
        text = self.cells[column] if column is not None and column < len(self.cells) else ""
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
            self.fault(column, "There is a control character in it.", "Remove it; often it came with a paste.")
            return ""
        return text[1:] if _GUARDED.match(text) else text

    def needed(self, column: int) -> str:
        """The same; a fault when it is empty."""
        text = " ".join(self.at(column).split())
        if not text:
            self.fault(column, "It is empty.", "Write it in every row.")
        return text

    def where(self, column: int | None = None) -> str:
        """How the row, or a cell of it, is named."""
        names = self.layout.names
        cell = f", column {column + 1} ({names[column]})" if column is not None and column < len(names) else ""
        return f"row {self.number}{cell}"

    def fault(self, column: int | None, what: str, todo: str) -> None:
        """Note what is wrong with a cell."""
        self.findings.add(self.where(column), what, todo)


def _table(data: bytes, findings: Findings) -> Iterator[list[str]]:
    text = _text(data, findings)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from ([cell.strip() for cell in row] for row in reader)
    except csv.Error as error:
        findings.add(f"line {reader.line_num}", f"This is not CSV: {error}.", "Save it again as CSV.")


def _text(data: bytes, findings: Findings) -> str:
    if len(data) > LARGEST:
        findings.add("the file", f"It has {len(data):,} bytes, more than {LARGEST:,}.", "Export one rubric a file.")
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.add(f"line {line}", "The file is not UTF-8.", "Save it again as CSV UTF-8.")
        return ""


def _layout(header: Sequence[str], findings: Findings) -> _Layout | None:
    if findings.found:
        return None
    names = [name.casefold() for name in header]
    columns = {name: names.index(name.casefold()) for name in COLUMNS if name.casefold() in names}
    triples = [[at for at, name in enumerate(names) if wanted.casefold() in name] for wanted in RATING]
    for name in COLUMNS[:2]:
        if name not in columns:
            findings.add("row 1", f'There is no column "{name}".', "Begin with the header of Canvas's template.")
    if not triples[0] or len({len(each) for each in triples}) > 1:
        todo = f"Give each rating three columns: {', '.join(RATING)}."
        findings.add("row 1", "The columns of the ratings are not whole.", todo)
    elif len(triples[0]) > MOST_LEVELS:
        findings.add("row 1", f"It has {len(triples[0])} ratings a criterion.", f"Keep at most {MOST_LEVELS}.")
    if findings.found:
        return None
    a, b, c = triples
    ratings = tuple(zip(a, b, c, strict=True))
    told, ranged = (columns.get(name) for name in COLUMNS[2:])
    return _Layout(header, columns[COLUMNS[0]], columns[COLUMNS[1]], told, ranged, ratings)


def _criterion(row: _Row) -> ForeignCriterion:
    levels = [_rating_in(row, *columns) for columns in row.layout.ratings if any(map(row.at, columns))]
    highest = max((level.points for level in levels), default=Fraction(0))
    if levels and not highest:
        row.fault(None, "No rating is worth any points.", "Give the best one more than 0.")
    return ForeignCriterion(
        title=row.needed(row.layout.criterion),
        levels=_in_ratio(levels) if highest else tuple(levels),
        where=row.where(),
        weight=highest,
        told=row.at(row.layout.told),
    )


def _in_ratio(levels: Sequence[ForeignLevel]) -> tuple[ForeignLevel, ...]:
    whole = smallest([level.points for level in levels])
    if len(set(whole)) < len(levels):
        return tuple(levels)
    return tuple(
        ForeignLevel(level.title, level.anchor, Fraction(points), level.where)
        for level, points in zip(levels, whole, strict=True)
    )


def _rating_in(row: _Row, name: int, told: int, points: int) -> ForeignLevel:
    return ForeignLevel(row.needed(name), row.at(told), _number(row, points), row.where(points))


def _number(row: _Row, column: int) -> Fraction:
    text = row.at(column)
    if _NUMBER.fullmatch(text):
        return Fraction(half_up(Fraction(text.replace(",", ".")) * 100), 100)
    what = f'"{text[:40]}" is not a number of points.' if text else "It has no points."
    row.fault(column, what, "Write a number from 0, such as 4 or 2.5.")
    return Fraction(0)
