"""Importing a roster: whole or not at all, and a second time nothing."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.cohorts import queries, roster_service, service
from mentorcert.cohorts.models import Enrolment
from mentorcert.cohorts.roster import Outcome
from mentorcert.db import writing
from mentorcert.errors import Invalid
from mentorcert.outbox import OutboxRow
from mentorcert.people.models import Grant, Office, Person
from mentorcert.people.queries import by_email
from mentorcert.permissions import Role, cohort_scope
from tests.databases import counted
from tests.factories import make_cohort, make_person

ROSTER = b"""name,email,office,zone,cohort,role
Amara Okafor,amara@example.org,Leeds,Africa/Lagos,Autumn,trainee
Amara Okafor,amara@example.org,Leeds,,Spring,trainee
Jonas Weber,jonas@example.org,leeds,,Autumn,coach
Ruth Adeyemi,ruth@example.org,,,,manager
Known Already,known@example.org,,,Autumn,facilitator
"""

TABLES = (Person, Office, Grant, Enrolment, OutboxRow, AuditEntry)


def sizes(session: Session) -> dict[str, int]:
    session.rollback()
    return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def load(session: Session, data: bytes, now: datetime, *, dry_run: bool = False) -> roster_service.Report:
    report = roster_service.import_roster(session, data, dry_run=dry_run, who="cli", now=now)
    session.commit()
    return report


def test_a_list_becomes_accounts_roles_enrolments_and_invitations(session: Session, now: datetime) -> None:
    autumn, spring = make_cohort(session, "Autumn", zone="Europe/Berlin"), make_cohort(session, "Spring")
    known = make_person(session, "Known Otherwise", "known@example.org")
    report = load(session, ROSTER, now)
    assert [row.outcome for row in report.plan.rows] == [
        Outcome.INVITE,
        Outcome.ADD,
        Outcome.INVITE,
        Outcome.INVITE,
        Outcome.ADD,
    ]
    people = session.execute(select(Person.email, Person.zone, Office.name).outerjoin(Person.office))
    assert sorted(people, key=lambda each: each[0]) == [
        ("amara@example.org", "Africa/Lagos", "Leeds"),
        ("jonas@example.org", "Europe/Berlin", "Leeds"),
        ("known@example.org", "Europe/London", None),
        ("ruth@example.org", "UTC", None),
    ]
    grants = session.execute(select(Person.email, Grant.role, Grant.scope).join(Grant.person))
    in_autumn, in_spring = cohort_scope(autumn.uuid), cohort_scope(spring.uuid)
    assert set(grants) == {
        ("amara@example.org", Role.TRAINEE, in_autumn),
        ("amara@example.org", Role.TRAINEE, in_spring),
        ("jonas@example.org", Role.COACH, in_autumn),
        ("ruth@example.org", Role.MANAGER, "*"),
        ("known@example.org", Role.FACILITATOR, in_autumn),
    }
    assert [e.person.email for cohort in (autumn, spring) for e in queries.enrolments(session, cohort)] == [
        "amara@example.org",
        "amara@example.org",
    ]
    mails = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    assert [(mail.payload["template"], mail.payload["to"]) for mail in mails] == [
        ("people/mail/invitation", "amara@example.org"),
        ("people/mail/invitation", "jonas@example.org"),
        ("people/mail/invitation", "ruth@example.org"),
    ]
    assert known.name == "Known Otherwise"


def test_a_second_time_changes_nothing(session: Session, now: datetime) -> None:
    make_cohort(session, "Autumn")
    make_cohort(session, "Spring")
    load(session, ROSTER, now)
    before = sizes(session)
    report = load(session, ROSTER, now)
    assert ({row.outcome for row in report.plan.rows}, sizes(session)) == ({Outcome.NOTHING}, before)
    assert str(report) == "Rows that are so already: 5.\nDone."


def test_a_dry_run_says_what_would_happen_and_does_nothing(session: Session, now: datetime) -> None:
    make_cohort(session, "Autumn")
    make_cohort(session, "Spring")
    before = sizes(session)
    report = load(session, ROSTER, now, dry_run=True)
    assert (report.is_done, sizes(session)) == (False, before)
    assert str(report).splitlines() == [
        "row 2: Amara Okafor <amara@example.org>: invited, trainee in Autumn",
        "row 3: Amara Okafor <amara@example.org>: trainee in Spring",
        "row 4: Jonas Weber <jonas@example.org>: invited, coach in Autumn",
        "row 5: Ruth Adeyemi <ruth@example.org>: invited, manager",
        "row 6: Known Already <known@example.org>: invited, facilitator in Autumn",
        "Rows that are so already: 0.",
        "This was a dry run: nothing was changed.",
    ]


def test_one_fault_and_nothing_is_imported(session: Session, now: datetime) -> None:
    make_cohort(session, "Autumn")
    before = sizes(session)
    report = load(session, ROSTER + b"Mina,mina@,,,Autum,trainee\nMina,mina@example.org,,,Autum,trainee\n", now)
    assert (report.is_done, sizes(session)) == (False, before)
    assert str(report).splitlines() == [
        "row 3, cohort: there is no cohort “Spring”. Make the cohort first, or correct its name.",
        "row 7, email: “mina@” is not an e-mail address. Write it like name@example.org.",
        "row 7, cohort: there is no cohort “Autum”. Did you mean “Autumn”?",
        "row 8, cohort: there is no cohort “Autum”. Did you mean “Autumn”?",
        "Nothing was imported.",
    ]


def test_what_changed_since_the_dry_run_is_seen(session: Session, now: datetime) -> None:
    autumn, _ = make_cohort(session, "Autumn"), make_cohort(session, "Spring")
    planned = roster_service.plan(session, ROSTER)
    make_person(session, "Amara Okafor", "amara@example.org")
    done = roster_service.apply(session, planned, who="cli", now=now)
    assert (planned.count(Outcome.INVITE), done.count(Outcome.INVITE)) == (4, 3)
    session.rollback()
    writing(session)
    autumn.archived_at = now
    session.commit()
    with pytest.raises(Invalid) as refused:
        roster_service.apply(session, planned, who="cli", now=now)
    assert len(refused.value.faults) == 3


def test_who_left_comes_back_to_the_same_registration(session: Session, now: datetime) -> None:
    make_cohort(session, "Autumn")
    make_cohort(session, "Spring")
    load(session, ROSTER, now)
    amara = by_email(session, "amara@example.org")
    assert amara is not None
    first = session.scalars(select(Enrolment).where(Enrolment.person_id == amara.id).order_by(Enrolment.id)).first()
    assert first is not None
    registration = first.registration
    service.remove(session, first.cohort, amara, Role.TRAINEE, reason="A new job", who="cli", now=now)
    session.commit()
    report = load(session, ROSTER, now)
    assert report.plan.count(Outcome.ADD) == 1
    assert queries.open_enrolment(session, first.cohort, amara).registration == registration


def test_a_role_that_one_may_not_give_is_a_fault(session: Session, now: datetime) -> None:
    make_person(session, "Gone", "gone@example.org")
    data = b"name,email,office,zone,cohort,role\nA,a@example.org,,,,administrator\nGone,gone@example.org,,,,manager\n"
    gone = by_email(session, "gone@example.org")
    assert gone is not None
    writing(session)
    gone.archived_at = now
    session.commit()
    plan = roster_service.plan(session, data, may_give=frozenset({Role.MANAGER}))
    assert [str(fault) for fault in plan.faults] == [
        "row 2, role: you can't make anybody administrator. Ask an administrator to do it.",
        "row 3, email: this account is closed. Remove the row.",
    ]


def test_fifty_newcomers_are_looked_up_as_two_are(session: Session, engine: Engine, now: datetime) -> None:
    make_cohort(session, "Autumn")
    counts = []
    for start, end in ((0, 2), (2, 52)):
        rows = [f"A,a{number}@example.org,Leeds,,Autumn,trainee" for number in range(start, end)]
        data = "\n".join(["name,email,office,zone,cohort,role", *rows]).encode()
        with counted(engine) as seen:
            load(session, data, now)
        counts.append(sum(statement.startswith("SELECT") for statement in seen))
    assert counts[0] == counts[1]


def test_one_role_everywhere_is_given_once_whatever_cohort_is_named(session: Session, now: datetime) -> None:
    make_cohort(session, "Autumn")
    data = b"name,email,office,zone,cohort,role\nA,a@example.org,,,Autumn,manager\nA,a@example.org,,,,manager\n"
    assert str(load(session, data, now)).splitlines()[0] == "row 3: it says the same as row 2. Remove one of them."
