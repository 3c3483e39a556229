"""Reads a unit's folder: unit.yaml, lessons, knowledge check, scenarios."""

from pathlib import Path

from mentorcert.catalog.check_reader import read_check
from mentorcert.catalog.entry import Entry, Place
from mentorcert.catalog.faults import Faults, shown
from mentorcert.catalog.formats import SCENARIO, UNIT
from mentorcert.catalog.lesson_reader import read_lesson
from mentorcert.catalog.listing import Pool, refer
from mentorcert.catalog.media import Shelf
from mentorcert.catalog.programme import Check, Lesson, Mentee, Reflection, Scenario, Unit
from mentorcert.catalog.yaml_source import load

NO_CHECK = Check("", "", 0, ())


def read_unit(folder: Path, shelf: Shelf, topics: frozenset[str] | None) -> tuple[Unit, Entry] | None:
    """The unit in a folder with its entry, or None when unit.yaml can't be read.

    `topics` are the ids that there are; None when they are not known, so that nothing is said about them.
    """
    path = folder / "unit.yaml"
    if not path.is_file():
        shelf.faults.add(
            shown(path), 1, "the folder has no unit.yaml", "Add unit.yaml, or move the folder out of units"
        )
        return None
    source = load(path, shelf.faults)
    entry = source and UNIT.read(source.root, Place(source, 1, "the unit"), shelf.faults)
    if not entry:
        return None
    if topics is not None:
        refer(entry, "topic", "topic", topics, shelf.faults)
    unit = Unit(
        id=entry.text("id"),
        title=entry.text("title"),
        short=entry.text("short"),
        summary=entry.text("summary"),
        topic=entry.text("topic"),
        outcomes=entry.texts("outcomes"),
        lessons=_lessons(folder, shelf).arrange(entry, "lessons"),
        reflection=_reflection(entry.entry("reflection")),
        check=_check(folder, entry, shelf.faults),
        scenarios=read_scenarios(folder, topics, shelf.faults).arrange(entry, "scenarios"),
    )
    _steps_differ(unit, entry, shelf.faults)
    return unit, entry


def read_scenarios(folder: Path, topics: frozenset[str] | None, faults: Faults) -> Pool[Scenario]:
    """Every scenario in a unit's folder."""
    pool = Pool[Scenario]("scenario", faults)
    for path in files_in(folder / "scenarios", ".yaml", ".yml"):
        source = load(path, faults)
        entry = source and SCENARIO.read(source.root, Place(source, 1, "the scenario"), faults)
        if not entry:
            pool.unread.add(path.stem)
            continue
        if topics is not None:
            refer(entry, "topic", "topic", topics, faults)
        pool.add(_scenario(entry), entry)
    return pool


def files_in(folder: Path, *suffixes: str) -> list[Path]:
    """The files of a folder with one of the endings, by name; none when there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in suffixes and not path.name.startswith("."))


def _lessons(folder: Path, shelf: Shelf) -> Pool[Lesson]:
    pool = Pool[Lesson]("lesson", shelf.faults)
    for path in files_in(folder / "lessons", ".md"):
        read = read_lesson(path, shelf)
        if read:
            pool.add(*read)
        else:
            pool.unread.add(path.stem)
    return pool


def _check(folder: Path, entry: Entry, faults: Faults) -> Check:
    name = entry.text("check")
    path = folder / name
    if not name:
        return NO_CHECK
    if not path.resolve().is_relative_to(folder.resolve()):
        entry.fault(faults, "check", f'"{name}" leads out of the unit\'s folder', "Write check: check.yaml")
        return NO_CHECK
    if not path.is_file():
        entry.fault(faults, "check", f'there is no file "{name}"', f"Put it at {shown(path)}, or correct the name")
        return NO_CHECK
    return read_check(path, faults) or NO_CHECK


def _reflection(entry: Entry) -> Reflection:
    return Reflection(entry.text("id"), entry.text("title"), entry.text("prompt"), entry.whole("minutes"))


def _scenario(entry: Entry) -> Scenario:
    mentee = entry.entry("mentee")
    return Scenario(
        id=entry.text("id"),
        title=entry.text("title"),
        topic=entry.text("topic"),
        minutes=entry.whole("minutes"),
        summary=entry.text("summary"),
        mentor=entry.text("mentor"),
        mentee=Mentee(mentee.text("name"), mentee.text("brief")),
        observer=entry.text("observer"),
        debrief=entry.texts("debrief"),
    )


def _steps_differ(unit: Unit, entry: Entry, faults: Faults) -> None:
    lessons = {lesson.id for lesson in unit.lessons}
    todo = "Give each step of a unit its own id"
    if unit.reflection.id and unit.reflection.id in lessons:
        entry.fault(faults, "reflection", f'the reflection and a lesson share the id "{unit.reflection.id}"', todo)
    if unit.check.id and unit.check.id in lessons | {unit.reflection.id}:
        entry.fault(faults, "check", f'the check shares the id "{unit.check.id}" with another step', todo)
