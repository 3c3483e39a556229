"""Handing in: one recording, checked by its content, with the consent of the person on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from mentorcert.files import Files
from mentorcert.people import addresses
from mentorcert.recordings import keeping, media, queries, transcript
from mentorcert.recordings.final import Stage
from mentorcert.recordings.keeping import Kept
from mentorcert.recordings.media import Media
from mentorcert.recordings.models import Recording
from mentorcert.sessions.planning import is_link
from xapi import vocabulary as v

GRADING: Final = "grading"
USES: Final = (GRADING, "calibration", "teaching")
"""What the person recorded can agree to; without the first nothing is taken."""
LONGEST: Final = {"link": 2000, "passcode": 200, "mentee_name": 120}
"""Characters."""
_NUMBERS: Final = 0x4D43_0001
"""The lock under which recordings get their numbers on PostgreSQL."""

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HandIn:
    """What a trainee hands in: a file or a link, the transcript, and what the person recorded agreed to."""

    mentee_name: str
    uses: Sequence[str]
    """Of `USES`."""
    source: IO[bytes] | None = None
    """The file, open and at any place; it stays open."""
    link: str = ""
    passcode: str = ""
    transcript: bytes = b""
    mentee_email: str = ""
    """Where the person recorded is told what they agreed to, and how to take it back; may be empty."""


@dataclass(slots=True)
class _Checked:
    """What was found in it, and every fault by the name of its field."""

    media: Media | None = None
    transcript: str = ""
    faults: list[Fault] = field(default_factory=list)


def hand_in(
    session: Session, door: Door, files: Files, enrolment: UUID, wish: HandIn, *, who: UUID, now: datetime
) -> Recording:
    """Take a recording in; one that nobody has begun to grade is replaced.

    Raises Invalid with a fault for each field that can't be used, Conflict when nothing can be handed in now. The file
    is stored before the transaction, and removed again if that fails.
    """
    checked = _checked(wish)
    if checked.faults:
        raise Invalid("The recording is not handed in yet.", "Correct what is named here.", checked.faults)
    _open_desk(session, enrolment, door.iri_base)
    kept = keeping.keep(files, wish.source) if wish.source is not None else keeping.NOTHING
    with keeping.removed_on_error(files, kept):
        writing(session)
        keeping.removed_on_rollback(session, files, kept)
        return _write(session, door, enrolment, _row(wish, checked, kept, now), who=who, now=now)


def begin_grading(session: Session, recording: Recording, *, now: datetime) -> None:
    """Note that a coach took a recording: from now on no other one takes its place. The caller holds its row."""
    writing(session)
    recording.grading_began_at = recording.grading_began_at or now


def lock(session: Session, uuid: UUID) -> Recording:
    """A recording that nobody else changes until this transaction ends; raises NotFound."""
    session.execute(select(Recording.id).where(Recording.uuid == uuid).with_for_update())
    return queries.recording(session, uuid)


def _write(session: Session, door: Door, enrolment: UUID, made: Recording, *, who: UUID, now: datetime) -> Recording:
    session.execute(select(Enrolment.id).where(Enrolment.uuid == enrolment).with_for_update())
    desk = _open_desk(session, enrolment, door.iri_base)
    if desk.recording is not None and desk.stage is Stage.WAITING:
        _replace(session, desk.recording.uuid, who=who, now=now)
    made.enrolment_id, made.number = desk.enrolment.id, _next_number(session)
    session.add(made)
    session.flush()
    whose = about(desk.enrolment, door.iri_base)
    thing = Thing(whose.iris.recording(made.uuid), v.RECORDING, f"Recording {made.number}")
    [made.statement_id] = door.record(session, [statements.recording_submitted(whose, thing, at=now)], now=now)
    after = {"number": made.number, "sha256": made.sha256, "link": made.link, "consent": made.consent_uses}
    audit.record(session, now=now, who=who, action="recording.submit", subject=f"recording:{made.uuid}", after=after)
    return made


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


def _row(wish: HandIn, checked: _Checked, kept: Kept, now: datetime) -> Recording:
    return Recording(
        file_key=kept.key,
        sha256=kept.sha256,
        size=kept.size,
        content_type=checked.media.content_type if checked.media else "",
        seconds=checked.media.seconds if checked.media else 0,
        link=wish.link.strip(),
        passcode=wish.passcode.strip() if wish.link.strip() else "",
        transcript=checked.transcript,
        mentee_name=wish.mentee_name.strip(),
        mentee_email=addresses.normal(wish.mentee_email),
        consent_uses=[use for use in USES if use in wish.uses],
        consent_at=now,
        submitted_at=now,
    )


def _checked(wish: HandIn) -> _Checked:
    checked = _Checked()
    checked.faults += [*_form_faults(wish), *_source_faults(wish)]
    if wish.source is not None:
        wish.source.seek(0)
        checked.media = _looked_into(checked, "file", media.inspect, wish.source)
    if wish.transcript:
        cues = _looked_into(checked, "transcript", transcript.read, wish.transcript)
        checked.transcript = transcript.written(cues or ())
    return checked


def _looked_into(checked: _Checked, where: str, look: Callable[[S], T], at: S) -> T | None:
    """What `look` finds; what it refuses becomes a fault of the field."""
    try:
        return look(at)
    except Invalid as problem:
        said = [problem.title, *(f"{each.where.capitalize()}: {each.what} {each.todo}" for each in problem.faults)]
        checked.faults.append(Fault(where, " ".join(said), problem.todo))
        return None


def _form_faults(wish: HandIn) -> list[Fault]:
    faults = []
    if not wish.mentee_name.strip():
        faults.append(Fault("mentee_name", "Whose conversation is it?", "Give the name of the person you coached."))
    if GRADING not in wish.uses:
        what = "We can’t take a recording without the consent of the person on it."
        faults.append(Fault("consent", what, "Ask them; when they agree, tick this box."))
    if wish.mentee_email.strip() and addresses.fault(wish.mentee_email):
        faults.append(Fault("mentee_email", "This is not an e-mail address.", "Correct it, or leave it empty."))
    for name, most in LONGEST.items():
        if len(getattr(wish, name)) > most:
            faults.append(Fault(name, f"This is longer than {most} characters.", "Shorten it."))
    return faults


def _source_faults(wish: HandIn) -> list[Fault]:
    link = wish.link.strip()
    if wish.source is None and not link:
        return [Fault("file", "There is no recording yet.", "Choose a file, or give a link.")]
    if wish.source is not None and link:
        return [Fault("link", "There is a file and a link.", "Give one of the two.")]
    if wish.source is not None and not wish.transcript:
        what = "A file needs its transcript: coaches find the moments in it, and some can’t hear the recording."
        return [Fault("transcript", what, "Export it as WebVTT (.vtt) from your meeting program, and choose it.")]
    if link and not is_link(link):
        return [Fault("link", "This is not an https address.", "Copy the whole link, from https:// on.")]
    return []
