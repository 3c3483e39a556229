"""How answers stand in statements."""

from fractions import Fraction

import pytest

from mentorcert.catalog.questions import Choice, Match, Multiple, Option, Order, OrderItem, Pair, Question, TrueFalse
from mentorcert.coursework import responses

OPTIONS = (Option("a", "A", "", right=True), Option("b", "B", "", right=True), Option("c", "C", ""))
QUESTIONS: list[tuple[Question, tuple[str, ...], str]] = [
    (Choice("q", "?", (OPTIONS[0], OPTIONS[2])), ("c",), "c"),
    (Multiple("q", "?", OPTIONS), ("c", "a"), "a[,]c"),
    (TrueFalse("q", "?", answer=True, why=""), ("false",), "false"),
    (Order("q", "?", (OrderItem("x", "X"), OrderItem("y", "Y")), ""), ("y", "x"), "y[,]x"),
    (Match("q", "?", (Pair("m", "M", "1"), Pair("n", "N", "2")), ""), ("n.m", "m.n"), "m[.]n[,]n[.]m"),
]


@pytest.mark.parametrize(("question", "response", "text"), QUESTIONS)
def test_every_kind_is_written_and_read_back(question: Question, response: tuple[str, ...], text: str) -> None:
    assert responses.written(question, response) == text
    assert sorted(responses.read(question, text)) == sorted(response)
    assert responses.read(question, "") == ()


def test_what_has_an_order_keeps_it() -> None:
    order, given, text = QUESTIONS[3]
    assert responses.read(order, text) == given


@pytest.mark.parametrize(
    ("score", "decimal", "percent"),
    [(Fraction(2, 3), "0.6666", 66), (Fraction(79999, 100000), "0.7999", 79), (Fraction(4, 5), "0.8000", 80)],
)
def test_nobody_passes_by_rounding(score: Fraction, decimal: str, percent: int) -> None:
    assert (str(responses.as_decimal(score)), responses.percent(score)) == (decimal, percent)
