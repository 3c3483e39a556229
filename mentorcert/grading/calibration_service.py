"""Calibration: managers keep exemplars, coaches grade them without seeing what the panel agreed on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.catalog import queries as catalog
from mentorcert.catalog.rubric import Rubric
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, Refused
from mentorcert.grading import calibration, comparing, drafts
from mentorcert.grading.calibration_models import CalibrationAttempt, Exemplar
from mentorcert.grading.comparing import Comparison
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.recordings import service as recording_service

LONGEST_PANEL: Final = 200
"""Characters."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a panel agreed on: by which version (hash) of a rubric, who, and level and reason of each criterion."""

    rubric: str
    panel: str
    entries: Mapping[str, Entry]


class NewerDraft(Conflict):
    """Another tab has saved since; nothing was overwritten. `saved` is the attempt as it stands."""

    def __init__(self, saved: CalibrationAttempt) -> None:
        super().__init__("Your other tab has a newer draft.", "Save again to keep what stands here.")
        self.saved = saved


def keep_exemplar(session: Session, recording: UUID, agreed: Agreed, *, who: UUID, now: datetime) -> Exemplar:
    """Make an exemplar of a recording. What is agreed never changes: archive it, and make another one.

    Raises Invalid with the id of the criterion (or `panel`) of each fault, Conflict when the recording can't be used,
    or is an exemplar of this rubric already.
    """
    writing(session)
    found = recording_service.lock(session, recording)
    version = catalog.rubric_version(session, agreed.rubric)
    _require_sense(catalog.rubric(session, agreed.rubric), agreed)
    if not calibration.is_watchable(found):
        raise Conflict(
            f"Recording {found.number} can’t be an exemplar: coaches may not practise with it, or it is not there.",
            "Choose one whose people agreed to calibration.",
        )
    if found.id in {each.recording_id for each in calibration.live_exemplars(session, agreed.rubric)}:
        raise Conflict(f"Recording {found.number} is an exemplar already.", "Archive that one first.")
    made = Exemplar(
        recording_id=found.id,
        rubric_version_id=version.id,
        levels={criterion: entry.level for criterion, entry in agreed.entries.items()},
        rationale={criterion: entry.comment for criterion, entry in agreed.entries.items()},
        panel=agreed.panel.strip(),
        made_by_id=people.person(session, who).id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    after = {"recording": str(found.uuid), "rubric": version.hash, "levels": made.levels, "panel": made.panel}
    audit.record(session, now=now, who=who, action="exemplar.make", subject=f"exemplar:{made.uuid}", after=after)
    return made


def archive(session: Session, exemplar: UUID, *, who: UUID, now: datetime) -> Exemplar:
    """Ask nobody to grade an exemplar any more; what was graded still counts. Once archived, nothing happens."""
    writing(session)
    session.execute(select(Exemplar.id).where(Exemplar.uuid == exemplar).with_for_update())
    found = calibration.exemplar(session, exemplar)
    if found.archived_at is None:
        found.archived_at = now
        session.flush()
        audit.record(session, now=now, who=who, action="exemplar.archive", subject=f"exemplar:{found.uuid}")
    return found


def begin(session: Session, rubric: str, *, who: UUID, now: datetime) -> CalibrationAttempt:
    """Put the next exemplar of a rubric (the hash of its version) before a coach; one that is begun is gone on with.

    Raises NotFound when there is none that they can grade.
    """
    writing(session)
    session.execute(select(Person.id).where(Person.uuid == who).with_for_update())
    for each in calibration.attempts(session, who):
        if each.submitted_at is None and each.exemplar.rubric_version.hash == rubric and is_open(each):
            return each
    exemplar = calibration.next_exemplar(session, who, rubric)
    coach = people.person(session, who)
    made = CalibrationAttempt(
        exemplar=exemplar, coach=coach, started_at=now, revision=0, levels={}, comments={}, comment=""
    )
    session.add(made)
    session.flush()
    after = {"exemplar": str(exemplar.uuid)}
    audit.record(session, now=now, who=who, action="calibration.begin", subject=_subject(made), after=after)
    return made


def save(session: Session, attempt: UUID, draft: Draft, *, who: UUID, now: datetime) -> CalibrationAttempt:
    """Save a draft. Raises NewerDraft, Invalid with the id of the criterion of each fault, Conflict once it is over."""
    found = _mine(session, attempt, draft, who)
    _require(drafts.faults(_rubric(session, found), draft), "This draft can’t be saved.")
    return _write(session, found, draft, now)


def submit(session: Session, attempt: UUID, draft: Draft, *, who: UUID, now: datetime) -> CalibrationAttempt:
    """Submit what a coach made of an exemplar; from then on they see what the panel agreed on. Raises like `save`."""
    found = _mine(session, attempt, draft, who)
    rubric = _rubric(session, found)
    _require([*drafts.faults(rubric, draft), *drafts.submission_faults(rubric, draft)], "This can’t be submitted yet.")
    _write(session, found, draft, now)
    found.submitted_at = now
    session.flush()
    made = Comparison(found.exemplar_id, now, found.levels, found.exemplar.levels)
    after = {"levels": found.levels, "agreement": comparing.percent(rubric, [made])}
    audit.record(session, now=now, who=who, action="calibration.submit", subject=_subject(found), after=after)
    return found


def empty_words(session: Session, recordings: Collection[int]) -> None:
    """Take the words out of exemplars of these recordings (integer keys), and out of what coaches made of them.

    They may quote what is no longer there. Levels stay, so nobody's calibration changes. By commands, not by objects:
    what was agreed and submitted refuses to be changed otherwise.
    """
    exemplars = list(session.scalars(select(Exemplar.id).where(Exemplar.recording_id.in_(recordings))))
    session.execute(update(Exemplar).where(Exemplar.id.in_(exemplars)).values(rationale={}))
    made = update(CalibrationAttempt).where(CalibrationAttempt.exemplar_id.in_(exemplars))
    session.execute(made.values(comments={}, comment=""))


def require_own(found: CalibrationAttempt, who: UUID) -> None:
    """Raise Refused unless it is this coach's."""
    if found.coach.uuid != who:
        raise Refused("This calibration is another coach’s.", "Begin one of your own.")


def is_open(found: CalibrationAttempt) -> bool:
    """Whether it can still be graded: not submitted, and the exemplar is still one."""
    exemplar = found.exemplar
    return found.submitted_at is None and exemplar.archived_at is None and calibration.is_watchable(exemplar.recording)


def draft_of(found: CalibrationAttempt) -> Draft:
    """The draft that is saved."""
    ids = found.levels.keys() | found.comments.keys()
    entries = {each: Entry(found.levels.get(each, ""), found.comments.get(each, "")) for each in ids}
    return Draft(found.revision, found.comment, entries)


def _mine(session: Session, attempt: UUID, draft: Draft, who: UUID) -> CalibrationAttempt:
    """An attempt that nobody else changes until this transaction ends."""
    writing(session)
    session.execute(select(CalibrationAttempt.id).where(CalibrationAttempt.uuid == attempt).with_for_update())
    found = calibration.attempt(session, attempt)
    require_own(found, who)
    if found.submitted_at is not None:
        raise Conflict("You have submitted this one already.", "Read where you differ from the panel.")
    if not is_open(found):
        raise Conflict("This recording is no exemplar any more.", "Go to calibration and begin another one.")
    if draft.revision != found.revision and not _says(found, draft):
        raise NewerDraft(found)
    return found


def _says(found: CalibrationAttempt, draft: Draft) -> bool:
    """Whether what is saved is what the draft says: one that was sent twice is no conflict."""
    comments = {each: entry.comment for each, entry in draft.entries.items() if entry.comment}
    return (found.levels, found.comments, found.comment) == (draft.levels, comments, draft.comment)


def _write(session: Session, found: CalibrationAttempt, draft: Draft, now: datetime) -> CalibrationAttempt:
    found.levels = draft.levels
    found.comments = {each: entry.comment for each, entry in draft.entries.items() if entry.comment}
    found.comment, found.saved_at = draft.comment, now
    found.revision += 1
    session.flush()
    return found


def _require_sense(rubric: Rubric, agreed: Agreed) -> None:
    draft = Draft(0, "", agreed.entries)
    faults = [*drafts.faults(rubric, draft), *drafts.submission_faults(rubric, draft)]
    if not agreed.panel.strip():
        faults.append(Fault("panel", "Nobody is named who agreed on this.", "Name those who did."))
    if len(agreed.panel) > LONGEST_PANEL:
        faults.append(Fault("panel", f"This has more than {LONGEST_PANEL} characters.", "Shorten it."))
    _require(faults, "This exemplar can’t be kept yet.")


def _require(faults: Sequence[Fault], title: str) -> None:
    if faults:
        raise Invalid(title, "Correct what is named here.", faults)


def _rubric(session: Session, found: CalibrationAttempt) -> Rubric:
    return catalog.rubric(session, found.exemplar.rubric_version.hash)


def _subject(found: CalibrationAttempt) -> str:
    return f"calibration:{found.uuid}"
