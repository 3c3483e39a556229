"""The shapes that values in a file may have: one description that both the reader and the JSON Schemas use.

Reading never stops at the first problem: a value that does not fit is noted and left out, and the rest is read on.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import shorten
from typing import Any

from mentorcert.catalog.entry import Entry, Item, Place
from mentorcert.catalog.faults import Faults

UNWRITTEN = "TODO"
"""What stands where a person has still to write something; nothing with it is published."""

SLUG = "[a-z0-9]+(-[a-z0-9]+)*"


class Shape(ABC):
    """What a value may be."""

    @abstractmethod
    def read(self, value: Any, place: Place, faults: Faults) -> Any:
        """The value as it will be used, or None after noting why it does not fit."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The same as a JSON Schema."""


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """Words, not empty. `pattern` must match the whole of them, and `form` says it in words."""

    pattern: str | None = None
    form: str = ""

    def read(self, value: Any, place: Place, faults: Faults) -> str | None:
        """The text without the space around it."""
        if not isinstance(value, str):
            place.fault(faults, f"{place.name} is {kind_of(value)}, not a text", "Write words, in quotes if need be")
            return None
        text = str(value).strip()
        if not text:
            place.fault(faults, f"{place.name} is empty", "Write it")
            return None
        if text == UNWRITTEN:
            place.fault(faults, f"{place.name} is still to be written", f"Write it in place of {UNWRITTEN}")
            return None
        if self.pattern and not re.fullmatch(self.pattern, text):
            place.fault(faults, f'{place.name} "{shorten(text, 80)}" is not {self.form}', "Change it")
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "minLength": 1} | ({"pattern": f"^{self.pattern}$"} if self.pattern else {})


SLUG_TEXT = Text(SLUG, "an id: small letters, digits, and single hyphens between them")


