"""Arranging coaching: one coach for one trainee, or for a group with the same weakness; held, or called off."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.coaching import queries
from mentorcert.coaching.models import Coaching, CoachingMember
from mentorcert.coaching.queries import Area, Place
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.people import queries as people
from mentorcert.people.models import Person

ARRANGED: Final = "coaching/mail/arranged"
TO_COACH: Final = "coaching/mail/to_coach"
LONGEST_NOTE: Final = 2000
"""Characters."""


def arrange(
    session: Session,
    cohort: UUID,
    criterion: str,
    enrolments: Collection[UUID],
    coach: UUID | None,
    *,
    note: str,
    who: UUID,
    now: datetime,
) -> Coaching:
    """Have a coach help these trainees with a criterion; two or more are a group. All of them are told.

    Raises Invalid for nobody, no coach of the cohort or too long a note, Conflict when one of them is above the line by
    now or is helped already.
    """
    writing(session)
    session.execute(select(Cohort.id).where(Cohort.uuid == cohort).with_for_update())
    found = cohorts.cohort(session, cohort)
    helper = _helper(queries.coaches(session, found), coach, enrolments, note)
    places = _open(queries.cohort_areas(session, found, who).area(criterion), enrolments)
    made = Coaching(
        cohort_id=found.id,
        criterion=criterion,
        title=places[0].weak.title,
        coach_id=helper.id,
        note=note.strip(),
        made_by_id=people.person(session, who).id,
        made_at=now,
    )
    made.members = [CoachingMember(enrolment_id=each.enrolment.id, outcome_id=each.outcome.id) for each in places]
    session.add(made)
    session.flush()
    after = {"criterion": criterion, "coach": str(helper.uuid), "enrolments": sorted(map(str, enrolments))}
    audit.record(session, now=now, who=who, action="coaching.arrange", subject=_subject(made), after=after)
    _tell(session, made, helper, places, now)
    return made


def hold(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> Coaching:
    """Note that it was held; again changes nothing. Raises Conflict when it was called off."""
    found = _lock(session, uuid)
    if found.cancelled_at is not None:
        raise Conflict("This coaching was called off.", "Arrange another one.")
    if found.done_at is None:
        found.done_at = now
        audit.record(session, now=now, who=who, action="coaching.hold", subject=_subject(found))
    return found


def call_off(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> Coaching:
    """Call it off, so that those in it can be helped in another way. Raises Conflict when it was held."""
    found = _lock(session, uuid)
    if found.done_at is not None:
        raise Conflict("This coaching was held already.", "Load the page again.")
    if found.cancelled_at is None:
        found.cancelled_at = now
        audit.record(session, now=now, who=who, action="coaching.call-off", subject=_subject(found))
    return found


def _helper(coaches: list[Person], wanted: UUID | None, enrolments: Collection[UUID], note: str) -> Person:
    """The coach who was chosen; raises Invalid with every fault of what was sent."""
    coach = next((each for each in coaches if each.uuid == wanted), None)
    faults = []
    if not enrolments:
        faults.append(Fault("enrolments", "Nobody is chosen.", "Tick at least one person."))
    if coach is None:
        faults.append(Fault("coach", "This is not a coach of the cohort.", "Choose one of the list."))
    if len(note) > LONGEST_NOTE:
        faults.append(Fault("note", f"This is longer than {LONGEST_NOTE} characters.", "Shorten it."))
    if faults or coach is None:
        raise Invalid("Nothing is arranged yet.", "Correct what is named here.", faults)
    return coach


def _open(area: Area, enrolments: Collection[UUID]) -> list[Place]:
    open_ones = {place.enrolment.uuid: place for place in area.open}
    if missing := set(enrolments) - set(open_ones):
        count = len(missing)
        title = f"{'One of them' if count == 1 else f'{count} of them'} is helped already, or above the line by now."
        raise Conflict(title, "Load the page again.")
    return [place for uuid, place in open_ones.items() if uuid in enrolments]


def _lock(session: Session, uuid: UUID) -> Coaching:
    writing(session)
    session.execute(select(Coaching.id).where(Coaching.uuid == uuid).with_for_update())
    found = queries.coaching(session, uuid)
    session.refresh(found)
    return found


def _tell(session: Session, made: Coaching, coach: Person, places: list[Place], now: datetime) -> None:
    """Tell everybody who meets whom; how they did stands behind the sign-in only."""
    common = {"title": made.title, "coach": coach.name, "coach_email": coach.email, "count": len(places)}
    subject = f"Coaching: {made.title}"
    for each in places:
        person = each.enrolment.person
        values = {**common, "name": person.name, "path": f"/enrolments/{each.enrolment.uuid}/plan"}
        mail.post(session, ARRANGED, to=person.email, subject=subject, values=values, now=now)
    names = [each.enrolment.person.name for each in places]
    path = f"/cohorts/{made.cohort.uuid}/coaching"
    values = {**common, "name": coach.name, "names": names, "note": made.note, "path": path}
    mail.post(session, TO_COACH, to=coach.email, subject=subject, values=values, now=now)


def _subject(found: Coaching) -> str:
    return f"coaching:{found.uuid}"
