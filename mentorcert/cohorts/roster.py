"""A roster: who is to have which role in which cohort. Reading and checking, as pure functions.

Every fault is named by row and column, all at once; with one fault nothing is imported.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Final
from uuid import UUID

from mentorcert.cohorts.roster_text import Record, records
from mentorcert.errors import Fault, Invalid
from mentorcert.people import addresses, zones
from mentorcert.permissions import COHORT_ROLES, EVERYWHERE, Role, cohort_scope

COLUMNS: Final = ("name", "email", "office", "zone", "cohort", "role")
MOST_ROWS: Final = 5000
MOST_CHARACTERS: Final = 120
"""The longest name of a person or an office."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a person, and the role that they are to have. Only a manager or administrator has no cohort."""

    row: int
    name: str
    email: str
    office: str
    zone: str
    cohort: str
    role: Role


@dataclass(frozen=True, slots=True)
class Roster:
    """What was read of a file."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    elsewhere: tuple[tuple[int, str], ...] = ()
    """The row and the cohort of each row that has a fault: its cohort is looked up with the others."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who has an account: their name, and what they hold where."""

    name: str
    grants: frozenset[tuple[Role, str]] = frozenset()
    is_closed: bool = False


class Outcome(StrEnum):
    """What importing a row would do."""

    INVITE = "invite"
    ADD = "add"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and what would happen. `known_as` is the name of an account that goes by another one; it stays."""

    entry: Entry
    outcome: Outcome
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a list would do, or why it can't be done."""

    entries: tuple[Entry, ...] = ()
    rows: tuple[PlannedRow, ...] = ()
    faults: tuple[Fault, ...] = ()
    may_give: frozenset[Role] = field(default=frozenset(Role))

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def changes(self) -> bool:
        """Whether anything would change."""
        return any(row.outcome is not Outcome.NOTHING for row in self.rows)


def read(data: bytes) -> Roster:
    """The entries of a CSV file, or everything that is wrong with it."""
    try:
        (_, header), *rows = records(data)
    except Invalid as problem:
        return Roster(faults=problem.faults)
    if faults := list(_header_faults(header)):
        return Roster(faults=tuple(faults))
    if not rows or len(rows) > MOST_ROWS:
        what = f"it names {len(rows)} people." if rows else "it names nobody."
        todo = f"Split it: {MOST_ROWS} are taken at once." if rows else "Add a row for each person below the header."
        return Roster(faults=(Fault("the file", what, todo),))
    names = [name.lower() for name in header]
    found = [_entry(names, row) for row in rows]
    entries = [one for one in found if isinstance(one, Entry)]
    faults = [fault for one in found if not isinstance(one, Entry) for fault in one]
    faulty = [row for row, one in zip(rows, found, strict=True) if not isinstance(one, Entry)]
    elsewhere = tuple((number, dict(zip(names, cells, strict=False)).get("cohort", "")) for number, cells in faulty)
    return Roster(tuple(entries), tuple(sorted([*faults, *_repetitions(entries)], key=_row_of)), elsewhere)


def check(
    entries: Sequence[Entry],
    *,
    known: Mapping[str, Known],
    cohorts: Mapping[str, UUID],
    may_give: frozenset[Role],
    faults: Sequence[Fault] = (),
    elsewhere: Sequence[tuple[int, str]] = (),
) -> Plan:
    """What importing entries would do to the accounts and cohorts that there are.

    `faults` are those of reading, and `elsewhere` the row and cohort of each row that has one.
    """
    places = [*elsewhere, *((entry.row, entry.cohort) for entry in entries)]
    found = [_unknown(row, cohort, cohorts) for row, cohort in places if cohort and cohort not in cohorts]
    found += [fault for entry in entries for fault in _misfits(entry, known, may_give)]
    everything = tuple(sorted([*faults, *found], key=_row_of))
    if everything:
        return Plan(tuple(entries), (), everything, may_give)
    seen: set[str] = set()
    rows = []
    for entry in entries:
        rows.append(_planned(entry, known.get(entry.email), cohorts, is_first=entry.email not in seen))
        seen.add(entry.email)
    return Plan(tuple(entries), tuple(rows), (), may_give)


def scope_of(entry: Entry, cohorts: Mapping[str, UUID]) -> str:
    """The scope of the grant that an entry asks for."""
    return cohort_scope(cohorts[entry.cohort]) if entry.role in COHORT_ROLES else EVERYWHERE


def _planned(entry: Entry, person: Known | None, cohorts: Mapping[str, UUID], *, is_first: bool) -> PlannedRow:
    if person is None:
        return PlannedRow(entry, Outcome.INVITE if is_first else Outcome.ADD)
    holds = (entry.role, scope_of(entry, cohorts)) in person.grants
    known_as = person.name if person.name != entry.name else ""
    return PlannedRow(entry, Outcome.NOTHING if holds else Outcome.ADD, known_as)


