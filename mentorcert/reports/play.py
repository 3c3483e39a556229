"""What to play in a session: the scenario that was chosen, or one that fits, and what the group found hard. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mentorcert.catalog.programme import Check, Programme, Scenario, Unit
from mentorcert.evidence.iris import Iris

MOST_WRONG: Final = 3
OTHERS: Final = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answered a question, and how many of them were wrong at first."""

    answered: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Hard:
    """A question that some got wrong at first."""

    text: str
    answered: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario to play, whether it was chosen for the session, and others that would fit."""

    scenario: Scenario
    chosen: bool
    others: tuple[Scenario, ...]


def questions(iris: Iris, unit: Unit) -> dict[str, str]:
    """The addresses of a unit's questions, and their texts."""
    check: Check = unit.check
    return {iris.question(unit.id, check.id, each.id, each.content_hash): each.text for each in check.questions}


def hardest(texts: Mapping[str, str], tallies: Mapping[str, Tally]) -> tuple[Hard, ...]:
    """The questions that most got wrong at first, the worst first; none that everybody got right."""
    found = [Hard(text, tallies[iri].answered, tallies[iri].wrong) for iri, text in texts.items() if iri in tallies]
    return tuple(sorted((each for each in found if each.wrong), key=lambda each: -each.wrong)[:MOST_WRONG])


def play(programme: Programme, unit: str, chosen: str, topic: str | None = None) -> Play | None:
    """What to play with `unit`: what was chosen, else the first that fits its topic, or `topic` where one was set."""
    fitting = _fitting(programme, programme.unit(unit), topic)
    by_id = {each.id: each for each in programme.scenarios}
    first = by_id.get(chosen) or next(iter(fitting), None)
    if first is None:
        return None
    return Play(first, first.id == chosen, tuple(each for each in fitting if each.id != first.id)[:OTHERS])


def _fitting(programme: Programme, unit: Unit, topic: str | None) -> list[Scenario]:
    """The scenarios of the unit, those with the topic first; then the topic's of other units."""
    wanted = topic or unit.topic
    own = sorted(unit.scenarios, key=lambda each: each.topic != wanted)
    ours = {each.id for each in own}
    return [*own, *(each for each in programme.scenarios if each.topic == wanted and each.id not in ours)]
