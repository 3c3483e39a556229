"""What to play: what was chosen, else what fits; and which questions were hard."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.programme import Programme
from mentorcert.reports.play import Hard, Play, Tally, hardest, play, questions
from tests.sessions import factories
from tests.sessions.factories import IRIS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def programme(session: Session, tmp_path: Path) -> Programme:
    return catalog.programme(session, factories.publish(session).hash)


def _told(found: Play | None) -> tuple[str, bool, list[str]] | None:
    return (found.scenario.id, found.chosen, [each.id for each in found.others]) if found else None


def test_a_chosen_scenario_is_played_and_others_of_the_unit_and_topic_are_offered(programme: Programme) -> None:
    assert _told(play(programme, "start", "walk")) == ("walk", True, ["talk", "dive"])


def test_without_a_choice_the_unit_s_topic_decides_and_a_topic_that_was_set_more(programme: Programme) -> None:
    assert _told(play(programme, "start", "")) == ("talk", False, ["walk", "dive"])
    assert _told(play(programme, "start", "", "feedback")) == ("walk", False, ["talk", "swim"])


def test_a_scenario_that_is_gone_is_no_choice(programme: Programme) -> None:
    assert _told(play(programme, "deep", "gone")) == ("swim", False, ["dive", "walk"])


def test_the_hardest_questions_come_first_and_those_that_everybody_got_right_not_at_all(programme: Programme) -> None:
    texts = questions(IRIS, programme.unit("start"))
    assert list(texts.values()) == ["Which one?", "Which ones?", "NO", "In which order?", "What goes with what?"]
    tallies = dict(zip(texts, (Tally(7, 1), Tally(7, 4), Tally(7, 0), Tally(6, 2), Tally(7, 3)), strict=True))
    assert hardest(texts, tallies) == (
        Hard("Which ones?", 7, 4),
        Hard("What goes with what?", 7, 3),
        Hard("In which order?", 6, 2),
    )
    assert hardest(texts, {}) == ()
