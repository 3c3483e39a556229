"""Taking from the queue: one coach a place, one place a coach, and nobody grades whom they should not.

Whoever locks both locks the recording before the assessment.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.db import writing
from mentorcert.errors import Conflict, Refused
from mentorcert.grading import calibration, eligibility, places, queries, queueing
from mentorcert.grading.eligibility import Graded
from mentorcert.grading.models import Assessment, Mark, Moment, Round
from mentorcert.grading.places import Grades
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import service as recording_service
from mentorcert.recordings.models import Recording, State

MOST_HELD: Final = 3
"""How many recordings a coach has on the bench before no other one is handed to them."""
CHOOSE: Final = "Choose another one from the queue."


def take(session: Session, recording: UUID, *, who: UUID, now: datetime) -> Assessment:
    """Put a recording on a coach's bench, in its first free place; taking it again gives the same assessment.

    Raises Refused where the coach may not grade this trainee, Conflict when no place is free or it can't be graded.
    """
    writing(session)
    return _take(session, recording_service.lock(session, recording), who=who, now=now)


def take_next(session: Session, *, who: UUID, now: datetime) -> Assessment:
    """Put the recording on a coach's bench that has waited longest and is theirs to take.

    What came in within a day is left to coaches who have less to do (see `queueing`). Raises Conflict when nothing
    waits, or when `MOST_HELD` are on the bench.
    """
    writing(session)
    _require_room(session, who)
    viewer = people.viewer_of(people.person(session, who))
    offered = [each.row.id for each in queueing.free_places(session, viewer, now=now) if not each.is_reserved]
    for waits in (False, True):  # those that somebody takes at this moment last: they may have a second place
        for key in offered:
            found = _locked(session, key, waits=waits)
            if found is not None and (made := _taken_if_free(session, found, who, now)) is not None:
                return made
    raise Conflict("Nothing waits for you.", "Look again later: recordings appear when they are handed in.")


def lease(found: Assessment, minutes: int, now: datetime) -> None:
    """Let a place be its coach's for so many minutes from now."""
    found.lease_until = now + timedelta(minutes=minutes)


def ended(recording: Recording) -> str:
    """Why a recording can't be graded any more, in words; empty where it can."""
    if recording.consent_withdrawn_at is not None:
        return f"The consent to recording {recording.number} was withdrawn."
    if recording.replaced_at is not None:
        return f"Recording {recording.number} was replaced by the trainee a moment ago."
    if recording.media_deleted_at is not None:
        return f"Recording {recording.number} was deleted."
    if recording.state != State.READY:
        return f"Recording {recording.number} is not ready to be graded."
    return ""


def _locked(session: Session, key: int, *, waits: bool) -> Recording | None:
    """A recording that nobody else changes until this transaction ends; None when somebody has it, and we don't wait.

    PostgreSQL locks rows; on SQLite whoever writes is alone.
    """
    query = select(Recording.uuid).where(Recording.id == key).with_for_update(skip_locked=not waits)
    uuid = session.scalar(query)
    return recordings.recording(session, uuid) if uuid is not None else None


def _taken_if_free(session: Session, found: Recording, who: UUID, now: datetime) -> Assessment | None:
    try:
        return _take(session, found, who=who, now=now)
    except (Conflict, Refused):
        return None  # somebody was faster, or something has changed since it was offered


def _take(session: Session, found: Recording, *, who: UUID, now: datetime) -> Assessment:
    if why := ended(found):
        raise Conflict(why, CHOOSE)
    coach, grades = people.person(session, who), queries.grades(session, found)
    held = queries.held(session, found, coach.id)
    if held is not None:
        return _taken_again(found, held, grades, now)
    _require_eligible(found, coach, grades)
    if found.id in calibration.practised(session, coach.id):
        raise Refused(f"You have calibrated with recording {found.number}, so you know how it was graded.", CHOOSE)
    calibrated = calibration.may_grade(session, who, grades.policy, grades.version, now)
    if isinstance(calibrated, calibration.No):
        raise Refused(calibrated.why, calibrated.todo)
    coaches = queries.coaches(session, found.enrolment.cohort)
    place = _free_place(session, found, grades, coaches, now)
    if place is Round.APPEAL and coach.id in grades.moderators:
        raise Refused(f"You have seen how recording {found.number} was graded.", CHOOSE)
    _end_lapsed(session, found, place, coaches, now)
    return _made(session, found, coach, place=place, minutes=grades.policy.lease_minutes, now=now)


