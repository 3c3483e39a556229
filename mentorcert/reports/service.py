"""Reminding trainees of pre-work that is open, and nobody twice in a short time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.catalog.programme import Unit
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.coursework.prework import UnitState, unit_state
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.reports import queries
from mentorcert.reports.chase import QUIET, open_steps
from mentorcert.reports.models import Reminder
from mentorcert.sessions import queries as sessions
from mentorcert.sessions.models import LiveSession


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom a reminder went to, and whom not, by name."""

    sent: tuple[str, ...]
    in_peace: tuple[str, ...]
    """Reminded too recently."""
    ready: tuple[str, ...]
    """Done meanwhile."""


def remind(
    session: Session,
    live_session: UUID,
    enrolments: Collection[UUID],
    iri_base: str,
    *,
    who: UUID,
    now: datetime,
) -> Reminded:
    """Send trainees what is open before a session; who heard from us within `QUIET`, or is ready, is left out.

    Raises Invalid when nobody is named, or somebody who is not in the cohort; Conflict when nobody is left to remind.
    """
    writing(session)
    live = sessions.live_session(session, live_session)
    chosen = _hold(session, live.cohort, enrolments)
    recent = queries.reminded_since(session, live.cohort, now - QUIET)
    states = _states(session, live, chosen, iri_base)
    ready = [each for each in chosen if states[each.uuid].complete]
    in_peace = [each for each in chosen if each.id in recent and each not in ready]
    sent = [each for each in chosen if each not in ready and each not in in_peace]
    if not sent:
        raise Conflict(_why_nobody(in_peace, ready), "Load the page again to see who is still open.")
    for each in sent:
        _send(session, live, each, states[each.uuid], who=who, now=now)
    return Reminded(_names(sent), _names(in_peace), _names(ready))


def _hold(session: Session, cohort: Cohort, enrolments: Collection[UUID]) -> list[Enrolment]:
    """The open enrolments, locked, so that two who remind at once send one mail."""
    if not enrolments:
        raise Invalid("Nobody is chosen.", "Tick whom to remind.")
    locked = select(Enrolment.id).where(Enrolment.cohort_id == cohort.id, Enrolment.uuid.in_(enrolments))
    session.execute(locked.order_by(Enrolment.id).with_for_update()).all()
    found = [each for each in cohorts.enrolments(session, cohort) if each.uuid in set(enrolments)]
    if len(found) < len(set(enrolments)):
        raise Invalid("Somebody you chose is no longer in this cohort.", "Load the page again.")
    return found


def _states(session: Session, live: LiveSession, chosen: Sequence[Enrolment], iri_base: str) -> dict[UUID, UnitState]:
    programme = cohorts.programme(session, live.cohort)
    iris, unit = Iris(iri_base, programme.id), programme.unit(live.unit)
    registrations = [each.uuid for each in chosen]
    standings = evidence.standings_of_many(session, registrations, below=iris.unit(unit.id) + "/")
    return {each: unit_state(iris, unit, found) for each, found in standings.items()}


def _send(
    session: Session, live: LiveSession, enrolment: Enrolment, state: UnitState, *, who: UUID, now: datetime
) -> None:
    session.add(Reminder(enrolment_id=enrolment.id, live_session_id=live.id, sent_at=now, sent_by=who))
    steps = open_steps(state)
    minutes = sum(step.minutes for step in steps)
    mail.post(
        session,
        "reports/mail/reminder",
        to=enrolment.person.email,
        subject=f"{minutes} {'minute' if minutes == 1 else 'minutes'} before session {live.number}",
        values=_values(live, enrolment, state.unit, now)
        | {
            "steps": [{"title": step.title, "minutes": step.minutes} for step in steps],
            "minutes": minutes,
        },
        now=now,
    )
    audit.record(
        session,
        now=now,
        who=who,
        action="reminder.send",
        subject=f"enrolment:{enrolment.uuid}",
        after={"session": str(live.uuid)},
    )


def _values(live: LiveSession, enrolment: Enrolment, unit: Unit, now: datetime) -> dict[str, object]:
    return {
        "name": enrolment.person.name.split()[0],
        "zone": enrolment.person.zone,
        "cohort": live.cohort.name,
        "number": live.number,
        "starts_at": live.starts_at.isoformat(),
        "due": live.prework_due_at.isoformat(),
        "overdue": live.prework_due_at < now,
        "unit": unit.title,
        "path": f"/learn/{enrolment.uuid}/{unit.id}",
    }


def _why_nobody(in_peace: Sequence[Enrolment], ready: Sequence[Enrolment]) -> str:
    said = []
    if in_peace:
        said.append(f"Reminded in the last 48 hours already: {', '.join(_names(in_peace))}.")
    if ready:
        said.append(f"Ready meanwhile: {', '.join(_names(ready))}.")
    return " ".join(said)


def _names(enrolments: Sequence[Enrolment]) -> tuple[str, ...]:
    return tuple(each.person.name for each in enrolments)
