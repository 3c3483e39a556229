"""The statement viewer: what it finds, what it shows, and that nothing in a statement can harm it."""

import json
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import xapi
import xapi.credentials
from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import db, writing
from mentorcert.evidence import statements, telling
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door, door
from mentorcert.evidence.statements import Thing
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import NOW, make_enrolment, make_person
from xapi import vocabulary as v

BASE = "https://mentors.example.org"


@pytest.fixture
def mine() -> Door:
    return door(BASE)


@pytest.fixture
def amara(session: Session) -> Enrolment:
    return make_enrolment(session, person=make_person(session, "Amara Okafor", "amara@example.org"))


@pytest.fixture
def ruth(client: Browser, session: Session) -> Browser:
    """A browser of an administrator."""
    client.sign_in(make_person(session, "Ruth Adeyemi", roles=(Role.ADMINISTRATOR,)))
    return client


def _read(session: Session, mine: Door, of: Enrolment, name: str = "The first lesson", *, days: int = 0) -> UUID:
    at = NOW - timedelta(days=days)
    whose = about(of, BASE)
    thing = Thing(whose.iris.step("start", "first"), v.LESSON, name)
    [made] = mine.record(session, [statements.lesson_completed(whose, "start", thing, at=at)], now=at)
    session.commit()
    return made


def _lines(html: str) -> list[str]:
    found = re.findall(r"<summary>(.*?)</summary>", html, re.DOTALL)
    texts = (re.sub(r"<[^>]+>", "", re.sub(r"<time.*?</time>", "", each)) for each in found)
    return [" ".join(each.split()) for each in texts]


def _send(app: MentorCert, session: Session, *made: dict[str, object], label: str = "Company LMS") -> None:
    """Have a key from outside store statements, over HTTP."""
    writing(session)
    credential, secret = xapi.credentials.create(session, label=label, scopes=["all"], now=NOW)
    session.commit()
    answered = app.test_client().post(
        "/xapi/statements",
        json=list(made),
        auth=(credential.key, secret),
        headers={"X-Experience-API-Version": "1.0.3"},
    )
    assert answered.status_code == 200, answered.text


