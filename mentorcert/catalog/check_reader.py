"""Reads a unit's knowledge check."""

from collections.abc import Callable
from pathlib import Path

from mentorcert.catalog.entry import Entry, Place
from mentorcert.catalog.faults import Faults
from mentorcert.catalog.formats import CHECK
from mentorcert.catalog.listing import unique
from mentorcert.catalog.programme import Check
from mentorcert.catalog.questions import (
    Choice,
    Match,
    Multiple,
    Option,
    Order,
    OrderItem,
    Pair,
    Question,
    QuestionKind,
    TrueFalse,
)
from mentorcert.catalog.yaml_source import load


def read_check(path: Path, faults: Faults) -> Check | None:
    """The check in a file, or None when it can't be read."""
    source = load(path, faults)
    entry = source and CHECK.read(source.root, Place(source, 1, "the knowledge check"), faults)
    if not entry:
        return None
    questions = entry.entries("questions")
    unique(questions, "id", "question", faults)
    built = tuple(_BUILDERS[question.text("kind")](question, faults) for question in questions)
    return Check(entry.text("id"), entry.text("title"), entry.whole("minutes"), built)


def _choice(entry: Entry, faults: Faults) -> Question:
    options = _options(entry, faults)
    count = sum(option.right for option in options)
    if entry.has("options") and count != 1:
        todo = "Put right: true at one of them, or use kind: multiple"
        entry.fault(faults, "options", f'{count} options of "{entry.text("id")}" are right, not exactly one', todo)
    return Choice(entry.text("id"), entry.text("text"), options, entry.optional("rule"))


def _multiple(entry: Entry, faults: Faults) -> Question:
    options = _options(entry, faults)
    if entry.has("options") and not any(option.right for option in options):
        what = f'no option of "{entry.text("id")}" is right'
        entry.fault(faults, "options", what, "Put right: true at every option that is")
    return Multiple(entry.text("id"), entry.text("text"), options, entry.optional("rule"))


def _truefalse(entry: Entry, _faults: Faults) -> Question:
    text, why, rule = entry.text("text"), entry.text("why"), entry.optional("rule")
    return TrueFalse(entry.text("id"), text, entry.flag("answer"), why, rule)


def _order(entry: Entry, faults: Faults) -> Question:
    entries = entry.entries("items")
    unique(entries, "id", "item", faults)
    unique(entries, "text", "item", faults)
    items = tuple(OrderItem(item.text("id"), item.text("text")) for item in entries)
    return Order(entry.text("id"), entry.text("text"), items, entry.text("why"), entry.optional("rule"))


def _match(entry: Entry, faults: Faults) -> Question:
    entries = entry.entries("pairs")
    for key in ("id", "left", "right"):
        unique(entries, key, "pair", faults)
    pairs = tuple(Pair(pair.text("id"), pair.text("left"), pair.text("right")) for pair in entries)
    return Match(entry.text("id"), entry.text("text"), pairs, entry.text("why"), entry.optional("rule"))


def _options(entry: Entry, faults: Faults) -> tuple[Option, ...]:
    entries = entry.entries("options")
    unique(entries, "id", "option", faults)
    unique(entries, "text", "option", faults)
    return tuple(Option(each.text("id"), each.text("text"), each.text("why"), each.flag("right")) for each in entries)


_BUILDERS: dict[str, Callable[[Entry, Faults], Question]] = {
    QuestionKind.CHOICE: _choice,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.TRUEFALSE: _truefalse,
    QuestionKind.ORDER: _order,
    QuestionKind.MATCH: _match,
}
