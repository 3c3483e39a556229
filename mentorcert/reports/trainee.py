"""What a trainee's home page stands on that lies above coursework: the season, the recording, the certificate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert.coaching.weak import weak_areas
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.coursework.home import Ending, NextSession, Season
from mentorcert.coursework.study import Study
from mentorcert.evidence.queries import NOTHING
from mentorcert.grading.models import Outcome
from mentorcert.people import queries as people
from mentorcert.permissions import Role, cohort_scope
from mentorcert.recordings.models import Recording, State
from mentorcert.sessions import queries as sessions
from mentorcert.sessions.models import LiveSession

Address = Callable[[LiveSession], str]
"""The address of a session's page."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The recording that counts, and what a coach made of it."""

    recording: Recording
    released: Outcome | None


def season(planned: Sequence[LiveSession], study: Study, zone: ZoneInfo, address: Address, *, now: datetime) -> Season:
    """The live half of one trainee's programme as it stands now; without who takes part (`with_company`)."""
    ahead = sessions.next_of(planned, now)
    past = [live for live in planned if not sessions.is_ahead(live, now)]
    attended = sum(
        study.standings.get(study.iris.session(live.uuid), NOTHING).completed_at is not None for live in past
    )
    return Season(
        next=_next(ahead, zone, address, now) if ahead else None,
        planned=len(planned),
        attended=attended,
        held=len(past),
        past_units=frozenset(live.unit for live in past) - {live.unit for live in planned if live not in past},
        is_on=ahead is not None and ahead.starts_at <= now,
    )


def with_company(session: Session, season: Season, cohort: Cohort) -> Season:
    """The same season, its next session with facilitators and the number of other trainees. Two queries."""
    if season.next is None:
        return season
    leads = people.holders(session, Role.FACILITATOR, cohort_scope(cohort.uuid))
    enrolled = select(func.count()).where(Enrolment.cohort_id == cohort.id, Enrolment.archived_at.is_(None))
    others = max(0, (session.scalar(enrolled) or 0) - 1)
    company = replace(season.next, facilitators=tuple(person.name for person in leads), others=others)
    return replace(season, next=company)


def handed_in(session: Session, enrolment: int) -> HandedIn | None:
    """The newest recording of an enrolment (its integer key) that counts. One query.

    One that was replaced, refused, or whose consent was taken back before it was graded, counts no more.
    """
    counts = Outcome.id.is_not(None) | (Recording.consent_withdrawn_at.is_(None) & (Recording.state != State.REFUSED))
    standing = (Outcome.recording_id == Recording.id) & Outcome.replaced_by_id.is_(None)
    query = (
        select(Recording, Outcome)
        .outerjoin(Outcome, standing)
        .where(Recording.enrolment_id == enrolment, Recording.replaced_at.is_(None), counts)
        .order_by(Recording.submitted_at.desc(), Recording.id.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return HandedIn(found[0], found[1]) if found else None


def weak_count(found: HandedIn | None) -> int:
    """In how many criteria the released grade is below the line; 0 without a grade."""
    return len(weak_areas(found.released.document)) if found and found.released else 0


def ending(found: HandedIn | None, certificate: UUID | None, due: datetime | None) -> Ending:
    """How far the trainee is with what comes after the last session; the addresses are the page's to add."""
    released = found.released if found else None
    return Ending(
        due_at=due,
        submitted=found is not None,
        released=released is not None,
        passed=bool(released and released.passed),
        certified=certificate is not None,
    )


def _next(live: LiveSession, zone: ZoneInfo, address: Address, now: datetime) -> NextSession:
    days = (live.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    return NextSession(
        title=live.title,
        number=live.number,
        starts_at=live.starts_at,
        minutes=live.minutes,
        place=live.place,
        due_at=live.prework_due_at,
        url=address(live),
        unit=live.unit,
        days=days,
    )
