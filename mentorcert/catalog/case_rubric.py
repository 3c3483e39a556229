"""Rubrics in 1EdTech CASE 1.1, written: a CFPackage with one CFRubric.

CASE 1.1, information model §7.1.26 to §7.1.30. What CASE has no place for (ids, the pass mark, minimum levels, required
comments, phrases for any level) goes into `extensions`, which others pass over; so nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from mentorcert.catalog.rubric import Criterion, Level, Rubric

EXTENSION: Final = "mentorcert"
"""The name under which our own is kept in `extensions`."""


def package(rubric: Rubric, address: str, changed_at: datetime) -> dict[str, Any]:
    """The rubric as a CFPackage. `address` is where this version is published; identifiers are made from it."""
    maker = _Maker(address, changed_at)
    document = maker.made("document", title=rubric.title, creator="MentorCert", caseVersion="1.1")
    return {"CFDocument": document, "CFItems": [], "CFAssociations": [], "CFRubrics": [maker.rubric(rubric)]}


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes CASE objects: each has an identifier that is the same every time, an address and a time."""

    address: str
    changed_at: datetime

    def made(self, *path: str, **more: object) -> dict[str, Any]:
        at = f"{self.address}#{'/'.join(path)}" if path else self.address
        time = self.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"identifier": self.identifier(*path), "uri": at, **more, "lastChangeDateTime": time}

    def identifier(self, *path: str) -> str:
        return str(uuid5(NAMESPACE_URL, "#".join((self.address, *path))))

    def rubric(self, rubric: Rubric) -> dict[str, Any]:
        return self.made(
            title=rubric.title,
            description=rubric.summary,
            CFRubricCriteria=[self.criterion(*each) for each in enumerate(rubric.criteria, 1)],
            extensions={EXTENSION: {"id": rubric.id, "pass": rubric.pass_percent}},
        )

    def criterion(self, position: int, criterion: Criterion) -> dict[str, Any]:
        return self.made(
            criterion.id,
            category=criterion.title,
            description=criterion.title,
            weight=criterion.weight,
            position=position,
            rubricId=self.identifier(),
            CFRubricCriterionLevels=[self.level(criterion, *each) for each in enumerate(criterion.levels, 1)],
            extensions={EXTENSION: _own(criterion)},
        )

    def level(self, criterion: Criterion, position: int, level: Level) -> dict[str, Any]:
        phrases = [phrase.text for phrase in criterion.bank if phrase.level == level.id]
        return self.made(
            *(criterion.id, level.id),
            quality=level.title,
            description=level.anchor,
            score=level.points,
            **_given(feedback="\n".join(" ".join(text.split()) for text in phrases)),
            position=position,
            rubricCriterionId=self.identifier(criterion.id),
        )


def _own(criterion: Criterion) -> dict[str, Any]:
    bank: Sequence[dict[str, Any]] = [_given(text=phrase.text, level=phrase.level) for phrase in criterion.bank]
    levels = [level.id for level in criterion.levels]
    needed = criterion.comment_required
    return _given(id=criterion.id, levels=levels, min_level=criterion.min_level, comment_required=needed, bank=bank)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
