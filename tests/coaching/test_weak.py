"""Where somebody is below the line, and what is suggested for it: pure."""

from typing import Any

from mentorcert.coaching.weak import Suggestion, Weak, by_criterion, suggestion, weak_areas
from tests.catalog.factories import make_programme, read_once
from tests.coaching.factories import training


def criterion(name: str, level: str, line: str, *, critical: bool = False) -> dict[str, Any]:
    titles = {"not-yet": "Not yet", "partly": "Partly", "solid": "Solid"}
    levels = [{"id": key, "title": title, "anchor": f"{title} sounds so."} for key, title in titles.items()]
    said = {"id": name, "title": name.title(), "critical": critical, "levels": levels}
    return {**said, "level": level, "line": line}


def weak(name: str, reached: str, short_by: int, *, critical: bool = False) -> Weak:
    return Weak(name, name.title(), reached, "Solid", "Solid sounds so.", short_by, critical)


def test_what_is_below_the_line_is_weak_critical_ones_first_then_the_furthest() -> None:
    document = {
        "criteria": [
            criterion("close", "partly", "solid"),
            criterion("open", "not-yet", "solid"),
            criterion("empathy", "solid", "solid"),
            criterion("feedback", "solid", "partly"),
            criterion("listening", "partly", "solid", critical=True),
        ]
    }
    assert weak_areas(document) == (
        weak("listening", "Partly", 1, critical=True),
        weak("open", "Not yet", 2),
        weak("close", "Partly", 1),
    )
    assert weak_areas({"criteria": []}) == ()


def test_the_criterion_that_most_are_weak_in_comes_first() -> None:
    areas = {1: [weak("close", "Partly", 1)], 2: [weak("close", "Partly", 1), weak("open", "Partly", 1)], 3: []}
    assert by_criterion(areas) == {"close": [1, 2], "open": [2]}
    assert list(by_criterion({1: [weak("open", "Partly", 1)], 2: [weak("close", "Partly", 1)], **areas})) == [
        "close",
        "open",
    ]


def test_lessons_that_train_it_are_suggested_with_the_check_of_their_unit() -> None:
    programme = training().programmes[0]
    [unit] = programme.units
    assert suggestion(programme, "listening") == Suggestion(((unit, unit.lesson("first")),), (unit,))
    assert suggestion(programme, "close") == Suggestion()
    untold = read_once(make_programme).programmes[0]
    assert suggestion(untold, "listening") == Suggestion()
