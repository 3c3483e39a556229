"""The statements that we make: one function a kind of fact, built with tincan and typed around it.

The profile (`xapi/profile.jsonld`) holds a template for each. The trainee is always the actor; a facilitator or coach
is the instructor. No name and no e-mail address enters a statement.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import tincan

from mentorcert.catalog.rubric import Criterion
from mentorcert.evidence.accounts import SYSTEM
from mentorcert.evidence.iris import Iris
from xapi import vocabulary as v


@dataclass(frozen=True, slots=True)
class About:
    """Whose evidence it is, and in which enrolment."""

    iris: Iris
    person: uuid.UUID
    registration: uuid.UUID
    cohort: uuid.UUID
    version: str
    """The programme version's hash."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An activity as it is told of: address, type, and a name in the programme's language."""

    iri: str
    type: str
    name: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response to a question, as it was scored on the server."""

    response: str
    """In the form of the question's interaction type: ids joined by `[,]`, pairs by `[.]`."""
    correct_pattern: str
    interaction: str
    """An xAPI interactionType: choice, true-false, sequencing, matching."""
    score: Decimal
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a film was seen."""

    position: Decimal
    length: Decimal
    """Both in seconds."""
    segments: str
    """The stretches that were played, as the video profile writes them."""
    viewing: uuid.UUID | None = None
    """Which opening of the player it was."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What the statements of one released grade have in common."""

    recording: uuid.UUID
    coaches: Sequence[uuid.UUID]
    """Whose grades it rests on: one, or two that were combined."""
    rubric: str
    """The hash of the rubric's version."""
    appealed: bool = False
    """Whether it was decided on appeal."""


def lesson_completed(about: About, unit: str, lesson: Thing, *, at: datetime) -> bytes:
    """A lesson was read, or a film watched, to its end."""
    return _statement(about, v.COMPLETED, lesson, at=at, parent=about.iris.unit(unit), result={"completion": True})


def film_event(about: About, unit: str, film: Thing, event: str, seen: Seen, *, at: datetime) -> bytes:
    """A film was played, paused or left; `event` is `played`, `paused` or `left`.

    xAPI video profile 1.0, statements "played", "paused" and "terminated".
    """
    verb = {"played": v.PLAYED, "paused": v.PAUSED, "left": v.TERMINATED}[event]
    progress = min(seen.position / seen.length, Decimal(1)) if seen.length else Decimal(0)
    extensions = {
        v.VIDEO_TIME: float(round(seen.position, 3)),
        v.VIDEO_PROGRESS: float(round(progress, 3)),
        v.VIDEO_PLAYED_SEGMENTS: seen.segments,
    }
    result, context = {"extensions": extensions}, {v.VIDEO_LENGTH: float(round(seen.length, 3))}
    session = {v.VIDEO_SESSION: str(seen.viewing)} if seen.viewing else {}
    return _statement(
        about, verb, film, at=at, parent=about.iris.unit(unit), result=result, extensions={**context, **session}
    )


def question_answered(about: About, check_iri: str, question: Thing, answer: Answer, *, at: datetime) -> bytes:
    """A question of a knowledge check was answered, and scored by us."""
    definition = {
        "interaction_type": answer.interaction,
        "correct_responses_pattern": [answer.correct_pattern],
    }
    result = {
        "response": answer.response,
        "success": answer.score == 1,
        "score": {"scaled": float(answer.score), "raw": float(answer.score), "min": 0, "max": 1},
    }
    return _statement(about, v.ANSWERED, question, at=at, parent=check_iri, result=result, definition=definition)


def check_finished(about: About, unit: str, check: Thing, *, score: Decimal, passed: bool, at: datetime) -> bytes:
    """Every question of a check was answered; the score is the mean of the attempt, from 0 to 1."""
    result = {"completion": True, "success": passed, "score": {"scaled": float(score)}}
    return _statement(
        about, v.PASSED if passed else v.FAILED, check, at=at, parent=about.iris.unit(unit), result=result
    )


def reflection_completed(about: About, unit: str, reflection: Thing, *, at: datetime) -> bytes:
    """A private reflection was written. Its words never enter a statement."""
    return _statement(about, v.COMPLETED, reflection, at=at, parent=about.iris.unit(unit), result={"completion": True})


def orientation_acknowledged(about: About, unit: str, lesson: Thing, *, at: datetime) -> bytes:
    """The promise of an orientation lesson was made."""
    return _statement(about, v.ACKNOWLEDGED, lesson, at=at, parent=about.iris.unit(unit), result={"completion": True})


def strengths_recorded(about: About, unit: str, lesson: Thing, *, at: datetime) -> bytes:
    """The person's own strengths result was recorded. The result itself stays in our table."""
    return _statement(about, v.COMPLETED, lesson, at=at, parent=about.iris.unit(unit), result={"completion": True})


def session_attended(about: About, session: Thing, facilitator: uuid.UUID, *, at: datetime) -> bytes:
    """The trainee took part in a live session."""
    return _statement(
        about,
        v.ATTENDED,
        session,
        at=at,
        parent=about.iris.course,
        result={"completion": True},
        instructors=[facilitator],
    )


def recording_submitted(about: About, recording: Thing, *, at: datetime) -> bytes:
    """A recorded coaching conversation was handed in, with the consent of the person recorded."""
    return _statement(
        about, v.SUBMITTED, recording, at=at, parent=about.iris.final, extensions={v.CONSENT_EXTENSION: True}
    )