def _header_faults(header: Sequence[str]) -> Iterator[Fault]:
    names = [name.lower() for name in header]
    for name in COLUMNS:
        if name not in names:
            yield Fault("row 1", f"there is no column “{name}”.", "Add it; cells that you know nothing for stay empty.")
        elif names.count(name) > 1:
            yield Fault("row 1", f"there are {names.count(name)} columns “{name}”.", "Leave one of them.")
    for at, name in enumerate(header, 1):
        if name.lower() not in COLUMNS:
            what = f"“{name}” is no column of ours." if name else f"column {at} has no name."
            close = get_close_matches(name.lower(), [column for column in COLUMNS if column not in names], 1)
            yield Fault("row 1", what, f"Did you mean “{close[0]}”?" if close else "Remove that column.")


def _entry(names: Sequence[str], record: Record) -> Entry | list[Fault]:
    row, cells = record
    if len(cells) > len(names):
        todo = "Put quotation marks around a cell that holds the separator."
        return [Fault(f"row {row}", f"it has {len(cells)} cells, the header has {len(names)}.", todo)]
    values = dict.fromkeys(COLUMNS, "") | dict(zip(names, cells, strict=False))
    values["role"] = values["role"].lower()
    if faults := [Fault(f"row {row}, {column}", *wrong) for column, wrong in _wrongs(values)]:
        return faults
    email = addresses.normal(values["email"])
    return Entry(row, values["name"], email, values["office"], values["zone"], values["cohort"], Role(values["role"]))


def _wrongs(values: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(column, (what, what to do)) of each cell that can't be used."""
    for column in ("name", "office"):
        value = values[column]
        if len(value) > MOST_CHARACTERS or not value.isprintable():
            yield column, ("it is too long, or holds signs that can't be shown.", "Write it plainly.")
    if not values["name"]:
        yield "name", ("it is empty.", "Give the person's name.")
    if not values["email"]:
        yield "email", ("it is empty.", "Give the address that the invitation goes to.")
    elif addresses.fault(values["email"]):
        yield "email", (f"“{values['email']}” is not an e-mail address.", "Write it like name@example.org.")
    if values["zone"] and not zones.is_zone(values["zone"]):
        yield "zone", (f"“{values['zone']}” is no time zone.", _zone_todo(values["zone"]))
    if values["role"] not in set(Role):
        what = f"“{values['role']}” is no role." if values["role"] else "it is empty."
        yield "role", (what, f"Give one of {', '.join(Role)}.")
    elif values["role"] in COHORT_ROLES and not values["cohort"]:
        yield "cohort", (f"it is empty, and a {values['role']} needs one.", "Give the cohort's name.")


def _zone_todo(name: str) -> str:
    close = zones.closest(name)
    return f"Did you mean {close}?" if close else "Give it like Europe/London, or leave it empty."


def _repetitions(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Rows that say what another one said already, or that contradict it."""
    firsts: dict[str, Entry] = {}
    places: dict[tuple[str, Role, str], int] = {}
    for entry in entries:
        first = firsts.setdefault(entry.email, entry)
        for column in ("name", "office", "zone"):
            here, there = getattr(entry, column), getattr(first, column)
            if here and there and here != there:
                what = f"“{here}” here and “{there}” in row {first.row}, for {entry.email}."
                yield Fault(f"row {entry.row}, {column}", what, "Write the same in both.")
        place = entry.cohort if entry.role in COHORT_ROLES else EVERYWHERE
        row = places.setdefault((entry.email, entry.role, place), entry.row)
        if row != entry.row:
            yield Fault(f"row {entry.row}", f"it says the same as row {row}.", "Remove one of them.")


def _unknown(row: int, cohort: str, cohorts: Mapping[str, UUID]) -> Fault:
    close = get_close_matches(cohort, list(cohorts), 1)
    todo = f"Did you mean “{close[0]}”?" if close else "Make the cohort first, or correct its name."
    return Fault(f"row {row}, cohort", f"there is no cohort “{cohort}”.", todo)


def _misfits(entry: Entry, known: Mapping[str, Known], may_give: Collection[Role]) -> Iterator[Fault]:
    """What does not fit who there is."""
    if entry.role not in may_give:
        yield Fault(f"row {entry.row}, role", f"you can't make anybody {entry.role}.", "Ask an administrator to do it.")
    person = known.get(entry.email)
    if person is not None and person.is_closed:
        yield Fault(f"row {entry.row}, email", "this account is closed.", "Remove the row.")


def _row_of(fault: Fault) -> int:
    """The row that a fault is in; the whole file comes first."""
    number = fault.where.removeprefix("row ").partition(",")[0]
    return int(number) if number.isdecimal() else 0
