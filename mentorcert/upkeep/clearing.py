"""What we keep of somebody, emptied: words and voices go, what counts stays without a name."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.certification.models import Certificate
from mentorcert.certification.service import fingerprint
from mentorcert.coaching.models import Coaching, CoachingMember
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework.models import Reflection, StrengthsResult
from mentorcert.grading import calibration_service
from mentorcert.grading.documents import wordless
from mentorcert.grading.models import Appeal, Assessment, Mark, Moment, Outcome
from mentorcert.outbox import OutboxRow
from mentorcert.people.models import Grant, OneTimeLink, Person, PersonIdentifier
from mentorcert.recordings import uploads
from mentorcert.recordings.attempt_models import ExtraAttempt
from mentorcert.recordings.models import UNDER_WAY, Recording, State, Upload
from mentorcert.upkeep.erasing import Words

NAME: Final = "Somebody who was forgotten"
"""Whom people see where a forgotten person's name stood."""
HOLDER: Final = "The holder, whose name was erased,"
"""Who is certified by the certificate of somebody who was forgotten: "… is a certified mentor"."""
DOMAIN: Final = "forgotten.invalid"
"""The domain of addresses that nobody has."""
_PAGE: Final = 500


def subjects(session: Session, person: Person) -> frozenset[str]:
    """How the audit log names what is about a person."""
    enrolments = session.execute(select(Enrolment.id, Enrolment.uuid).where(Enrolment.person_id == person.id)).all()
    ids = [each.id for each in enrolments]
    certificates = session.scalars(select(Certificate.uuid).where(Certificate.enrolment_id.in_(ids)))
    recordings = session.scalars(select(Recording.uuid).where(Recording.enrolment_id.in_(ids)))
    return frozenset(
        [
            f"person:{person.uuid}",
            *(f"enrolment:{each.uuid}" for each in enrolments),
            *(f"certificate:{each}" for each in certificates),
            *(f"recording:{each}" for each in recordings),
        ]
    )


def erase_work(session: Session, person: Person, now: datetime) -> tuple[int, int]:
    """Take words and voices out of what the person did; gives how many certificates stay, and recordings go.

    By commands, not by objects: a released grade refuses to be changed otherwise, and its levels are not.
    """
    theirs = select(Enrolment.id).where(Enrolment.person_id == person.id)
    enrolments = list(session.scalars(theirs.with_for_update()))  # so that nothing is handed in meanwhile
    session.execute(delete(Reflection).where(Reflection.enrolment_id.in_(enrolments)))
    session.execute(delete(StrengthsResult).where(StrengthsResult.enrolment_id.in_(enrolments)))
    recordings = list(session.scalars(select(Recording.id).where(Recording.enrolment_id.in_(enrolments))))
    graded = list(session.scalars(select(Assessment.id).where(Assessment.recording_id.in_(recordings))))
    session.execute(update(Mark).where(Mark.assessment_id.in_(graded)).values(comment=""))
    session.execute(update(Assessment).where(Assessment.id.in_(graded)).values(comment=""))
    _erase_delivered(session, recordings, graded)
    calibration_service.empty_words(session, recordings)
    _erase_recordings(session, enrolments, now)
    _erase_notes(session, enrolments)
    opened = update(Enrolment).where(Enrolment.id.in_(enrolments), Enrolment.archived_at.is_(None))
    session.execute(opened.values(archived_at=now))
    return _erase_certificates(session, enrolments), len(recordings)


def _erase_delivered(session: Session, recordings: Sequence[int], graded: Sequence[int]) -> None:
    """Take the words out of what was delivered and out of what was asked: levels and numbers stay."""
    session.execute(update(Moment).where(Moment.assessment_id.in_(graded)).values(note=""))
    outcomes = session.execute(select(Outcome.id, Outcome.document).where(Outcome.recording_id.in_(recordings))).all()
    for key, document in outcomes:
        session.execute(update(Outcome).where(Outcome.id == key).values(document=wordless(document)))
    session.execute(update(Appeal).where(Appeal.outcome_id.in_([key for key, _ in outcomes])).values(reason=""))


def _erase_recordings(session: Session, enrolments: Sequence[int], now: datetime) -> None:
    # No row names the files any more, and the worker removes such files within hours.
    words = ("file_key", "poster_key", "content_type", "sha256", "link", "passcode", "transcript")
    nothing = {**dict.fromkeys((*words, "mentee_name", "mentee_email"), ""), "waveform": [], "speakers": {}, "size": 0}
    gone = func.coalesce(Recording.media_deleted_at, now)
    settled = case((Recording.state.in_(UNDER_WAY), State.REFUSED.value), else_=Recording.state)  # no check goes on
    of_theirs = Recording.enrolment_id.in_(enrolments)
    session.execute(update(Recording).where(of_theirs).values(media_deleted_at=gone, state=settled, **nothing))
    for each in session.scalars(select(Upload).where(Upload.enrolment_id.in_(enrolments))).all():
        uploads.finish(session, each, now=now)


def _erase_notes(session: Session, enrolments: Sequence[int]) -> None:
    """Take out what was planned for coaching with them, and why they were given one more attempt."""
    session.execute(update(ExtraAttempt).where(ExtraAttempt.enrolment_id.in_(enrolments)).values(reason=""))
    theirs = select(CoachingMember.coaching_id).where(CoachingMember.enrolment_id.in_(enrolments))
    session.execute(update(Coaching).where(Coaching.id.in_(theirs)).values(note=""))


def _erase_certificates(session: Session, enrolments: Sequence[int]) -> int:
    found = session.scalars(select(Certificate).where(Certificate.enrolment_id.in_(enrolments))).all()
    for each in found:
        each.document = {**each.document, "holder": HOLDER}
        each.fingerprint = fingerprint(each.document)
    return len(found)


def erase_account(session: Session, person: Person, now: datetime) -> None:
    """Take everything out of an account that says whose it was; nobody can sign in with it again."""
    for table in (PersonIdentifier, OneTimeLink, Grant):
        session.execute(delete(table).where(table.person_id == person.id))
    person.email, person.name = f"{person.uuid}@{DOMAIN}", NAME
    person.zone, person.theme, person.office = "UTC", "", None
    person.password_hash, person.session_key = "", secrets.token_urlsafe(16)
    person.archived_at = person.archived_at or now


def erase_traces(session: Session, words: Words, subjects: frozenset[str]) -> None:
    """Take names and addresses out of the audit log and of the mail that waits: the entries stay, the words go."""
    session.flush()
    after = 0
    while entries := session.execute(_entries.where(AuditEntry.id > after).limit(_PAGE)).all():
        for each in entries:
            old = {"reason": each.reason, "before": each.before, "after": each.after}
            new = words.out_of(old, about=each.subject in subjects)
            if changed := {name: value for name, value in new.items() if value != old[name]}:
                session.execute(update(AuditEntry).where(AuditEntry.id == each.id).values(**changed))
        after = entries[-1].id
    for row in session.scalars(select(OutboxRow).where(OutboxRow.state != "done")):
        if row.payload.get("to") in words.identifiers:
            session.delete(row)
        else:
            row.payload = words.out_of(row.payload, about=False)
            row.last_error = words.out_of(row.last_error, about=False)


_entries: Final = select(
    AuditEntry.id, AuditEntry.subject, AuditEntry.reason, AuditEntry.before, AuditEntry.after
).order_by(AuditEntry.id)
