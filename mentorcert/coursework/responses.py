"""Answers as xAPI writes them in `result.response`, and back to the words of `catalog.questions`: pure."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

from mentorcert.catalog.questions import Match, Multiple, Question, QuestionKind

BETWEEN: Final = "[,]"
"""Stands between the parts of a response (xAPI 1.0.3, Data, Appendix C)."""
PAIRED: Final = "[.]"
"""Stands between the two sides of a pair."""

INTERACTIONS: Final = {
    QuestionKind.CHOICE: "choice",
    QuestionKind.MULTIPLE: "choice",
    QuestionKind.TRUEFALSE: "true-false",
    QuestionKind.ORDER: "sequencing",
    QuestionKind.MATCH: "matching",
}
"""The xAPI interactionType of each kind of question."""


def written(question: Question, response: Sequence[str]) -> str:
    """A response as a statement says it; what has no order is written in the question's."""
    words = list(response)
    if isinstance(question, Multiple):
        words = [option.id for option in question.options if option.id in set(words)]
    elif isinstance(question, Match):
        order = [pair.id for pair in question.pairs]
        words = sorted(words, key=lambda word: order.index(word.partition(".")[0]))
        words = [word.replace(".", PAIRED) for word in words]
    return BETWEEN.join(words)


def read(question: Question, text: str) -> tuple[str, ...]:
    """The response that `written` wrote; an empty one for an empty text."""
    words = text.split(BETWEEN) if text else []
    return tuple(word.replace(PAIRED, ".") for word in words) if isinstance(question, Match) else tuple(words)


def as_decimal(score: Fraction) -> Decimal:
    """A score from 0 to 1 with four places, rounded down: nobody passes by rounding."""
    exact = Decimal(score.numerator) / Decimal(score.denominator)
    return exact.quantize(Decimal("0.0001"), rounding=ROUND_DOWN)


def percent(score: Fraction) -> int:
    """A score from 0 to 1 in whole percent, rounded down."""
    return int(score * 100)
