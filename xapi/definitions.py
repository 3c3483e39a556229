"""How definitions of one activity become its canonical one (xAPI 1.0.3, Data 2.4.4.1; 2.0, 4.2.2.3).

The standard leaves it to a store whom it believes. Here:

- A sender defines activities if its credential has the scope `define` or `all`. What others send is kept in their
  statements, and teaches nothing: not even of an activity that nobody has defined ("ids will be saved").
- What the system itself defines, nobody else changes; its first definition takes the place of what others had said.
- Names, descriptions and extensions are merged key by key, other members replaced: what is stored last holds. What an
  interaction is (its type, components and correct responses) belongs together, and is not changed any more once it is
  known, except by the system: the standard wants no significant changes.
- What would make a definition larger than `LARGEST` is not taken.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from xapi import jsontext
from xapi.rules import COMPONENT_LISTS

Definition = dict[str, Any]

LARGEST: Final = 100_000
"""How many characters of JSON a canonical definition may have."""

_MAPS: Final = ("name", "description", "extensions")
_INTERACTION: Final = frozenset({"interactionType", "correctResponsesPattern", *COMPONENT_LISTS})


class Standing(Enum):
    """Whether a sender's definitions are believed."""

    SYSTEM = "always, and before everybody else's"
    DEFINES = "where the system has not defined the activity"
    NONE = "no"


@dataclass(frozen=True, slots=True)
class Canonical:
    """What is known of an activity."""

    definition: Definition
    text: str
    """The same as JSON."""
    by_system: bool
    """Whether the system itself defined it."""


def after(known: Canonical | None, said: Definition, standing: Standing) -> Canonical | None:
    """Return what is known of an activity once a sender has said this of it: the same object if that is nothing new."""
    by_system = standing is Standing.SYSTEM
    if standing is Standing.NONE or (known is not None and known.by_system and not by_system):
        return known
    theirs = known is not None and known.by_system == by_system
    before = known.definition if known is not None and theirs else {}
    if theirs and said == before:  # nearly always
        return known
    definition = _merged(before, said, changes_interaction=by_system)
    if theirs and definition == before:
        return known
    text = jsontext.encode(definition)
    return known if len(text) > LARGEST else Canonical(definition, text, by_system)


def definitions(raw: Mapping[str, Any]) -> Iterator[tuple[str, Definition]]:
    """Give (IRI, definition) of every activity that a statement, or a SubStatement in it, defines."""
    about = raw["object"]
    if about.get("definition"):  # only activities have one
        yield about["id"], about["definition"]
    elif about.get("objectType") == "SubStatement":
        yield from definitions(about)
    for activities in raw.get("context", {}).get("contextActivities", {}).values():
        for activity in activities:
            if activity.get("definition"):
                yield activity["id"], activity["definition"]


def _merged(before: Definition, said: Definition, *, changes_interaction: bool) -> Definition:
    result = dict(before)
    if "interactionType" in said and "interactionType" in before:
        if changes_interaction:
            result = {name: value for name, value in result.items() if name not in _INTERACTION}
        else:
            said = {name: value for name, value in said.items() if name not in _INTERACTION}
    for name, value in said.items():
        result[name] = {**result[name], **value} if name in _MAPS and name in result else value
    return result
