"""Attendance: statements through the one door, once, and corrected by voiding; on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import Conflict, Invalid, NotFound, Refused
from mentorcert.sessions import attendance, queries, running, service
from mentorcert.sessions.models import LiveSession
from tests.factories import make_enrolment
from tests.sessions import factories
from tests.sessions.factories import BASE, a_door
from xapi import vocabulary

START = datetime(2026, 11, 26, 16, tzinfo=UTC)
END = START + timedelta(hours=1)
FACILITATOR = uuid4()


def _attended(session: Session, cohort: Cohort) -> dict[str, list[int]]:
    """The numbers of the sessions that each person attended, as the statements say."""
    numbers = {live.uuid: live.number for live in queries.season(session, cohort)}
    found = factories.attended(session, cohort)
    names = {each.uuid: each.person.name for each in session.scalars(select(Enrolment))}
    return {names[registration]: sorted(numbers[uuid] for uuid in uuids) for registration, uuids in found.items()}


def _statements(session: Session) -> list[xapi.Stored]:
    return [one for one in xapi.every(session, after=0, limit=1000) if one.statement.verb == vocabulary.ATTENDED]


def _correct(session: Session, live: LiveSession, who: UUID, attended: bool, reason: str = "Was seen") -> None:
    now = END + timedelta(days=1)
    attendance.correct(session, live.uuid, who, a_door(), attended=attended, reason=reason, who=FACILITATOR, now=now)
    session.commit()


def test_closing_records_who_is_here(
    session: Session, live: LiveSession, cohort: Cohort, four: list[Enrolment]
) -> None:
    factories.check_in(session, live, *four[:2], now=START - timedelta(minutes=5))
    factories.check_in(session, live, four[2], now=START + timedelta(minutes=20))
    assert factories.close(session, live, who=FACILITATOR, now=END) == 3
    assert _attended(session, cohort) == {"Amara": [1], "Ben": [1], "Chiara": [1], "Daniel": []}
    stored = _statements(session)
    assert [one.statement.timestamp - START for one in stored] == [
        timedelta(0),
        timedelta(0),
        timedelta(minutes=20),
    ]
    raw = stored[0].statement.raw
    assert raw["object"]["id"] == f"{BASE}/sessions/{live.uuid}"
    assert raw["object"]["definition"]["name"] == {"en": "The first"}
    assert raw["actor"]["account"]["name"] == str(four[0].person.uuid)
    assert raw["context"]["instructor"]["account"]["name"] == str(FACILITATOR)
    assert live.closed_at == END


def test_nobody_records_their_own_attendance(
    session: Session, live: LiveSession, cohort: Cohort, four: list[Enrolment]
) -> None:
    own, other = four[0], four[1]
    factories.check_in(session, live, own, other, now=START)
    with pytest.raises(Refused, match="your own attendance"):
        attendance.close(session, live.uuid, a_door(), who=own.person.uuid, now=END)
    session.rollback()
    factories.close(session, live, who=FACILITATOR, now=END)
    with pytest.raises(Refused, match="your own attendance"):
        attendance.correct(
            session, live.uuid, own.uuid, a_door(), attended=False, reason="x", who=own.person.uuid, now=END
        )
    session.rollback()
    assert _attended(session, cohort) == {"Amara": [1], "Ben": [1], "Chiara": [], "Daniel": []}


@pytest.mark.parametrize(
    ("here_at", "closed_at", "at"),
    [
        (START - timedelta(hours=1), START - timedelta(minutes=30), START - timedelta(minutes=30)),
        (START, START + timedelta(minutes=5), START),
        (END + timedelta(days=2), END + timedelta(days=2), END),
    ],
)
def test_attendance_lies_within_the_session_and_never_ahead_of_now(
    session: Session, live: LiveSession, four: list[Enrolment], here_at: datetime, closed_at: datetime, at: datetime
) -> None:
    factories.check_in(session, live, four[0], now=here_at)
    factories.close(session, live, now=closed_at)
    assert [one.statement.timestamp for one in _statements(session)] == [at]


def test_a_session_is_closed_once(session: Session, live: LiveSession, four: list[Enrolment]) -> None:
    factories.check_in(session, live, *four)
    factories.close(session, live, now=END)
    with pytest.raises(Conflict, match="Session 1 is closed; its attendance is recorded"):
        factories.close(session, live, now=END)
    session.rollback()
    assert len(_statements(session)) == 4
    with pytest.raises(Conflict):
        running.check_in(session, live.uuid, [four[0].uuid], now=END)


def test_two_who_close_at_once_record_one_attendance(
    engine: Engine, session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    factories.check_in(session, live, *four)
    uuid, together = live.uuid, Barrier(2)
    session.rollback()
    answers: list[str] = []

    def press() -> None:
        with Session(engine) as own:
            together.wait()
            try:
                answers.append(f"{attendance.close(own, uuid, a_door(), who=uuid4(), now=END)} here")
                own.commit()
            except Conflict as conflict:
                answers.append(conflict.title)

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["4 here", "Session 1 is closed; its attendance is recorded."]
    assert len(_statements(session)) == 4


def test_nobody_here_is_nothing_to_record(session: Session, live: LiveSession) -> None:
    with pytest.raises(Conflict, match="Nobody is checked in"):
        factories.close(session, live)


def test_a_cancelled_session_is_not_closed(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four)
    service.cancel(session, live.uuid, reason="Snow", who="test", now=now)
    session.commit()
    with pytest.raises(Conflict, match="is cancelled"):
        factories.close(session, live)


def test_attendance_is_corrected_both_ways(
    session: Session, live: LiveSession, cohort: Cohort, four: list[Enrolment]
) -> None:
    factories.check_in(session, live, *four[:2])
    factories.close(session, live, now=END)
    _correct(session, live, four[0].uuid, False, "Left  after a minute")
    _correct(session, live, four[3].uuid, True, "Signed the list")
    assert _attended(session, cohort) == {"Amara": [], "Ben": [1], "Chiara": [], "Daniel": [1]}
    _correct(session, live, four[0].uuid, True)
    assert _attended(session, cohort)["Amara"] == [1]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.correct")).all()
    assert [(entry.subject, entry.reason, entry.after) for entry in entries][:2] == [
        (f"enrolment:{four[0].uuid}", "Left after a minute", {"session": str(live.uuid), "attended": False}),
        (f"enrolment:{four[3].uuid}", "Signed the list", {"session": str(live.uuid), "attended": True}),
    ]
    assert [one.voided for one in _statements(session)].count(True) == 1
    before = _attended(session, cohort)
    a_door().rebuild(session)
    session.commit()
    assert _attended(session, cohort) == before


def test_what_is_recorded_already_is_not_recorded_again(
    session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    factories.check_in(session, live, four[0])
    factories.close(session, live)
    _correct(session, live, four[0].uuid, True)
    _correct(session, live, four[1].uuid, False)
    assert len(_statements(session)) == 1
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.correct")).all() == []


def test_a_correction_needs_a_closed_session_a_reason_and_somebody_of_the_cohort(
    session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    with pytest.raises(Conflict, match="Session 1 is not closed yet"):
        _correct(session, live, four[0].uuid, True)
    session.rollback()
    factories.check_in(session, live, four[0])
    factories.close(session, live)
    with pytest.raises(Invalid, match="reason is missing"):
        _correct(session, live, four[1].uuid, True, " ")
    session.rollback()
    with pytest.raises(NotFound):
        _correct(session, live, make_enrolment(session).uuid, True)
