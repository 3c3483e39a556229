"""Reads rubrics of 1EdTech CASE 1.0 and 1.1: a CFPackage, or a CFRubric alone.

Everything but the levels' scores is optional in CASE: what is not there is asked for, or left as TODO. A level's
`quality` is its title, `description` its anchor, `feedback` a phrase of the bank; a criterion's `category` is its title
where each has its own, else its `description` is. Our own `extensions` give back what CASE has no place for.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any, Final

import msgspec

from mentorcert.catalog.case_rubric import EXTENSION
from mentorcert.catalog.foreign_rubric import Findings, ForeignCriterion, ForeignLevel, ForeignRubric
from mentorcert.catalog.rubric import Phrase

LARGEST: Final = 16_000_000
"""Bytes; a package can hold a whole framework beside its rubrics."""
MOST_RUBRICS: Final = 100
MOST_CRITERIA: Final = 1000
_HIGHEST: Final = 1_000_000


class _OwnRubric(msgspec.Struct):
    """What we add to a CFRubric."""

    id: str = ""
    pass_: int | None = msgspec.field(default=None, name="pass")


class _OwnPhrase(msgspec.Struct):
    """A phrase of the bank."""

    text: str
    level: str | None = None


class _OwnCriterion(msgspec.Struct):
    """What we add to a CFRubricCriterion; `levels` are ids in the order of its levels."""

    id: str = ""
    levels: list[str] = []
    min_level: str = ""
    comment_required: bool = False
    bank: list[_OwnPhrase] = []


def read_case(data: bytes, findings: Findings) -> list[ForeignRubric]:
    """The rubrics of a CASE file, those with faults too."""
    root = _decoded(data, findings)
    if root is None:
        return []
    found = list(_rubrics(_Place(root, "$", findings)))
    if not found and not findings.found:
        findings.add("$", "There is no CFRubric in it.", "Export a package that holds the rubric.")
    return [_rubric(each) for each in found[:MOST_RUBRICS]]


def _decoded(data: bytes, findings: Findings) -> Any:
    if len(data) > LARGEST:
        findings.add("the file", f"It has {len(data):,} bytes, more than {LARGEST:,}.", "Export the rubric alone.")
        return None
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        findings.add("the file", f"This is not JSON: {error}.", "Export it again; JSON is always UTF-8.")
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A value somewhere in the file, its JSON path, and how to say that something is wrong there."""

    value: Any
    path: str
    findings: Findings

    def fault(self, what: str, todo: str) -> None:
        self.findings.add(self.path, what, todo)

    def get(self, name: str) -> "_Place":
        """A member; None when there is none. Some write names with a capital, as the standard's figures do."""
        own = self.value if isinstance(self.value, Mapping) else {}
        known = name if name in own else name[0].upper() + name[1:]
        return _Place(own.get(known), f"{self.path}.{known if known in own else name}", self.findings)

    def text(self, name: str) -> str:
        """A member's text; empty when there is none."""
        found = self.get(name)
        if not isinstance(found.value, str | None):
            found.fault("It is not a text.", "Write words.")
            return ""
        text = found.value or ""
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t" for sign in text):
            found.fault("There is a control character in it.", "Remove it; often it came with a paste.")
            return ""
        return text.strip()

    def number(self, name: str) -> Fraction | None:
        """A member that is a number from 0, exactly as it is written; None when there is none."""
        found = self.get(name)
        if found.value is None:
            return None
        value = found.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            found.fault("It is not a number.", "Write a number from 0, such as 4 or 2.5.")
        elif not 0 <= value <= _HIGHEST:
            found.fault("It is out of range.", f"Write a number from 0 to {_HIGHEST:,}.")
        else:
            return Fraction(str(value))
        return Fraction(0)

    def each(self, name: str) -> "Iterator[_Place]":
        """The members of a list that are objects."""
        found = self.get(name)
        if found.value is not None and not isinstance(found.value, list):
            found.fault("It is not a list.", "Put it between [ and ].")
        for at, value in enumerate(found.value if isinstance(found.value, list) else ()):
            place = _Place(value, f"{found.path}[{at}]", self.findings)
            if isinstance(value, Mapping):
                yield place
            else:
                place.fault("It is not an object.", "Write it between { and }.")

    def own(self, kind: type[Any]) -> Any:
        """What we once added here; nothing of it when it was not us."""
        found = self.get("extensions").get(EXTENSION)
        if found.value is None:
            return kind()
        try:
            return msgspec.convert(found.value, kind)
        except msgspec.ValidationError as error:
            found.fault(f"{error}.", "Remove it, or put back what was exported.")
            return kind()


