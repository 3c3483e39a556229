"""Appeals: a trainee asks, once and with a reason, that a coach who has not graded it looks again.

That coach is not shown the earlier grade before they have submitted theirs: who has read a grade finds it again. The
better of the two grades stands, so nobody loses by asking, and no certificate is undone by it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound, Refused
from mentorcert.grading import queries, releasing, taking
from mentorcert.grading.models import Appeal, Assessment, Kind, Outcome, Round
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.recordings import keeping
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import service as recording_service
from mentorcert.recordings.models import Recording

LONGEST: Final = 2000
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page says of the appeal against a recording's grade."""

    until: datetime | None
    """Until when the trainee can appeal; None where they can't, or can't any more."""
    appeal: Appeal | None = None
    has_ended: bool = False
    """Whether the appeal can't be decided any more, because consent to the recording was withdrawn."""


def standing(session: Session, outcome: Outcome, *, now: datetime) -> Standing:
    """What there is to say of appealing against the grade of this outcome's recording."""
    recording = outcome.recording
    appeal = queries.appeal_of(session, recording)
    if appeal is not None:
        return Standing(None, appeal, appeal.decided_at is None and recording.consent_withdrawn_at is not None)
    return Standing(None if _refusal(session, outcome, now) else _until(session, outcome))


def require_readable(session: Session, recording: Recording, *, who: UUID) -> None:
    """Raise Refused when somebody who could decide an appeal would read the grade that is appealed against."""
    if hidden_from(session, [recording], who=who):
        raise Refused(
            "The trainee has appealed against this grade, and you may be asked to decide.",
            "You can read it once the appeal is decided.",
        )


def hidden_from(session: Session, of: Collection[Recording], *, who: UUID) -> frozenset[int]:
    """The recordings (integer keys) whose grades somebody is not shown, since they may be asked to decide an appeal.

    It takes four queries, and one more for each further cohort.
    """
    appealed = [each for each in _appealed(session, of) if not taking.ended(each)]
    if not appealed:
        return frozenset()
    person = people.person(session, who)
    known = _known_to(session, person, [each.id for each in appealed])
    cohorts = {each.enrolment.cohort.id: each.enrolment.cohort for each in appealed}
    coaches = {key: queries.coaches(session, cohort) for key, cohort in cohorts.items()}
    return frozenset(
        each.id
        for each in appealed
        if person.id in coaches[each.enrolment.cohort_id]
        and person.id != each.enrolment.person_id
        and each.id not in known
    )


def open_appeal(session: Session, recording: UUID, reason: str, *, who: UUID, now: datetime) -> Appeal:
    """Appeal against the grade of a recording. It goes to a coach who has not graded it.

    Raises Invalid without a reason, Refused for somebody else's, Conflict when it was done before, is too late, or
    another recording was handed in since.
    """
    said = reason.strip()
    if not said or len(said) > LONGEST:
        what = "An appeal has a reason." if not said else f"This has {len(said)} characters; {LONGEST} fit."
        raise Invalid("Your appeal is not made yet.", "Correct what is named here.", [Fault("reason", what)])
    writing(session)
    found = _locked(session, recording)
    outcome = queries.standing(session, found)
    if outcome is None:
        raise NotFound("There is no grade yet.", "You get a mail when a coach has graded the recording.")
    if found.enrolment.person.uuid != who:
        raise Refused("Only whose recording it is can appeal.", "Ask them.")
    if refusal := _refusal(session, outcome, now):
        raise Conflict(*refusal)
    made = Appeal(outcome_id=outcome.id, reason=said, made_at=now)
    session.add(made)
    found.appealed_at = now
    keeping.keep_for_now(found)
    session.flush()
    subject, after = f"appeal:{made.uuid}", {"recording": str(found.uuid), "outcome": str(outcome.uuid)}
    audit.record(session, now=now, who=who, action="appeal.make", subject=subject, after=after)
    releasing.tell_managers(session, found, now=now)
    return made


def _appealed(session: Session, of: Collection[Recording]) -> list[Recording]:
    """Those of these recordings against whose grade an appeal is open."""
    query = (
        select(Outcome.recording_id)
        .join(Appeal, Appeal.outcome_id == Outcome.id)
        .where(Outcome.recording_id.in_([each.id for each in of]), Appeal.decided_at.is_(None))
    )
    keys = set(session.scalars(query))
    return [each for each in of if each.id in keys]


def _known_to(session: Session, coach: Person, of: Collection[int]) -> set[int]:
    """The recordings whose grade a coach knows by their work: they graded it, or began to moderate."""
    knowing = or_(Assessment.submitted_at.is_not(None), Assessment.round == Round.MODERATION)
    query = select(Assessment.recording_id).where(
        Assessment.recording_id.in_(of), Assessment.coach_id == coach.id, knowing
    )
    return set(session.scalars(query))


def _locked(session: Session, uuid: UUID) -> Recording:
    """The recording, and its enrolment, so that no other recording is handed in meanwhile."""
    query = select(Recording.enrolment_id).where(Recording.uuid == uuid).scalar_subquery()
    session.execute(select(Enrolment.id).where(Enrolment.id == query).with_for_update())
    return recording_service.lock(session, uuid)


def _until(session: Session, outcome: Outcome) -> datetime:
    days = recordings.policy_of(session, outcome.recording).appeal_days
    return outcome.released_at + timedelta(days=days)


def _refusal(session: Session, outcome: Outcome, now: datetime) -> tuple[str, str] | None:
    """Why there can be no appeal against an outcome, and what to do."""
    recording = outcome.recording
    if outcome.kind is Kind.APPEAL or queries.appeal_of(session, recording) is not None:
        return "There was an appeal against this grade already.", "Read what became of it."
    if now > _until(session, outcome) or not recordings.policy_of(session, recording).appeal_days:
        return "The time to appeal is over.", "Ask your programme manager, if something went wrong."
    if recording.consent_withdrawn_at is not None or recording.media_deleted_at is not None:
        return (
            "The recording is gone, so nobody can look again.",
            "Ask your programme manager, if something went wrong.",
        )
    newest = recordings.newest(session, recording.enrolment)
    if newest is not None and newest.id != recording.id:
        return "You have handed in another recording since.", "Wait for its grade."
    return None
