"""Statements as sentences: ours, other people's, and hostile ones."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

import xapi
from mentorcert.evidence import statements
from mentorcert.evidence.agents import agent_of, people_in
from mentorcert.evidence.facts import facts
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.sentences import Sentence, Telling, sentence
from mentorcert.evidence.statements import About, Answer, Thing
from mentorcert.evidence.visible import revealed, short
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
            statements.Seen(Decimal(161), Decimal(200), "0[.]161"),
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
    assert set(people_in(statement, BASE)) == {AMARA, INES}
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
    assert sentence(bare, KNOWN) == Sentence("ann@example.com", "waved-at", "http://example.com/x", "")


A, B, C, D = ({"mbox": f"mailto:{name}@example.com"} for name in "abcd")
US = {"objectType": "Agent", "account": {"homePage": BASE, "name": str(AMARA)}}
PLANNED = {
    "objectType": "SubStatement",
    "actor": US,
    "verb": {"id": v.COMPLETED},
    "object": {"id": "http://example.com/x", "definition": {"name": {"en": "Safety"}}},
}
WHO = {
    "a person of ours": (US, "Amara Okafor"),
    "a group without a name": ({"objectType": "Group", "member": [A, US]}, "a group (a@example.com and Amara Okafor)"),
    "one of one": ({"objectType": "Group", "member": [B]}, "a group (b@example.com)"),
    "three": ({"objectType": "Group", "member": [A, B, C]}, "a group (a@example.com, b@example.com and c@example.com)"),
    "a large one": (
        {"objectType": "Group", "name": "Team 2", "member": [A, B, C, D]},
        "Team 2 (a@example.com, b@example.com, c@example.com and 1 more)",
    ),
    "one with an identifier": ({"objectType": "Group", "mbox": "mailto:team@example.com"}, "team@example.com"),
}


@pytest.mark.parametrize("name", WHO)
def test_people_and_groups_have_names_as_actors_and_as_objects(name: str) -> None:
    raw, told = WHO[name]
    assert (sentence(_from_outside(actor=raw), KNOWN).who, sentence(_from_outside(object=raw), KNOWN).what) == (
        told,
    ) * 2


def test_a_statement_within_a_statement_is_told_in_quotes() -> None:
    planned = _from_outside(object=PLANNED)
    assert sentence(planned, KNOWN).what == "“Amara Okafor completed Safety”"
    assert ("Object", f"SubStatement: Amara Okafor, {v.COMPLETED}, http://example.com/x") in facts(planned, KNOWN)
    assert list(people_in(planned, BASE)) == [AMARA]


def test_a_statement_about_another_tells_that_one_once_it_is_here() -> None:
    target, other = UUID(int=9), UUID(int=8)
    about = _from_outside(object={"objectType": "StatementRef", "id": str(target)})
    chained = _from_outside(object={"objectType": "StatementRef", "id": str(other)})
    told = [sentence(about, Telling(BASE, {}, targets)).what for targets in ({}, {target: _from_outside()})]
    assert told == [f"statement {target}", "“Ann waved at Safety at work”"]
    circle = Telling(BASE, {}, {target: chained, other: about})
    assert sentence(about, circle).what == f"“Ann waved at statement {other}”"


def test_facts_name_who_else_was_there_and_what_it_belongs_to() -> None:
    both = [{"objectType": "contextAgent", "agent": US, "relevantTypes": ["http://example.com/roles/observer"]}]
    teams = [
        {"objectType": "contextGroup", "group": {"objectType": "Group", "name": "Team 2", "mbox": "mailto:t@e.org"}}
    ]
    context = {
        "instructor": B,
        "team": {"objectType": "Group", "member": [A]},
        "contextAgents": both,
        "contextGroups": teams,
        "contextActivities": {
            "parent": [{"id": "http://example.com/unit", "definition": {"name": {"en": "Unit 1"}}}],
            "grouping": [{"id": f"http://example.com/{number}"} for number in range(7)],
        },
        "platform": "the web",
    }
    statement = _from_outside(context=context)
    assert facts(statement, KNOWN)[3:] == [
        ("Instructor", "b@example.com"),
        ("Team", "a group (a@example.com)"),
        ("Also there", "Amara Okafor (observer), Team 2"),
        ("Part of", "Unit 1"),
        ("Within", ", ".join(f"http://example.com/{number}" for number in range(5)) + " and 2 more"),
        ("Platform", "the web"),
    ]
    assert list(people_in(statement, BASE)) == [AMARA]


def test_how_it_went_is_said_where_the_verb_does_not() -> None:
    result = {"success": True, "score": {"scaled": 0.92}}
    told = [
        sentence(_from_outside(verb={"id": verb}, result=result), KNOWN).how
        for verb in (v.COMPLETED, v.PASSED, v.ANSWERED)
    ]
    assert told == ["passed, 92 %", "92 %", "right"]


@pytest.mark.parametrize(
    "agent",
    [
        {"mbox": "mailto:a@example.com"},
        {"mbox_sha1sum": "a" * 40},
        {"openid": "http://example.com/a?b=c|d"},
        {"account": {"homePage": "https://lms.example/?a=50%25|x", "name": "a|b%7C\t c"}},
    ],
)
def test_an_agent_is_made_again_of_its_key(agent: dict[str, object]) -> None:
    assert agent_of(xapi.agent_key(agent)) == agent


def test_hidden_characters_are_left_out_of_texts_and_written_out_in_json() -> None:
    text = "a\u202eb\u200bc\x85d\U000e0041e"
    assert (short(text), revealed(text)) == ("abcde".replace("cd", "c d"), r"a\u202eb\u200bc\u0085d\udb40\udc41e")
    assert [short("س\u200cت"), revealed("👩\u200d👧\n")] == ["س\u200cت", "👩\u200d👧\n"]


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
