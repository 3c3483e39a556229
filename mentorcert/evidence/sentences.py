"""A stored statement as a sentence: pure, over the statement and what we know besides it.

Whatever came from outside is taken as it is and cut to a length; the page escapes it. No IRI becomes a link.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import floor
from typing import Any, Final
from uuid import UUID

import xapi
from mentorcert.evidence.agents import Names
from mentorcert.evidence.agents import agent as named
from mentorcert.evidence.visible import LONGEST, short
from xapi import vocabulary as v

PHRASES: Final[Mapping[str, str]] = {
    v.ACKNOWLEDGED: "acknowledged",
    v.ANSWERED: "answered",
    v.ATTENDED: "took part in",
    v.COMPLETED: "completed",
    v.EARNED: "earned",
    v.EXPERIENCED: "looked at",
    v.FAILED: "did not pass",
    v.INITIALIZED: "began",
    v.LAUNCHED: "opened",
    v.PASSED: "passed",
    v.PAUSED: "paused",
    v.PLAYED: "played",
    v.PROGRESSED: "went on with",
    v.REVOKED: "lost",
    v.SCORED: "was graded in",
    v.SUBMITTED: "handed in",
    v.TERMINATED: "left",
    v.VOIDED: "took back",
}
"""What sentences say for the verbs that we know."""
_OF_TYPE: Final[Mapping[tuple[str, str], str]] = {
    (v.COMPLETED, v.LESSON): "read",
    (v.COMPLETED, v.VIDEO): "watched",
    (v.COMPLETED, v.REFLECTION): "wrote",
    (v.COMPLETED, v.STRENGTHS): "recorded",
}
_PASSING: Final = frozenset({v.ANSWERED, v.PASSED, v.FAILED})
"""Verbs after which a success needs no word of its own."""
_LONGEST_QUOTED: Final = 2 * LONGEST


@dataclass(frozen=True, slots=True)
class Sentence:
    """Somebody did something, and how it went (`wrong, first try`; may be empty)."""

    who: str
    verb: str
    what: str
    how: str

    def __str__(self) -> str:
        """All of it in one line."""
        return f"{self.who} {self.verb} {self.what}" + (f", {self.how}" if self.how else "")


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known besides the statement itself."""

    iri_base: str
    names: Names
    targets: Mapping[UUID, xapi.Statement] = field(default_factory=dict)
    """Statements that others refer to, as far as they are stored."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What activities are called that statements don't name, by IRI."""
    first: bool = False
    """Whether it was the first answer or attempt of its kind."""

    def agent(self, raw: Mapping[str, Any]) -> str:
        """Who an agent or group is."""
        return named(raw, self.iri_base, self.names)

    def title(self, activity: Mapping[str, Any]) -> str:
        """What an activity is called: by the statement, else by what is known of it, else by its address."""
        own = self.titles.get(activity["id"], "")
        return own if own and not has_name(activity) else title(activity)


def sentence(statement: xapi.Statement, known: Telling) -> Sentence:
    """Tell a statement in a sentence."""
    return _sentence(statement.raw, known)


def word(verb: str) -> str:
    """What the standard's people call a verb: the last part of its IRI."""
    return short(verb.rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1]) or short(verb)


def in_english(language_map: Mapping[str, str]) -> str:
    """The text in English, or in any language there is."""
    english = (text for tag, text in language_map.items() if tag.lower().partition("-")[0] == "en")
    return next(english, "") or next(iter(language_map.values()), "")


def type_of(about: Mapping[str, Any]) -> str:
    """The type of an activity; empty where it says none."""
    return str(about.get("definition", {}).get("type", ""))


def title(activity: Mapping[str, Any]) -> str:
    """What an activity is called: by its name, else by its address."""
    return short(in_english(activity.get("definition", {}).get("name", {}))) or short(activity["id"])


def number(value: object) -> float | None:
    """A number that can be shown; extensions hold whatever their sender likes."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if fits and isinstance(value, int | float) else None


def percent(scaled: float) -> int:
    """Whole percent, rounded down as on every page; what floats lose below a millionth does not count."""
    return floor(round(scaled * 100, 6))


def _sentence(raw: Mapping[str, Any], known: Telling) -> Sentence:
    verb = raw["verb"]["id"]
    phrase = _OF_TYPE.get((verb, type_of(raw["object"]))) or PHRASES.get(verb) or _display(raw["verb"])
    how = ", ".join(_how(verb, raw.get("result", {}), type_of(raw["object"]), known))
    return Sentence(known.agent(raw["actor"]), short(phrase), _what(raw["object"], known), how)


def _what(about: Mapping[str, Any], known: Telling) -> str:
    kind = about.get("objectType", "Activity")
    if kind in {"Agent", "Group"}:
        return known.agent(about)
    if kind == "StatementRef":
        return _referred(about["id"], known)
    if kind == "SubStatement":
        return _quoted(short(str(_sentence(about, replace(known, first=False))), _LONGEST_QUOTED))
    told = known.title(about)
    return _quoted(told) if type_of(about) in {v.INTERACTION, v.QUESTION} and has_name(about) else told


def _referred(target: str, known: Telling) -> str:
    found = known.targets.get(UUID(target))
    if found is None:
        return f"statement {target}"
    once = replace(known, targets={}, first=False)  # a chain may be a circle: the next one is named by its id
    return _quoted(short(str(sentence(found, once)), _LONGEST_QUOTED))


def _quoted(text: str) -> str:
    return f"‘{text}’" if "“" in text else f"“{text}”"


def has_name(about: Mapping[str, Any]) -> bool:
    """Whether a statement says what its activity is called."""
    return bool(in_english(about.get("definition", {}).get("name", {})).strip())


def _how(verb: str, result: Mapping[str, Any], kind: str, known: Telling) -> Iterator[str]:
    if verb == v.ANSWERED and "success" in result:
        yield "right" if result["success"] else "wrong"
    elif verb not in _PASSING and "success" in result:
        yield "passed" if result["success"] else "not passed"
    if verb != v.ANSWERED and (scaled := number(result.get("score", {}).get("scaled"))) is not None:
        yield f"{percent(scaled)} %"
    if (seconds := number(result.get("extensions", {}).get(v.VIDEO_TIME))) is not None:
        yield f"at {int(seconds) // 60}:{int(seconds) % 60:02}"
    if known.first and "success" in result:
        yield "first try"
    if kind == v.REFLECTION:
        yield "private to them"


def _display(verb: Mapping[str, Any]) -> str:
    return short(in_english(verb.get("display", {}))) or word(verb["id"])
