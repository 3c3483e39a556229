"""The curriculum that ships holds what a mentor programme must, whoever edits it."""

from pathlib import Path

import pytest

from mentorcert.catalog.programme import LessonKind, Programme, RequirementKind
from mentorcert.catalog.reader import read

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def programme() -> Programme:
    [shipped] = read(ROOT / "content", ROOT / "rubrics").programmes
    return shipped


def test_the_four_subjects_of_practice_are_among_its_units(programme: Programme) -> None:
    titles = [unit.title for unit in programme.units]
    assert len(titles) == len(programme.sessions) == 8
    for subject in ("Empathy", "Coaching", "Strengths", "Emotional intelligence"):
        assert any(title.startswith(subject) for title in titles), subject


def test_the_three_topics_of_practice_are_seeded(programme: Programme) -> None:
    topics = {topic.title for topic in programme.topics}
    assert {"Difficult conversations", "Giving feedback", "Emotional intelligence"} <= topics


def test_every_unit_has_its_parts(programme: Programme) -> None:
    for unit in programme.units:
        assert 3 <= len(unit.lessons) <= 5, unit.id
        assert len(unit.check.questions) >= 5, unit.id
        assert len({question.kind for question in unit.check.questions}) >= 3, unit.id
        assert len(unit.scenarios) >= 2, unit.id


def test_films_orientation_and_strengths_are_there(programme: Programme) -> None:
    kinds = [(unit.id, lesson.kind) for unit in programme.units for lesson in unit.lessons]
    films = [lesson for unit in programme.units for lesson in unit.lessons if lesson.kind is LessonKind.FILM]
    assert len({unit for unit, kind in kinds if kind is LessonKind.FILM}) >= 2
    assert all(film.captions and film.poster for film in films)
    assert [unit for unit, kind in kinds if kind is LessonKind.ACKNOWLEDGE] == ["role"]
    assert [unit for unit, kind in kinds if kind is LessonKind.STRENGTHS] == ["strengths"]


def test_the_certificate_asks_for_five_things(programme: Programme) -> None:
    assert [each.kind for each in programme.requirements] == list(RequirementKind)
