"""Handing in, and what becomes of it: a recording is received, checked by the worker, then ready or refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert import audit, mail, outbox
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from mentorcert.files import Files
from mentorcert.people import addresses
from mentorcert.recordings import keeping, queries, quota, uploads, wishes
from mentorcert.recordings.final import Stage
from mentorcert.recordings.keeping import Kept
from mentorcert.recordings.models import UNDER_WAY, Recording, State
from mentorcert.recordings.wishes import USES, HandIn
from xapi import vocabulary as v

JOB: Final = "check-recording"
"""The job of the worker that looks into a file; its payload names the `recording`."""
CHECKER: Final = "worker"
"""Who it was, in the audit log."""
REFUSED: Final = "recordings/mail/refused"
_NUMBERS: Final = 0x4D43_0001
"""The lock under which recordings get their numbers on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a recording that can be played."""

    content_type: str
    seconds: int
    poster_key: str = ""
    waveform: Sequence[int] = ()
    remade: Kept = keeping.NOTHING
    """The file that takes the place of what was handed in, when it had to be put in order."""


def hand_in(
    session: Session,
    door: Door,
    files: Files,
    enrolment: UUID,
    wish: HandIn,
    *,
    who: UUID,
    now: datetime,
    room: int | None = None,
) -> Recording:
    """Take a recording in; one that nobody has begun to grade is replaced. A link is ready at once.

    Raises Invalid with a fault for each field that can't be used, Conflict when nothing can be handed in now. The file
    is stored before the transaction, and removed again if that fails; the worker looks into it later. `room` is how
    many bytes are kept of one person, where that is bounded; a file that came in parts has its place already.
    """
    judged = wishes.judge(wish)
    _require(judged.faults)
    _open_desk(session, enrolment, door.iri_base)
    kept = keeping.keep(files, wish.source) if wish.source is not None else keeping.NOTHING
    with keeping.removed_on_error(files, kept):
        writing(session)
        keeping.removed_on_rollback(session, files, kept)
        desk = _locked_desk(session, enrolment, door.iri_base)
        upload = uploads.take(session, wish.upload, desk.enrolment, now=now) if wish.upload is not None else None
        if wish.source is not None and room is not None:
            _require_room(session, desk.enrolment, kept.size, room, now)
        made = _write(session, desk, _row(wish, judged.transcript, kept, now), who=who, now=now)
        if upload is not None:  # the worker joins its parts
            upload.recording_id, made.size = made.id, upload.length
        if wish.is_file:
            outbox.put(session, JOB, {"recording": str(made.uuid)}, now=now)
        else:
            _tell(session, door, made, now)
        return made


def accept(session: Session, door: Door, uuid: UUID, found: Found, *, now: datetime) -> Recording:
    """Make a recording ready to be graded. Raises Conflict when that was decided before."""
    recording = _unsettled(session, uuid)
    recording.state, recording.refusal = State.READY, ""
    recording.content_type, recording.seconds = found.content_type, found.seconds
    recording.poster_key, recording.waveform = found.poster_key, list(found.waveform)
    if found.remade.key:
        kept = found.remade
        recording.file_key, recording.sha256, recording.size = kept.key, kept.sha256, kept.size
    session.flush()
    after = {"content_type": found.content_type, "seconds": found.seconds, "sha256": recording.sha256}
    _note(session, recording, "recording.ready", now, after)
    if recording.replaced_at is None:
        _tell(session, door, recording, now)
    return recording


def refuse(session: Session, door: Door, uuid: UUID, why: str, *, now: datetime) -> Recording:
    """Refuse a recording and write to the trainee why. What it had taken the place of counts again.

    `why` is one text: what is so, then what to do. Raises Conflict when that was decided before.
    """
    recording = _unsettled(session, uuid)
    recording.state, recording.refusal = State.REFUSED, why
    session.flush()
    _note(session, recording, "recording.refuse", now, {"why": why})
    if recording.replaced_at is None:
        _bring_back(session, door, recording, now)
        _write_to_trainee(session, recording, now)
    return recording


def begin_grading(session: Session, recording: Recording, *, now: datetime) -> None:
    """Note that a coach took a recording: from now on no other one takes its place. The caller holds its row."""
    writing(session)
    recording.grading_began_at = recording.grading_began_at or now


def lock(session: Session, uuid: UUID) -> Recording:
    """A recording that nobody else changes until this transaction ends; raises NotFound."""
    session.execute(select(Recording.id).where(Recording.uuid == uuid).with_for_update())
    return queries.recording(session, uuid)


def _unsettled(session: Session, uuid: UUID) -> Recording:
    writing(session)
    recording = lock(session, uuid)
    session.refresh(recording)
    if recording.state not in UNDER_WAY:
        raise Conflict(f"Recording {recording.number} is {recording.state} already.", "Nothing is left to do.")
    return recording


def _note(session: Session, recording: Recording, action: str, now: datetime, after: dict[str, object]) -> None:
    audit.record(session, now=now, who=CHECKER, action=action, subject=f"recording:{recording.uuid}", after=after)


def _tell(session: Session, door: Door, recording: Recording, now: datetime) -> None:
    """State that it was submitted, at the time when it was; once."""
    if recording.statement_id is not None:
        return
    whose = about(recording.enrolment, door.iri_base)
    thing = Thing(whose.iris.recording(recording.uuid), v.RECORDING, f"Recording {recording.number}")
    said = statements.recording_submitted(whose, thing, at=recording.submitted_at)
    [recording.statement_id] = door.record(session, [said], now=now)


def _bring_back(session: Session, door: Door, refused: Recording, now: datetime) -> None:
    """Let the recording count again whose place was taken by one that is refused."""
    earlier = _replaced_by(session, refused)
    while earlier is not None and earlier.state == State.REFUSED:
        earlier = _replaced_by(session, earlier)
    if earlier is None or earlier.media_deleted_at is not None or earlier.consent_withdrawn_at is not None:
        return
    earlier.replaced_at = earlier.keep_until = None
    _note(session, earlier, "recording.bring-back", now, {"instead_of": str(refused.uuid)})
    if earlier.state == State.READY:
        _tell(session, door, earlier, now)


def _replaced_by(session: Session, recording: Recording) -> Recording | None:
    same = (Recording.enrolment_id == recording.enrolment_id, Recording.replaced_at == recording.submitted_at)
    return session.scalar(select(Recording).where(*same, Recording.id < recording.id).with_for_update(of=Recording))


def _write_to_trainee(session: Session, recording: Recording, now: datetime) -> None:
    person = recording.enrolment.person
    values = {
        "name": person.name,
        "number": recording.number,
        "why": recording.refusal,
        "path": f"/enrolments/{recording.enrolment.uuid}/recording",
    }
    subject = f"Recording {recording.number} can’t be graded as it is"
    mail.post(session, REFUSED, to=person.email, subject=subject, values=values, now=now)


def _locked_desk(session: Session, enrolment: UUID, iri_base: str) -> queries.Desk:
    """The same desk, at which nobody else hands in until this transaction ends."""
    session.execute(select(Enrolment.id).where(Enrolment.uuid == enrolment).with_for_update())
    return _open_desk(session, enrolment, iri_base)


def _write(session: Session, desk: queries.Desk, made: Recording, *, who: UUID, now: datetime) -> Recording:
    """Write a recording down. No field is refused from here on: the form's page shows what was there before."""
    if desk.recording is not None and desk.stage in {Stage.CHECKING, Stage.WAITING}:
        _replace(session, desk.recording.uuid, who=who, now=now)
    made.enrolment_id, made.number = desk.enrolment.id, _next_number(session)
    session.add(made)
    session.flush()
    after = {"number": made.number, "sha256": made.sha256, "link": made.link, "consent": made.consent_uses}
    audit.record(session, now=now, who=who, action="recording.submit", subject=f"recording:{made.uuid}", after=after)
    return made