def test_statements_are_sentences_newest_first_under_their_days(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    _read(session, mine, amara, "An old one", days=1)
    _read(session, mine, amara)
    html = ruth.get("/statements").text
    assert _lines(html) == ["Amara Okafor read The first lesson", "Amara Okafor read An old one"]
    assert re.findall(r"<h2>(.*?) <small", html) == ["Tuesday 24 November 2026", "Monday 23 November 2026"]
    assert "2 statements match." in html
    assert "Completed it." in html


def test_what_was_taken_back_is_shown_struck_through(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    target = _read(session, mine, amara)
    mine.record(session, [statements.voiding(about(amara, BASE).iris, target, at=NOW)], now=NOW)
    session.commit()
    html = ruth.get("/statements").text
    assert _lines(html) == [f"MentorCert took back statement {target}", "Amara Okafor read The first lesson voided"]
    assert '<span class="stmt__void"><bdi>Amara Okafor' in html
    assert "None: it was taken back." in html


def test_filters_narrow_what_is_shown(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    ben = make_enrolment(session, amara.cohort, make_person(session, "Ben Castell"))
    _read(session, mine, amara, "Long ago", days=9)
    _read(session, mine, ben)
    _send(app, session, _from_outside())
    shown = {
        "who=amara okafor": ["Amara Okafor read Long ago"],
        "who=castell": ["Ben Castell read The first lesson"],
        f"who={amara.person.uuid}": ["Amara Okafor read Long ago"],
        "who=amara@example.org": ["Amara Okafor read Long ago"],
        "who=ann@example.com": ["Ann waved at Safety at work from Company LMS"],
        f"verb={v.COMPLETED}&since=2026-11-20": ["Ben Castell read The first lesson"],
        "since=2026-11-24&authority=system": ["Ben Castell read The first lesson"],
        f"registration={ben.uuid}": ["Ben Castell read The first lesson"],
        f"who={uuid4()}": [],
    }
    assert {asked: _lines(ruth.get(f"/statements?{asked}").text) for asked in shown} == shown
    [key] = re.findall(r'<option value="(account:[^"]+)">Company LMS', ruth.get("/statements").text)
    told = _lines(ruth.get("/statements", query_string={"authority": key}).text)
    assert told == ["Ann waved at Safety at work from Company LMS"]


def test_a_name_that_several_have_is_asked_about_and_one_that_nobody_has_is_said(
    ruth: Browser, session: Session, amara: Enrolment
) -> None:
    make_person(session, "Amara Diop")
    html = ruth.get("/statements?who=amara").text
    assert "2 people fit. Whom do you mean?" in html
    assert f"/statements?who={amara.person.uuid}" in html
    assert "We know nobody by this name." in ruth.get("/statements?who=zzz").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_first_day_of_the_calendar_is_a_day_like_others(ruth: Browser, amara: Enrolment) -> None:
    assert ruth.get("/statements?since=0001-01-01").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "asked",
    [
        "since=yesterday",
        "verb=javascript:alert(1)",
        "authority=nobody",
        "registration=1",
        "id=x",
        "after=-1",
        "after=x",
        f"who={'x' * 201}",
    ],
)
def test_what_cannot_be_asked_is_a_400_that_names_the_field(ruth: Browser, asked: str) -> None:
    answered = ruth.get(f"/statements?{asked}")
    assert (answered.status_code, "One thing needs another look." in answered.text) == (400, True)


def test_a_statement_that_there_is_not_is_a_page(ruth: Browser) -> None:
    assert ruth.get(f"/statements?id={uuid4()}").status_code == 404
    assert "Nothing matches." in ruth.get("/statements").text


def test_older_ones_are_on_the_next_page_with_the_same_filter(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "PAGE", 2)
    for number in range(5):
        _read(session, mine, amara, f"Number {number}", days=5 - number)
    html, told = ruth.get(f"/statements?verb={v.COMPLETED}").text, []
    pages = []
    while True:
        told += [line.rpartition(" ")[2] for line in _lines(html)]
        pages += re.findall(r'<span class="quiet">(\d+ to \d+ of \d+)</span>', html)
        older = re.search(r'href="([^"]*after=[^"]*)">Older', html)
        if older is None:
            break
        html = ruth.get(older[1].replace("&amp;", "&")).text
    assert (told, pages) == (["4", "3", "2", "1", "0"], ["1 to 2 of 5", "3 to 4 of 5", "5 to 5 of 5"])


def test_all_about_one_activity_shows_what_it_comes_to(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    _read(session, mine, amara)
    [link] = re.findall(r'href="([^"]*)">All about it', ruth.get("/statements").text)
    html = ruth.get(link.replace("&amp;", "&")).text
    assert "What these statements say together" in html
    assert "Tuesday 24 November, 14:00" in html


def _from_outside(**changes: object) -> dict[str, object]:
    return {
        "actor": {"name": "Ann", "mbox": "mailto:ann@example.com"},
        "verb": {"id": "http://example.com/verbs/waved-at", "display": {"en": "waved at"}},
        "object": {"id": "http://example.com/x", "definition": {"name": {"en": "Safety at work"}}},
        **changes,
    }


def test_a_hostile_statement_is_harmless(app: MentorCert, ruth: Browser, session: Session) -> None:
    script = "</code></pre><script>alert(1)</script><img src=x onerror=alert(1)>"
    hostile = _from_outside(
        actor={"name": script, "openid": "http://example.com/" + "o" * 9000},
        verb={"id": "javascript:alert(2)", "display": {"en": script}},
        object={
            "id": "javascript:alert(3)",
            "definition": {"name": {"en": script + "x" * 10_000}, "type": "javascript:alert(4)"},
        },
        result={"response": script, "extensions": {"javascript:alert(5)": {script: [script] * 3}}},
    )
    _send(app, session, hostile, _from_outside(), label=script)
    html = ruth.get("/statements").text
    assert html.count("<script>alert") + html.count("<img") + html.count('href="javascript') == 0
    assert len(_lines(html)) == 2
    assert "Show it alone, whole" in html
    [alone] = re.findall(r'href="([^"]*id=[^"]*)">Show it alone', html)
    whole = ruth.get(alone).text
    assert whole.count("<script>alert") + whole.count("<img") + whole.count('href="javascript') == 0
    assert "x" * 10_000 in whole


def test_a_statement_of_many_parts_is_left_out_of_the_list_and_shown_alone(
    app: MentorCert, ruth: Browser, session: Session
) -> None:
    deep: object = "x"
    for _ in range(20):
        deep = {"a": [deep]}
    long = {"http://example.com/e": [deep] * 300}
    _send(app, session, _from_outside(result={"extensions": long}))
    html = ruth.get("/statements").text
    assert (html.count("Show it alone, whole"), len(html) < 20_000) == (1, True)


def test_a_page_of_many_asks_no_more_queries_than_a_page_of_one(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    _read(session, mine, amara)
    few = _queries(app, ruth)
    for _ in range(30):
        _read(session, mine, make_enrolment(session, amara.cohort))
    assert len(_queries(app, ruth)) == len(few)


def _queries(app: MentorCert, client: Browser) -> list[str]:
    with app.app_context():
        engine: Engine = db.engine
    with counted(engine) as said:
        assert client.get("/statements").status_code == 200
    return said


def test_the_same_can_be_had_from_the_store_with_a_key(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    _read(session, mine, amara)
    html = ruth.get(f"/statements?who=amara&verb={v.COMPLETED}&since=2026-11-24").text
    [address] = re.findall(r"GET (/xapi[^<]*)</span>", html)
    writing(session)
    credential, secret = xapi.credentials.create(session, label="Mine", scopes=["all"], now=NOW)
    session.commit()
    answered = app.test_client().get(
        address.replace("&amp;", "&").replace("&#34;", '"'),
        auth=(credential.key, secret),
        headers={"X-Experience-API-Version": "1.0.3"},
    )
    assert [each["actor"]["account"]["name"] for each in json.loads(answered.text)["statements"]] == [
        str(amara.person.uuid)
    ]
