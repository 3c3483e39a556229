"""The pages of the reports, as a facilitator sees them."""

import re
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.reports import situation
from mentorcert.reports.models import Reminder
from mentorcert.sessions.models import LiveSession
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.reports.factories import answer, do, want
from tests.sessions import factories

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _chase(html: str) -> list[str]:
    found = re.findall(r'<label for="chase-\d+">(.*?)</label>', html)
    return [_words(each.replace("<small>", ": ")) for each in found]


def _heading(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)
    assert found
    return _words(found[1])


@pytest.fixture
def five(session: Session, cohort: Cohort, live: LiveSession) -> list[Enrolment]:
    """Three of five who are ready, one who lacks a film, one who has not begun."""
    people = factories.enrol(session, cohort, 5, ready=False)
    for each in people[:3]:
        do(session, each)
    do(session, people[3], only=["first", "promise", "reflection", "check"])
    return people


@pytest.fixture
def page(client: Browser, cohort: Cohort, facilitator: Person) -> str:
    client.sign_in(facilitator)
    return f"/cohorts/{cohort.uuid}"


def test_three_of_five_are_ready_and_two_are_named(client: Browser, page: str, five: list[Enrolment]) -> None:
    html = client.get(page).text
    assert _heading(html) == "Three of five are ready for Thursday."
    assert "<strong>3 of 5, 60 %</strong>" in html
    assert 'aria-label="3 ready, 1 part of the way, 1 not started"' in html
    assert _chase(html) == ["Elin: Not started", "Daniel: A video, 2 minutes"]


def test_what_is_open_is_said_in_words(client: Browser, page: str, session: Session, cohort: Cohort) -> None:
    factories.make_season(session, cohort)
    amara, ben = factories.enrol(session, cohort, 2, ready=False)
    do(session, amara, only=["promise", "film"])
    do(session, ben, only=["promise", "film", "first", "reflection"])
    assert _chase(client.get(page).text) == [
        "Amara: One lesson, the reflection and the check, 17 minutes",
        "Ben: The check, 5 minutes",
    ]


def test_who_missed_the_session_before_is_named_with_it(
    client: Browser, page: str, session: Session, cohort: Cohort
) -> None:
    first, second = factories.make_season(session, cohort, now=NOW)
    amara, _ben = factories.enrol(session, cohort, 2)
    factories.check_in(session, first, amara, now=first.starts_at)
    factories.close(session, first, now=first.starts_at + timedelta(hours=1))
    html = client.get(f"{page}?session={second.number}").text
    assert _chase(html) == ["Amara: Not started", "Ben: Not started; missed session 1 as well"]


def test_reminding_sends_a_mail_and_leaves_them_in_peace(
    app: MentorCert,
    settings: Settings,
    client: Browser,
    page: str,
    session: Session,
    five: list[Enrolment],
    capsys: pytest.CaptureFixture[str],
) -> None:
    daniel, elin = five[3:]
    typed = {"session": "1", "enrolments": [str(daniel.uuid), str(elin.uuid)]}
    sent = client.submit(page, typed, to=f"{page}/remind")
    assert (sent.status_code, sent.location) == (303, f"{page}?session=1")
    html = client.get(page).text
    assert "Reminded: Daniel, Elin." in html
    assert html.count('disabled><label for="chase-') == 2
    assert len(re.findall(r"</svg>reminded Tue</span>", html)) == 2
    with app.app_context():
        jobs.run_due(settings, now=NOW)
        db.session.remove()
    mail = capsys.readouterr().err
    assert "2 minutes before session 1" in mail
    assert "- A film, 2 minutes" in mail
    assert f"https://mentors.example.org/learn/{daniel.uuid}/start" in mail


