"""Statements as sentences: ours, other people's, and hostile ones."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

import xapi
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.sentences import Sentence, Telling, facts, people_in, sentence, short
from mentorcert.evidence.statements import About, Answer, Thing
from xapi import vocabulary as v

BASE = "https://mentors.example.org"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
AMARA, INES = UUID("8d9f4c1e-0000-4000-8000-000000000001"), UUID("8d9f4c1e-0000-4000-8000-000000000002")
ABOUT = About(Iris(BASE, "mentor"), AMARA, UUID(int=3), UUID(int=4), "0" * 64)
KNOWN = Telling(BASE, {AMARA: "Amara Okafor"})


def _thing(kind: str, name: str) -> Thing:
    return Thing(ABOUT.iris.step("questions", "a"), kind, name)


def _answer(score: int) -> bytes:
    told = Answer("a", "b", "choice", Decimal(score))
    return statements.question_answered(ABOUT, BASE, _thing(v.INTERACTION, "Which reply?"), told, at=NOW)


OURS = {
    "answered": (_answer(0), Sentence("Amara Okafor", "answered", "“Which reply?”", "wrong")),
    "read": (
        statements.lesson_completed(ABOUT, "questions", _thing(v.LESSON, "The question"), at=NOW),
        Sentence("Amara Okafor", "read", "The question", ""),
    ),
    "watched": (
        statements.lesson_completed(ABOUT, "questions", _thing(v.VIDEO, "Silence"), at=NOW),
        Sentence("Amara Okafor", "watched", "Silence", ""),
    ),
    "left": (
        statements.film_event(
            ABOUT,
            "questions",
            _thing(v.VIDEO, "Silence"),
            "left",
            position=Decimal(161),
            length=Decimal(200),
            segments="0[.]161",
            at=NOW,
        ),
        Sentence("Amara Okafor", "left", "Silence", "at 2:41"),
    ),
    "wrote": (
        statements.reflection_completed(ABOUT, "questions", _thing(v.REFLECTION, "Looking back"), at=NOW),
        Sentence("Amara Okafor", "wrote", "Looking back", "private to them"),
    ),
    "passed": (
        statements.check_finished(
            ABOUT, "questions", _thing(v.ASSESSMENT, "What you know"), score=Decimal(6) / 7, passed=True, at=NOW
        ),
        Sentence("Amara Okafor", "passed", "What you know", "85 %"),
    ),
    "attended": (
        statements.session_attended(ABOUT, _thing(v.MEETING, "Session 3"), INES, at=NOW),
        Sentence("Amara Okafor", "took part in", "Session 3", ""),
    ),
    "took back": (
        statements.voiding(ABOUT.iris, UUID(int=9), at=NOW),
        Sentence("MentorCert", "took back", "statement 00000000-0000-0000-0000-000000000009", ""),
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_our_statements_are_sentences(name: str) -> None:
    body, told = OURS[name]
    assert sentence(xapi.parse(body, now=NOW)[0], KNOWN) == told


def test_a_question_that_quotes_somebody_stands_in_other_marks() -> None:
    asked = {"id": "http://example.com/q", "definition": {"type": v.INTERACTION, "name": {"en": "Why “now”?"}}}
    assert sentence(_from_outside(object=asked), KNOWN).what == "‘Why “now”?’"


def test_the_first_try_is_said_and_a_person_who_is_gone_is_their_uuid() -> None:
    [statement] = xapi.parse(_answer(1), now=NOW)
    assert sentence(statement, Telling(BASE, {}, first=True)) == Sentence(
        str(AMARA), "answered", "“Which reply?”", "right, first try"
    )


def test_whom_a_statement_names_is_found_in_actor_and_instructor() -> None:
    [statement] = xapi.parse(OURS["attended"][0], now=NOW)
    assert list(people_in(statement, BASE)) == [AMARA, INES]
    assert list(people_in(statement, "https://elsewhere.example")) == []


def _from_outside(**changes: object) -> xapi.Statement:
    statement = {
        "actor": {"name": "Ann", "mbox": "mailto:ann@example.com"},
        "verb": {"id": "http://example.com/verbs/waved-at", "display": {"de": "winkte", "en-US": "waved at"}},
        "object": {"id": "http://example.com/x", "definition": {"name": {"en": "Safety at work"}}},
    }
    return xapi.parse([{**statement, **changes}], now=NOW)[0]


def test_a_statement_of_others_is_told_in_its_own_words() -> None:
    assert sentence(_from_outside(), KNOWN) == Sentence("Ann", "waved at", "Safety at work", "")
    bare = _from_outside(
        actor={"mbox": "mailto:ann@example.com"},
        verb={"id": "http://example.com/verbs/waved-at"},
        object={"id": "http://example.com/x"},
    )
    assert sentence(bare, KNOWN) == Sentence("mailto:ann@example.com", "waved-at", "http://example.com/x", "")


def test_objects_of_every_kind_have_words() -> None:
    person = {"objectType": "Agent", "account": {"homePage": BASE, "name": str(AMARA)}}
    group = {"objectType": "Group", "member": [{"mbox": "mailto:a@example.com"}, {"mbox": "mailto:b@example.com"}]}
    inner = {
        "objectType": "SubStatement",
        "actor": {"mbox": "mailto:ann@example.com"},
        "verb": {"id": "http://example.com/v"},
        "object": {"id": "http://example.com/x"},
    }
    told = [sentence(_from_outside(object=each), KNOWN).what for each in (person, group, inner)]
    assert told == ["Amara Okafor", "a group of 2", "another statement"]


def test_a_hostile_statement_is_cut_and_never_fails() -> None:
    statement = _from_outside(
        actor={"name": "A" * 10_000, "openid": "http://example.com/" + "o" * 5000},
        verb={"id": "javascript:alert(1)", "display": {"en": "<script>alert(1)</script>\n" * 50}},
        object={"id": "javascript:alert(2)", "definition": {"type": "javascript:alert(3)", "name": {"xx": " \n "}}},
        result={
            "score": {"raw": 1e300, "max": 1e300},
            "response": "r" * 9000,
            "extensions": {v.VIDEO_TIME: "NaN", "http://example.com/e": {"x": None}},
        },
    )
    told = sentence(statement, KNOWN)
    assert (told.who, told.what, told.how) == ("A" * 120 + "…", "javascript:alert(2)", "")
    assert told.verb.startswith("<script>alert(1)</script> <script>")
    assert max(len(value) for _, value in facts(statement, KNOWN)) < 300


def test_a_text_is_cut_on_one_line() -> None:
    assert [short(" a\n\tb "), short("x" * 121), short("x" * 120), short(" " * 1000 + "x")] == [
        "a b",
        "x" * 120 + "…",
        "x" * 120,
        "…",
    ]
