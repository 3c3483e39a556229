"""Reads a programme's folder: program.yaml and its units, and whether everything that is named is there."""

from pathlib import Path

from mentorcert.catalog.entry import Entry, Place
from mentorcert.catalog.faults import Faults, shown
from mentorcert.catalog.formats import PROGRAM
from mentorcert.catalog.listing import Pool, refer, unique
from mentorcert.catalog.media import Shelf
from mentorcert.catalog.policy_reader import check_grading, read_grading
from mentorcert.catalog.programme import (
    CertificateText,
    Final,
    LiveSession,
    Programme,
    Requirement,
    RequirementKind,
    Scenario,
    Topic,
    Unit,
)
from mentorcert.catalog.rubric import Rubric
from mentorcert.catalog.unit_reader import read_unit
from mentorcert.catalog.yaml_source import load


def read_programme(shelf: Shelf, rubrics: Pool[Rubric]) -> tuple[Programme, Entry] | None:
    """The programme in the shelf's folder with its entry, or None when program.yaml can't be read."""
    path, faults = shelf.root / "program.yaml", shelf.faults
    if not path.is_file():
        todo = "Add program.yaml, or move the folder out of the content folder"
        faults.add(shown(path), 1, "the folder has no program.yaml", todo)
        return None
    source = load(path, faults)
    entry = source and PROGRAM.read(source.root, Place(source, 1, "the programme"), faults)
    if not entry:
        return None
    units = _units(shelf, entry)
    arranged = units.arrange(entry, "units")
    _check_ids(entry, faults)
    _check_sessions(entry, units.names() | set(entry.texts("units")), faults)
    _check_requirements(entry, rubrics, faults)
    _check_training(entry, arranged, rubrics, shelf)
    return _programme(entry, arranged, shelf), entry


def _programme(entry: Entry, units: tuple[Unit, ...], shelf: Shelf) -> Programme:
    return Programme(
        id=entry.text("id"),
        title=entry.text("title"),
        language=entry.text("language"),
        summary=entry.text("summary"),
        topics=tuple(Topic(each.text("id"), each.text("title")) for each in entry.entries("topics")),
        units=units,
        sessions=tuple(_session(each) for each in entry.entries("sessions")),
        final=_final(entry.entry("final")),
        requirements=tuple(_requirement(each) for each in entry.entries("requirements")),
        certificate=_certificate(entry.entry("certificate")),
        media=shelf.media(),
    )


def _units(shelf: Shelf, entry: Entry) -> Pool[Unit]:
    topics = frozenset(each.text("id") for each in entry.entries("topics")) if entry.has("topics") else None
    pool = Pool[Unit]("unit", shelf.faults)
    scenarios = Pool[Scenario]("scenario", shelf.faults)
    for folder in folders_in(shelf.root / "units"):
        read = read_unit(folder, shelf, topics)
        if read:
            pool.add(*read)
            for scenario in read[0].scenarios:
                scenarios.add(scenario, _named(scenario, read[1]))
        else:
            pool.unread |= {folder.name, folder.name.partition("-")[2]}
    return pool


def _named(scenario: Scenario, unit: Entry) -> Entry:
    line = next((item.line for item in unit.items("scenarios") if item.text == scenario.id), unit.line)
    return Entry(unit.source, unit.line, {"id": scenario.id}, {"id": line})


def folders_in(folder: Path) -> list[Path]:
    """The folders inside a folder, by name; none when there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _check_ids(entry: Entry, faults: Faults) -> None:
    for key, noun in (("topics", "topic"), ("sessions", "session"), ("requirements", "requirement")):
        unique(entry.entries(key), "id", noun, faults)
    # Units, sessions and the final are addressed alike, below the programme.
    taken = set(entry.texts("units"))
    for each in (*entry.entries("sessions"), entry.entry("final")):
        name = each.text("id")
        if name and name in taken:
            each.fault(faults, "id", f'a unit or session has the id "{name}" too', "Change one of the two")
    final = entry.entry("final")
    if final.text("id") and final.text("id") in {each.text("id") for each in entry.entries("sessions")}:
        final.fault(faults, "id", f'a session has the id "{final.text("id")}" too', "Change one of the two")


def _check_sessions(entry: Entry, units: set[str], faults: Faults) -> None:
    for each in entry.entries("sessions"):
        refer(each, "unit", "unit", units, faults)
    final = entry.entry("final")
    least, most = final.whole("minutes_min"), final.whole("minutes_max", 600)
    if least > most:
        what = f"minutes_min is {least}, above minutes_max, {most}"
        final.fault(faults, "minutes_min", what, "Make minutes_min the smaller one")
    check_grading(final.entry("grading"), faults)


def _check_requirements(entry: Entry, rubrics: Pool[Rubric], faults: Faults) -> None:
    sessions = len(entry.entries("sessions"))
    for each in entry.entries("requirements"):
        if entry.has("sessions") and each.whole("at_least") > sessions:
            what = f"at_least is {each.whole('at_least')}, but there are {sessions} live sessions"
            each.fault(faults, "at_least", what, f"Write at most {sessions}")
        refer(each, "rubric", "rubric", rubrics.names(), faults)
        rubric = rubrics.get(each.text("rubric"))
        if each.text("kind") == RequirementKind.CRITICAL and rubric and rubric.criteria and not rubric.critical:
            what = f'the rubric "{rubric.id}" has no critical criterion'
            each.fault(faults, "rubric", what, "Mark one with critical: true, or remove this requirement")


def _check_training(entry: Entry, units: tuple[Unit, ...], rubrics: Pool[Rubric], shelf: Shelf) -> None:
    """What lessons train must be criteria of a rubric that the programme grades by; unread ones are not judged."""
    named = {each.text("rubric") for each in entry.entries("requirements")} - {""}
    found = [rubric for name in sorted(named) if (rubric := rubrics.get(name))]
    if len(found) < len(named):
        return
    known = {criterion.id for rubric in found for criterion in rubric.criteria}
    for lesson in (lesson for unit in units for lesson in unit.lessons):
        for wrong in sorted(set(lesson.trains) - known):
            path = shelf.root / lesson.path
            lines = path.read_text(encoding="utf-8").splitlines()
            line = next((number for number, text in enumerate(lines, 1) if text.startswith("trains:")), 1)
            todo = f"Write one of {', '.join(sorted(known))}" if known else "Remove trains: no rubric is named"
            shelf.faults.add(shown(path), line, f'there is no criterion "{wrong}"', todo)


def _session(entry: Entry) -> LiveSession:
    due = entry.whole("prework_due_hours_before")
    return LiveSession(entry.text("id"), entry.text("title"), entry.text("unit"), due, entry.whole("minutes"))


def _final(entry: Entry) -> Final:
    return Final(
        id=entry.text("id"),
        title=entry.text("title"),
        due_days_after_last_session=entry.whole("due_days_after_last_session"),
        minutes_min=entry.whole("minutes_min"),
        minutes_max=entry.whole("minutes_max"),
        brief=entry.text("brief"),
        grading=read_grading(entry.entry("grading")),
    )


def _requirement(entry: Entry) -> Requirement:
    return Requirement(
        id=entry.text("id"),
        kind=RequirementKind(entry.text("kind")),
        title=entry.text("title"),
        at_least=entry.whole("at_least") if entry.has("at_least") else None,
        at_least_percent=entry.whole("at_least_percent") if entry.has("at_least_percent") else None,
        rubric=entry.optional("rubric"),
    )


def _certificate(entry: Entry) -> CertificateText:
    return CertificateText(entry.text("title"), entry.whole("valid_months"), entry.text("says"), entry.text("says_not"))