def test_who_was_reminded_is_refused_by_name_on_the_page(
    client: Browser, page: str, session: Session, five: list[Enrolment]
) -> None:
    typed = {"session": "1", "enrolments": [str(five[4].uuid)]}
    client.submit(page, typed, to=f"{page}/remind")
    again = client.submit(page, typed, to=f"{page}/remind")
    assert again.status_code == 409
    assert "Reminded in the last 48 hours already: Elin." in again.text
    session.rollback()
    assert len(session.scalars(select(Reminder)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"session": "1"}, "Nobody is ticked. Tick whom to remind."),
        ({"session": "1", "enrolments": ["<script>"]}, "be read. Load the page again, and tick whom to remind."),
        ({"enrolments": ["00000000-0000-4000-8000-000000000000"]}, "Load the page again."),
        (
            {"session": "1", "enrolments": ["00000000-0000-4000-8000-000000000000"]},
            "Somebody you chose is no longer in this cohort.",
        ),
    ],
)
def test_a_form_that_cannot_be_used_is_shown_again_with_its_fault(
    client: Browser, page: str, five: list[Enrolment], typed: dict[str, str], told: str
) -> None:
    answered = client.submit(page, typed, to=f"{page}/remind")
    assert (answered.status_code, told in answered.text) == (400, True)


def test_a_session_that_there_is_not_is_a_page_that_says_so(client: Browser, page: str, five: list[Enrolment]) -> None:
    assert client.get(f"{page}?session=9").status_code == 404
    assert client.get(f"{page}?session=nine&page=-3").status_code == 200


def test_the_play_card_says_what_was_hard_and_what_they_want(
    client: Browser, page: str, session: Session, five: list[Enrolment], cohort: Cohort
) -> None:
    check = cohorts.programme(session, cohort).unit("start").check
    for number, each in enumerate(five):
        answer(session, each, check.questions[0], right=number > 2)
        answer(session, each, check.questions[1], right=number > 0)
    want(session, five[0], "<b>Silence</b>. I always fill it.")
    html = client.get(page).text
    words = _words(html)
    assert "Most often wrong, of five who answered Which one? 3 3 of 5 wrong at first Which ones? 1 1 of 5" in words
    assert f"“{escape('<b>Silence</b>. I always fill it.')}” <cite>Amara</cite>" in html


def test_another_scenario_can_be_chosen_until_it_was_shown(
    client: Browser, page: str, session: Session, five: list[Enrolment], live: LiveSession
) -> None:
    chosen = client.submit(page, {"session": "1", "scenario": "walk"}, to=f"{page}/play")
    assert (chosen.status_code, chosen.location) == (303, f"{page}?session=1")
    session.expire_all()
    assert live.scenario == "walk"
    assert "Play “A walk”" in client.get(page).text
    assert client.submit(page, {"session": "1", "scenario": "gone"}, to=f"{page}/play").status_code == 404
    assert client.submit(page, {"session": "1"}, to=f"{page}/play").status_code == 400


def test_a_cohort_without_sessions_or_people_says_what_to_do(
    client: Browser, page: str, session: Session, cohort: Cohort
) -> None:
    assert _heading(client.get(page).text) == "No session is planned yet."
    factories.make_season(session, cohort)
    assert _heading(client.get(page).text) == "Nobody is enrolled yet."


@pytest.mark.parametrize(
    ("ready", "told"),
    [
        (0, "Nobody is ready for Thursday."),
        (1, "One of three is ready for Thursday."),
        (3, "Everybody is ready for Thursday."),
    ],
)
def test_the_heading_counts_in_words(
    client: Browser, page: str, session: Session, cohort: Cohort, ready: int, told: str
) -> None:
    factories.make_season(session, cohort)
    for each in factories.enrol(session, cohort, 3, ready=False)[:ready]:
        do(session, each)
    assert _heading(client.get(page).text) == told


def test_when_the_season_is_over_the_last_session_is_shown(
    client: Browser, page: str, session: Session, cohort: Cohort
) -> None:
    last = factories.make_season(session, cohort)[-1]
    factories.enrol(session, cohort, 2, ready=False)
    writing(session)
    for live in (*session.scalars(select(LiveSession)),):
        live.closed_at = NOW
    session.commit()
    assert _heading(client.get(page).text) == f"Session {last.number} is over. Nobody has done its pre-work."


