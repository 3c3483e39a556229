"""Deciding: to certify, which is refused while anything is open, and to revoke."""

import calendar
import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.certification.codes import new_code
from mentorcert.certification.models import Certificate
from mentorcert.certification.queries import Candidate, candidate
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from xapi import vocabulary as v


def certify(
    session: Session, door: Door, enrolment: Enrolment, *, organisation: str, who: UUID, now: datetime
) -> Certificate:
    """Certify a mentor. Raises Conflict that names each open requirement, or when they are certified already."""
    writing(session)
    judged = candidate(session, enrolment, door.iri_base)
    if judged.certificate is not None:
        raise Conflict(f"{enrolment.person.name} is certified already.", "There is nothing more to do.")
    if not judged.ready:
        missing = " ".join(f"{each.requirement.title}: {each.missing}" for each in judged.verdicts if not each.met)
        raise Conflict(f"{enrolment.person.name} can't be certified yet.", missing)
    if who == enrolment.person.uuid:
        raise Conflict("You can't certify yourself.", "Ask another programme manager to decide.")
    made = _certificate(session, judged, organisation, who, now)
    session.add(made)
    session.flush()
    earned = statements.certificate_earned(about(enrolment, door.iri_base), _thing(made, door.iri_base), at=now)
    door.record(session, [earned], now=now)
    audit.record(
        session, now=now, who=who, action="certificate.issue", subject=f"certificate:{made.uuid}", after=made.document
    )
    _tell(session, made, now)
    return made


def revoke(session: Session, door: Door, certificate: Certificate, reason: str, *, who: UUID, now: datetime) -> None:
    """Withdraw a certificate; the public page says so from now on. Raises Invalid without a reason, Conflict twice."""
    if not reason.strip():
        raise Invalid("A certificate is withdrawn for a reason.", "Say why; it is kept in the audit log.")
    writing(session)
    session.execute(select(Certificate.id).where(Certificate.id == certificate.id).with_for_update())
    session.refresh(certificate)
    if certificate.revoked_at is not None:
        raise Conflict("This certificate was withdrawn already.", "There is nothing more to do.")
    certificate.revoked_at, certificate.revoked_reason = now, reason.strip()
    session.flush()
    whose = about(certificate.enrolment, door.iri_base)
    revoked = statements.certificate_revoked(whose, _thing(certificate, door.iri_base), at=now)
    door.record(session, [revoked], now=now)
    audit.record(
        session,
        now=now,
        who=who,
        action="certificate.revoke",
        subject=f"certificate:{certificate.uuid}",
        reason=reason.strip(),
    )


def fingerprint(document: dict[str, Any]) -> str:
    """SHA-256 in hex of a document as canonical JSON: keys sorted, no spaces, UTF-8."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def instant(text: str | None) -> datetime | None:
    """A time of a document as an instant again."""
    return datetime.fromisoformat(text) if text else None


def _certificate(session: Session, judged: Candidate, organisation: str, who: UUID, now: datetime) -> Certificate:
    enrolment = judged.enrolment
    programme = cohorts.programme(session, enrolment.cohort)
    version = enrolment.cohort.version
    document = {
        "holder": enrolment.person.name,
        "title": programme.certificate.title,
        "organisation": organisation,
        "programme": programme.title,
        "version": version.hash,
        "version_published_at": version.published_at.isoformat(),
        "issued_at": now.isoformat(),
        "says": programme.certificate.says,
        "says_not": programme.certificate.says_not,
        "requirements": [
            {
                "title": each.requirement.title,
                "done": each.public or each.done,
                "met_on": each.met_on.isoformat() if each.met_on else None,
            }
            for each in judged.verdicts
        ],
    }
    return Certificate(
        enrolment_id=enrolment.id,
        code=new_code(),
        document=document,
        fingerprint=fingerprint(document),
        issued_at=now,
        valid_until=months_later(now, programme.certificate.valid_months, enrolment.cohort.zone),
        issued_by=who,
    )


def _tell(session: Session, made: Certificate, now: datetime) -> None:
    holder, title = made.enrolment.person, made.document["title"]
    values = {"name": holder.name, "path": f"/verify/{made.code}", "title": title}
    template = "certification/mail/certified"
    mail.post(session, template, to=holder.email, subject=f"Your certificate: {title}", values=values, now=now)


def months_later(now: datetime, months: int, zone: str) -> datetime:
    """The beginning of the same day so many months later, on the wall clock of an IANA zone.

    Where the month lacks the day it is the month's last: 29 February and 12 months give 28 February.
    """
    local = now.astimezone(ZoneInfo(zone))
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return datetime(year, month + 1, day, tzinfo=local.tzinfo)


def _thing(certificate: Certificate, iri_base: str) -> Thing:
    iri = Iris(iri_base, "").certificate(certificate.uuid)
    return Thing(iri, v.CERTIFICATE, certificate.document["title"])
