"""Every statement that we make is valid, and is what our published profile says of it."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import xapi
from mentorcert.catalog.programme import LessonKind
from mentorcert.catalog.rubric import Criterion, Level
from mentorcert.db import writing
from mentorcert.evidence import statements, trust
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.statements import About, Answer, Thing
from tests.xapi.profile_matching import broken, templates_of
from xapi import vocabulary as v

PROFILE: dict[str, Any] = json.loads((Path(xapi.__file__).parent / "profile.jsonld").read_text(encoding="utf-8"))
TEMPLATES = {template["id"].rpartition("/")[2]: template for template in PROFILE["templates"]}
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ABOUT = About(Iris("https://mentors.example.org", "mentor"), UUID(int=1), UUID(int=2), UUID(int=3), "0" * 64)
COACH = UUID(int=4)


def _thing(kind: str) -> Thing:
    return Thing(ABOUT.iris.step("questions", "a"), kind, "A name")


def _film(event: str) -> bytes:
    seen = statements.Seen(Decimal(3), Decimal(10), "0[.]3", UUID(int=6))
    return statements.film_event(ABOUT, "questions", _thing(v.VIDEO), event, seen, at=NOW)


def _check(*, passed: bool) -> bytes:
    return statements.check_finished(
        ABOUT, "questions", _thing(v.ASSESSMENT), score=Decimal("0.8"), passed=passed, at=NOW
    )


def _grade(*, passed: bool) -> bytes:
    final = Thing(ABOUT.iris.final, v.RECORDING, "Final recording")
    grade, levels = statements.Grade(UUID(int=5), [COACH], "1" * 64), {"listening": "solid"}
    return statements.grade_released(ABOUT, final, grade, percent=79, passed=passed, levels=levels, at=NOW)


def _criterion() -> bytes:
    """Two coaches' grades were combined, and it was decided on appeal."""
    grade = statements.Grade(UUID(int=5), [COACH, UUID(int=6)], "1" * 64, appealed=True)
    levels = (Level("not-yet", "Not yet", 1, "Interrupts."), Level("solid", "Solid", 4, "Waits."))
    listening = Criterion("listening", "Listening", 60, levels, critical=True, min_level="solid")
    thing = Thing(ABOUT.iris.criterion("coaching-session", "listening"), v.OBJECTIVE, "Listening")
    return statements.criterion_graded(ABOUT, thing, grade, listening, "not-yet", at=NOW)


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
    "criterion-graded": _criterion(),
    "certificate-earned": statements.certificate_earned(ABOUT, _thing(v.CERTIFICATE), at=NOW),
    "certificate-revoked": statements.certificate_revoked(ABOUT, _thing(v.CERTIFICATE), at=NOW),
    "statement-voided": statements.voiding(ABOUT.iris, UUID(int=9), at=NOW),
}
"""What each function makes, by the template that it is meant to be."""
ANYBODY_S = {"lesson-completed", "video-played", "video-paused", "video-left", "video-completed", "statement-voided"}
"""What another system may send too."""


def test_each_template_has_a_statement_that_we_make() -> None:
    assert list(TEMPLATES) == list(MADE)


@pytest.mark.parametrize("name", MADE)
def test_what_we_make_is_valid_and_is_one_template_s_statement(name: str) -> None:
    [statement] = xapi.parse(MADE[name], now=NOW)
    assert templates_of(statement.raw, PROFILE) == [TEMPLATES[name]["id"]]


@pytest.mark.parametrize("name", MADE)
def test_an_extension_of_ours_stands_where_it_belongs_and_is_of_its_kind(name: str) -> None:
    raw = json.loads(MADE[name])
    kinds = {each["id"]: each for each in PROFILE["concepts"] if each["type"].endswith("Extension")}
    for place, kind in (("context", "ContextExtension"), ("result", "ResultExtension")):
        for iri, value in raw.get(place, {}).get("extensions", {}).items():
            if iri.startswith(v.PROFILE):
                assert (kinds[iri]["type"], _fits(json.loads(kinds[iri]["inlineSchema"]), value)) == (kind, True)


def _fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is as a JSON Schema says, in the words that ours use."""
    inner = schema.get("additionalProperties")
    checks = {
        "const": lambda: value is schema["const"],
        "type": lambda: isinstance(value, {"string": str, "object": dict}[schema["type"]]),
        "pattern": lambda: re.search(schema["pattern"], value) is not None,
        "additionalProperties": lambda: all(_fits(inner or {}, each) for each in value.values()),
    }
    return all(checks[word]() for word in schema)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_lessons_and_films_follow_the_profile_from_another_authority(session: Session, name: str) -> None:
    key = xapi.Authority(agent={"account": {"homePage": ABOUT.iris.base, "name": f"key:{COACH}"}})
    writing(session)
    xapi.append(session, xapi.parse(MADE[name], now=NOW), authority=key, on_stored=lambda *_: None, now=NOW)
    [stored] = xapi.every(session)
    broken_by_key = broken(stored.statement.raw, TEMPLATES[name])
    assert broken_by_key == ([] if name in ANYBODY_S else ["$.authority.account.name: ['key:" + str(COACH) + "']"])


@pytest.mark.parametrize("event", ["played", "paused", "left"])
def test_a_film_s_statement_has_what_the_video_profile_asks_for(event: str) -> None:
    raw = json.loads(_film(event))
    assert raw["result"]["extensions"] == {v.VIDEO_TIME: 3.0, v.VIDEO_PROGRESS: 0.3, v.VIDEO_PLAYED_SEGMENTS: "0[.]3"}
    assert raw["context"]["extensions"] == {v.VIDEO_LENGTH: 10.0, v.VIDEO_SESSION: str(UUID(int=6))}


def test_what_another_system_may_send_is_what_the_door_lets_count() -> None:
    said = {
        (TEMPLATES[name]["verb"], TEMPLATES[name]["objectActivityType"]) for name in ANYBODY_S - {"statement-voided"}
    }
    types = {LessonKind.READ: v.LESSON, LessonKind.FILM: v.VIDEO}
    assert said == {(verb, types[kind]) for kind, verbs in trust.VERBS.items() for verb in verbs}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_we_make_is_valid_in_both_versions_of_the_standard(version: str) -> None:
    made = [json.loads(body) for body in MADE.values()]
    assert len(xapi.parse(made, now=NOW, version=version)) == len(MADE)
