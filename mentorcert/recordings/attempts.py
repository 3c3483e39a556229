"""How many recordings of one enrolment are graded: what the programme allows, and what a manager adds.

An attempt is used when a coach takes the recording. One that is replaced or refused before costs nothing; one whose
consent is withdrawn while it is graded is used all the same, else a grade could be escaped.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, Refused
from mentorcert.people import queries as people
from mentorcert.recordings.attempt_models import ExtraAttempt
from mentorcert.recordings.models import Recording

LONGEST: Final = 500
"""Characters of a reason."""


def left(session: Session, enrolment: Enrolment) -> int | None:
    """How many more recordings of an enrolment can be graded; None where the programme sets no limit. One query."""
    allowed = cohorts.programme(session, enrolment.cohort).final.grading.attempts
    if not allowed:
        return None
    used, extra = counts(session, [enrolment.id]).get(enrolment.id, (0, 0))
    return max(0, allowed + extra - used)


def counts(session: Session, enrolments: Collection[int]) -> dict[int, tuple[int, int]]:
    """Attempts that are used, and that were added, by the enrolment's key. One query."""
    used = (
        select(func.count(Recording.id))
        .where(Recording.enrolment_id == Enrolment.id, Recording.grading_began_at.is_not(None))
        .scalar_subquery()
    )
    extra = select(func.count(ExtraAttempt.id)).where(ExtraAttempt.enrolment_id == Enrolment.id).scalar_subquery()
    found = session.execute(select(Enrolment.id, used, extra).where(Enrolment.id.in_(enrolments)))
    return {key: (taken, added) for key, taken, added in found.all()}


def grant(session: Session, enrolment: UUID, reason: str, *, who: UUID, now: datetime) -> ExtraAttempt:
    """Let somebody hand in one more recording. Raises Invalid without a reason, Conflict while attempts are left.

    Raises Refused for oneself.
    """
    if not reason.strip() or len(reason) > LONGEST:
        raise Invalid("One more attempt is given for a reason.", f"Say why, in up to {LONGEST} characters.")
    writing(session)
    session.execute(select(Enrolment.id).where(Enrolment.uuid == enrolment).with_for_update())
    found = cohorts.enrolment(session, enrolment)
    if found.person.uuid == who:
        raise Refused("These are your own attempts.", "Ask another programme manager.")
    if left(session, found) != 0:
        raise Conflict(f"{found.person.name} has an attempt left.", "There is nothing to add.")
    made = ExtraAttempt(
        enrolment_id=found.id, granted_at=now, granted_by_id=people.person(session, who).id, reason=reason.strip()
    )
    session.add(made)
    session.flush()
    subject = f"enrolment:{found.uuid}"
    audit.record(session, now=now, who=who, action="attempt.grant", subject=subject, reason=made.reason)
    return made
