"""Reminders: whom they reach, what they say, and that nobody gets two in 48 hours. On both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import Conflict, Invalid
from mentorcert.outbox import OutboxRow
from mentorcert.reports import queries, service
from mentorcert.reports.queries import Logged
from mentorcert.reports.service import Reminded
from mentorcert.sessions.models import LiveSession
from tests.factories import NOW, make_cohort, make_enrolment
from tests.reports.factories import do
from tests.sessions import factories
from tests.sessions.factories import BASE

WHO = uuid4()


@pytest.fixture
def three(session: Session, cohort: Cohort) -> list[Enrolment]:
    return factories.enrol(session, cohort, 3, ready=False)


def _remind(session: Session, live: LiveSession, *chosen: Enrolment, after: timedelta = timedelta(0)) -> Reminded:
    uuids = [each.uuid for each in chosen]
    sent = service.remind(session, live.uuid, uuids, BASE, who=WHO, now=NOW + after)
    session.commit()
    return sent


def test_a_reminder_is_a_mail_a_row_and_an_audit_entry(
    session: Session, live: LiveSession, three: list[Enrolment]
) -> None:
    amara = three[0]
    do(session, amara, only=["first", "promise", "reflection", "check"])
    assert _remind(session, live, amara) == Reminded(("Amara",), (), ())
    [row] = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail")).all()
    assert (row.payload["template"], row.payload["to"]) == ("reports/mail/reminder", amara.person.email)
    assert row.payload["subject"] == "2 minutes before session 1"
    assert row.payload["values"]["steps"] == [{"title": "A film", "minutes": 2}]
    assert row.payload["values"]["path"] == f"/learn/{amara.uuid}/start"
    assert queries.log(session, live.cohort) == [Logged("Amara", 1, NOW, WHO)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "reminder.send")).one()
    assert (entry.subject, entry.who) == (f"enrolment:{amara.uuid}", str(WHO))


def test_nobody_hears_from_us_twice_in_48_hours(session: Session, live: LiveSession, three: list[Enrolment]) -> None:
    amara, ben, _ = three
    _remind(session, live, amara)
    again = _remind(session, live, amara, ben, after=timedelta(hours=47, minutes=59))
    assert again == Reminded(("Ben",), ("Amara",), ())
    with pytest.raises(Conflict, match="Reminded in the last 48 hours already: Ben"):
        _remind(session, live, ben, after=timedelta(hours=48))
    session.rollback()
    assert _remind(session, live, amara, after=timedelta(hours=48)).sent == ("Amara",)


def test_another_session_does_not_make_it_shorter(session: Session, cohort: Cohort, three: list[Enrolment]) -> None:
    first, second = factories.make_season(session, cohort)
    _remind(session, first, three[0])
    with pytest.raises(Conflict):
        _remind(session, second, three[0], after=timedelta(hours=1))


def test_who_is_ready_meanwhile_is_left_out_and_named(
    session: Session, live: LiveSession, three: list[Enrolment]
) -> None:
    do(session, three[0])
    assert _remind(session, live, three[0], three[1]) == Reminded(("Ben",), (), ("Amara",))
    with pytest.raises(Conflict, match="Ready meanwhile: Amara"):
        _remind(session, live, three[0])


def test_only_people_of_this_cohort_can_be_reminded(
    session: Session, live: LiveSession, three: list[Enrolment]
) -> None:
    stranger = make_enrolment(session, make_cohort(session, "Spring", version=three[0].cohort.version))
    with pytest.raises(Invalid, match="no longer in this cohort"):
        _remind(session, live, three[0], stranger)
    session.rollback()
    with pytest.raises(Invalid, match="Nobody is chosen"):
        _remind(session, live)
    session.rollback()
    assert session.scalars(select(OutboxRow)).all() == []
