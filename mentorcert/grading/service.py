"""Grading: a coach takes a recording, drafts, gives it back or releases the grade, which then never changes."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.catalog import queries as catalog
from mentorcert.catalog import rubric as arithmetic
from mentorcert.catalog.models import RubricVersion
from mentorcert.cohorts import queries as cohorts
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, Refused
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from mentorcert.grading import drafts, queries
from mentorcert.grading.drafts import Draft
from mentorcert.grading.models import Assessment, Mark
from mentorcert.people import queries as people
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import service as recording_service
from mentorcert.recordings.models import Recording
from xapi import vocabulary as v

TEMPLATE: Final = "grading/mail/released"


class StaleDraft(Conflict):
    """Another tab has saved since; nothing was overwritten. `saved` is the assessment as it stands."""

    def __init__(self, saved: Assessment) -> None:
        super().__init__("Your other tab has a newer draft.", "Read both, then save the one that you want to keep.")
        self.saved = saved


class HoldEnded(Conflict):
    """The assessment is no longer open: given back or released at `ended_at`."""

    def __init__(self, title: str, todo: str, ended_at: datetime) -> None:
        super().__init__(title, todo)
        self.ended_at = ended_at


def take(session: Session, recording: UUID, *, who: UUID, now: datetime) -> Assessment:
    """Put a recording on a coach's bench; taking it again gives the same assessment.

    Raises Refused for one's own, Conflict when somebody else has it, it was graded or replaced.
    """
    writing(session)
    found = recording_service.lock(session, recording)
    _require_takeable(found, who)
    held = queries.held(session, found)
    if held is not None:
        if held.coach.uuid == who and held.released_at is None:
            return held
        raise Conflict(
            f"Recording {found.number} was taken by another coach a moment ago."
            if held.released_at is None
            else f"Recording {found.number} is graded already.",
            "Choose another one from the queue.",
        )
    coach = people.person(session, who)
    version = _rubric_version(session, found)
    made = Assessment(
        recording_id=found.id, coach_id=coach.id, rubric_version_id=version.id, taken_at=now, revision=0, comment=""
    )
    _write_earlier(session, made, found)
    session.add(made)
    recording_service.begin_grading(session, found, now=now)
    session.flush()
    after = {"recording": str(found.uuid), "rubric": version.hash}
    audit.record(session, now=now, who=who, action="assessment.take", subject=_subject(made), after=after)
    return made


def save_draft(session: Session, uuid: UUID, draft: Draft, *, who: UUID, now: datetime) -> Assessment:
    """Save a draft.

    Raises StaleDraft when another one was saved since, HoldEnded when it is no longer open, Invalid with the id of the
    criterion of each fault.
    """
    found = _hold(session, uuid, draft, who)
    faults = drafts.faults(queries.rubric_of(session, found), draft)
    if faults:
        raise Invalid("This draft can’t be saved.", "Correct what is named here.", faults)
    _write(found, draft, now)
    session.flush()
    return found


def give_back(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> Assessment:
    """Give a recording back to the queue; the draft is kept with it, and nobody is shown it."""
    found = _hold(session, uuid, None, who)
    found.given_back_at = now
    session.flush()
    audit.record(session, now=now, who=who, action="assessment.give-back", subject=_subject(found))
    return found


def release(session: Session, door: Door, uuid: UUID, draft: Draft, *, who: UUID, now: datetime) -> Assessment:
    """Submit a grade: it is frozen, told as a statement, and the trainee hears of it by mail.

    Raises Invalid that names every criterion which still lacks something, and what `save_draft` raises.
    """
    found = _hold(session, uuid, draft, who)
    rubric = queries.rubric_of(session, found)
    faults = [*drafts.faults(rubric, draft), *drafts.release_faults(rubric, draft)]
    if faults:
        raise Invalid("This grade can’t be submitted yet.", "Complete what is named here.", faults)
    _write(found, draft, now)
    found.percent = arithmetic.percent(rubric, draft.levels)
    found.passed = arithmetic.passed(rubric, draft.levels)
    [found.statement_id] = door.record(session, [_statement(session, found, draft, door.iri_base, now)], now=now)
    found.released_at = now
    session.flush()
    after = {"percent": found.percent, "passed": found.passed, "levels": draft.levels}
    audit.record(session, now=now, who=who, action="assessment.release", subject=_subject(found), after=after)
    _tell(session, found, now)
    return found


def _require_takeable(found: Recording, who: UUID) -> None:
    if found.enrolment.person.uuid == who:
        raise Refused("You can’t grade your own recording.", "Leave it to another coach.")
    if found.replaced_at is not None:
        todo = "Choose another one from the queue."
        raise Conflict(f"Recording {found.number} was replaced by the trainee a moment ago.", todo)


def _write_earlier(session: Session, made: Assessment, found: Recording) -> None:
    """Begin with what the same coach had written before they gave the recording back."""
    earlier = queries.given_back(session, found, made.coach_id)
    if earlier is not None and earlier.rubric_version_id == made.rubric_version_id:
        made.comment, made.saved_at = earlier.comment, earlier.saved_at
        made.marks = [Mark(criterion=each.criterion, level=each.level, comment=each.comment) for each in earlier.marks]


def _rubric_version(session: Session, recording: Recording) -> RubricVersion:
    """The rubric version that the cohort's programme version is pinned to."""
    cohort = recording.enrolment.cohort
    wanted = recordings.final_rubric(cohorts.programme(session, cohort))
    return catalog.pinned_rubric(session, cohort.version.hash, wanted)


