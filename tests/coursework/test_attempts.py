"""Attempts are read from standings: what came after the last finish belongs to the one under way."""

from datetime import timedelta
from fractions import Fraction

import pytest

from mentorcert.catalog.programme import Check, Reflection, Unit
from mentorcert.catalog.questions import Choice, Match, Option, Order, OrderItem, Pair, Question, TrueFalse
from mentorcert.coursework import attempts
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import Standing
from tests.factories import NOW

IRIS = Iris("https://x.example", "p")
ONE = Choice("one", "?", (Option("a", "A", "", right=True), Option("b", "B", "")))
TWO = TrueFalse("two", "?", answer=True, why="")
ORDER = Order("order", "?", tuple(OrderItem(each, each) for each in "abc"), "")
MATCH = Match("match", "?", tuple(Pair(each, each, each) for each in "abc"), "")
UNIT = Unit("u", "U", "U", "", "t", (), (), Reflection("reflection", "", "", 5), Check("check", "", 5, (ONE, TWO)), ())


def _sitting(*, one: int | None = None, two: int | None = None, finished: int | None = None) -> attempts.Sitting:
    """Answers and the last finish, in minutes after NOW."""
    standings = {}
    for question, minute, response in ((ONE, one, "a"), (TWO, two, "false")):
        if minute is not None:
            iri = IRIS.question("u", "check", question.id, question.content_hash)
            standings[iri] = Standing(last_response=response, last_at=NOW + timedelta(minutes=minute))
    if finished is not None:
        standings[IRIS.step("u", "check")] = Standing(best_score=5000, last_at=NOW + timedelta(minutes=finished))
    return attempts.sitting(IRIS, UNIT, standings)


def test_nothing_answered_yet() -> None:
    sitting = _sitting()
    assert (sitting.begun, sitting.shows_result, sitting.open_question, sitting.marker) == (False, False, ONE, "")


def test_half_way() -> None:
    sitting = _sitting(one=1)
    assert (sitting.begun, sitting.open_question) == (True, TWO)
    assert (sitting.answer_to("one"), sitting.answer_to("two")) == (("a",), None)


def test_finished_at_the_moment_of_its_last_answer() -> None:
    sitting = _sitting(one=1, two=2, finished=2)
    assert (sitting.begun, sitting.shows_result, sitting.open_question) == (False, True, ONE)
    assert (sitting.answer_to("two"), sitting.score, sitting.percent) == (("false",), Fraction(1, 2), 50)
    assert sitting.best_percent == 50


def test_a_new_attempt_hides_the_answers_of_the_last_one() -> None:
    sitting = _sitting(one=3, two=2, finished=2)
    assert (sitting.begun, sitting.shows_result, sitting.open_question) == (True, False, TWO)
    assert (sitting.answer_to("one"), sitting.answer_to("two")) == (("a",), None)


def test_everything_answered_and_the_finish_taken_back() -> None:
    sitting = _sitting(one=1, two=2)
    assert (sitting.open_question, sitting.shows_result, sitting.score) == (None, False, Fraction(1, 2))


def test_the_order_to_choose_from_is_the_persons_own_and_stays() -> None:
    seen = {attempts.mixed(MATCH, str(person)) for person in range(50)}
    assert len(seen) == 6
    assert attempts.mixed(MATCH, "1") == attempts.mixed(MATCH, "1")


def test_things_to_order_never_stand_in_the_right_order() -> None:
    assert ("a", "b", "c") not in {attempts.mixed(ORDER, str(person)) for person in range(200)}


@pytest.mark.parametrize(
    ("question", "given", "missing"),
    [
        (ONE, ("a",), ""),
        (ONE, (), "empty"),
        (ONE, ("",), "empty"),
        (ONE, ("z",), "foreign"),
        (ONE, ("a", "b"), "twice"),
        (TWO, ("maybe",), "foreign"),
        (ORDER, ("c", "b", "a"), ""),
        (ORDER, ("", "", ""), "empty"),
        (ORDER, ("a", "", "b"), "incomplete"),
        (ORDER, ("a", "a", "b"), "twice"),
        (ORDER, ("a", "b", "z"), "foreign"),
        (MATCH, ("a.b", "b.a", "c.c"), ""),
        (MATCH, ("a.b", "", "c.c"), "incomplete"),
        (MATCH, ("a.b", "b.b", "c.c"), "twice"),
        (MATCH, ("a.b", "b.z", "c.c"), "foreign"),
        (MATCH, ("a",), "foreign"),
    ],
)
def test_what_is_wrong_with_an_answer(question: Question, given: tuple[str, ...], missing: str) -> None:
    assert attempts.what_is_missing(question, given) == missing
