"""The kinds of question in a knowledge check, and how an answer is scored: pure arithmetic on fractions.

A response is a list of words, whatever the kind:

- choice, multiple: the ids of the chosen options;
- truefalse: `["true"]` or `["false"]`;
- order: the items' ids, first to last;
- match: one `left.right` a pair, each the id of the pair that the text stands in (ids have no full stop).
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256

NOTHING, ALL = Fraction(0), Fraction(1)


class QuestionKind(StrEnum):
    """What kind of answer is asked for."""

    CHOICE = "choice"
    MULTIPLE = "multiple"
    TRUEFALSE = "truefalse"
    ORDER = "order"
    MATCH = "match"


class Question(ABC):
    """A question of any kind."""

    __slots__ = ()

    id: str
    text: str
    rule: str | None
    kind: QuestionKind

    @property
    @abstractmethod
    def answer_key(self) -> tuple[str, ...]:
        """The response that is wholly right."""

    @abstractmethod
    def score(self, response: Sequence[str]) -> Fraction:
        """How right the response is, from 0 to 1."""

    @abstractmethod
    def answered(self, response: Sequence[str]) -> bool:
        """Whether the response is a whole answer in ids that this question has, right or not."""

    def right(self, response: Sequence[str]) -> bool:
        """Whether the response is wholly right."""
        return self.score(response) == ALL

    @property
    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of all that the question says; another wording is another question."""
        said = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)  # type: ignore[call-overload]
        return sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen, and why it is right or not."""

    id: str
    text: str
    why: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Choice(Question):
    """Exactly one option is right."""

    id: str
    text: str
    options: tuple[Option, ...]
    rule: str | None = None
    kind: QuestionKind = QuestionKind.CHOICE

    @property
    def answer_key(self) -> tuple[str, ...]:
        """The right option."""
        return tuple(option.id for option in self.options if option.right)

    def score(self, response: Sequence[str]) -> Fraction:
        """All or nothing."""
        return ALL if tuple(response) == self.answer_key else NOTHING

    def answered(self, response: Sequence[str]) -> bool:
        """One option that there is."""
        return len(response) == 1 and response[0] in {option.id for option in self.options}


@dataclass(frozen=True, slots=True)
class Multiple(Question):
    """One or more options are right."""

    id: str
    text: str
    options: tuple[Option, ...]
    rule: str | None = None
    kind: QuestionKind = QuestionKind.MULTIPLE

    @property
    def answer_key(self) -> tuple[str, ...]:
        """The right options."""
        return tuple(option.id for option in self.options if option.right)

    def score(self, response: Sequence[str]) -> Fraction:
        """Right ones chosen less wrong ones chosen, of all right ones; never below 0."""
        key, chosen = set(self.answer_key), set(response)
        return max(NOTHING, Fraction(len(chosen & key) - len(chosen - key), len(key)))

    def answered(self, response: Sequence[str]) -> bool:
        """One or more options that there are, each once."""
        known = {option.id for option in self.options}
        return bool(response) and set(response) <= known and len(set(response)) == len(response)


@dataclass(frozen=True, slots=True)
class TrueFalse(Question):
    """A claim that is true or not."""

    id: str
    text: str
    answer: bool
    why: str
    rule: str | None = None
    kind: QuestionKind = QuestionKind.TRUEFALSE

    @property
    def answer_key(self) -> tuple[str, ...]:
        """`true` or `false`."""
        return ("true" if self.answer else "false",)

    def score(self, response: Sequence[str]) -> Fraction:
        """All or nothing."""
        return ALL if tuple(response) == self.answer_key else NOTHING

    def answered(self, response: Sequence[str]) -> bool:
        """`true` or `false`."""
        return tuple(response) in {("true",), ("false",)}


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One of the things to put in order."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Order(Question):
    """Items to put in order; they are kept in the right one."""

    id: str
    text: str
    items: tuple[OrderItem, ...]
    why: str
    rule: str | None = None
    kind: QuestionKind = QuestionKind.ORDER

    @property
    def answer_key(self) -> tuple[str, ...]:
        """The items from first to last."""
        return tuple(item.id for item in self.items)

    def score(self, response: Sequence[str]) -> Fraction:
        """The share of places with the right item; nothing when an item is missing or there twice."""
        if not self.answered(response):
            return NOTHING
        return Fraction(sum(map(str.__eq__, response, self.answer_key)), len(self.items))

    def answered(self, response: Sequence[str]) -> bool:
        """Every item once."""
        return sorted(response) == sorted(self.answer_key)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together."""

    id: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Match(Question):
    """Texts on the left, each of which has one on the right."""

    id: str
    text: str
    pairs: tuple[Pair, ...]
    why: str
    rule: str | None = None
    kind: QuestionKind = QuestionKind.MATCH

    @property
    def answer_key(self) -> tuple[str, ...]:
        """Every pair with itself."""
        return tuple(f"{pair.id}.{pair.id}" for pair in self.pairs)

    def score(self, response: Sequence[str]) -> Fraction:
        """The share of pairs that were found; nothing when a left or right text is missing or there twice."""
        if not self.answered(response):
            return NOTHING
        return Fraction(len(set(response) & set(self.answer_key)), len(self.pairs))

    def answered(self, response: Sequence[str]) -> bool:
        """Every left text once and every right text once."""
        ids = sorted(pair.id for pair in self.pairs)
        sides = [word.partition(".")[::2] for word in response]
        return sorted(left for left, _ in sides) == ids and sorted(right for _, right in sides) == ids


KINDS: dict[str, type[Question]] = {
    QuestionKind.CHOICE: Choice,
    QuestionKind.MULTIPLE: Multiple,
    QuestionKind.TRUEFALSE: TrueFalse,
    QuestionKind.ORDER: Order,
    QuestionKind.MATCH: Match,
}
