"""A stored statement as a sentence, and the facts behind it: pure, over the statement and the names that we know.

Whatever came from outside is taken as it is and cut to a length; the page escapes it. No IRI becomes a link.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, Final
from uuid import UUID

import xapi
from xapi import vocabulary as v

LONGEST: Final = 120
"""Characters of anything that came from outside, in a sentence."""

Names = Mapping[UUID, str]
"""Names of people by UUID; who is gone has none."""

_VERBS: Final[Mapping[str, str]] = {
    v.ACKNOWLEDGED: "acknowledged",
    v.ANSWERED: "answered",
    v.ATTENDED: "took part in",
    v.COMPLETED: "completed",
    v.EARNED: "earned",
    v.EXPERIENCED: "looked at",
    v.FAILED: "did not pass",
    v.PASSED: "passed",
    v.PAUSED: "paused",
    v.PLAYED: "played",
    v.REVOKED: "lost",
    v.SUBMITTED: "handed in",
    v.TERMINATED: "left",
    v.VOIDED: "took back",
}
_OF_TYPE: Final[Mapping[tuple[str, str], str]] = {
    (v.COMPLETED, v.LESSON): "read",
    (v.COMPLETED, v.VIDEO): "watched",
    (v.COMPLETED, v.REFLECTION): "wrote",
    (v.COMPLETED, v.STRENGTHS): "recorded",
}
_TYPES: Final[Mapping[str, str]] = {
    v.ASSESSMENT: "assessment",
    v.CERTIFICATE: "certificate",
    v.COURSE: "programme",
    v.INTERACTION: "question",
    v.LESSON: "lesson",
    v.MEETING: "live session",
    v.MODULE: "unit",
    v.ORIENTATION: "promise",
    v.RECORDING: "recording",
    v.REFLECTION: "reflection",
    v.STRENGTHS: "strengths",
    v.VIDEO: "film",
}
VERBS: Final[Mapping[str, str]] = {iri: iri.rstrip("/").rsplit("/", 1)[-1] for iri in _VERBS}
"""The verbs of our own statements, and what the standard calls them: what one can look for."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Somebody did something, and how it went (`wrong, first try`; may be empty)."""

    who: str
    verb: str
    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known besides the statement itself."""

    iri_base: str
    names: Names
    first: bool = False
    """Whether it was the first answer or attempt of its kind."""


def sentence(statement: xapi.Statement, known: Telling) -> Sentence:
    """Tell a statement in a sentence."""
    raw = statement.raw
    kind = _type(raw["object"])
    verb = _OF_TYPE.get((statement.verb, kind)) or _VERBS.get(statement.verb) or _display(raw["verb"])
    return Sentence(agent(raw["actor"], known), short(verb), _what(raw["object"], kind, known), _how(statement, known))


def facts(statement: xapi.Statement, known: Telling) -> list[tuple[str, str]]:
    """What the sentence leaves out: term and value."""
    raw = statement.raw
    about = raw["object"]
    kind = _type(about)
    rows = [("Actor", f"{agent(raw['actor'], known)}, {_identifier(raw['actor'])}"), ("Verb", short(raw["verb"]["id"]))]
    rows.append(
        ("Object", f"{_TYPES.get(kind, short(kind) or about.get('objectType', 'Activity'))}: {_address(about)}")
    )
    result = raw.get("result", {})
    if "response" in result:
        rows.append(("Response", f"“{short(str(result['response']))}”"))
    if result_told := ", ".join(_result(result)):
        rows.append(("Result", result_told))
    if statement.registration:
        rows.append(("Registration", str(statement.registration)))
    return rows


def agent(raw: Mapping[str, Any], known: Telling) -> str:
    """Who an agent or group is: by the name that we know, else by what it says of itself, else by its identifier."""
    account = raw.get("account", {})
    if account.get("homePage") == known.iri_base:
        name = account["name"]
        return "MentorCert" if name == "system" else known.names.get(uuid_of(name) or UUID(int=0), short(name))
    if raw.get("name"):
        return short(raw["name"])
    if raw.get("member"):
        return f"a group of {len(raw['member'])}"
    return _identifier(raw)


def people_in(statement: xapi.Statement, iri_base: str) -> Iterator[UUID]:
    """The people whom a statement names in our own way."""
    raw = statement.raw
    for each in (raw["actor"], raw["object"], raw.get("context", {}).get("instructor", {})):
        account = each.get("account", {})
        if account.get("homePage") == iri_base and (uuid := uuid_of(account["name"])):
            yield uuid


def short(text: str, most: int = LONGEST) -> str:
    """A text on one line, cut where it is too long."""
    words = " ".join(text[: 4 * most].split())
    return words if len(words) <= most and len(text) <= 4 * most else f"{words[:most].rstrip()}…"


def _what(about: Mapping[str, Any], kind: str, known: Telling) -> str:
    object_type = about.get("objectType", "Activity")
    if object_type in {"Agent", "Group"}:
        return agent(about, known)
    if object_type == "StatementRef":
        return f"statement {about['id']}"
    if object_type == "SubStatement":
        return "another statement"
    name = short(_in_english(about.get("definition", {}).get("name", {})))
    if not name:
        return short(about["id"])
    if kind not in {v.INTERACTION, v.QUESTION}:
        return name
    return f"‘{name}’" if "“" in name else f"“{name}”"


def _how(statement: xapi.Statement, known: Telling) -> str:
    result = statement.raw.get("result", {})
    said = []
    if statement.verb == v.ANSWERED and "success" in result:
        said.append("right" if result["success"] else "wrong")
    elif (scaled := _number(result.get("score", {}).get("scaled"))) is not None:
        said.append(f"{_percent(scaled)} %")
    if (seconds := _number(result.get("extensions", {}).get(v.VIDEO_TIME))) is not None:
        said.append(f"at {int(seconds) // 60}:{int(seconds) % 60:02}")
    if known.first and "success" in result:
        said.append("first try")
    if _type(statement.raw["object"]) == v.REFLECTION:
        said.append("private to them")
    return ", ".join(said)


def _percent(scaled: float) -> int:
    """Whole percent, rounded down as on every page; what floats lose below a millionth does not count."""
    return floor(round(scaled * 100, 6))


def _result(result: Mapping[str, Any]) -> Iterator[str]:
    if "completion" in result:
        yield "complete" if result["completion"] else "not complete"
    if "success" in result:
        yield "a success" if result["success"] else "no success"
    score = result.get("score", {})
    if "raw" in score:
        yield f"{score['raw']} of {score['max']}" if "max" in score else f"{score['raw']} points"
    elif (scaled := _number(score.get("scaled"))) is not None:
        yield f"{_percent(scaled)} %"
    if "duration" in result:
        yield f"in {short(result['duration'])}"


def _number(value: object) -> float | None:
    """A number that can be shown; extensions hold whatever their sender likes."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if fits and isinstance(value, int | float) else None


def _type(about: Mapping[str, Any]) -> str:
    return str(about.get("definition", {}).get("type", ""))


def _address(about: Mapping[str, Any]) -> str:
    return short(about["id"]) if "id" in about else _identifier(about)


def _display(verb: Mapping[str, Any]) -> str:
    return _in_english(verb.get("display", {})) or verb["id"].rstrip("/").rsplit("/", 1)[-1] or verb["id"]


def _in_english(language_map: Mapping[str, str]) -> str:
    english = (text for tag, text in language_map.items() if tag.lower().partition("-")[0] == "en")
    return next(english, "") or next(iter(language_map.values()), "")


def _identifier(raw: Mapping[str, Any]) -> str:
    if "account" in raw:
        return short(f"{raw['account']['name']} at {raw['account']['homePage']}")
    return next((short(str(raw[name])) for name in ("mbox", "mbox_sha1sum", "openid") if name in raw), "nobody named")


def uuid_of(text: str) -> UUID | None:
    """The UUID that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
