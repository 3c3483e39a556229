"""The decision: refused while anything is open, explained either way, on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.audit import AuditEntry
from mentorcert.certification import queries, service
from mentorcert.certification.models import Certificate
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.service import Door
from mentorcert.outbox import OutboxRow
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from tests.certification.factories import attend, do_prework, grade, hold_session, meet_everything
from tests.factories import make_enrolment, make_person
from xapi import vocabulary as v

BASE = "https://mentors.example.org"


@pytest.fixture
def door() -> Door:
    return Door(BASE)


@pytest.fixture
def enrolment(session: Session) -> Enrolment:
    return make_enrolment(session, person=make_person(session, "Amara Okafor"))


@pytest.fixture
def coach(session: Session) -> Person:
    return make_person(session, "Tomasz Wrona")


@pytest.fixture
def manager(session: Session) -> Person:
    return make_person(session, "Ruth Adeyemi", roles=(Role.MANAGER,))


def _certify(session: Session, door: Door, enrolment: Enrolment, manager: Person, now: datetime) -> Certificate:
    made = service.certify(session, door, enrolment, organisation="Harbourline Group", who=manager.uuid, now=now)
    session.commit()
    return made


def _open(session: Session, enrolment: Enrolment) -> dict[str, str]:
    judged = queries.candidate(session, enrolment, BASE)
    return {each.requirement.id: each.missing for each in judged.verdicts if not each.met}


def test_each_requirement_says_what_is_open(session: Session, door: Door, enrolment: Enrolment, now: datetime) -> None:
    hold_session(session, enrolment, now=now)
    assert _open(session, enrolment) == {
        "prework": "Still open: The start.",
        "attendance": "1 more live session to attend.",
        "checks": "Below 80 % or not done: The start.",
        "recording": "Hand in your recorded conversation.",
        "critical": "It is judged with the recording.",
    }


def test_the_certificate_is_refused_while_one_requirement_is_open(
    session: Session, door: Door, enrolment: Enrolment, coach: Person, manager: Person, now: datetime
) -> None:
    do_prework(session, door, enrolment, now=now)
    grade(session, door, enrolment, coach, percent=79, level="solid", now=now)
    with pytest.raises(Conflict) as refused:
        _certify(session, door, enrolment, manager, now)
    assert (refused.value.title, refused.value.todo) == (
        "Amara Okafor can't be certified yet.",
        "One session: 1 more live session to attend.",
    )
    session.rollback()
    assert session.scalars(select(Certificate)).all() == []


@pytest.mark.parametrize(
    ("score", "percent", "level", "still_open"),
    [
        ("0.79", 79, "solid", {"checks": "Below 80 % or not done: The start."}),
        ("0.8", 69, "solid", {"recording": "1 point short of the pass mark."}),
        ("0.8", 79, "not-yet", {"critical": "Below the level that it must reach: Listening."}),
        ("0.8", 70, "solid", {}),
    ],
)
def test_scores_must_reach_their_line(
    session: Session,
    door: Door,
    enrolment: Enrolment,
    coach: Person,
    now: datetime,
    score: str,
    percent: int,
    level: str,
    still_open: dict[str, str],
) -> None:
    do_prework(session, door, enrolment, score=score, now=now)
    attend(session, door, enrolment, hold_session(session, enrolment, now=now), now=now)
    grade(session, door, enrolment, coach, percent=percent, level=level, now=now)
    assert _open(session, enrolment) == still_open


def test_who_meets_everything_is_certified_once(
    session: Session, door: Door, enrolment: Enrolment, coach: Person, manager: Person, now: datetime
) -> None:
    meet_everything(session, door, enrolment, coach, now=now)
    made = _certify(session, door, enrolment, manager, now)
    assert [(each["title"], each["done"]) for each in made.document["requirements"]] == [
        ("All pre-work", "4 of 4 steps"),
        ("One session", "1 of 1 attended"),
        ("Checks", "1 of 1 passed, at 80 % or more each"),
        ("A recording", "Passed, graded by a coach against the published rubric"),
        ("Listening", "Each at the level required, or above"),
    ]
    assert made.valid_until == datetime(2028, 11, 24, tzinfo=UTC)
    assert service.fingerprint(made.document) == made.fingerprint
    newest = xapi.every(session)[-1].statement
    assert (newest.verb, newest.registration) == (v.EARNED, enrolment.uuid)
    mail = session.scalars(select(OutboxRow)).one()
    assert mail.payload["to"] == enrolment.person.email
    with pytest.raises(Conflict, match="is certified already"):
        _certify(session, door, enrolment, manager, now)


def test_nobody_certifies_themselves(
    session: Session, door: Door, enrolment: Enrolment, coach: Person, now: datetime
) -> None:
    meet_everything(session, door, enrolment, coach, now=now)
    with pytest.raises(Conflict, match="can't certify yourself"):
        _certify(session, door, enrolment, enrolment.person, now)


def test_a_voided_grade_proves_nothing(
    session: Session, door: Door, enrolment: Enrolment, coach: Person, now: datetime
) -> None:
    meet_everything(session, door, enrolment, coach, now=now)
    graded = next(each.statement for each in xapi.every(session) if each.statement.object_id.endswith("/final"))
    writing(session)
    door.record(session, [statements.voiding(_iris(enrolment), graded.id, at=now)], now=now)
    session.commit()
    assert _open(session, enrolment) == {
        "recording": "It waits for its grade.",
        "critical": "It is judged with the recording.",
    }


def test_the_day_a_month_lacks_becomes_its_last() -> None:
    from_leap_day = service.months_later(datetime(2028, 2, 29, 12, tzinfo=UTC), 12, "UTC")
    assert from_leap_day == datetime(2029, 2, 28, tzinfo=UTC)


def test_revoking_needs_a_reason_and_happens_once(
    session: Session, door: Door, enrolment: Enrolment, coach: Person, manager: Person, now: datetime
) -> None:
    meet_everything(session, door, enrolment, coach, now=now)
    made = _certify(session, door, enrolment, manager, now)
    with pytest.raises(Invalid, match="for a reason"):
        service.revoke(session, door, made, "  ", who=manager.uuid, now=now)
    later = now + timedelta(days=100)
    service.revoke(session, door, made, "The recording was not theirs.", who=manager.uuid, now=later)
    session.commit()
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.reason) == ("certificate.revoke", "The recording was not theirs.")
    assert xapi.every(session)[-1].statement.verb == v.REVOKED
    with pytest.raises(Conflict, match="withdrawn already"):
        service.revoke(session, door, made, "again", who=manager.uuid, now=later)
    session.rollback()
    again = _certify(session, door, enrolment, manager, later)
    assert again.code != made.code


def _iris(enrolment: Enrolment) -> Iris:
    return Iris(BASE, enrolment.cohort.version.slug)


def test_of_many_who_withdraw_at_once_one_does(
    engine: Engine, session: Session, door: Door, enrolment: Enrolment, coach: Person, now: datetime
) -> None:
    meet_everything(session, door, enrolment, coach, now=now)
    made = service.certify(session, door, enrolment, organisation="Harbourline", who=coach.uuid, now=now)
    session.commit()
    start, outcomes = Barrier(4), []

    def attempt(wanted: UUID, who: UUID) -> None:
        with Session(engine) as mine:
            found = queries.certificate(mine, wanted)
            start.wait()
            try:
                service.revoke(mine, door, found, "A forged recording.", who=who, now=now)
                mine.commit()
                outcomes.append("withdrawn")
            except Conflict:
                outcomes.append("too late")

    wanted, who = made.uuid, coach.uuid
    session.rollback()
    threads = [Thread(target=attempt, args=(wanted, who)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["too late", "too late", "too late", "withdrawn"]
