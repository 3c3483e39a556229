"""The document of an outcome: all that the trainee is shown, in the words of the day on which it was released. Pure.

It stays readable when a programme, a rubric or this code changes. Its keys:

- `number`, `rubric` (`id`, `title`, `hash`, `pass_percent`), `percent`, `passed`;
- `says`: how the grade came about; `comment`: the sentence for the whole;
- `criteria`, in the rubric's order: `id`, `title`, `weight`, `critical`, `min_level`, `line` (the id of the level to
  reach), `levels` (`id`, `title`, `points`, `anchor`), `level` (the one that counts), `given` (every place whose coach
  submitted, and the level that they chose), `comment`;
- `moments`, in order of time: `at` (seconds), `criterion` (its id, or empty), `note`;
- `appeal`, only where it was decided on one: `changed`, `comment` (what the coach who looked again wrote of the whole).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mentorcert.catalog.rubric import Criterion, Rubric
from mentorcert.grading.deciding import Decided
from mentorcert.grading.feedback import line_of
from mentorcert.grading.models import Assessment, Round

Document = Mapping[str, Any]


def document(rubric: Rubric, rubric_hash: str, decided: Decided, submitted: Sequence[Assessment]) -> dict[str, Any]:
    """What is delivered of a grade that is decided; `submitted` holds at least those that count."""
    by_round = {each.round: each for each in submitted}
    counting = [by_round[each] for each in decided.counts]
    return {
        "number": counting[0].recording.number,
        "rubric": {
            "id": rubric.id,
            "title": rubric.title,
            "hash": rubric_hash,
            "pass_percent": rubric.pass_percent,
        },
        "percent": decided.percent,
        "passed": decided.passed,
        "says": decided.says,
        "comment": _joined([each.comment for each in counting]),
        "criteria": [_criterion(rubric, each, decided, counting, by_round) for each in rubric.criteria],
        "moments": _moments(counting),
    }


def after_appeal(of: Document, *, kept: str | None = None) -> dict[str, Any]:
    """A document as it is delivered after an appeal; `kept` is what was written of a grade that stays as it was."""
    return {**of, "appeal": {"changed": kept is None, "comment": kept or ""}}


def wordless(of: Document) -> dict[str, Any]:
    """A document without what coaches wrote: what remains of somebody who was forgotten."""
    found = {**of, "comment": ""}
    found["criteria"] = [{**each, "comment": ""} for each in of["criteria"]]
    found["moments"] = [{**each, "note": ""} for each in of["moments"]]
    if "appeal" in of:
        found["appeal"] = {**of["appeal"], "comment": ""}
    return found


def levels(of: Document) -> dict[str, str]:
    """The level that counts in each criterion, by ids."""
    return {each["id"]: each["level"] for each in of["criteria"]}


def _criterion(
    rubric: Rubric,
    criterion: Criterion,
    decided: Decided,
    counting: Sequence[Assessment],
    by_round: Mapping[Round, Assessment],
) -> dict[str, Any]:
    comments = [mark.comment for each in counting for mark in each.marks if mark.criterion == criterion.id]
    given = {
        place.value: mark.level
        for place, each in by_round.items()
        for mark in each.marks
        if mark.criterion == criterion.id
    }
    return {
        "id": criterion.id,
        "title": criterion.title,
        "weight": criterion.weight,
        "critical": criterion.critical,
        "min_level": criterion.min_level,
        "line": criterion.levels[line_of(rubric, criterion) - 1].id,
        "levels": [
            {key: value for key, value in asdict(level).items() if key in {"id", "title", "points", "anchor"}}
            for level in criterion.levels
        ],
        "level": decided.levels[criterion.id],
        "given": given,
        "comment": _joined(comments),
    }


def _moments(counting: Sequence[Assessment]) -> list[dict[str, Any]]:
    found = {(each.at, each.criterion, each.note) for one in counting for each in one.moments}
    return [{"at": at, "criterion": criterion, "note": note} for at, criterion, note in sorted(found)]


def _joined(texts: Sequence[str]) -> str:
    """What several coaches wrote, one after the other; the same words once."""
    return "\n\n".join(dict.fromkeys(text for text in texts if text))
