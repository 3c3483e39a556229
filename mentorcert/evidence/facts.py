"""What the sentence of a statement leaves out, as terms and values. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import xapi
from mentorcert.evidence.agents import also_there, identifier
from mentorcert.evidence.sentences import Telling, number, percent, title, type_of, word
from mentorcert.evidence.visible import short
from xapi import vocabulary as v

Fact = tuple[str, str]

MOST: Final = 5
"""How many people or things of one kind a fact names."""

_TYPES: Final[Mapping[str, str]] = {
    v.ASSESSMENT: "assessment",
    v.CERTIFICATE: "certificate",
    v.COURSE: "course",
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


def facts(statement: xapi.Statement, known: Telling) -> list[Fact]:
    """What the sentence leaves out: term and value."""
    raw = statement.raw
    return [
        ("Actor", f"{known.agent(raw['actor'])}, {identifier(raw['actor'])}"),
        ("Verb", short(raw["verb"]["id"])),
        *_of_object(raw["object"], known),
        *_of_result(raw.get("result", {})),
        *_of_context(raw.get("context", {}), known),
    ]


def _of_object(about: Mapping[str, Any], known: Telling) -> Iterator[Fact]:
    kind = type_of(about)
    said = _TYPES.get(kind) or short(kind) or about.get("objectType", "Activity")
    if about.get("objectType") == "SubStatement":
        yield (
            "Object",
            f"{said}: {known.agent(about['actor'])}, {short(about['verb']['id'])}, {_address(about['object'])}",
        )
    else:
        yield "Object", f"{said}: {_address(about)}"


def _of_result(result: Mapping[str, Any]) -> Iterator[Fact]:
    if "response" in result:
        yield "Response", f"“{short(str(result['response']))}”"
    if told := ", ".join(_result(result)):
        yield "Result", told


def _of_context(context: Mapping[str, Any], known: Telling) -> Iterator[Fact]:
    for term, name in (("Instructor", "instructor"), ("Team", "team")):
        if name in context:
            yield term, known.agent(context[name])
    if there := [_with_types(known.agent(each), types) for _kind, each, types in also_there(context)]:
        yield "Also there", _some(there)
    activities = context.get("contextActivities", {})
    for term, name in (("Part of", "parent"), ("Within", "grouping"), ("Profile", "category"), ("Beside", "other")):
        if given := activities.get(name):
            yield term, _some([title(each) for each in given])
    for term, name in (("Platform", "platform"), ("Language", "language"), ("Registration", "registration")):
        if name in context:
            yield term, short(context[name])


def _with_types(who: str, types: list[str]) -> str:
    return f"{who} ({_some([word(each) for each in types])})" if types else who


def _some(texts: list[str]) -> str:
    left = len(texts) - MOST
    return ", ".join(texts[:MOST]) + (f" and {left} more" if left > 0 else "")


def _result(result: Mapping[str, Any]) -> Iterator[str]:
    if "completion" in result:
        yield "complete" if result["completion"] else "not complete"
    if "success" in result:
        yield "a success" if result["success"] else "no success"
    score = result.get("score", {})
    if "raw" in score:
        yield f"{score['raw']} of {score['max']}" if "max" in score else f"{score['raw']} points"
    elif (scaled := number(score.get("scaled"))) is not None:
        yield f"{percent(scaled)} %"
    if "duration" in result:
        yield f"in {short(result['duration'])}"


def _address(about: Mapping[str, Any]) -> str:
    return short(about["id"]) if "id" in about else identifier(about)
