"""What was read from a file, with the line of everything.

A value that did not fit is left out of its Entry. An accessor gives an empty value for it, so whoever builds from
entries with faults gets something harmless, which is thrown away because there were faults.
"""

from dataclasses import dataclass, field
from typing import Any

from mentorcert.catalog.faults import Faults
from mentorcert.catalog.yaml_source import Source


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and how to speak of it."""

    source: Source
    line: int
    name: str

    def fault(self, faults: Faults, what: str, todo: str) -> None:
        """Note a problem at this place."""
        faults.add(self.source.path, self.line, what, todo)


@dataclass(frozen=True, slots=True)
class Item:
    """A word in a list, with its line."""

    text: str
    line: int


@dataclass(slots=True)
class Entry:
    """A mapping that was read: the values that fit, and the line of each."""

    source: Source
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Whether the key was given, with a value that fits."""
        return key in self.values

    def text(self, key: str) -> str:
        """A text; empty when it is not there."""
        return str(self.values.get(key, ""))

    def optional(self, key: str) -> str | None:
        """A text, or None when it is not there."""
        return str(self.values[key]) if key in self.values else None

    def whole(self, key: str, default: int = 0) -> int:
        """A whole number."""
        return int(self.values.get(key, default))

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        return bool(self.values.get(key, default))

    def entry(self, key: str) -> "Entry":
        """A mapping inside this one; an empty one when it is not there."""
        found = self.values.get(key)
        return found if isinstance(found, Entry) else Entry(self.source, self.line)

    def entries(self, key: str) -> list["Entry"]:
        """A list of mappings."""
        return [item for item in self.values.get(key, ()) if isinstance(item, Entry)]

    def items(self, key: str) -> list[Item]:
        """A list of words with their lines."""
        return [item for item in self.values.get(key, ()) if isinstance(item, Item)]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words without their lines."""
        return tuple(item.text for item in self.items(key))

    def line_of(self, key: str) -> int:
        """The line of a key; of the mapping when the key is not there."""
        return self.lines.get(key, self.line)

    def fault(self, faults: Faults, key: str, what: str, todo: str) -> None:
        """Note a problem with a key of this mapping."""
        faults.add(self.source.path, self.line_of(key), what, todo)