def test_a_facilitator_of_one_cohort_goes_straight_to_it(client: Browser, page: str) -> None:
    answered = client.get("/cohorts")
    assert (answered.status_code, answered.location) == (302, page)


def test_a_facilitator_of_two_cohorts_sees_a_sentence_each_and_no_others(
    client: Browser, page: str, session: Session, cohort: Cohort, facilitator: Person, five: list[Enrolment]
) -> None:
    spring = make_cohort(session, "Spring mentors", version=cohort.version)
    make_cohort(session, "Not theirs", version=cohort.version)
    give_role(session, facilitator, Role.FACILITATOR, spring)
    words = _words(client.get("/cohorts").text)
    assert "Two cohorts are under way." in words
    assert "Autumn mentors Three of five are ready for Thursday, session 1." in words
    assert "Spring mentors Nobody is enrolled yet." in words
    assert "Not theirs" not in words


def test_a_manager_sees_all_cohorts_and_can_make_one(client: Browser, session: Session, cohort: Cohort) -> None:
    client.sign_in(make_person(session, "Ruth Adeyemi", roles=(Role.MANAGER,)))
    words = _words(client.get("/cohorts").text)
    assert ("One cohort is under way." in words, "Autumn mentors" in words, "Make a cohort" in words) == (True,) * 3


def test_a_facilitator_without_a_cohort_is_told_what_to_wait_for(client: Browser, session: Session) -> None:
    person = give_role(session, make_person(session), Role.FACILITATOR, make_cohort(session))
    writing(session)
    person.grants[0].scope = "cohort:00000000-0000-4000-8000-000000000000"
    session.commit()
    client.sign_in(person)
    assert _heading(client.get("/cohorts").text) == "There is no cohort here yet."


def _crowd(session: Session, cohort: Cohort, count: int) -> None:
    check = cohorts.programme(session, cohort).unit("start").check
    for _ in range(count):
        each = make_enrolment(session, cohort)
        do(session, each, only=["first"])
        answer(session, each, check.questions[0], right=False)
        want(session, each, "Silence.")


def test_the_board_asks_as_many_queries_for_fifty_as_for_one(
    app: MentorCert, client: Browser, page: str, session: Session, cohort: Cohort, live: LiveSession
) -> None:
    _crowd(session, cohort, 1)
    few = _queries(app, client, page)
    _crowd(session, cohort, 49)
    assert len(_queries(app, client, page)) == len(few)
    assert len(few) <= 16


def test_the_list_of_cohorts_asks_as_many_queries_for_many_as_for_two(
    app: MentorCert, client: Browser, session: Session, cohort: Cohort, live: LiveSession
) -> None:
    client.sign_in(make_person(session, "Ruth Adeyemi", roles=(Role.MANAGER,)))
    few = _queries(app, client, "/cohorts")
    for _ in range(10):
        factories.make_season(session, make_cohort(session, version=cohort.version))
    assert len(_queries(app, client, "/cohorts")) == len(few)


def test_map_and_list_are_cut_where_a_cohort_is_too_large(
    client: Browser,
    page: str,
    session: Session,
    cohort: Cohort,
    live: LiveSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(situation, "LINES", 4)
    monkeypatch.setattr(situation, "MOST_CHASED", 2)
    factories.enrol(session, cohort, 5, ready=False)
    first, second = client.get(page).text, client.get(f"{page}?page=2").text
    assert [html.count('data-unit="1"') for html in (first, second)] == [4, 1]
    assert [html.count('name="enrolments"') for html in (first, second)] == [2, 2]
    assert "2 of 5 who are not ready." in first


def _queries(app: MentorCert, client: Browser, page: str) -> list[str]:
    client.get(page)  # what is decoded once in a process is decoded now
    with app.app_context():
        engine: Engine = db.engine
    with counted(engine) as said:
        assert client.get(page).status_code == 200
    return said