def _require(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid("The recording is not handed in yet.", "Correct what is named here.", faults)


def _require_room(session: Session, enrolment: Enrolment, size: int, room: int, now: datetime) -> None:
    """Raise Invalid when this file is more than is kept of its person."""
    if why := quota.refusal(quota.used(session, enrolment, now), size, room):
        _require([Fault("file", why, quota.TODO)])


def _replace(session: Session, uuid: UUID, *, who: UUID, now: datetime) -> None:
    """Put the recording that waits aside. Its file stays until retention removes it."""
    old = lock(session, uuid)
    session.refresh(old)
    if old.grading_began_at is not None:
        raise _taken(old.number)
    old.replaced_at = now
    audit.record(session, now=now, who=who, action="recording.replace", subject=f"recording:{old.uuid}")


def _open_desk(session: Session, enrolment: UUID, iri_base: str) -> queries.Desk:
    """The trainee's desk. Raises Conflict when nothing can be handed in now."""
    desk = queries.desk(session, enrolment, iri_base)
    if desk.may_hand_in:
        return desk
    if desk.enrolment.archived_at is not None:
        raise Conflict("This enrolment is closed.", "Ask your programme manager what to do.")
    if desk.stage is Stage.PASSED:
        raise Conflict("You have passed; no other recording is needed.", "Read your feedback.")
    if desk.is_used_up:
        raise Conflict("All your attempts are used.", "Ask your programme manager for one more.")
    raise _taken(desk.recording.number if desk.recording else 0)


def _taken(number: int) -> Conflict:
    return Conflict(
        f"A coach has begun to grade recording {number}, so it can’t be replaced.",
        "Wait for the grade; it comes by mail.",
    )


def _next_number(session: Session) -> int:
    """The number after the highest. Two who hand in at the same moment get two numbers."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_NUMBERS)))
    return (session.scalar(select(func.max(Recording.number))) or 0) + 1


def _row(wish: HandIn, transcript: str, kept: Kept, now: datetime) -> Recording:
    link = wish.link.strip()
    return Recording(
        state=State.RECEIVED if wish.is_file else State.READY,
        file_key=kept.key,
        sha256=kept.sha256,
        size=kept.size,
        content_type="",
        seconds=0,
        link=link,
        passcode=wish.passcode.strip() if link else "",
        transcript=transcript,
        mentee_name=wish.mentee_name.strip(),
        mentee_email=addresses.normal(wish.mentee_email),
        consent_uses=[use for use in USES if use in wish.uses],
        consent_at=now,
        submitted_at=now,
    )
