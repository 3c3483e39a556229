"""A trainee's home and units: the one next thing, at every stage, in words."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.coursework import film, service
from mentorcert.db import db, writing
from mentorcert.evidence.service import door
from mentorcert.permissions import Role
from mentorcert.sessions.models import LiveSession
from tests.browsing import Browser
from tests.certification.factories import do_prework, grade
from tests.coursework.factories import BASE, enrol, where
from tests.databases import counted
from tests.factories import give_role, make_enrolment, make_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = timedelta(days=1)


@pytest.fixture
def enrolment(client: Browser, session: Session) -> Enrolment:
    """Somebody who is enrolled, and signed in."""
    enrolment = enrol(session)
    client.sign_in(enrolment.person)
    return enrolment


def _plan(session: Session, cohort: Cohort, starts_at: datetime, *, number: int = 1, unit: str = "start") -> None:
    writing(session)
    session.add(
        LiveSession(
            cohort_id=cohort.id,
            number=number,
            unit=unit,
            title="The expert",
            starts_at=starts_at,
            minutes=75,
            prework_due_at=starts_at - DAY,
            place="Room 2.14",
        )
    )
    session.commit()


def _text(client: Browser, address: str) -> str:
    """What a person reads on a page, in one line."""
    page = client.get(address)
    assert page.status_code == 200
    assert "style=" not in page.text
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]).split())


def _home(client: Browser, enrolment: Enrolment) -> str:
    return _text(client, f"/learn/{enrolment.uuid}")


def test_before_the_next_session(client: Browser, session: Session, enrolment: Enrolment, now: datetime) -> None:
    _plan(session, enrolment.cohort, now + 2 * DAY)
    text = _home(client, enrolment)
    assert "26 minutes, Amara, and you are ready for Thursday." in text
    assert "Next in unit 1, The start The first lesson Look at the beginning." in text
    assert "7 minutes, then five more steps" in text
    assert "Session 1: The expert Thursday 26 November, 14:00 to 15:15, your time Room 2.14." in text


def test_a_film_that_was_left_says_where(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    _plan(session, enrolment.cohort, now + DAY)
    service.read_lesson(session, where(enrolment, "first"), now=now - DAY)
    report = film.report({"event": "left", "time": "161.4", "length": "400", "segments": ""})
    service.watch_film(session, where(enrolment, "film"), report, now=now - DAY)
    session.commit()
    text = _home(client, enrolment)
    assert "19 minutes, Amara, and you are ready for tomorrow." in text
    assert "You stopped at 2:41 ." in text
    assert "Carry on at 2:41" in text


def test_who_is_ready_sees_the_session(client: Browser, session: Session, enrolment: Enrolment, now: datetime) -> None:
    facilitator = give_role(session, make_person(session, "Ines Duarte"), Role.FACILITATOR, enrolment.cohort)
    assert facilitator.name == "Ines Duarte"
    make_enrolment(session, enrolment.cohort, make_person(session, "Ben Lindqvist"))
    _plan(session, enrolment.cohort, now + 2 * DAY)
    do_prework(session, door(BASE), enrolment, now=now - DAY)
    text = _home(client, enrolment)
    assert "You are ready for Thursday, Amara." in text
    assert "With Ines Duarte and one other. Room 2.14." in text
    assert "Pre-work" not in text.partition("What the certificate asks")[0]


def test_a_session_that_is_on(client: Browser, session: Session, enrolment: Enrolment, now: datetime) -> None:
    _plan(session, enrolment.cohort, now - timedelta(minutes=10))
    text = _home(client, enrolment)
    assert "Your session is on, Amara." in text
    assert text.count("Room 2.14") == 1


def test_a_grade_leads_to_its_feedback_while_sessions_are_ahead(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    _plan(session, enrolment.cohort, now + DAY)
    coach = make_person(session, "Tomasz Wrona")
    released = grade(session, door(BASE), enrolment, coach, percent=84, level="solid", now=now)
    page = client.get(f"/learn/{enrolment.uuid}").text
    assert f'<a href="/recordings/{released.recording.uuid}/feedback">Read your feedback</a>' in page


def test_a_unit_whose_session_is_over_comes_next_for_who_is_ready(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    _plan(session, enrolment.cohort, now - 7 * DAY)
    _plan(session, enrolment.cohort, now + 2 * DAY, number=2, unit="other")
    text = _home(client, enrolment)
    assert "You are ready for Thursday, Amara. Unit 1 is still open." in text
    assert "Next in unit 1, The start" in text


def test_a_step_of_a_past_unit_is_mentioned_kindly(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    _plan(session, enrolment.cohort, now - 7 * DAY)
    _plan(session, enrolment.cohort, now - timedelta(minutes=5), number=2, unit="other")
    text = _home(client, enrolment)
    assert "Your session is on, Amara." in text
    assert "Six steps of earlier units are still open. Finish them any time before 8 December 2026." in text


def test_when_the_sessions_are_over_the_recording_is_next(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    _plan(session, enrolment.cohort, now - DAY)
    text = _home(client, enrolment)
    assert "The sessions are over, Amara. Your recording is due on 7 December 2026." in text
    assert "One real conversation of 15 to 45 minutes" in text


def test_every_page_says_the_same_day_on_which_the_recording_is_due(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    writing(session)
    enrolment.person.zone = "America/New_York"  # where the last session began the evening before
    _plan(session, enrolment.cohort, now.replace(hour=3))
    assert "Your recording is due on 8 December 2026." in _home(client, enrolment)
    assert "8 December" in _text(client, f"/enrolments/{enrolment.uuid}/recording")


def test_without_sessions_the_next_step_is_next(client: Browser, enrolment: Enrolment) -> None:
    text = _home(client, enrolment)
    assert "Seven minutes, Amara, and the next step is done." in text
    assert "Your next live session" not in text


def test_a_cancelled_session_is_none(client: Browser, session: Session, enrolment: Enrolment, now: datetime) -> None:
    _plan(session, enrolment.cohort, now + DAY)
    writing(session)
    session.query(LiveSession).update({"cancelled_at": now})
    session.commit()
    assert "Your next live session" not in _home(client, enrolment)


def test_each_requirement_of_the_certificate_is_there(client: Browser, enrolment: Enrolment) -> None:
    asked = _home(client, enrolment).partition("What the certificate asks")[2]
    assert [title in asked for title in ("All pre-work", "One session", "Checks", "A recording", "Listening")] == [
        True
    ] * 5


def test_home_leads_to_the_newest_enrolment(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    newer = make_enrolment(session, enrol(session, name="Ben Lindqvist").cohort, enrolment.person, now=now + DAY)
    assert client.get("/learn").location == f"/learn/{newer.uuid}"


def test_who_is_in_no_programme_is_told_so(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session))
    assert "You are in no programme yet." in _text(client, "/learn")


def test_a_unit_says_what_is_done_and_when_its_session_is(
    client: Browser, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    address = f"/learn/{enrolment.uuid}/start"
    assert "The start: 26 minutes, whenever you have them." in _text(client, address)
    assert "Its live session is not planned yet." in _text(client, address)
    service.read_lesson(session, where(enrolment, "first"), now=now - DAY)
    session.commit()
    _plan(session, enrolment.cohort, now + 2 * DAY)
    text = _text(client, address)
    assert "The start: one of six steps are done." not in text
    assert "The start: one of six steps is done." in text
    assert "It works best with these steps done by Wednesday 25 November, 14:00." in text
    assert "Begin a talk" in text


@pytest.mark.parametrize("path", ["", "/start"])
def test_somebody_elses_home_is_closed(client: Browser, session: Session, enrolment: Enrolment, path: str) -> None:
    client.sign_in(make_person(session, "Ben Lindqvist"))
    assert client.get(f"/learn/{enrolment.uuid}{path}").status_code == 403


def test_home_takes_as_many_queries_for_a_large_cohort_as_for_a_small_one(
    client: Browser, session: Session, app: MentorCert, enrolment: Enrolment, now: datetime
) -> None:
    _plan(session, enrolment.cohort, now + DAY)
    address = f"/learn/{enrolment.uuid}"
    client.get(address)
    small = _queries(client, app, address)
    _grow(session, enrolment.cohort, now)
    assert _queries(client, app, address) == small


def _queries(client: Browser, app: MentorCert, address: str) -> int:
    with app.app_context(), counted(db.engine) as said:
        client.get(address)
    return len(said)


def _grow(session: Session, cohort: Cohort, now: datetime) -> None:
    """Forty-nine more sessions, and as many trainees."""
    for number in range(2, 51):
        _plan(session, cohort, now + number * DAY, number=number)
        make_enrolment(session, cohort, make_person(session, f"Person {number}"))
