"""Where coaches calibrate and managers keep exemplars: nothing is shown too early, and nobody is named."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.cohorts.models import Cohort
from mentorcert.db import writing
from mentorcert.grading import calibration_service as service
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from tests.browsing import Browser
from tests.factories import NOW, give_role, make_enrolment, make_person
from tests.grading.exemplars import RULES, agreed, do_one, exemplar_of, graded, version_of
from tests.grading.factories import graded_by
from tests.recordings.factories import hand_in, wish

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return graded_by(session, RULES)


@pytest.fixture
def ines(session: Session) -> Person:
    return make_person(session, "Ines Duarte", roles=(Role.MANAGER,))


@pytest.fixture
def tomasz(session: Session, cohort: Cohort) -> Person:
    return give_role(session, make_person(session, "Tomasz Wrona"), Role.COACH, cohort)


@pytest.fixture
def coach(app: MentorCert, session: Session, tomasz: Person) -> Browser:
    client = app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(tomasz)
    return client


@pytest.fixture
def manager(app: MentorCert, session: Session, ines: Person) -> Browser:
    client = app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(ines)
    return client


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@on_one_database
def test_a_coach_calibrates_and_reads_where_they_differ(
    session: Session, cohort: Cohort, ines: Person, coach: Browser
) -> None:
    for _ in range(2):
        exemplar_of(session, cohort, ines, close="not-yet")
    version = version_of(session, cohort).hash
    queue = text_of(coach.get("/queue").text)
    assert "Calibration comes before grading. Your calibration is due." in queue
    assert "Nothing waits for a grade" not in queue
    assert "Two exemplars are due before you grade." in coach.get("/calibration").text
    sheet = coach.submit("/calibration", to=f"/calibration/{version}/begin").headers["Location"]
    page = coach.get(sheet).text
    assert "what the panel agreed on is shown when you have submitted" in page
    assert "She waits at 0:01." not in page
    assert "Ann, Ben" not in page
    assert "Amara" not in page
    half = {"revision": "0", "level-listening": "solid", "do": "submit"}
    refused = coach.submit(sheet, half)
    assert refused.status_code == 400
    assert "“Close” has no level yet. Choose one." in text_of(refused.text)
    assert "“Listening” needs a comment." in text_of(refused.text)
    answer = coach.submit(sheet, {**half, "level-close": "solid", "comment-listening": "<b>mine</b>"})
    result = text_of(coach.get(answer.headers["Location"]).text)
    assert "You agree with the panel by 75 %." in result
    assert "She waits at 0:01." in result
    assert "Close one level milder" in result
    assert "You chose Solid , the panel Not yet" in result
    assert "By your levels 100 of 100, passed" in result
    assert "1 of 2 graded, agreement 75 %; 75 % is asked for" in result
    assert "One exemplar is due before you grade." in coach.get("/calibration").text
    do_one(session, cohort, session.scalars(select(Person).where(Person.name == "Tomasz Wrona")).one(), graded())
    assert "You are calibrated until Monday 22 February 2027." in text_of(coach.get("/calibration").text)


@on_one_database
def test_a_draft_keeps_itself_and_another_tab_is_not_overwritten(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person, coach: Browser
) -> None:
    exemplar_of(session, cohort, ines)
    begun = service.begin(session, version_of(session, cohort).hash, who=tomasz.uuid, now=NOW)
    session.commit()
    sheet = f"/calibration/attempts/{begun.uuid}"
    fields = {"revision": "0", "level-listening": "solid"}
    assert coach.submit(sheet, fields, to=f"{sheet}/draft").json == {"revision": 1, "saved_at": NOW.isoformat()}
    other = {"revision": "0", "level-listening": "not-yet"}
    stale = coach.submit(sheet, other, to=f"{sheet}/draft")
    assert (stale.status_code, stale.json["reason"]) == (409, "newer")  # type: ignore[index]
    shown = coach.submit(sheet, {**other, "do": "save"})
    assert shown.status_code == 409
    assert "Your other tab has a newer draft. Save again to keep what stands here." in text_of(shown.text)
    assert 'name="revision" value="1"' in shown.text
    assert re.search(r'value="not-yet" checked', shown.text)
    assert coach.submit(sheet, {**other, "revision": "1", "do": "save"}).status_code == 303


@on_one_database
def test_a_manager_keeps_an_exemplar_and_sees_who_is_calibrated(
    session: Session, cohort: Cohort, manager: Browser, tomasz: Person
) -> None:
    recording = hand_in(session, make_enrolment(session, cohort), wish(uses=["grading", "calibration"]))
    closed = hand_in(session, make_enrolment(session, cohort))
    page = manager.get("/calibration/exemplars").text
    assert "so no coach who is not yet calibrated can begin to grade. Make one below." in page
    assert "No coach is calibrated." in text_of(page)
    assert f"Recording {recording.number}" in page
    assert f"Recording {closed.number}" not in page
    form = f"/calibration/exemplars/of/{recording.uuid}"
    assert "Amara" not in manager.get(form).text
    refused = manager.submit(form, {"level-listening": "solid"})
    assert refused.status_code == 400
    assert "Nobody is named who agreed on this. Name those who did." in text_of(refused.text)
    fields = {"level-listening": "solid", "comment-listening": "Waits.", "level-close": "solid"}
    kept = manager.submit(form, {**fields, "panel": " Ann,  Ben "})
    shown = text_of(manager.get(kept.headers["Location"]).text)
    assert f"Recording {recording.number} is an exemplar." in shown
    assert "Ann, Ben agreed on these levels" in shown
    do_one(session, cohort, tomasz)
    assert "All coaches are calibrated." in manager.get("/calibration/exemplars").text
    manager.submit(kept.headers["Location"], to=f"{kept.headers['Location']}/archive")
    assert "One archived exemplar" in manager.get("/calibration/exemplars").text


@on_one_database
def test_an_exemplar_is_watched_without_names_for_as_long_as_it_is_one(
    app: MentorCert, session: Session, cohort: Cohort, ines: Person, coach: Browser
) -> None:
    files = app.extensions["mentorcert"]["files"]
    recording = hand_in(session, make_enrolment(session, cohort), wish(uses=["grading", "calibration"]), files)
    made = service.keep_exemplar(session, recording.uuid, agreed(session, cohort), who=ines.uuid, now=NOW)
    session.commit()
    address = f"/calibration/exemplars/{made.uuid}"
    film = coach.get(f"{address}/media", headers={"Range": "bytes=0-9"})
    assert (film.status_code, len(film.data)) == (206, 10)
    words = coach.get(f"{address}/captions").text
    assert "What brings you here?" in words
    assert "<v Mentor>" in words
    assert "Amara" not in words
    assert coach.get(address).status_code == 403
    writing(session)
    session.get_one(Recording, recording.id).consent_uses = ["grading"]
    session.commit()
    gone = [coach.get(f"{address}/{each}").status_code for each in ("media", "captions", "poster")]
    assert gone == [404, 404, 404]
