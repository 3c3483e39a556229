"""What a coach does on the bench: drafts, holds, gives back, and submits the grade, which then never changes.

Whoever locks both locks the recording before the assessment.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.catalog import rubric as arithmetic
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound, Refused
from mentorcert.evidence.service import Door
from mentorcert.grading import drafts, queries, releasing, taking
from mentorcert.grading.drafts import Draft
from mentorcert.grading.models import Assessment, Mark
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import service as recording_service
from mentorcert.recordings.models import Recording


class StaleDraft(Conflict):
    """Another tab has saved since; nothing was overwritten. `saved` is the assessment as it stands."""

    def __init__(self, saved: Assessment) -> None:
        super().__init__("Your other tab has a newer draft.", "Read both, then save the one that you want to keep.")
        self.saved = saved


class HoldEnded(Conflict):
    """The assessment is open no more: given back, taken over, submitted, or its recording gone, at `ended_at`.

    `draft` is what could not be saved; `keep_text` keeps it for its writer.
    """

    def __init__(self, title: str, todo: str, ended_at: datetime, draft: Draft | None = None) -> None:
        super().__init__(title, todo)
        self.ended_at = ended_at
        self.draft = draft


def save_draft(session: Session, uuid: UUID, draft: Draft, *, who: UUID, now: datetime) -> Assessment:
    """Save a draft, and go on holding the place: also when the hold had lapsed and nobody took it.

    Raises StaleDraft when another one was saved since, HoldEnded when it is no longer open, Invalid with the id of the
    criterion of each fault.
    """
    found = _hold(session, uuid, draft, who, now)
    faults = drafts.faults(queries.rubric_of(session, found), draft)
    if faults:
        raise Invalid("This draft can’t be saved.", "Correct what is named here.", faults)
    _write(found, draft, now)
    session.flush()
    return found


def hold(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> Assessment:
    """Go on holding a place while its coach watches or thinks. Raises HoldEnded when it is no longer open."""
    return _hold(session, uuid, None, who, now)


def give_back(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> Assessment:
    """Give a recording back to the queue; the draft is kept with it, and nobody is shown it."""
    found = _hold(session, uuid, None, who, now)
    found.given_back_at = now
    session.flush()
    audit.record(session, now=now, who=who, action="assessment.give-back", subject=_subject(found))
    return found


def keep_text(session: Session, uuid: UUID, draft: Draft, *, who: UUID, now: datetime) -> None:
    """Keep what a coach wrote when their hold had ended: it is there when they take the recording again.

    Does nothing where it can't be kept: of somebody else, submitted, or with faults.
    """
    writing(session)
    found = queries.assessment(session, uuid)
    is_theirs = found.coach.uuid == who and found.given_back_at is not None and found.submitted_at is None
    if is_theirs and not drafts.faults(queries.rubric_of(session, found), draft):
        _write(found, draft, now)
        session.flush()


def submit(session: Session, door: Door, uuid: UUID, draft: Draft, *, who: UUID, now: datetime) -> Assessment:
    """Submit a grade: it is frozen. Was it the last that was needed, the outcome is released as the programme says.

    Raises Invalid that names every criterion which still lacks something, and what `save_draft` raises.
    """
    recording = lock_recording(session, uuid)
    found = _hold(session, uuid, draft, who, now)
    rubric = queries.rubric_of(session, found)
    faults = [*drafts.faults(rubric, draft), *drafts.submission_faults(rubric, draft)]
    if faults:
        raise Invalid("This grade can’t be submitted yet.", "Complete what is named here.", faults)
    _write(found, draft, now)
    found.percent = arithmetic.percent(rubric, draft.levels)
    found.passed = arithmetic.passed(rubric, draft.levels)
    found.submitted_at = now
    session.flush()
    after = {"round": found.round.value, "percent": found.percent, "passed": found.passed, "levels": draft.levels}
    audit.record(session, now=now, who=who, action="assessment.submit", subject=_subject(found), after=after)
    releasing.settle(session, door, recording, now=now)
    return found


def lock_recording(session: Session, uuid: UUID) -> Recording:
    """The recording of an assessment, which nobody else changes until this transaction ends; raises NotFound.

    The assessment itself is not read: what is known of it before the lock is held may be out of date afterwards.
    """
    writing(session)
    query = select(Recording.uuid).join(Assessment, Assessment.recording_id == Recording.id)
    recording = session.scalar(query.where(Assessment.uuid == uuid))
    if recording is None:
        raise NotFound("There is no such assessment.", "Go to the queue and choose a recording.")
    return recording_service.lock(session, recording)


def require_own(found: Assessment, who: UUID) -> None:
    """Raise Refused unless the assessment is this coach's."""
    if found.coach.uuid != who:
        raise Refused("Another coach grades this recording.", "Choose one from the queue.")


def _hold(session: Session, uuid: UUID, draft: Draft | None, who: UUID, now: datetime) -> Assessment:
    """The coach's own open assessment, held on, which nobody else changes until this transaction ends."""
    writing(session)
    session.execute(select(Assessment.id).where(Assessment.uuid == uuid).with_for_update())
    found = queries.assessment(session, uuid)
    require_own(found, who)
    require_open(found, draft, now)
    if draft is not None and draft.revision != found.revision and _differ(session, found, draft):
        raise StaleDraft(found)
    taking.lease(found, recordings.policy_of(session, found.recording).lease_minutes, now)
    return found


def require_open(found: Assessment, draft: Draft | None, now: datetime) -> None:
    """Raise HoldEnded when an assessment is open no more, with what could not be saved."""
    if found.submitted_at is not None:
        raise HoldEnded("This grade was submitted; it does not change any more.", "Read it.", found.submitted_at)
    if found.given_back_at is not None and found.given_back_at > found.lease_until:
        title = "Your hold had ended, and another coach has taken this recording."
        raise HoldEnded(title, "Your text is not lost: it is below.", found.given_back_at, draft)
    if found.given_back_at is not None:
        todo = "Take it again from the queue, if it is still there."
        raise HoldEnded("You gave this recording back.", todo, found.given_back_at, draft)
    if why := taking.ended(found.recording):
        raise HoldEnded(why, "Its grading has ended. Your text is below; nobody else is shown it.", now, draft)


def _differ(session: Session, found: Assessment, draft: Draft) -> bool:
    """Whether a draft says anything else than the one saved since: one that was saved twice is no conflict."""
    return bool(drafts.differing(queries.rubric_of(session, found), draft, drafts.draft_of(found)))


def _write(found: Assessment, draft: Draft, now: datetime) -> None:
    known = {mark.criterion: mark for mark in found.marks}
    for criterion, entry in draft.entries.items():
        mark = known.get(criterion)
        if mark is None:
            found.marks.append(Mark(criterion=criterion, level=entry.level, comment=entry.comment))
        else:
            mark.level, mark.comment = entry.level, entry.comment
    found.comment, found.saved_at = draft.comment, now
    found.revision += 1


def _subject(found: Assessment) -> str:
    return f"assessment:{found.uuid}"
