"""What the person recorded agreed to, how they hear of it, and how it is taken back.

The person recorded is no user of ours. If the trainee says where they can be reached, they get a mail with a signed
link to a page of their own; otherwise the trainee or the programme manager takes consent back for them. It is withdrawn
use by use; without grading there is no recording. What was agreed to can't be widened: that takes a new recording.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from mentorcert import audit, mail
from mentorcert.audit import AuditEntry
from mentorcert.catalog.policy import Grading
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound
from mentorcert.people import addresses
from mentorcert.recordings import letting_go, queries, service
from mentorcert.recordings.letting_go import Rule
from mentorcert.recordings.models import Recording
from mentorcert.recordings.wishes import GRADING, USES

ASKED: Final = "recordings/mail/recorded"
CHANGED: Final = "recordings/mail/withdrawn"
TOLD: Final = "recordings/mail/told"
WITHDRAWN: Final = "consent.withdraw"
"""The action under which the audit log knows what was taken back."""
MENTEE: Final = "mentee"
"""Who did it, as the audit log calls the person recorded."""
LONGEST_REASON: Final = 2000
"""Characters."""
_SALT: Final = "consent of the person recorded"


def withdraw(
    session: Session, recording: UUID, uses: Collection[str], *, who: object, now: datetime, reason: str = ""
) -> Recording:
    """Take consent back for these uses, and for all when grading is among them: then the media are deleted at once.

    A grade that was released stays with its words; a grading under way ends (it asks `consent_withdrawn_at`). What
    was taken back before is taken back: nothing happens. Raises Invalid for no use, or one that there is not, and
    without a reason from anybody but the person recorded.
    """
    _require_sense(uses, reason, who)
    writing(session)
    found = service.lock(session, recording)
    session.refresh(found)
    taken = set(USES) if GRADING in uses else set(uses)
    left = [use for use in found.consent_uses if use not in taken]
    if left == found.consent_uses:
        return found
    to = found.mentee_email
    before, found.consent_uses = {"uses": found.consent_uses}, left
    subject, after = f"recording:{found.uuid}", {"uses": left}
    audit.record(
        session, now=now, who=who, action=WITHDRAWN, subject=subject, reason=reason, before=before, after=after
    )
    if not left:
        found.consent_withdrawn_at = now
        letting_go.let_go(session, found, Rule.WITHDRAWN, who=who, now=now, reason=reason)
    _tell(session, found, to, who=who, now=now)
    session.flush()
    return found


def invite(session: Session, recording: UUID, email: str, *, secret: str, who: UUID, now: datetime) -> Recording:
    """Say where the person recorded can be reached, and send them what was agreed to; an older link ends.

    Raises Invalid for what is no address, Conflict when there is nothing left to take back.
    """
    if addresses.fault(email):
        fault = Fault("mentee_email", "This is not an e-mail address.", "Correct it.")
        raise Invalid("The mail was not sent.", "Correct the address.", [fault])
    writing(session)
    found = service.lock(session, recording)
    session.refresh(found)
    if found.media_deleted_at is not None:
        raise Conflict("This recording is deleted; there is nothing left to agree to.", "Nothing needs to be sent.")
    found.mentee_email = addresses.normal(email)
    audit.record(session, now=now, who=who, action="consent.invite", subject=f"recording:{found.uuid}")
    send(session, found, secret=secret, now=now)
    return found


def send(session: Session, recording: Recording, *, secret: str, now: datetime) -> None:
    """Send the person recorded what they agreed to and the link to their page; nothing when nobody knows where to."""
    if not recording.mentee_email:
        return
    trainee = recording.enrolment.person.name
    values = {
        "name": recording.mentee_name,
        "trainee": trainee,
        "uses": recording.consent_uses,
        "path": f"/consent/{token(recording, secret)}",
        "days": days_kept(queries.policy_of(session, recording)),
    }
    subject = "What you agreed to about your recorded conversation"
    mail.post(session, ASKED, to=recording.mentee_email, subject=subject, values=values, now=now)


def token(recording: Recording, secret: str) -> str:
    """What opens the page of the person recorded. It ends when another address is given, and does not run out."""
    return str(_signer(secret).dumps([recording.uuid.hex, _digest(recording.mentee_email)]))


def by_token(session: Session, text: str, secret: str) -> Recording:
    """The recording that a token opens; raises NotFound, in the same words whatever is wrong with it.

    Of a recording that is deleted the address is forgotten: its page says no more than that, to every token of it.
    """
    missing = NotFound(
        "This link leads nowhere.", "Copy the whole address from the mail, or ask the person who recorded you."
    )
    try:
        uuid, digest = _signer(secret).loads(text)
        found = queries.recording(session, UUID(uuid))
    except (BadData, NotFound, ValueError, TypeError) as error:
        raise missing from error
    if found.media_deleted_at is None and digest != _digest(found.mentee_email):
        raise missing
    return found


def of_cohort(session: Session, cohort: Cohort) -> Sequence[Recording]:
    """Every recording of a cohort, the newest first, without what was said on them."""
    query = (
        select(Recording)
        .join(Enrolment, Recording.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Recording.id.desc())
        .options(defer(Recording.transcript), defer(Recording.waveform))
    )
    return session.scalars(query).all()


def days_kept(policy: Grading) -> int:
    """How many days after the grade is final a recording is kept, at least."""
    return policy.appeal_days + policy.keep_days


def history(session: Session, recording: Recording) -> list[tuple[datetime, list[str]]]:
    """When which uses were taken back, the oldest first."""
    query = select(AuditEntry).where(
        AuditEntry.subject == f"recording:{recording.uuid}", AuditEntry.action == WITHDRAWN
    )
    return [
        (entry.at, [use for use in (entry.before or {})["uses"] if use not in (entry.after or {})["uses"]])
        for entry in session.scalars(query.order_by(AuditEntry.id))
    ]


def _require_sense(uses: Collection[str], reason: str, who: object) -> None:
    faults = []
    if not uses or not set(uses) <= set(USES):
        faults.append(Fault("uses", "It is not said what is taken back.", "Choose at least one use."))
    if who != MENTEE and not reason.strip():
        faults.append(Fault("reason", "Nobody knows why.", "Say who asked for it, and when."))
    if len(reason) > LONGEST_REASON:
        faults.append(Fault("reason", f"This is longer than {LONGEST_REASON} characters.", "Shorten it."))
    if faults:
        raise Invalid("Nothing was taken back.", "Correct what is named here.", faults)


def _tell(session: Session, recording: Recording, mentee: str, *, who: object, now: datetime) -> None:
    """Tell the trainee, unless they did it themselves, and the person recorded what holds from now on."""
    trainee = recording.enrolment.person
    values = {"mentee": recording.mentee_name, "number": recording.number, "uses": recording.consent_uses}
    if who != trainee.uuid:
        path = f"/enrolments/{recording.enrolment.uuid}/recording"
        subject = f"Consent for recording {recording.number} has changed"
        told = {**values, "name": trainee.name, "path": path}
        mail.post(session, CHANGED, to=trainee.email, subject=subject, values=told, now=now)
    if mentee:
        subject = "What you took back about your recorded conversation"
        told = {**values, "trainee": trainee.name}
        mail.post(session, TOLD, to=mentee, subject=subject, values=told, now=now)


def _digest(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT)
