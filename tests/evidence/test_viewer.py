"""The statement viewer: what it finds, and how it says what it can't."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

import xapi.credentials
from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.evidence import identifiers, telling
from mentorcert.evidence.service import Door
from tests.browsing import Browser
from tests.evidence.viewing import WAVED, from_outside, have_many, lines, read, send, void
from tests.factories import NOW, make_enrolment, make_person
from xapi import vocabulary as v

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_statements_are_sentences_newest_first_under_their_days(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara, "An old one", days=1)
    read(session, mine, amara)
    html = ruth.get("/statements").text
    assert lines(html) == ["Amara Okafor read The first lesson", "Amara Okafor read An old one"]
    assert re.findall(r"<h2>(.*?) <small", html) == ["Tuesday 24 November 2026", "Monday 23 November 2026"]
    assert "2 statements match." in html
    assert "Completed it." in html


def test_what_was_taken_back_is_shown_struck_through(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    void(session, mine, amara, read(session, mine, amara))
    html = ruth.get("/statements").text
    assert lines(html) == [
        "MentorCert took back “Amara Okafor read The first lesson”",
        "Amara Okafor read The first lesson voided",
    ]
    assert '<span class="stmt__void"><bdi>Amara Okafor' in html
    assert "None: it was taken back." in html


def test_filters_narrow_what_is_shown(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    ben = make_enrolment(session, amara.cohort, make_person(session, "Ben Castell"))
    read(session, mine, amara, "Long ago", days=9)
    read(session, mine, ben)
    amaras, bens, anns = (
        "Amara Okafor read Long ago",
        "Ben Castell read The first lesson",
        "Ann waved at Safety at work from Company LMS",
    )
    send(app, session, from_outside(context={"instructor": {"mbox": "mailto:ben@example.com"}}))
    lesson = "https://mentors.example.org/activities/tiny/start/first"
    shown = {
        "who=amara okafor": [amaras],
        "who=castell": [bens],
        f"who={amara.person.uuid}": [amaras],
        "who=amara@example.org": [amaras],
        "who=ann@example.com": [anns],
        "who=mbox:mailto:ann@example.com": [anns],
        "who=ben@example.com": [],
        "who=ben@example.com&related=1": [anns],
        "verb=completed&since=2026-11-20": [bens],
        "verb=Waved-At": [anns],
        f"verb={WAVED}": [anns],
        "verb=http://example.com/verbs/never": [],
        f"activity={lesson}": [bens, amaras],
        f"activity={lesson}/": [],
        "activity=the first lesson": [bens, amaras],
        "activity=safety": [anns],
        f"activity={lesson.rpartition('/')[0]}": [],
        f"activity={lesson.rpartition('/')[0]}&related=1": [bens, amaras],
        "since=2026-11-24&authority=system": [bens],
        "until=2026-11-23": [amaras],
        "since=2026-11-15&until=2026-11-15": [amaras],
        "since=2026-11-24T14:00&until=2026-11-24T14:00": [anns, bens],
        "since=2026-11-24T14:01": [],
        "until=2026-11-24T13:59:59": [amaras],
        f"registration={ben.uuid}": [bens],
        f"who={uuid4()}": [],
    }
    assert {asked: lines(ruth.get(f"/statements?{asked}").text) for asked in shown} == shown
    [key] = re.findall(r'<option value="(account:[^"]+)">Company LMS', ruth.get("/statements").text)
    assert lines(ruth.get("/statements", query_string={"authority": key}).text) == [anns]


def test_keys_of_one_name_are_told_from_each_other(app: MentorCert, ruth: Browser, session: Session) -> None:
    for label in ("LMS", "LMS", "Other"):
        send(app, session, from_outside(), label=label)
    one, other = sorted(each.key[:6] for each in xapi.credentials.every(session) if each.label == "LMS")
    offered = re.findall(r'<option value="account:[^"]+">([^<]+)<', ruth.get("/statements").text)
    assert sorted(offered) == [f"LMS ({one})", f"LMS ({other})", "Other"]


def test_the_verbs_that_occur_are_offered(app: MentorCert, ruth: Browser, session: Session, mine: Door) -> None:
    have_many(session, mine, 3)
    send(
        app, session, from_outside(verb={"id": "http://example.com/" + "v" * 600}), from_outside(verb={"id": v.PASSED})
    )
    offered = re.findall(r'<option value="([^"]+)">(http[^<]+)</option>', ruth.get("/statements").text)
    assert offered == [("passed", v.PASSED), ("waved-at", WAVED)]


@pytest.mark.parametrize(
    ("asked", "question", "links"),
    [
        (
            "who=amara&verb=completed",
            "2 people fit. Whom do you mean?",
            ["Amara Diop", "Amara Okafor"],
        ),
        ("verb=waved-at", "2 verbs fit. Which do you mean?", ["waved-at", "waved-at"]),
        ("activity=safety", "2 titles fit. Which do you mean?", ["Safety at home", "Safety at work"]),
    ],
)
def test_a_word_that_means_several_things_is_asked_about(
    app: MentorCert, ruth: Browser, session: Session, amara: Enrolment, asked: str, question: str, links: list[str]
) -> None:
    assert amara.person.name == "Amara Okafor"
    make_person(session, "Amara Diop")
    home = {"id": "http://example.com/y", "definition": {"name": {"en": "Safety at home"}}}
    send(app, session, from_outside(), from_outside(verb={"id": "http://example.com/2/waved-at"}, object=home))
    html = ruth.get(f"/statements?{asked}").text
    found = re.findall(r'<li><a href="([^"]+)"><bdi>([^<]+)</bdi>', html)
    assert (question in html, [name for _, name in found]) == (True, links)
    answers = [ruth.get(address.replace("&amp;", "&")).text for address, _ in found]
    assert ["Whom do you mean" in each or "Which do you mean" in each for each in answers] == [False] * len(links)
    assert all(f"{name}=" in address for address, _ in found for name in re.findall(r"(\w+)=", asked))


@on_one_database
def test_a_word_that_means_nothing_is_said_with_what_helps(ruth: Browser) -> None:
    said = {
        "who=zzz": "We know nobody by this name.",
        "verb=zzz": "No statement has a verb of this name.",
        "activity=zzz": "We know nothing of this title.",
    }
    assert [asked for asked, text in said.items() if text not in ruth.get(f"/statements?{asked}").text] == []


@on_one_database
def test_the_edges_of_the_calendar_are_days_like_others(ruth: Browser) -> None:
    asked = "since=0001-01-01&until=9999-12-31"
    assert ruth.get(f"/statements?{asked}").status_code == 200


@on_one_database
@pytest.mark.parametrize(
    "asked",
    [
        "since=yesterday",
        "until=2026-02-30",
        "since=2026-11-24&until=2026-11-23",
        "authority=nobody",
        "registration=1",
        "id=x",
        "after=-1",
        "after=x",
        f"who={'x' * 4001}",
        f"verb={'x' * 4001}",
    ],
)
def test_what_cannot_be_asked_is_a_400_that_names_the_field(ruth: Browser, asked: str) -> None:
    answered = ruth.get(f"/statements?{asked}")
    assert (answered.status_code, "One thing needs another look." in answered.text) == (400, True)


def test_older_ones_are_on_the_next_page_with_the_same_filter(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "PAGE", 2)
    for number in range(5):
        read(session, mine, amara, f"Number {number}", days=5 - number)
    html, told = ruth.get("/statements?verb=completed&until=2026-11-30").text, []
    pages = []
    while True:
        told += [line.rpartition(" ")[2] for line in lines(html)]
        pages += re.findall(r">(\d+ to \d+ of \d+)</span>", html)
        older = re.search(r'href="([^"]*after=[^"]*)">Older', html)
        if older is None:
            break
        html = ruth.get(older[1].replace("&amp;", "&")).text
    assert (told, pages) == (["4", "3", "2", "1", "0"], ["1 to 2 of 5", "3 to 4 of 5", "5 to 5 of 5"])


def test_all_about_one_activity_shows_what_it_comes_to(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara)
    [link] = re.findall(r'href="([^"]*)">All about it', ruth.get("/statements").text)
    html = ruth.get(link.replace("&amp;", "&")).text
    assert "What these statements say together" in html
    assert "Tuesday 24 November 2026, 14:00:00.000" in html


def test_exact_words_are_told_in_names_and_titles(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara)
    send(app, session, from_outside())
    agent = {"mbox": "mailto:ann@example.com"}
    identifiers.add(session, mine, amara.person, agent, verified_by="Ruth, by phone", who="test", now=NOW)
    session.commit()
    lesson = "https://mentors.example.org/activities/tiny/start/first"
    told = {
        f"who={amara.person.uuid}&verb=completed": "Looking for Amara Okafor. Other systems say ann@example.com.",
        "who=mbox:mailto:ann@example.com": "Looking for ann@example.com.",
        f"activity={lesson}": "Looking for “The first lesson”.",
        f"who=amara&registration={amara.uuid}": (
            "Looking for Amara Okafor, the enrolment of Amara Okafor. Other systems say ann@example.com."
        ),
        "activity=http://example.com/never": "",
    }
    assert {asked: _looking_for(ruth.get(f"/statements?{asked}").text) for asked in told} == told
    [link] = re.findall(r'href="([^"]*who=mbox[^"]*)"><bdi>ann', ruth.get("/statements?who=amara").text)
    assert lines(ruth.get(link.replace("&amp;", "&")).text) == ["Ann waved at Safety at work from Company LMS"]


def _looking_for(html: str) -> str:
    found = re.search(r'<p class="small">(Looking for.*?)</p>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


def test_a_page_of_many_asks_no_more_queries_than_a_page_of_one(
    ruth: Browser,
    session: Session,
    mine: Door,
    amara: Enrolment,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    void(session, mine, amara, read(session, mine, amara))
    with count_queries() as few:
        assert len(lines(ruth.get("/statements").text)) == 2
    for _ in range(24):
        own = make_enrolment(session, amara.cohort)
        void(session, mine, own, read(session, mine, own))
    with count_queries() as many:
        assert len(lines(ruth.get("/statements").text)) == 50
    assert (len(many), len(few)) == (len(few), 9)


def test_the_same_can_be_had_from_the_store_with_a_key(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara, days=2)
    read(session, mine, amara)
    html = ruth.get("/statements?who=amara&verb=completed&since=2026-11-24&until=2026-11-24").text
    [address] = re.findall(r"GET (/xapi[^<]*)</span>", html)
    writing(session)
    credential, secret = xapi.credentials.create(session, label="Mine", scopes=["all"], now=NOW - timedelta(days=1))
    session.commit()
    answered = app.test_client().get(
        address.replace("&amp;", "&"),
        auth=(credential.key, secret),
        headers={"X-Experience-API-Version": "1.0.3"},
    )
    assert [each["actor"]["account"]["name"] for each in json.loads(answered.text)["statements"]] == [
        str(amara.person.uuid)
    ]
