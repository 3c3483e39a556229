"""Importing a roster: what a file would do, and doing it whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mentorcert import audit
from mentorcert.cohorts import queries, roster, service
from mentorcert.cohorts.models import Cohort
from mentorcert.cohorts.roster import Entry, Known, Outcome, Plan
from mentorcert.db import writing
from mentorcert.errors import Fault, Invalid
from mentorcert.people import service as people
from mentorcert.people.models import Person
from mentorcert.people.service import Newcomer
from mentorcert.permissions import Role

CHUNK: Final = 500
"""How many addresses are looked up at once."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import would do or did."""

    plan: Plan
    is_done: bool

    def __str__(self) -> str:
        """For a shell: every fault on a line, or what is so in a sentence, with a line for each row that changes."""
        if self.plan.faults:
            return "\n".join([*(str(fault) for fault in self.plan.faults), "Nothing was imported."])
        changes = [_line(row) for row in self.plan.rows if row.outcome is not Outcome.NOTHING]
        counts = f"Rows that are so already: {self.plan.count(Outcome.NOTHING)}."
        closing = "Done." if self.is_done else "This was a dry run: nothing was changed."
        return "\n".join([*changes, counts, closing])


def plan(session: Session, data: bytes, *, may_give: frozenset[Role] = frozenset(Role)) -> Plan:
    """What importing a CSV file would do. `may_give` are the roles that whoever asks may give. Changes nothing."""
    found = roster.read(data)
    return _checked(session, found.entries, may_give, found.faults, found.elsewhere)


def apply(session: Session, planned: Plan, *, who: object, now: datetime) -> Plan:
    """Do what a plan says, checked again now that nobody else writes. Raises Invalid when it can't be done."""
    writing(session)
    checked = _checked(session, planned.entries, planned.may_give, planned.faults)
    if checked.faults:
        raise Invalid("This list can't be imported.", "Correct it and import it again.", checked.faults)
    cohorts = {cohort.name: cohort for cohort in queries.cohorts(session)}
    known = {person.email: person for person in _persons(session, checked.entries)}
    fresh = _invited(session, checked, cohorts, who, now)
    for row in checked.rows:
        entry = row.entry
        cohort = cohorts.get(entry.cohort)
        if entry.email in fresh:
            service.add_newcomer(session, cohort, fresh[entry.email], entry.role, who=who, now=now)
        elif row.outcome is not Outcome.NOTHING:
            service.add(session, cohort, known[entry.email], entry.role, who=who, now=now)
    if checked.changes:
        after = {outcome.value: checked.count(outcome) for outcome in Outcome}
        audit.record(session, now=now, who=who, action="roster.import", subject="roster:csv", after=after)
    return checked


def import_roster(
    session: Session,
    data: bytes,
    *,
    dry_run: bool,
    who: object,
    now: datetime,
    may_give: frozenset[Role] = frozenset(Role),
) -> Report:
    """Import a CSV file, or say what would happen. With a fault anywhere nothing is imported, and nothing is raised."""
    planned = plan(session, data, may_give=may_give)
    if dry_run or planned.faults:
        return Report(planned, is_done=False)
    return Report(apply(session, planned, who=who, now=now), is_done=True)


def _checked(
    session: Session,
    entries: Sequence[Entry],
    may_give: frozenset[Role],
    faults: Sequence[Fault],
    elsewhere: Sequence[tuple[int, str]] = (),
) -> Plan:
    known = {person.email: _known(person) for person in _persons(session, entries)}
    cohorts = {cohort.name: cohort.uuid for cohort in queries.cohorts(session)}
    return roster.check(entries, known=known, cohorts=cohorts, may_give=may_give, faults=faults, elsewhere=elsewhere)


def _persons(session: Session, entries: Sequence[Entry]) -> Iterator[Person]:
    """Everybody of the entries who has an account, with their grants; a few queries for any number."""
    emails = sorted({entry.email for entry in entries})
    for start in range(0, len(emails), CHUNK):
        query = (
            select(Person).where(Person.email.in_(emails[start : start + CHUNK])).options(selectinload(Person.grants))
        )
        yield from session.scalars(query)


def _known(person: Person) -> Known:
    grants = frozenset((grant.role, grant.scope) for grant in person.grants)
    return Known(person.name, grants, is_closed=person.archived_at is not None)


def _invited(
    session: Session, checked: Plan, cohorts: Mapping[str, Cohort], who: object, now: datetime
) -> dict[str, Person]:
    """Accounts for everybody new, by address."""
    new = [row.entry for row in checked.rows if row.outcome is Outcome.INVITE]
    offices = {name: people.office(session, name) for name in sorted({entry.office for entry in new} - {""})}
    newcomers = [
        Newcomer(entry.email, entry.name, _zone(entry, cohorts.get(entry.cohort)), offices.get(entry.office))
        for entry in new
    ]
    return {person.email: person for person in people.invite_newcomers(session, newcomers, who=who, now=now)}


def _zone(entry: Entry, cohort: Cohort | None) -> str:
    return entry.zone or (cohort.zone if cohort else "UTC")


def _line(row: roster.PlannedRow) -> str:
    entry = row.entry
    place = f"{entry.role} in {entry.cohort}" if entry.cohort else entry.role.value
    what = "invited, " if row.outcome is Outcome.INVITE else ""
    return f"row {entry.row}: {entry.name} <{entry.email}>: {what}{place}"