def _hold(session: Session, uuid: UUID, draft: Draft | None, who: UUID) -> Assessment:
    """The coach's own open assessment, which nobody else changes until this transaction ends."""
    writing(session)
    session.execute(select(Assessment.id).where(Assessment.uuid == uuid).with_for_update())
    found = queries.assessment(session, uuid)
    require_own(found, who)
    if found.released_at is not None:
        raise HoldEnded("This grade was submitted; it does not change any more.", "Read it.", found.released_at)
    if found.given_back_at is not None:
        todo = "Take it again from the queue, if it is still there."
        raise HoldEnded("You gave this recording back.", todo, found.given_back_at)
    if draft is not None and draft.revision != found.revision and _differ(session, found, draft):
        raise StaleDraft(found)
    return found


def _differ(session: Session, found: Assessment, draft: Draft) -> bool:
    """Whether a draft says anything else than the one saved since: one that was saved twice is no conflict."""
    return bool(drafts.differing(queries.rubric_of(session, found), draft, drafts.draft_of(found)))


def require_own(found: Assessment, who: UUID) -> None:
    """Raise Refused unless the assessment is this coach's."""
    if found.coach.uuid != who:
        raise Refused("Another coach grades this recording.", "Choose one from the queue.")


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


def _statement(session: Session, found: Assessment, draft: Draft, iri_base: str, now: datetime) -> bytes:
    enrolment = found.recording.enrolment
    whose = about(enrolment, iri_base)
    programme = cohorts.programme(session, enrolment.cohort)
    return statements.grade_released(
        whose,
        Thing(whose.iris.final, v.RECORDING, programme.final.title, programme.language),
        found.recording.uuid,
        found.coach.uuid,
        percent=found.percent or 0,
        passed=bool(found.passed),
        rubric_version=found.rubric_version.hash,
        levels=draft.levels,
        at=now,
    )


def _tell(session: Session, found: Assessment, now: datetime) -> None:
    """Tell the trainee that the grade is there; what it is stands behind the sign-in only."""
    trainee = found.recording.enrolment.person
    values = {"name": trainee.name, "number": found.recording.number, "path": f"/assessments/{found.uuid}/feedback"}
    mail.post(session, TEMPLATE, to=trainee.email, subject="Your recording is graded", values=values, now=now)


def _subject(found: Assessment) -> str:
    return f"assessment:{found.uuid}"