def _rubrics(root: _Place) -> Iterator[_Place]:
    for wrapper in ("CFPackage", "CFRubric"):
        if isinstance(root.get(wrapper).value, Mapping):
            root = root.get(wrapper)
    if not isinstance(root.value, Mapping):
        root.fault("It is not an object.", "Export a CFPackage or a CFRubric.")
    elif any(root.get(name).value is not None for name in ("CFRubricCriteria", "CFRubricCriterion")):
        yield root
    else:
        yield from root.each("CFRubrics")


def _rubric(place: _Place) -> ForeignRubric:
    own: _OwnRubric = place.own(_OwnRubric)
    criteria = [*place.each("CFRubricCriteria"), *place.each("CFRubricCriterion")][:MOST_CRITERIA]
    criteria = _in_order(criteria)
    _refuse_twins(criteria)
    titles = _titles(criteria)
    title = place.text("title")
    if not str(place.get("title").value or "").strip():
        place.get("title").fault("The rubric has no title.", "Give it one.")
    weights, note = _weights(criteria)
    return ForeignRubric(
        title=title,
        criteria=tuple(_criterion(*each) for each in zip(criteria, titles, weights, strict=True)),
        where=place.path,
        summary=place.text("description"),
        id=own.id,
        pass_percent=own.pass_,
        notes=(note,) if note else (),
    )


def _criterion(place: _Place, title: str, weight: Fraction) -> ForeignCriterion:
    own: _OwnCriterion = place.own(_OwnCriterion)
    levels = list(place.each("CFRubricCriterionLevels"))
    _refuse_twins(levels)
    if own.levels and len(own.levels) != len(levels):
        what = f"It names {len(own.levels)} levels, and there are {len(levels)}."
        place.get("extensions").fault(what, "Put back what was exported.")
    ids = [*own.levels, *[""] * len(levels)]
    description = place.text("description")
    return ForeignCriterion(
        title=title,
        levels=tuple(_level(level, name) for level, name in zip(levels, ids, strict=False)),
        where=place.path,
        weight=weight,
        told="" if description == title else description,
        id=own.id,
        least=own.min_level,
        comment_required=own.comment_required,
        bank=tuple(Phrase(each.text, each.level) for each in own.bank),
    )


def _level(place: _Place, name: str) -> ForeignLevel:
    score, anchor = place.number("score"), place.text("description")
    if score is None:
        place.get("score").fault("There is none, so nobody can tell weak levels from strong ones.", "Write a number.")
    title = place.text("quality") or anchor
    if not title:
        place.fault("The level has neither quality nor description.", "Give it a quality: one or two words.")
    return ForeignLevel(title, anchor, score or Fraction(0), place.path, name, place.text("feedback"))


def _titles(criteria: Sequence[_Place]) -> list[str]:
    categories = [each.text("category") for each in criteria]
    alike = Counter(categories)
    return [
        category if category and alike[category] == 1 else _title(each, category)
        for each, category in zip(criteria, categories, strict=True)
    ]


def _title(criterion: _Place, category: str) -> str:
    title = criterion.text("description") or criterion.get("CFItemURI").text("title") or category
    if not title:
        criterion.fault("The criterion has neither category nor description.", "Give it a category: its title.")
    return title


def _weights(criteria: Sequence[_Place]) -> tuple[list[Fraction], str]:
    """The weight of each criterion, and what to say of it."""
    given = [each.number("weight") for each in criteria]
    if not any(weight is not None for weight in given):
        return [_best(each) for each in criteria], "The file had no weights: each criterion weighs its highest score."
    for weight, each in zip(given, criteria, strict=True):
        if not weight:
            what = "It is 0." if weight is not None else "There is none, and other criteria have one."
            each.get("weight").fault(what, "Write a number above 0.")
    return [weight or Fraction(0) for weight in given], ""


def _best(criterion: _Place) -> Fraction:
    quiet = Findings()
    levels = _Place(criterion.value, criterion.path, quiet).each("CFRubricCriterionLevels")
    best = max((level.number("score") or Fraction(0) for level in levels), default=Fraction(0))
    if not best:
        criterion.fault("It has no weight, and no level has a score above 0.", "Write one of the two.")
    return best


def _in_order(places: list[_Place]) -> list[_Place]:
    positions = [each.number("position") for each in places]
    if None in positions or len(set(positions)) < len(positions):
        return places
    return [places[at] for at in sorted(range(len(places)), key=lambda at: positions[at] or 0)]


def _refuse_twins(places: Sequence[_Place]) -> None:
    first: dict[str, str] = {}
    for each in places:
        identifier = each.text("identifier")
        if identifier and identifier in first:
            each.get("identifier").fault(f"{first[identifier]} has the same one.", "Give each its own.")
        first.setdefault(identifier, each.path)
