"""Role-play groups: who sits with whom, and who plays what in each round. Pure, and the same for the same seed.

Groups stay together through a session while the parts go round, so that nobody has to move. Groups are of three; one
person more makes one group of four (with two observers), two more make a pair (with none).
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Final

from mentorcert.sessions.models import Part

PARTS: Final[Mapping[int, tuple[Part, ...]]] = {
    2: (Part.MENTOR, Part.MENTEE),
    3: (Part.MENTOR, Part.MENTEE, Part.OBSERVER),
    4: (Part.MENTOR, Part.MENTEE, Part.OBSERVER, Part.OBSERVER),
}
"""What is played in a group of each size."""

Person = int
Met = Mapping[frozenset[Person], int]
"""How often two people were in one group before."""
Played = Mapping[tuple[Person, Part], int]
"""How often somebody played a part before."""
Group = tuple[Person, ...]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Somebody's place in a round: their group, counted from 1, and their part."""

    round: int
    group: int
    part: Part
    person: Person


def deal(
    people: Sequence[Person], rounds: Sequence[int], *, met: Met | None = None, played: Played | None = None, seed: int
) -> list[Place]:
    """Give everybody a place in each of the numbered rounds.

    Who has met less sits together, and who has played a part less comes first for it. In a group of three, three
    rounds give everybody each part; in a group of four it takes four. Raises ValueError for fewer than two people.
    """
    if len(people) < 2:
        raise ValueError("role-play takes two people or more")
    groups = _groups(people, met or {}, random.Random(seed))
    return sorted(
        place
        for number, group in enumerate(groups, 1)
        for place in _places(number, _order(group, len(rounds), played or {}), rounds)
    )


def sizes(people: int) -> list[int]:
    """The sizes of the groups for so many people."""
    threes, left = divmod(people, 3)
    if left == 1:
        return [3] * (threes - 1) + [4]
    return [3] * threes + [2] * (left == 2)


def rounds_for(people: int) -> int:
    """How many rounds it takes until everybody has played each part of their group."""
    return max(sizes(people))


def _groups(people: Sequence[Person], met: Met, chance: random.Random) -> list[Group]:
    """Shuffle people into groups, then swap two at a time for as long as that brings together who met less."""
    shuffled = sorted(people)
    chance.shuffle(shuffled)
    groups: list[list[Person]] = []
    for size in sizes(len(shuffled)):
        groups.append(shuffled[:size])
        shuffled = shuffled[size:]
    while met and _improve(groups, met):
        pass
    return [tuple(group) for group in groups]


def _improve(groups: list[list[Person]], met: Met) -> bool:
    """Make every swap that lowers the cost, once through; whether there was one."""
    better = False
    for a, b in combinations(groups, 2):
        for i, j in _seats(a, b):
            before = _cost(a, met) + _cost(b, met)
            a[i], b[j] = b[j], a[i]
            if _cost(a, met) + _cost(b, met) < before:
                better = True
            else:
                a[i], b[j] = b[j], a[i]
    return better


def _seats(a: Sequence[Person], b: Sequence[Person]) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(len(a)) for j in range(len(b)))


def _cost(group: Sequence[Person], met: Met) -> int:
    """How much a group has met already. Squared: twice with one is worse than once with two."""
    return sum(met.get(frozenset(pair), 0) ** 2 for pair in combinations(group, 2))


def _order(group: Group, rounds: int, played: Played) -> Group:
    """The order of a group in which parts, counting what was played before, come out most even."""

    def unevenness(order: Group) -> int:
        count = dict(played)
        for turn in range(rounds):
            for part, person in _turn(order, turn):
                count[person, part] = count.get((person, part), 0) + 1
        return sum(count.get((person, part), 0) ** 2 for person in order for part in Part)

    return min(permutations(group), key=unevenness)


def _turn(order: Group, turn: int) -> Iterator[tuple[Part, Person]]:
    """Who plays what in a turn: everybody moves on by one part."""
    return ((part, order[(place + turn) % len(order)]) for place, part in enumerate(PARTS[len(order)]))


def _places(number: int, order: Group, rounds: Sequence[int]) -> Iterator[Place]:
    return (
        Place(round_, number, part, person) for turn, round_ in enumerate(rounds) for part, person in _turn(order, turn)
    )
