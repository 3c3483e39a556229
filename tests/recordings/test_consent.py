"""What the person recorded agreed to is taken back use by use, and those whom it concerns are told; both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound
from mentorcert.outbox import OutboxRow
from mentorcert.recordings import consent, letting_go, queries, service
from mentorcert.recordings.final import Stage
from mentorcert.recordings.letting_go import Rule
from mentorcert.recordings.models import Recording, State
from mentorcert.recordings.service import Found
from tests.factories import NOW, make_enrolment, make_person
from tests.recordings.factories import DOOR, hand_in, wish

ALL = ["grading", "calibration", "teaching"]
SECRET = "a secret of thirty-two characters"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def enrolment(session: Session) -> Enrolment:
    return make_enrolment(session)


@pytest.fixture
def recording(session: Session, enrolment: Enrolment) -> Recording:
    return hand_in(session, enrolment, wish(uses=ALL, mentee_email=" Dana@Example.org "))


def withdraw(session: Session, recording: Recording, *uses: str, who: object = consent.MENTEE, **more: Any) -> None:
    consent.withdraw(session, recording.uuid, uses, who=who, now=LATER, **more)
    session.commit()
    session.refresh(recording)
    session.rollback()


def mails(session: Session) -> list[tuple[str, str]]:
    """(Template, address) of each mail that waits."""
    rows = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail").order_by(OutboxRow.id)).all()
    session.rollback()
    return [(row.payload["template"], row.payload["to"]) for row in rows]


def test_one_use_is_taken_back_and_the_rest_holds(session: Session, recording: Recording) -> None:
    withdraw(session, recording, "calibration")
    assert recording.consent_uses == ["grading", "teaching"]
    assert (recording.consent_withdrawn_at, recording.media_deleted_at) == (None, None)
    assert recording.file_key != ""
    assert consent.history(session, recording) == [(LATER, ["calibration"])]


def test_without_grading_nothing_holds_and_the_media_go_at_once(session: Session, recording: Recording) -> None:
    withdraw(session, recording, "grading")
    assert (recording.consent_uses, recording.consent_withdrawn_at) == ([], LATER)
    assert (recording.file_key, recording.transcript, recording.media_deleted_at) == ("", "", LATER)
    assert [(each.rule, each.who) for each in letting_go.log(session)] == [(Rule.WITHDRAWN, consent.MENTEE)]


def test_taking_it_back_again_does_nothing(session: Session, recording: Recording) -> None:
    for _ in range(2):
        withdraw(session, recording, "grading")
        withdraw(session, recording, "teaching")
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == consent.WITHDRAWN)).all()
    assert [(entry.before, entry.after) for entry in entries] == [({"uses": ALL}, {"uses": []})]
    assert len(mails(session)) == 2


def test_the_trainee_and_the_person_recorded_are_told(session: Session, recording: Recording) -> None:
    trainee = recording.enrolment.person
    withdraw(session, recording, "teaching")
    assert mails(session) == [(consent.CHANGED, trainee.email), (consent.TOLD, "dana@example.org")]


def test_whoever_did_it_for_them_gets_no_mail_about_it(session: Session, recording: Recording) -> None:
    withdraw(session, recording, "grading", who=recording.enrolment.person.uuid, reason="Dana asked me today")
    assert mails(session) == [(consent.TOLD, "dana@example.org")]
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == consent.WITHDRAWN))
    assert (entry.reason, entry.subject) == ("Dana asked me today", f"recording:{recording.uuid}")


def test_what_makes_no_sense_is_refused_and_nothing_happens(session: Session, recording: Recording) -> None:
    """Nothing chosen, no such use, no reason, too long a reason."""
    for uses, who, reason, where in (
        ([], consent.MENTEE, "", ["uses"]),
        (["watching"], consent.MENTEE, "", ["uses"]),
        (["grading"], "somebody", " ", ["reason"]),
        ([], "somebody", "x" * 2001, ["uses", "reason"]),
    ):
        with pytest.raises(Invalid) as refused:
            consent.withdraw(session, recording.uuid, uses, who=who, reason=reason, now=LATER)
        assert [fault.where for fault in refused.value.faults] == where
        session.rollback()
    session.refresh(recording)
    assert recording.consent_uses == ALL


def test_the_trainee_hands_in_another_one(session: Session, enrolment: Enrolment, recording: Recording) -> None:
    withdraw(session, recording, "grading")
    desk = queries.desk(session, enrolment.uuid, DOOR.iri_base)
    assert (desk.stage, desk.may_hand_in) == (Stage.OPEN, True)
    session.rollback()
    again = hand_in(session, enrolment, now=LATER)
    assert queries.desk(session, enrolment.uuid, DOOR.iri_base).recording == again


def test_a_check_under_way_does_not_bring_it_back(session: Session, recording: Recording) -> None:
    writing(session)
    recording.state = State.CHECKING
    session.commit()
    withdraw(session, recording, "grading")
    with pytest.raises(Conflict):
        service.accept(session, DOOR, recording.uuid, Found("video/mp4", 2), now=LATER)
    session.rollback()
    session.refresh(recording)
    assert (recording.state, recording.media_deleted_at) == (State.REFUSED, LATER)


def test_the_mail_says_what_was_agreed_to_and_its_link_opens_the_page(session: Session, recording: Recording) -> None:
    writing(session)
    consent.send(session, recording, secret=SECRET, now=NOW)
    session.commit()
    [row] = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail"))
    values = dict(row.payload["values"])
    text = values.pop("path").removeprefix("/consent/")
    assert values == {"name": "Dana", "trainee": "Amara Okafor", "uses": ALL, "days": 194}
    assert row.payload["to"] == "dana@example.org"
    assert consent.by_token(session, text, SECRET) == recording


def test_without_an_address_nothing_is_sent(session: Session, enrolment: Enrolment) -> None:
    made = hand_in(session, enrolment)
    writing(session)
    consent.send(session, made, secret=SECRET, now=NOW)
    session.commit()
    assert mails(session) == []


def test_a_link_that_is_not_ours_or_of_another_address_says_nothing(session: Session, recording: Recording) -> None:
    good, who = consent.token(recording, SECRET), make_person(session).uuid
    consent.invite(session, recording.uuid, "dana@elsewhere.example", secret=SECRET, who=who, now=NOW)
    session.commit()
    other = consent.token(recording, SECRET)
    said = set()
    for text, secret in ((good, SECRET), (other, "another secret"), (other[:-1], SECRET), ("none", SECRET), ("", "")):
        with pytest.raises(NotFound) as refused:
            consent.by_token(session, text, secret)
        said.add((refused.value.title, refused.value.todo))
    assert len(said) == 1
    assert consent.by_token(session, other, SECRET) == recording


def test_the_link_still_says_that_it_is_deleted(session: Session, recording: Recording) -> None:
    text = consent.token(recording, SECRET)
    withdraw(session, recording, "grading")
    assert recording.mentee_email == ""
    assert consent.by_token(session, text, SECRET) == recording


def test_nobody_is_invited_to_what_is_deleted_or_without_an_address(session: Session, recording: Recording) -> None:
    who = make_person(session).uuid
    with pytest.raises(Invalid):
        consent.invite(session, recording.uuid, "dana", secret=SECRET, who=who, now=NOW)
    session.rollback()
    withdraw(session, recording, "grading")
    with pytest.raises(Conflict):
        consent.invite(session, recording.uuid, "dana@example.org", secret=SECRET, who=who, now=NOW)