@dataclass(frozen=True, slots=True)
class OneOf(Shape):
    """One word of a few."""

    words: tuple[str, ...]

    def read(self, value: Any, place: Place, faults: Faults) -> str | None:
        """The word."""
        if isinstance(value, str) and value in self.words:
            return str(value)
        place.fault(faults, f"{place.name} is {said(value)}", f"Use {either(self.words)}")
        return None

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Whole(Shape):
    """A whole number within bounds. `below` explains a number under the least, where there is more to say."""

    least: int
    most: int
    below: str = ""

    def read(self, value: Any, place: Place, faults: Faults) -> int | None:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, int):
            place.fault(faults, f"{place.name} is {said(value)}, not a whole number", self._todo())
        elif value < self.least:
            reason = f": {self.below}" if self.below else ""
            place.fault(faults, f"{place.name} is {value}, below {self.least}{reason}", self._todo())
        elif value > self.most:
            place.fault(faults, f"{place.name} is {value}, above {self.most}", self._todo())
        else:
            return int(value)
        return None

    def _todo(self) -> str:
        return f"Write a whole number from {self.least} to {self.most}"

    def schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    """True or false."""

    def read(self, value: Any, place: Place, faults: Faults) -> bool | None:
        """The truth."""
        if isinstance(value, bool):
            return value
        place.fault(faults, f"{place.name} is {said(value)}", "Write true or false, without quotes")
        return None

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class ListOf(Shape):
    """A list. Words in it become Items, mappings Entries; what they are called in a fault is `noun`."""

    shape: Shape
    noun: str
    least: int = 1

    def read(self, value: Any, place: Place, faults: Faults) -> list[Any] | None:
        """The items that fit."""
        if not isinstance(value, list):
            place.fault(
                faults, f"{place.name} is {kind_of(value)}, not a list", "Write one item a line, each after a hyphen"
            )
            return None
        if len(value) < self.least:
            place.fault(
                faults, f"{place.name} holds {len(value)}, fewer than {self.least}", f"Add one more {self.noun}"
            )
        kept = []
        for at, item in enumerate(value):
            spot = Place(place.source, place.source.line(value, at), f"{self.noun} {at + 1}")
            read = self.shape.read(item, spot, faults)
            if read is not None:
                kept.append(Item(read, spot.line) if isinstance(read, str) else read)
        return kept

    def schema(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "minItems": self.least, "items": self.shape.schema()}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping."""

    name: str
    shape: Shape
    says: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """A mapping with known keys."""

    keys: tuple[Key, ...]

    def read(self, value: Any, place: Place, faults: Faults) -> Entry | None:
        """The mapping with every value that fits."""
        return read_record(self, value, place, faults, {}) if is_mapping(value, place, faults) else None

    def names(self) -> tuple[str, ...]:
        """The keys' names."""
        return tuple(key.name for key in self.keys)

    def schema(self) -> dict[str, Any]:
        """An object that refuses other keys."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": [key.name for key in self.keys if key.required],
            "properties": {key.name: key.shape.schema() | {"description": key.says} for key in self.keys},
        }


@dataclass(frozen=True, slots=True)
class Variant(Shape):
    """A mapping whose other keys depend on its key `kind`."""

    shared: tuple[Key, ...]
    kinds: Mapping[str, tuple[Key, ...]]

    def read(self, value: Any, place: Place, faults: Faults) -> Entry | None:
        """The mapping read as the kind that it says it is."""
        if not is_mapping(value, place, faults):
            return None
        if "kind" not in value:
            place.fault(faults, f"{place.name} has no kind", f"Add kind: {either(tuple(self.kinds))}")
            return None
        spot = Place(place.source, place.source.line(value, "kind"), "kind")
        kind = OneOf(tuple(self.kinds)).read(value["kind"], spot, faults)
        if kind is None:
            return None
        elsewhere = {key.name: f"kind {name}" for name, keys in self.kinds.items() if name != kind for key in keys}
        return read_record(self.record(kind), value, place, faults, elsewhere)

    def record(self, kind: str) -> Record:
        """The keys that one kind has."""
        return Record((Key("kind", OneOf((kind,)), "What kind it is."), *self.shared, *self.kinds[kind]))

    def schema(self) -> dict[str, Any]:
        """One object schema a kind."""
        return {"oneOf": [self.record(kind).schema() for kind in self.kinds]}


def read_record(record: Record, value: Any, place: Place, faults: Faults, elsewhere: Mapping[str, str]) -> Entry:
    """Read the mapping's keys. `elsewhere` says of keys that don't belong here where they would."""
    source = place.source
    entry = Entry(source, place.line)
    for name in value:
        if name not in record.names():
            spot = Place(source, source.line(value, name), place.name)
            spot.fault(faults, *_stranger(name, record.names(), elsewhere))
    for key in record.keys:
        if key.name in value:
            line = entry.lines[key.name] = source.line(value, key.name)
            read = key.shape.read(value[key.name], Place(source, line, key.name), faults)
            if read is not None:
                entry.values[key.name] = read
        elif key.required:
            place.fault(
                faults, f"{place.name} has no {key.name}", f"Add {key.name} ({key.says[0].lower()}{key.says[1:-1]})"
            )
    return entry


def is_mapping(value: Any, place: Place, faults: Faults) -> bool:
    """Whether the value has keys; a fault is noted when it has not."""
    if not isinstance(value, Mapping):
        place.fault(faults, f"{place.name} is {kind_of(value)}, and has no keys", "Write it as key: value lines")
    return isinstance(value, Mapping)


def _stranger(name: object, known: Sequence[str], elsewhere: Mapping[str, str]) -> tuple[str, str]:
    if name in elsewhere:
        return f'the key "{name}" belongs to {elsewhere[str(name)]}', "Remove it, or change kind"
    close = get_close_matches(str(name), known, 1)
    todo = f'Perhaps you mean "{close[0]}"' if close else f"Remove it; the keys here are {', '.join(known)}"
    return f'there is no key "{name}" here', todo


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "empty"
    kinds = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "a text"),
        (list, "a list"),
        (Mapping, "a mapping"),
    )
    return next((words for kind, words in kinds if isinstance(value, kind)), "a date")


def said(value: Any) -> str:
    """A value as a fault names it."""
    return f'"{value}"' if isinstance(value, str | int | float) and not isinstance(value, bool) else kind_of(value)


def either(words: Sequence[str]) -> str:
    """Words as a choice: `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
