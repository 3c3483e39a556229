"""How answers are scored."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.catalog.programme import Check
from mentorcert.catalog.questions import Choice, Match, Multiple, Option, Order, OrderItem, Pair, Question, TrueFalse
from mentorcert.errors import NotFound

A, B, C = Option("a", "One", "It is.", right=True), Option("b", "Two", "It is.", right=True), Option("c", "Six", "No.")
CHOICE = Choice("q-choice", "Which?", (A, C))
MULTIPLE = Multiple("q-multiple", "Which ones?", (A, B, C, Option("d", "Seven", "No.")))
CLAIM = TrueFalse("q-claim", "So?", answer=False, why="It is not.")
ORDER = Order("q-order", "How?", (OrderItem("a", "1"), OrderItem("b", "2"), OrderItem("c", "3")), "Counting.")
MATCH = Match(
    "q-match", "What?", (Pair("a", "Cup", "Saucer"), Pair("b", "Knife", "Fork"), Pair("c", "Pen", "Ink")), "So."
)
QUESTIONS: tuple[Question, ...] = (CHOICE, MULTIPLE, CLAIM, ORDER, MATCH)


@pytest.mark.parametrize(
    ("question", "response", "score"),
    [
        (CHOICE, ["a"], "1"),
        (CHOICE, ["c"], "0"),
        (CHOICE, ["a", "c"], "0"),
        (CHOICE, [], "0"),
        (MULTIPLE, ["b", "a"], "1"),
        (MULTIPLE, ["a"], "1/2"),
        (MULTIPLE, ["a", "b", "c"], "1/2"),
        (MULTIPLE, ["a", "c"], "0"),
        (MULTIPLE, ["a", "b", "c", "d"], "0"),
        (MULTIPLE, ["c", "d"], "0"),
        (MULTIPLE, ["a", "a"], "1/2"),
        (MULTIPLE, [], "0"),
        (CLAIM, ["false"], "1"),
        (CLAIM, ["true"], "0"),
        (CLAIM, [], "0"),
        (ORDER, ["a", "b", "c"], "1"),
        (ORDER, ["a", "c", "b"], "1/3"),
        (ORDER, ["c", "a", "b"], "0"),
        (ORDER, ["a", "b"], "0"),
        (ORDER, ["a", "a", "c"], "0"),
        (MATCH, ["a.a", "b.b", "c.c"], "1"),
        (MATCH, ["c.c", "b.a", "a.b"], "1/3"),
        (MATCH, ["a.b", "b.c", "c.a"], "0"),
        (MATCH, ["a.a", "b.a", "c.a"], "0"),
        (MATCH, ["a.a"], "0"),
    ],
)
def test_score(question: Question, response: list[str], score: str) -> None:
    assert question.score(response) == Fraction(score)
    assert question.right(response) is (score == "1")


@pytest.mark.parametrize(
    ("question", "response", "whole"),
    [
        (CHOICE, ["c"], True),
        (CHOICE, ["x"], False),
        (CHOICE, ["a", "c"], False),
        (CHOICE, [], False),
        (MULTIPLE, ["c"], True),
        (MULTIPLE, ["a", "x"], False),
        (MULTIPLE, ["a", "a"], False),
        (MULTIPLE, [], False),
        (CLAIM, ["true"], True),
        (CLAIM, ["yes"], False),
        (ORDER, ["c", "b", "a"], True),
        (ORDER, ["c", "b"], False),
        (ORDER, ["c", "b", "x"], False),
        (MATCH, ["a.b", "b.a", "c.c"], True),
        (MATCH, ["a.b", "b.b", "c.c"], False),
        (MATCH, ["a.b", "b.a"], False),
        (MATCH, ["a", "b", "c"], False),
    ],
)
def test_only_a_whole_answer_in_known_ids_is_an_answer(question: Question, response: list[str], whole: bool) -> None:
    assert question.answered(response) is whole


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.kind)
def test_the_key_is_an_answer_and_right(question: Question) -> None:
    assert (question.answered(question.answer_key), question.score(question.answer_key)) == (True, Fraction(1))


@given(
    st.sampled_from(QUESTIONS), st.lists(st.sampled_from(["a", "b", "c", "d", "true", "false", "a.a", "b.c", "", "."]))
)
def test_any_response_at_all_has_a_score_from_0_to_1(question: Question, response: list[str]) -> None:
    assert 0 <= question.score(response) <= 1
    assert question.right(response) is (question.score(response) == 1)


def test_another_wording_is_another_question() -> None:
    reworded = replace(CHOICE, options=(A, replace(C, why="Not at all.")))
    assert CHOICE.content_hash == replace(CHOICE).content_hash
    assert len({each.content_hash for each in (*QUESTIONS, reworded)}) == len(QUESTIONS) + 1


def test_a_check_is_the_mean_of_its_questions() -> None:
    check = Check("check", "Check", 5, (CHOICE, MULTIPLE, CLAIM))
    assert check.score({"q-choice": ["a"], "q-multiple": ["a"]}) == Fraction(1, 2)
    assert check.question("q-claim") is CLAIM
    with pytest.raises(NotFound, match='There is no question "q-none" here'):
        check.question("q-none")
