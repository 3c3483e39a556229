"""The pages of coursework, through the real application."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework import queries
from mentorcert.coursework.models import Reflection
from mentorcert.db import db
from mentorcert.web import here
from tests.browsing import Browser
from tests.catalog.factories import JPEG, WEBM
from tests.coursework.factories import ANSWERS, BASE, STEPS, enrol
from tests.databases import counted
from tests.factories import make_person
from xapi import vocabulary as v

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def enrolment(app: MentorCert, session: Session) -> Enrolment:
    with app.app_context():
        files = here.files()
    return enrol(session, files)


@pytest.fixture
def home(client: Browser, enrolment: Enrolment) -> str:
    """The address of the unit, with its trainee signed in."""
    client.sign_in(enrolment.person)
    return f"/learn/{enrolment.uuid}/start"


def _verbs(session: Session) -> list[str]:
    session.rollback()  # what the session read before is not what is there now
    return [stored.statement.verb for stored in xapi.every(session)]


def _done(session: Session, enrolment: Enrolment) -> list[str]:
    session.rollback()
    study = queries.study(session, enrolment.uuid, BASE)
    return [state.step.id for state in study.unit("start").steps if state.done]


@pytest.mark.parametrize("step", STEPS[:-1])
def test_every_step_has_a_page(client: Browser, home: str, step: str) -> None:
    page = client.get(f"{home}/{step}")
    assert page.status_code == 200
    assert "style=" not in page.text


def test_next_says_that_a_lesson_was_read_and_goes_on(
    client: Browser, home: str, session: Session, enrolment: Enrolment
) -> None:
    response = client.submit(f"{home}/first")
    assert (response.status_code, response.location) == (303, f"{home}/film")
    assert _done(session, enrolment) == ["first"]
    assert 'form="step-form"' not in client.get(f"{home}/first").text


def test_a_film_can_be_said_to_be_watched_without_a_script(
    client: Browser, home: str, session: Session, enrolment: Enrolment
) -> None:
    assert "I have watched it" in client.get(f"{home}/film").text
    assert client.submit(f"{home}/film").location == f"{home}/promise"
    assert _done(session, enrolment) == ["film"]


def test_a_film_goes_on_where_it_was_left(client: Browser, home: str) -> None:
    report = {"event": "left", "time": "41.2", "length": "103", "segments": "0[.]41.2"}
    assert client.submit(f"{home}/film", report, to=f"{home}/film/film").status_code == 204
    page = client.get(f"{home}/film").text
    assert 'data-start="41"' in page
    assert "Hello." in page


def test_each_opening_of_a_film_is_a_viewing_of_its_own(client: Browser, home: str, session: Session) -> None:
    report = {"event": "paused", "time": "4", "length": "103", "segments": "0[.]4"}
    addresses = [re.findall(r'data-progress-url="([^"]+)"', client.get(f"{home}/film").text)[0] for _ in range(2)]
    for address in (*addresses, addresses[0]):
        assert client.submit(f"{home}/film", report, to=address).status_code == 204
    session.rollback()
    said = [each.statement.raw["context"]["extensions"][v.VIDEO_SESSION] for each in xapi.every(session)]
    assert said == [address.partition("viewing=")[2] for address in (*addresses, addresses[0])]
    assert len(set(said)) == 2


def test_a_report_that_is_none_changes_nothing(client: Browser, home: str, session: Session) -> None:
    response = client.submit(f"{home}/film", {"event": "completed", "time": "x"}, to=f"{home}/film/film")
    assert response.status_code == 400
    assert _verbs(session) == []


def test_a_promise_needs_its_tick(client: Browser, home: str, session: Session, enrolment: Enrolment) -> None:
    refused = client.submit(f"{home}/promise")
    assert (refused.status_code, "Tick the box" in refused.text, _done(session, enrolment)) == (400, True, [])
    assert client.submit(f"{home}/promise", {"promise": "y"}).location == f"{home}/strengths"
    assert _done(session, enrolment) == ["promise"]
    assert "You promised this on 24 November 2026" in client.get(f"{home}/promise").text


def test_strengths_are_recorded_and_can_be_changed(client: Browser, home: str, session: Session) -> None:
    empty = client.submit(f"{home}/strengths", {"second": " "})
    assert (empty.status_code, "Write at least one strength" in empty.text) == (400, True)
    long = client.submit(f"{home}/strengths", {"first": "x" * 81})
    assert (long.status_code, "Keep it below 80 characters." in long.text, "x" * 81 in long.text) == (400, True, True)
    client.submit(f"{home}/strengths", {"first": "Untangling", "fifth": "Calm", "instrument": "Paper"})
    assert 'value="Untangling"' in client.get(f"{home}/strengths").text
    client.submit(f"{home}/strengths", {"first": "Asking"})
    page = client.get(f"{home}/strengths").text
    assert ('value="Asking"' in page, "Untangling" in page) == (True, False)
    assert _verbs(session) == [v.COMPLETED]


def test_a_reflection_is_kept_and_comes_back(
    client: Browser, home: str, session: Session, enrolment: Enrolment
) -> None:
    sent = {"text": "I told him <b>twice</b>.", "practise": "Silence", "revision": "0"}
    assert client.submit(f"{home}/reflection", sent).location == f"{home}/check"
    page = client.get(f"{home}/reflection").text
    assert ("I told him &lt;b&gt;twice&lt;/b&gt;." in page, 'value="Silence"' in page) == (True, True)
    assert _done(session, enrolment) == ["reflection"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "  "}, "Write something first."),
        ({"text": "x" * 10_001}, "Keep it below 10,000 characters."),
        ({"text": "So.", "practise": "x" * 301}, "Keep it below 300 characters."),
    ],
)
def test_a_reflection_that_does_not_fit_keeps_what_was_typed(
    client: Browser, home: str, session: Session, sent: dict[str, str], said: str
) -> None:
    response = client.submit(f"{home}/reflection", sent)
    assert (response.status_code, said in response.text) == (400, True)
    assert (sent["text"].strip() in response.text, sent.get("practise", "") in response.text) == (True, True)
    assert _verbs(session) == []


def test_a_draft_saves_itself_and_an_older_tab_overwrites_nothing(client: Browser, home: str, session: Session) -> None:
    page, draft = f"{home}/reflection", f"{home}/reflection/draft"
    kept = client.submit(page, {"text": "half", "revision": "0"}, to=draft)
    assert kept.json == {"revision": 1, "saved_at": "2026-11-24T14:00:00+00:00"}
    stale = client.submit(page, {"text": "older", "revision": "0"}, to=draft)
    assert (stale.status_code, stale.json) == (
        409,
        {"reason": "newer", "saved_at": "2026-11-24T14:00:00+00:00", "url": page},
    )
    sent = client.submit(page, {"text": "from the older tab", "revision": "0"})
    assert (sent.status_code, "half" in sent.text, "from the older tab" in sent.text) == (409, True, True)
    session.rollback()
    assert session.scalars(select(Reflection.draft)).one() == {"text": "half", "practise": ""}
    assert client.submit(page, {"text": "from the older tab", "revision": "1"}).status_code == 303
    session.rollback()
    assert session.scalars(select(Reflection.text)).one() == "from the older tab"


def _answer(client: Browser, home: str, question: str, given: tuple[str, ...], marker: str = "") -> str:
    page = f"{home}/check/{question}{'?again=1' if marker else ''}"
    sent = client.submit(page, {"answer": list(given), "attempt": marker}, to=f"{home}/check/{question}")
    assert sent.status_code == 303
    return client.get(sent.location).text


def test_a_check_from_the_first_question_to_a_second_try(
    client: Browser, home: str, session: Session, now: datetime
) -> None:
    assert client.get(f"{home}/check").location == f"{home}/check/q-choice"
    wrong = _answer(client, home, "q-choice", ("b",))
    assert [said in wrong for said in ("You chose this; not quite", "This one", "It is not.", "This before that.")] == [
        True
    ] * 4
    assert client.get(f"{home}/check").location == f"{home}/check/q-multiple"
    for question, right in list(ANSWERS.items())[1:]:
        assert "Answered and kept. You had it." in _answer(client, home, question, right)
    result = client.get(f"{home}/check").text
    assert ("80 %, and that is enough." in result, result.count("Right<"), "Not quite" in result) == (True, 4, True)
    assert _verbs(session) == [v.ANSWERED] * 5 + [v.PASSED]
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        again = _answer(client, home, "q-choice", ("b",), now.isoformat())
        assert "You chose this; not quite" in again
        assert client.get(f"{home}/check").location == f"{home}/check/q-multiple"
        assert 'name="answer"' in client.get(f"{home}/check/q-match").text


@pytest.mark.parametrize(
    ("question", "given", "said"),
    [
        ("q-choice", [], "There is no answer yet."),
        ("q-choice", ["z"], "is not one of this question"),
        ("q-multiple", ["a", "z"], "is not one of this question"),
        ("q-claim", ["maybe"], "is not one of this question"),
        ("q-order", ["a", ""], "One is still open."),
        ("q-order", ["a", "a"], "The same one stands there twice."),
        ("q-match", ["a.a", "b.a"], "The same one stands there twice."),
        ("q-match", ["a.z", "b.b"], "is not one of this question"),
    ],
)
def test_an_answer_that_can_not_be_taken_says_why(
    client: Browser, home: str, session: Session, question: str, given: list[str], said: str
) -> None:
    response = client.submit(f"{home}/check/{question}", {"answer": given, "attempt": ""})
    assert (response.status_code, said in response.text) == (400, True)
    assert _verbs(session) == []


def test_what_was_chosen_in_an_incomplete_answer_stays_chosen(client: Browser, home: str) -> None:
    page = client.submit(f"{home}/check/q-order", {"answer": ["", "a"], "attempt": ""}).text
    assert page.count("selected") == 1
    assert '<option value="a" selected>' in page.rpartition("<select")[2]


def test_a_double_click_on_the_last_answer_begins_no_new_attempt(client: Browser, home: str, session: Session) -> None:
    for question, right in ANSWERS.items():
        _answer(client, home, question, right)
    page = client.submit(
        f"{home}/check/q-match?again=1", {"answer": ["a.a", "b.b"], "attempt": ""}, to=f"{home}/check/q-match"
    )
    assert "was answered before" in client.get(page.location).text
    assert _verbs(session) == [v.ANSWERED] * 5 + [v.PASSED]


@pytest.mark.parametrize(
    "path", ["nothing", "start/nothing", "start/check/nothing", "start/first/q-choice", "start/film/film"]
)
def test_what_is_not_there_is_a_404(client: Browser, enrolment: Enrolment, path: str) -> None:
    client.sign_in(enrolment.person)
    assert client.get(f"/learn/{enrolment.uuid}/{path}").status_code == 404


def test_somebody_elses_coursework_is_closed(client: Browser, home: str, session: Session) -> None:
    client.sign_in(make_person(session, "Ben Lindqvist"))
    paths = ["", "/first", "/check/q-choice"]
    assert [client.get(f"{home}{path}").status_code for path in paths] == [403] * 3
    token = {"csrf_token": client.token("/me"), "answer": "a", "attempt": ""}
    refused = [
        client.post(f"{home}{path}", data=token).status_code for path in ("/first", "/check/q-choice", "/film/film")
    ]
    assert refused == [403] * 3
    assert _verbs(session) == []


def test_a_form_without_its_token_is_refused(client: Browser, home: str, session: Session) -> None:
    assert [client.post(f"{home}{path}").status_code for path in ("/first", "/film/film", "/check/q-claim")] == [
        400
    ] * 3
    assert _verbs(session) == []


def test_media_of_a_version_come_in_stretches_and_stay_for_good(
    client: Browser, home: str, enrolment: Enrolment
) -> None:
    film = f"/media/{enrolment.cohort.version.hash}/units/01-start/media/film.webm"
    assert film in client.get(f"{home}/film").text
    whole, part = client.get(film), client.get(film, headers={"Range": "bytes=2-4"})
    assert (whole.status_code, whole.data, part.status_code, part.data) == (200, WEBM, 206, WEBM[2:5])
    assert (whole.headers["Content-Type"], whole.headers["Cache-Control"]) == (
        "video/webm",
        "private, max-age=31536000, immutable",
    )
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    picture = client.get(film.replace("film.webm", "two.jpg"))
    assert (picture.data, picture.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert client.get(film, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_media_that_nobody_published_are_not_there(client: Browser, home: str, enrolment: Enrolment) -> None:
    version = enrolment.cohort.version.hash
    paths = [f"/media/{version}/program.yaml", f"/media/{version}/../../secret", f"/media/{'0' * 64}/two.jpg"]
    assert [client.get(path).status_code for path in paths] == [404] * 3


def test_media_are_for_people_who_are_signed_in(client: Browser, home: str, enrolment: Enrolment) -> None:
    film = f"/media/{enrolment.cohort.version.hash}/units/01-start/media/film.webm"
    assert client.application.test_client().get(film).status_code == 302


@pytest.mark.parametrize(("step", "queries"), [("first", 5), ("film", 5), ("reflection", 6), ("check/q-choice", 5)])
def test_a_step_takes_few_queries(client: Browser, home: str, app: MentorCert, step: str, queries: int) -> None:
    client.get(f"{home}/{step}")
    with app.app_context(), counted(db.engine) as said:
        client.get(f"{home}/{step}")
    assert len(said) == queries, "\n".join(said)