def grade_released(
    about: About,
    final: Thing,
    grade: Grade,
    *,
    percent: int,
    passed: bool,
    levels: Mapping[str, str],
    at: datetime,
) -> bytes:
    """A grade was released: the percentage, and the level reached in each criterion, by ids."""
    result = {
        "completion": True,
        "success": passed,
        "score": {"scaled": percent / 100, "raw": percent, "min": 0, "max": 100},
        "extensions": {v.CRITERIA_EXTENSION: dict(levels)},
    }
    return _graded(about, v.PASSED if passed else v.FAILED, final, grade, result, parent=about.iris.course, at=at)


def criterion_graded(
    about: About, thing: Thing, grade: Grade, criterion: Criterion, level: str, *, at: datetime
) -> bytes:
    """The part of one criterion in a released grade: the points of the level reached, of the highest level's.

    Only a critical criterion says success: whether its minimum level was reached.
    """
    points, most = criterion.level(level).points, max(each.points for each in criterion.levels)
    result = {
        "score": {"scaled": points / most, "raw": points, "min": 0, "max": most},
        "extensions": {v.CRITERIA_EXTENSION: {criterion.id: level}},
        **({"success": criterion.reaches_minimum(level)} if criterion.critical else {}),
    }
    return _graded(about, v.SCORED, thing, grade, result, parent=about.iris.final, at=at)


def _graded(
    about: About, verb: str, thing: Thing, grade: Grade, result: Mapping[str, Any], *, parent: str, at: datetime
) -> bytes:
    return _statement(
        about,
        verb,
        thing,
        at=at,
        parent=parent,
        result=result,
        extensions={v.RUBRIC_EXTENSION: grade.rubric, **({v.APPEAL_EXTENSION: True} if grade.appealed else {})},
        instructors=grade.coaches,
        other=about.iris.recording(grade.recording),
    )


def certificate_earned(about: About, certificate: Thing, *, at: datetime) -> bytes:
    """Every requirement was met, and the programme manager certified."""
    return _statement(about, v.EARNED, certificate, at=at, parent=about.iris.course, result={"completion": True})


def certificate_revoked(about: About, certificate: Thing, *, at: datetime) -> bytes:
    """A certificate was withdrawn; the reason is in the audit log."""
    return _statement(about, v.REVOKED, certificate, at=at, parent=about.iris.course)


def voiding(iris: Iris, target: uuid.UUID, *, at: datetime) -> bytes:
    """A statement that takes back another one (xAPI 1.0.3, Data 2.3.2)."""
    statement = tincan.Statement(
        id=uuid.uuid4(),
        actor=system_agent(iris.base),
        verb=_verb(v.VOIDED),
        object=tincan.StatementRef(id=target),
        timestamp=at,
    )
    return _as_bytes(statement)


def system_agent(iri_base: str) -> tincan.Agent:
    """Ourselves: the authority of every statement that we make."""
    return _agent(iri_base, SYSTEM)


def _statement(
    about: About,
    verb: str,
    thing: Thing,
    *,
    at: datetime,
    parent: str,
    result: Mapping[str, Any] | None = None,
    definition: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
    instructors: Sequence[uuid.UUID] = (),
    other: str = "",
) -> bytes:
    activities = {
        "parent": _references([parent]),
        "grouping": _references([about.iris.course, about.iris.cohort(about.cohort)]),
        "category": _references([v.PROFILE, v.PROFILE_VERSION]),
        **({"other": _references([other])} if other else {}),
    }
    context: dict[str, Any] = {
        "registration": about.registration,
        "revision": about.version,
        "context_activities": tincan.ContextActivities(**activities),
    }
    if extensions:
        context["extensions"] = tincan.Extensions(dict(extensions))
    if instructors:
        context["instructor"] = _instructor(about.iris.base, instructors)
    statement = tincan.Statement(
        id=uuid.uuid4(),
        actor=_agent(about.iris.base, str(about.person)),
        verb=_verb(verb),
        object=_activity(thing, definition or {}),
        context=tincan.Context(**context),
        timestamp=at,
    )
    if result:
        statement.result = _result(result)
    return _as_bytes(statement)


def _result(values: Mapping[str, Any]) -> tincan.Result:
    known = dict(values)
    if "score" in known:
        known["score"] = tincan.Score(**known["score"])
    if "extensions" in known:
        known["extensions"] = tincan.Extensions(dict(known["extensions"]))
    return tincan.Result(**known)


def _activity(thing: Thing, definition: Mapping[str, Any]) -> tincan.Activity:
    name = tincan.LanguageMap({thing.language: thing.name})
    return tincan.Activity(id=thing.iri, definition=tincan.ActivityDefinition(name=name, type=thing.type, **definition))


def _references(iris: Sequence[str]) -> list[tincan.Activity]:
    return [tincan.Activity(id=iri) for iri in iris]


def _agent(iri_base: str, name: str) -> tincan.Agent:
    return tincan.Agent(account=tincan.AgentAccount(home_page=iri_base, name=name))


def _instructor(iri_base: str, people: Sequence[uuid.UUID]) -> tincan.Agent | tincan.Group:
    """One person, or several as a group without a name (xAPI 1.0.3, Data 2.4.2.2)."""
    agents = [_agent(iri_base, str(each)) for each in people]
    return agents[0] if len(agents) == 1 else tincan.Group(member=agents)


def _verb(iri: str) -> tincan.Verb:
    return tincan.Verb(id=iri, display=tincan.LanguageMap({"en": iri.rstrip("/").rsplit("/", 1)[-1]}))


def _as_bytes(statement: tincan.Statement) -> bytes:
    raw = json.loads(statement.to_json())
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
