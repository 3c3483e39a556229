"""Letting recordings go: file, still, waveform, transcript and link are deleted, by a rule or because consent ended.

What stays is the row (that there was a recording, how long, its hash), what was agreed to, and the grade. Files go by a
row in the outbox: the row of the recording says at once that they are gone, and the worker tries until they are.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from mentorcert import audit, outbox
from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.recordings import keeping, service, uploads
from mentorcert.recordings.models import UNDER_WAY, Recording, State

UNUSED: Final = timedelta(days=30)
"""How long a recording is kept that nobody will grade: replaced, refused, or of an enrolment that was closed."""
DELETED: Final = "recording.delete-media"
"""The action under which the audit log knows what was deleted."""
GONE: Final = "It was deleted before we had looked into it. Hand in another recording."
RETENTION: Final = "retention"
"""Who deletes by a rule, as the audit log calls it."""
PAGE: Final = 100


class Rule(StrEnum):
    """Why a recording is let go."""

    WITHDRAWN = "withdrawn"
    """The person recorded took back that it is graded."""
    KEPT = "kept"
    """It was kept for as long as its programme says."""
    REPLACED = "replaced"
    """The trainee handed in another one instead."""
    REFUSED = "refused"
    """It could not be used."""
    CLOSED = "closed"
    """The enrolment was closed before the recording was graded."""


@dataclass(frozen=True, slots=True)
class Due:
    """A recording that is to be let go."""

    recording: UUID
    number: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Deletion:
    """What the log says of one recording that was let go."""

    at: datetime
    who: str
    """The UUID of a person, or what did it: `retention`, `mentee`."""
    recording: UUID
    number: int
    rule: Rule
    reason: str
    size: int
    """In bytes; 0 for a link."""


_DUE: Final[Mapping[Rule, Callable[[datetime], ColumnElement[bool]]]] = {
    Rule.WITHDRAWN: lambda _now: Recording.consent_withdrawn_at.is_not(None),
    Rule.KEPT: lambda now: Recording.keep_until <= now,
    Rule.REPLACED: lambda now: Recording.replaced_at <= now - UNUSED,
    Rule.REFUSED: lambda now: (Recording.state == State.REFUSED) & (Recording.submitted_at <= now - UNUSED),
    Rule.CLOSED: lambda now: (Enrolment.archived_at <= now - UNUSED) & Recording.keep_until.is_(None),
}
"""When a rule lets a recording go. One that was withdrawn has nothing left, unless a check was under way meanwhile."""
_HOLDS: Final = or_(
    *(column != "" for column in (Recording.file_key, Recording.poster_key, Recording.transcript, Recording.link))
)


def until(recording: Recording) -> datetime | None:
    """When a recording is let go, as far as that is known; None when it waits for a grade, or is gone."""
    if recording.media_deleted_at is not None:
        return None
    closed = recording.enrolment.archived_at if recording.keep_until is None else None
    refused = recording.submitted_at if recording.state == State.REFUSED else None
    ends = [each + UNUSED for each in (recording.replaced_at, refused, closed) if each is not None]
    return min([*ends, *([recording.keep_until] if recording.keep_until else [])], default=None)


def let_go(session: Session, recording: Recording, rule: Rule, *, who: object, now: datetime, reason: str = "") -> None:
    """Delete what can be watched, heard or read of a recording. The caller holds its row."""
    keys = [each for each in (recording.file_key, recording.poster_key) if each]
    had = {
        "number": recording.number,
        "rule": rule.value,
        "size": recording.size,
        "seconds": recording.seconds,
        "sha256": recording.sha256,
        "link": bool(recording.link),
        "transcript": bool(recording.transcript),
    }
    recording.file_key = recording.poster_key = recording.transcript = ""
    recording.link = recording.passcode = recording.mentee_email = ""
    recording.waveform, recording.speakers, recording.speakers_confirmed_at = [], {}, None
    recording.media_deleted_at = recording.media_deleted_at or now
    if keys:
        outbox.put(session, keeping.JOB, {"keys": keys}, now=now)
    if upload := uploads.of_recording(session, recording):
        uploads.finish(session, upload, now=now)
    if recording.state in UNDER_WAY:
        recording.state, recording.refusal = State.REFUSED, GONE  # so that no check brings a file back
    subject = f"recording:{recording.uuid}"
    audit.record(session, now=now, who=who, action=DELETED, subject=subject, reason=reason, after=had)


def due(session: Session, *, now: datetime, most: int = PAGE) -> list[Due]:
    """The recordings that a rule lets go now, the oldest first."""
    found: dict[UUID, Due] = {}
    for rule in _DUE:
        for row in session.execute(_query(rule, now).order_by(Recording.id).limit(most)):
            found.setdefault(row.uuid, Due(row.uuid, row.number, rule))
    return sorted(found.values(), key=lambda each: each.number)[:most]


def run(session: Session, *, now: datetime) -> Iterator[Due]:
    """Let go whatever is due, one after another; whoever takes one ends its transaction before the next."""
    while some := due(session, now=now):
        for each in some:
            writing(session)
            found = service.lock(session, each.recording)
            session.refresh(found)
            rule = _rule_for(session, found, now)  # somebody may have done something since
            if rule is not None:
                let_go(session, found, rule, who=RETENTION, now=now)
            yield each


def log(session: Session, *, most: int = PAGE) -> list[Deletion]:
    """What was deleted, when and by which rule, the newest first."""
    query = select(AuditEntry).where(AuditEntry.action == DELETED).order_by(AuditEntry.id.desc()).limit(most)
    return [_deletion(entry, entry.after or {}) for entry in session.scalars(query)]


def _query(rule: Rule, now: datetime) -> Select[UUID, int]:
    joined = select(Recording.uuid, Recording.number).join(Enrolment, Recording.enrolment_id == Enrolment.id)
    return joined.where(_HOLDS, _DUE[rule](now))


def _rule_for(session: Session, recording: Recording, now: datetime) -> Rule | None:
    alone = (rule for rule in _DUE if session.execute(_query(rule, now).where(Recording.id == recording.id)).first())
    return next(alone, None)


def _deletion(entry: AuditEntry, had: Mapping[str, Any]) -> Deletion:
    return Deletion(
        at=entry.at,
        who=entry.who,
        recording=UUID(entry.subject.partition(":")[2]),
        number=had["number"],
        rule=Rule(had["rule"]),
        reason=entry.reason,
        size=had["size"],
    )
