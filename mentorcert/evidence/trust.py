"""Whose word counts for what (pure). The facts are given; which statement completes what also stands in the profile.

What MentorCert says counts. What another system says counts for one thing alone: that somebody whom we can identify
read a lesson or watched a film of a programme that the key names, in the version that their enrolment is pinned to.
Checks, promises, reflections, strengths, attendance, grades and certificates never come from elsewhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import xapi
from mentorcert.catalog.programme import LessonKind, Programme
from mentorcert.evidence.iris import Iris
from xapi import vocabulary as v

LONGEST: Final = 6 * 3600
"""Seconds; no film of ours is longer, and no place in one is later."""

_PLAYER: Final = frozenset({v.PLAYED, v.PAUSED, v.TERMINATED})
VERBS: Final[Mapping[LessonKind, frozenset[str]]] = {
    LessonKind.READ: frozenset({v.COMPLETED}),
    LessonKind.FILM: _PLAYER | {v.COMPLETED},
}
"""What another system may say of a lesson, by its kind; of the other kinds, nothing."""

_SAID: Final = frozenset().union(*VERBS.values())


class Verdict(StrEnum):
    """Whether a statement is evidence, or the first reason why it is none."""

    OURS = "ours"
    """Our own system says so: whatever it says counts."""
    RECEIVED = "received"
    """Another system says so, and may."""
    NO_STEP = "no step"
    """It is not about an activity in an enrolment."""
    NO_PROGRAMME = "no programme"
    """It was sent with a key that names no programme, or by an authority that is no key of ours."""
    OTHER_VERB = "other verb"
    """Its verb completes nothing when another system says it."""
    OTHER_PROGRAMME = "other programme"
    """Its activity or its enrolment belongs to no programme that the key names."""
    NO_ENROLMENT = "no enrolment"
    """Its registration is no enrolment of ours."""
    NO_LESSON = "no lesson"
    """The version of the programme that the enrolment is pinned to has no such lesson to read or to watch."""
    NOT_SAID = "not said"
    """It does not say what its verb promises: it denies completion, or names no place in the film."""
    OTHER_PERSON = "other person"
    """Its actor is not the person enrolled, or is nobody whom we can identify."""

    @property
    def counts(self) -> bool:
        """Whether the statement is evidence."""
        return self in {Verdict.OURS, Verdict.RECEIVED}

    @property
    def why(self) -> str:
        """The same in words for people: a sentence in lower case; empty for what counts."""
        return _WHY.get(self, "")


_WHY: Final[Mapping[Verdict, str]] = {
    Verdict.NO_STEP: "it names no enrolment as its registration, or is about no activity.",
    Verdict.NO_PROGRAMME: "the key that it was sent with names no programme.",
    Verdict.OTHER_VERB: "its verb completes nothing when another system says it.",
    Verdict.OTHER_PROGRAMME: "it is about no programme that its key names.",
    Verdict.NO_ENROLMENT: "its registration is no enrolment of ours.",
    Verdict.NO_LESSON: "the programme's version of this enrolment has no such lesson to read or to watch.",
    Verdict.NOT_SAID: "it denies that something was completed, or names no place in the film.",
    Verdict.OTHER_PERSON: (
        "its actor is not known to be the person who is enrolled. "
        "When it is them, say so under People, “In other systems”."
    ),
}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What never changes of an enrolment."""

    person: UUID
    programme: str
    lessons: Mapping[str, frozenset[str]]
    """The verbs that another system may say of each lesson, by its IRI."""


def lessons(iris: Iris, programme: Programme) -> dict[str, frozenset[str]]:
    """What another system may say in one version of a programme: verbs by the IRI of the lesson."""
    return {
        iris.step(unit.id, lesson.id): VERBS[lesson.kind]
        for unit in programme.units
        for lesson in unit.lessons
        if lesson.kind in VERBS
    }


@lru_cache(maxsize=1_000)
def _courses(programmes: tuple[str, ...], iri_base: str) -> tuple[str, ...]:
    """What the IRIs of the lessons of these programmes begin with."""
    return tuple(f"{Iris(iri_base, each).course}/" for each in programmes)


def refused(statement: xapi.Statement, programmes: tuple[str, ...], iri_base: str) -> Verdict | None:
    """Why a statement of another system can't count, as far as its own words and its key's programmes tell."""
    if statement.object_type != "Activity" or statement.registration is None:
        return Verdict.NO_STEP
    if not programmes:
        return Verdict.NO_PROGRAMME
    if statement.verb not in _SAID:
        return Verdict.OTHER_VERB
    if not statement.object_id.startswith(_courses(programmes, iri_base)):
        return Verdict.OTHER_PROGRAMME
    return None if _says_it(statement) else Verdict.NOT_SAID


def settled(
    statement: xapi.Statement, programmes: Collection[str], enrolled: Enrolled | None, person: UUID | None
) -> Verdict:
    """What a statement proves that `refused` let pass. `person` is who its actor is, when that is known."""
    if enrolled is None:
        return Verdict.NO_ENROLMENT
    if enrolled.programme not in programmes:
        return Verdict.OTHER_PROGRAMME
    if statement.object_id not in enrolled.lessons:
        return Verdict.NO_LESSON
    if statement.verb not in enrolled.lessons[statement.object_id]:
        return Verdict.OTHER_VERB
    return Verdict.RECEIVED if person == enrolled.person else Verdict.OTHER_PERSON


def place_in_film(result: Mapping[str, Any]) -> int | None:
    """Where a film was left, in milliseconds; None when a result does not say, or names no place in a film."""
    seconds = result.get("extensions", {}).get(v.VIDEO_TIME)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST:
        return None
    return round(seconds * 1000)


def _says_it(statement: xapi.Statement) -> bool:
    result = statement.raw.get("result", {})
    if statement.verb in _PLAYER:
        return place_in_film(result) is not None
    return result.get("completion", True) is True and result.get("success", True) is True
