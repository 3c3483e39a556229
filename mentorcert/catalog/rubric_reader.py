"""Reads the rubrics' folder: one file each."""

from itertools import pairwise
from pathlib import Path

from mentorcert.catalog.entry import Entry, Place
from mentorcert.catalog.faults import Faults
from mentorcert.catalog.formats import RUBRIC
from mentorcert.catalog.listing import Pool, unique
from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric
from mentorcert.catalog.shapes import either
from mentorcert.catalog.unit_reader import files_in
from mentorcert.catalog.yaml_source import load

WHOLE_WEIGHT = 100


def read_rubrics(folder: Path, faults: Faults) -> Pool[Rubric]:
    """Every rubric of a folder; those with faults too, so that what names them is not at fault as well."""
    pool = Pool[Rubric]("rubric", faults)
    for path in files_in(folder, ".yaml", ".yml"):
        source = load(path, faults)
        entry = source and RUBRIC.read(source.root, Place(source, 1, "the rubric"), faults)
        if entry:
            _check_weights(entry, faults)
            pool.add(_rubric(entry, faults), entry)
        else:
            pool.unread.add(path.stem)
    return pool


def _rubric(entry: Entry, faults: Faults) -> Rubric:
    criteria = entry.entries("criteria")
    unique(criteria, "id", "criterion", faults)
    return Rubric(
        id=entry.text("id"),
        title=entry.text("title"),
        summary=entry.text("summary"),
        pass_percent=entry.whole("pass"),
        criteria=tuple(_criterion(criterion, faults) for criterion in criteria),
    )


def _criterion(entry: Entry, faults: Faults) -> Criterion:
    levels = tuple(_level(level) for level in entry.entries("levels"))
    unique(entry.entries("levels"), "id", "level", faults)
    _check_points(entry, faults)
    _check_minimum(entry, levels, faults)
    _check_bank(entry, levels, faults)
    return Criterion(
        id=entry.text("id"),
        title=entry.text("title"),
        weight=entry.whole("weight"),
        levels=levels,
        critical=entry.flag("critical"),
        min_level=entry.optional("min_level"),
        comment_required=entry.text("comment") == "required",
        bank=tuple(_phrase(phrase) for phrase in entry.entries("bank")),
    )


def _level(entry: Entry) -> Level:
    return Level(entry.text("id"), entry.text("title"), entry.whole("points"), entry.text("anchor"))


def _phrase(entry: Entry) -> Phrase:
    return Phrase(entry.text("text"), entry.optional("level"))


def _check_bank(entry: Entry, levels: tuple[Level, ...], faults: Faults) -> None:
    phrases, ids = entry.entries("bank"), tuple(dict.fromkeys(level.id for level in levels))
    unique(phrases, "text", "phrase", faults)
    for phrase in phrases:
        wanted = phrase.text("level")
        if wanted and ids and wanted not in ids:
            what = f'the level "{wanted}" of this phrase is none of the levels of "{entry.text("id")}"'
            phrase.fault(faults, "level", what, f"Use {either(ids)}, or remove it")


def _check_weights(entry: Entry, faults: Faults) -> None:
    criteria = entry.entries("criteria")
    total = sum(criterion.whole("weight") for criterion in criteria)
    if criteria and all(criterion.has("weight") for criterion in criteria) and total != WHOLE_WEIGHT:
        entry.fault(
            faults, "criteria", f"the weights sum to {total}, not {WHOLE_WEIGHT}", "Share out 100 among the criteria"
        )


def _check_points(entry: Entry, faults: Faults) -> None:
    levels = [level for level in entry.entries("levels") if level.has("points")]
    for lower, higher in pairwise(levels):
        if higher.whole("points") <= lower.whole("points"):
            what = f'level "{higher.text("id")}" has {higher.whole("points")} points, not more than the one before'
            higher.fault(faults, "points", what, "Let the points rise from level to level")


def _check_minimum(entry: Entry, levels: tuple[Level, ...], faults: Faults) -> None:
    name, minimum = entry.text("id"), entry.text("min_level")
    ids = [level.id for level in levels]
    if entry.flag("critical") and "min_level" not in entry.lines:
        entry.fault(
            faults, "critical", f'the critical criterion "{name}" has no min_level', "Add min_level: a level id"
        )
    if minimum and not entry.flag("critical"):
        what = f'"{name}" has a min_level, but is not critical'
        entry.fault(faults, "min_level", what, "Add critical: true, or remove min_level")
    if minimum and ids and minimum not in ids:
        what = f'the min_level "{minimum}" of "{name}" is none of its levels'
        entry.fault(faults, "min_level", what, f"Use {either(tuple(dict.fromkeys(ids)))}")