def _taken_again(found: Recording, held: Assessment, grades: Grades, now: datetime) -> Assessment:
    if held.submitted_at is not None:
        raise Conflict(f"You have graded recording {found.number}.", CHOOSE)
    lease(held, grades.policy.lease_minutes, now)
    return held


def _require_eligible(found: Recording, coach: Person, grades: Grades) -> None:
    trainee, cohort = found.enrolment.person, found.enrolment.cohort
    grader = eligibility.Grader(coach.id, people.viewer_of(coach), coach.uuid, coach.office_id)
    refusal = eligibility.refusal(grader, Graded(trainee.uuid, cohort.uuid, trainee.office_id), grades.policy)
    if refusal is not None:
        raise Refused(*refusal)


def _free_place(session: Session, found: Recording, grades: Grades, coaches: frozenset[int], now: datetime) -> Round:
    free = grades.free(coaches, now)
    if free:
        return free[0]
    raise _gone(found) if grades.wanted else Conflict(f"Recording {found.number} is graded already.", CHOOSE)


def _gone(found: Recording) -> Conflict:
    return Conflict(f"Recording {found.number} was taken by another coach a moment ago.", CHOOSE)


def _end_lapsed(session: Session, found: Recording, place: Round, coaches: frozenset[int], now: datetime) -> None:
    """End the hold of whoever had the place and let it lapse; what they wrote is kept for them.

    They may be saving at this very moment: their row is locked before it is judged.
    """
    query = select(Assessment.id).where(
        Assessment.recording_id == found.id, Assessment.round == place, Assessment.given_back_at.is_(None)
    )
    key = session.scalar(query.with_for_update())
    if key is None:
        return
    old = session.get_one(Assessment, key, populate_existing=True)
    if places.Hold(old.coach_id, place, old.lease_until).holds(coaches, now):
        raise _gone(found)
    old.given_back_at = now
    session.flush()
    before = {"lease_until": old.lease_until.isoformat()}
    audit.record(
        session, now=now, who="queue", action="assessment.lapse", subject=f"assessment:{old.uuid}", before=before
    )


def _made(
    session: Session, found: Recording, coach: Person, *, place: Round, minutes: int, now: datetime
) -> Assessment:
    version = queries.rubric_version(session, found)
    made = Assessment(
        recording_id=found.id,
        coach_id=coach.id,
        rubric_version_id=version.id,
        round=place,
        taken_at=now,
        revision=0,
        comment="",
    )
    lease(made, minutes, now)
    _write_earlier(session, made, found)
    session.add(made)
    recording_service.begin_grading(session, found, now=now)
    session.flush()
    after = {"recording": str(found.uuid), "rubric": version.hash, "round": place.value}
    subject = f"assessment:{made.uuid}"
    audit.record(session, now=now, who=coach.uuid, action="assessment.take", subject=subject, after=after)
    return made


def _write_earlier(session: Session, made: Assessment, found: Recording) -> None:
    """Begin with what the same coach had written before they gave the recording back."""
    earlier = queries.given_back(session, found, made.coach_id)
    if earlier is not None and earlier.rubric_version_id == made.rubric_version_id:
        made.comment, made.saved_at = earlier.comment, earlier.saved_at
        made.marks = [Mark(criterion=each.criterion, level=each.level, comment=each.comment) for each in earlier.marks]
        made.moments = [Moment(at=each.at, criterion=each.criterion, note=each.note) for each in earlier.moments]


def _require_room(session: Session, who: UUID) -> None:
    """Raise Conflict while a coach has enough on the bench."""
    held = select(func.count(Assessment.id)).join(Person, Assessment.coach_id == Person.id)
    open_ones = Assessment.given_back_at.is_(None) & Assessment.submitted_at.is_(None)
    if (session.scalar(held.where(Person.uuid == who, open_ones)) or 0) >= MOST_HELD:
        raise Conflict(
            f"{MOST_HELD} recordings are on your bench.", "Submit one of them, or give one back; then take the next."
        )
