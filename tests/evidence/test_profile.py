"""Every statement that we make is valid, and is what our published profile says of it."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import xapi
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.statements import About, Answer, Thing
from xapi import vocabulary as v

PROFILE: dict[str, Any] = json.loads((Path(xapi.__file__).parent / "profile.jsonld").read_text(encoding="utf-8"))
TEMPLATES = {template["id"].rpartition("/")[2]: template for template in PROFILE["templates"]}
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ABOUT = About(Iris("https://mentors.example.org", "mentor"), UUID(int=1), UUID(int=2), UUID(int=3), "0" * 64)
COACH = UUID(int=4)


def _thing(kind: str) -> Thing:
    return Thing(ABOUT.iris.step("questions", "a"), kind, "A name")


def _film(event: str) -> bytes:
    told = {"position": Decimal(3), "length": Decimal(10), "segments": "0[.]3"}
    return statements.film_event(ABOUT, "questions", _thing(v.VIDEO), event, **told, at=NOW)  # type: ignore[arg-type]


def _check(*, passed: bool) -> bytes:
    return statements.check_finished(
        ABOUT, "questions", _thing(v.ASSESSMENT), score=Decimal("0.8"), passed=passed, at=NOW
    )


def _grade(*, passed: bool) -> bytes:
    final = Thing(ABOUT.iris.final, v.RECORDING, "Final recording")
    return statements.grade_released(
        ABOUT,
        final,
        UUID(int=5),
        COACH,
        percent=79,
        passed=passed,
        rubric_version="1" * 64,
        levels={"listening": "solid"},
        at=NOW,
    )


def _answer() -> bytes:
    told = Answer("a", "b", "choice", Decimal(0))
    check = ABOUT.iris.step("questions", "check")
    return statements.question_answered(ABOUT, check, _thing(v.INTERACTION), told, at=NOW)


MADE = {
    "lesson-completed": statements.lesson_completed(ABOUT, "questions", _thing(v.LESSON), at=NOW),
    "video-played": _film("played"),
    "video-paused": _film("paused"),
    "video-left": _film("left"),
    "video-completed": statements.lesson_completed(ABOUT, "questions", _thing(v.VIDEO), at=NOW),
    "question-answered": _answer(),
    "check-passed": _check(passed=True),
    "check-failed": _check(passed=False),
    "reflection-completed": statements.reflection_completed(ABOUT, "questions", _thing(v.REFLECTION), at=NOW),
    "orientation-acknowledged": statements.orientation_acknowledged(ABOUT, "questions", _thing(v.ORIENTATION), at=NOW),
    "strengths-recorded": statements.strengths_recorded(ABOUT, "questions", _thing(v.STRENGTHS), at=NOW),
    "session-attended": statements.session_attended(ABOUT, _thing(v.MEETING), COACH, at=NOW),
    "recording-submitted": statements.recording_submitted(ABOUT, _thing(v.RECORDING), at=NOW),
    "recording-passed": _grade(passed=True),
    "recording-failed": _grade(passed=False),
    "certificate-earned": statements.certificate_earned(ABOUT, _thing(v.CERTIFICATE), at=NOW),
    "certificate-revoked": statements.certificate_revoked(ABOUT, _thing(v.CERTIFICATE), at=NOW),
}
"""What each function makes, by the template that it is meant to be."""


def test_each_template_has_a_statement_that_we_make() -> None:
    assert list(TEMPLATES) == list(MADE)


@pytest.mark.parametrize("name", MADE)
def test_what_we_make_is_valid_and_is_one_template_s_statement(name: str) -> None:
    [statement] = xapi.parse(MADE[name], now=NOW)
    about = statement.raw["object"]["definition"]["type"]
    meant = [
        key for key, each in TEMPLATES.items() if (each["verb"], each["objectActivityType"]) == (statement.verb, about)
    ]
    assert meant == [name]
    assert [fault for rule in TEMPLATES[name]["rules"] if (fault := _broken(rule, statement.raw))] == []


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_we_make_is_valid_in_both_versions_of_the_standard(version: str) -> None:
    made = [json.loads(body) for body in (*MADE.values(), statements.voiding(ABOUT.iris, UUID(int=9), at=NOW))]
    assert len(xapi.parse(made, now=NOW, version=version)) == len(MADE) + 1


def test_a_broken_rule_is_found() -> None:
    raw = {"result": {"success": False, "extensions": {"http://x.y/z": 1}}, "list": [{"id": "a"}, {"id": "b"}]}
    rules: list[dict[str, Any]] = [
        {"location": "$.result.success", "presence": "included", "all": [False]},
        {"location": "$.list[*].id", "presence": "included", "any": ["b"]},
        {"location": "$.result.extensions['http://x.y/z']", "presence": "included"},
        {"location": "$.result.response", "presence": "excluded"},
        {"location": "$.gone", "presence": "recommended"},
        {"location": "$.result.success", "presence": "included", "all": [True]},
        {"location": "$.list[*].id", "presence": "included", "any": ["c"]},
        {"location": "$.gone", "presence": "included"},
        {"location": "$.result.success", "presence": "excluded"},
    ]
    assert [bool(_broken(rule, raw)) for rule in rules] == [False] * 5 + [True] * 4


def _broken(rule: dict[str, Any], raw: dict[str, Any]) -> str:
    """What is wrong by a rule of a template (xAPI Profiles, 8.1), for the kinds of rule that ours use."""
    found = _at(rule["location"], raw)
    wrong = {
        "included": not found,
        "excluded": bool(found),
        "recommended": False,
    }[rule["presence"]]
    if found and "all" in rule:
        wrong = wrong or not all(value in rule["all"] for value in found)
    if found and "any" in rule:
        wrong = wrong or not any(value in rule["any"] for value in found)
    return f"{rule['location']} is {found}" if wrong else ""


def _at(location: str, raw: dict[str, Any]) -> list[Any]:
    """The values at a JSONPath of names, `['names']` and `[*]`."""
    values: list[Any] = [raw]
    for plain, quoted in re.findall(r"\.(\w+)|\['([^']+)'\]|\[\*\]", location):
        name = plain or quoted
        values = [each[name] for each in values if name in each] if name else [one for each in values for one in each]
    return values
