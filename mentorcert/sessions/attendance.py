"""Attendance: recorded once, when a session is closed, and corrected afterwards by a statement or its voiding."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.errors import Conflict, NotFound, Refused
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from mentorcert.sessions import queries
from mentorcert.sessions.holding import hold, hold_open, touch
from mentorcert.sessions.models import LiveSession, Presence
from mentorcert.sessions.service import fit_reason
from xapi import vocabulary


def close(session: Session, uuid: UUID, door: Door, *, who: UUID, now: datetime) -> int:
    """Record who is here as attendance, and end the session; gives how many. `who` is the facilitator in statements.

    Raises Conflict when it was closed before, was cancelled, or nobody is here; Refused when `who` is among them.
    """
    live = hold_open(session, uuid)
    here = queries.presences(session, live)
    if not here:
        raise Conflict("Nobody is checked in.", "Check in who was here, or cancel the session in the schedule.")
    if any(each.enrolment.person.uuid == who for each in here):
        todo = "Check yourself out, or have another facilitator or a manager close the session."
        raise Refused("You can’t record your own attendance.", todo)
    thing = _thing(session, live, door)
    bodies = [_attended(live, each.enrolment, each.here_at, thing, door, who=who, now=now) for each in here]
    for presence, statement_id in zip(here, door.record(session, bodies, now=now), strict=True):
        presence.statement_id = statement_id
    live.closed_at, live.round_ends_at, live.paused_seconds = now, None, None
    touch(live)
    subject, after = f"session:{live.uuid}", {"attended": [str(each.enrolment.uuid) for each in here]}
    audit.record(session, now=now, who=who, action="session.close", subject=subject, after=after)
    return len(here)


def correct(
    session: Session, uuid: UUID, enrolment: UUID, door: Door, *, attended: bool, reason: str, who: UUID, now: datetime
) -> None:
    """Say after closing that somebody did or did not attend; nothing happens when that is recorded.

    Raises Conflict before closing, NotFound for somebody of another cohort, Invalid without a reason, Refused for
    one's own.
    """
    live = hold(session, uuid)
    if live.closed_at is None:
        raise Conflict(f"Session {live.number} is not closed yet.", "Check people in or out; closing records it.")
    kept = fit_reason(reason)
    person = cohorts.enrolment(session, enrolment)
    if person.cohort_id != live.cohort_id:
        raise NotFound("This person is not in this cohort.", "Load the page again.")
    if person.person.uuid == who:
        raise Refused("You can’t record your own attendance.", "Ask another facilitator or a manager to do it.")
    presence = session.scalar(
        select(Presence).where(Presence.live_session_id == live.id, Presence.enrolment_id == person.id)
    )
    if attended == (presence is not None):
        return
    if presence is None:
        _add(session, live, person, door, who=who, now=now)
    else:
        _take_back(session, presence, door, now=now)
    touch(live)
    subject, change = f"enrolment:{enrolment}", {"session": str(uuid), "attended": attended}
    before = change | {"attended": not attended}
    audit.record(
        session,
        now=now,
        who=who,
        action="attendance.correct",
        subject=subject,
        reason=kept,
        before=before,
        after=change,
    )


def _add(session: Session, live: LiveSession, person: Enrolment, door: Door, *, who: UUID, now: datetime) -> None:
    body = _attended(live, person, live.starts_at, _thing(session, live, door), door, who=who, now=now)
    [statement_id] = door.record(session, [body], now=now)
    session.add(
        Presence(live_session_id=live.id, enrolment_id=person.id, here_at=live.starts_at, statement_id=statement_id)
    )


def _take_back(session: Session, presence: Presence, door: Door, *, now: datetime) -> None:
    if presence.statement_id is not None:
        iris = Iris(door.iri_base, presence.enrolment.cohort.version.slug)
        door.record(session, [statements.voiding(iris, presence.statement_id, at=now)], now=now)
    session.delete(presence)


def _attended(
    live: LiveSession, person: Enrolment, here_at: datetime, thing: Thing, door: Door, *, who: UUID, now: datetime
) -> bytes:
    """The statement, timed when the person was there: within the session, and never in the future."""
    at = min(max(here_at, live.starts_at), live.ends_at, now)
    return statements.session_attended(about(person, door.iri_base), thing, who, at=at)


def _thing(session: Session, live: LiveSession, door: Door) -> Thing:
    programme = cohorts.programme(session, live.cohort)
    iri = Iris(door.iri_base, programme.id).session(live.uuid)
    return Thing(iri, vocabulary.MEETING, live.title, programme.language)
