"""Ids: each once, and each that is named is there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePath
from typing import Generic, TypeVar

from mentorcert.catalog.entry import Entry, Item
from mentorcert.catalog.faults import Faults

T = TypeVar("T")


@dataclass(slots=True)
class Pool(Generic[T]):
    """Things that were found in files, by id. `unread` holds names of files that could not be read at all."""

    noun: str
    faults: Faults
    things: dict[str, tuple[T, Entry]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def get(self, name: str) -> T | None:
        """The thing of that id, if it is here."""
        return self.things[name][0] if name in self.things else None

    def names(self) -> set[str]:
        """Every id that something may have: those that were read, and the names of files that were not."""
        return set(self.things) | self.unread

    def add(self, thing: T, entry: Entry) -> None:
        """Take in what was built from `entry`, unless its id is taken."""
        name = entry.text("id")
        if not name:
            self.unread.add(PurePath(entry.source.path).stem)
        elif name in self.things:
            first = self.things[name][1]
            where = f"{first.source.path}:{first.line_of('id')}"
            entry.fault(
                self.faults, "id", f'the {self.noun} id "{name}" is also used in {where}', "Change one of the two"
            )
        else:
            self.things[name] = (thing, entry)

    def arrange(self, entry: Entry, key: str) -> tuple[T, ...]:
        """The things that a list of ids names, in its order; notes what is named twice, missing or left over."""
        named: dict[str, T] = {}
        for item in entry.items(key):
            if item.text in named:
                self.faults.add(
                    entry.source.path, item.line, f'{self.noun} "{item.text}" is listed twice', "Remove one"
                )
            elif item.text in self.things:
                named[item.text] = self.things[item.text][0]
            elif item.text not in self.unread:
                missing(entry, item, self.noun, self.things, self.faults)
        if entry.has(key):
            self._left_over({item.text for item in entry.items(key)}, entry)
        return tuple(named.values())

    def _left_over(self, named: set[str], owner: Entry) -> None:
        for name, (_, entry) in self.things.items():
            if name not in named:
                todo = f"Add it to {owner.source.path}, or remove the file"
                entry.fault(self.faults, "id", f'the {self.noun} "{name}" is in no list', todo)


def missing(entry: Entry, item: Item, noun: str, known: Collection[str], faults: Faults) -> None:
    """Note that an id leads nowhere, with the closest one that there is."""
    close = get_close_matches(item.text, known, 1)
    there = f"those there are: {', '.join(sorted(known))}" if known else f"there is no {noun} yet"
    todo = f'Perhaps you mean "{close[0]}"' if close else f"Add it, or correct the id; {there}"
    faults.add(entry.source.path, item.line, f'there is no {noun} "{item.text}"', todo)


def refer(entry: Entry, key: str, noun: str, known: Collection[str], faults: Faults) -> None:
    """Note when the id under `key` is not one of `known`."""
    if entry.has(key) and entry.text(key) not in known:
        missing(entry, Item(entry.text(key), entry.line_of(key)), noun, known, faults)


def unique(entries: Iterable[Entry], key: str, noun: str, faults: Faults) -> None:
    """Note every value of `key` that an earlier entry has too."""
    first: dict[str, int] = {}
    for entry in entries:
        value = entry.text(key)
        if value and value in first:
            what = f'the {noun} {key} "{value}" is used twice, first in line {first[value]}'
            entry.fault(faults, key, what, "Change one of the two")
        first.setdefault(value, entry.line_of(key))
