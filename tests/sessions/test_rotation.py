"""Role-play groups: everybody once a round, every part over the rounds, and company that changes."""

from collections import Counter, defaultdict
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.sessions.models import Part
from mentorcert.sessions.rotation import PARTS, Met, Place, Played, deal, rounds_for, sizes

crowds = st.sets(st.integers(1, 999), min_size=2, max_size=60).map(sorted)
seeds = st.integers(0, 2**31)


def _groups(places: list[Place], round_: int = 1) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = defaultdict(set)
    for place in places:
        if place.round == round_:
            groups[place.group].add(place.person)
    return dict(groups)


def _parts(places: list[Place]) -> dict[int, list[Part]]:
    parts: dict[int, list[Part]] = defaultdict(list)
    for place in places:
        parts[place.person].append(place.part)
    return parts


def _after(places: list[Place], met: Counter[frozenset[int]], played: Counter[tuple[int, Part]]) -> None:
    """Remember a session: who sat together, who played what."""
    for group in _groups(places).values():
        met.update(frozenset(pair) for pair in combinations(group, 2))
    played.update((place.person, place.part) for place in places)


@given(crowds, st.integers(1, 5), seeds)
def test_everybody_has_one_place_in_each_round_of_a_full_group(people: list[int], rounds: int, seed: int) -> None:
    places = deal(people, range(1, rounds + 1), seed=seed)
    assert Counter((place.round, place.person) for place in places) == Counter(
        (round_, person) for round_ in range(1, rounds + 1) for person in people
    )
    cast: dict[tuple[int, int], list[Part]] = defaultdict(list)
    for place in places:
        cast[place.round, place.group].append(place.part)
    assert all(Counter(parts) == Counter(PARTS[len(parts)]) for parts in cast.values())


@given(crowds, seeds)
def test_over_three_rounds_everybody_in_a_group_of_three_plays_each_part(people: list[int], seed: int) -> None:
    places = deal(people, [1, 2, 3], seed=seed)
    in_threes = {person for group in _groups(places).values() if len(group) == 3 for person in group}
    parts = _parts(places)
    assert {person: set(parts[person]) for person in in_threes} == {person: set(Part) for person in in_threes}


@given(crowds.filter(lambda people: len(people) % 3 != 2), seeds)
def test_so_many_rounds_as_are_asked_for_let_everybody_play_each_part(people: list[int], seed: int) -> None:
    parts = _parts(deal(people, range(1, rounds_for(len(people)) + 1), seed=seed))
    assert {person: set(played) for person, played in parts.items()} == {person: set(Part) for person in people}


@given(crowds, seeds, st.randoms(use_true_random=False))
def test_the_same_seed_deals_the_same(people: list[int], seed: int, chance: object) -> None:
    other = list(people)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert deal(people, [1, 2, 3], seed=seed) == deal(other, [1, 2, 3], seed=seed)


@given(st.integers(2, 60))
def test_groups_are_of_three_but_for_one(people: int) -> None:
    expected = {0: [], 1: [4], 2: [2]}[people % 3]
    assert [size for size in sizes(people) if size != 3] == expected
    assert sum(sizes(people)) == people


def test_who_has_met_sits_with_others() -> None:
    met: Met = {frozenset(pair): 1 for group in ((1, 2, 3), (4, 5, 6), (7, 8, 9)) for pair in combinations(group, 2)}
    for seed in range(20):
        groups = _groups(deal(range(1, 10), [1, 2, 3], met=met, seed=seed)).values()
        assert [pair for group in groups for pair in combinations(sorted(group), 2) if frozenset(pair) in met] == []


def test_eight_sessions_bring_twelve_people_together_evenly() -> None:
    met: Counter[frozenset[int]] = Counter()
    played: Counter[tuple[int, Part]] = Counter()
    for seed in range(8):
        _after(deal(range(12), [1, 2, 3], met=met, played=played, seed=seed), met, played)
    assert max(met.values()) == 2
    assert len(met) >= 60  # of 66 pairs


def test_who_came_short_in_a_group_of_four_comes_first_the_next_time() -> None:
    met: Counter[frozenset[int]] = Counter()
    played: Counter[tuple[int, Part]] = Counter()
    for seed in range(2):
        _after(deal([1, 2, 3, 4], [1, 2, 3], met=met, played=played, seed=seed), met, played)
    assert sorted(played[person, Part.MENTOR] for person in (1, 2, 3, 4)) == [1, 1, 2, 2]


def test_a_later_deal_gives_the_parts_that_are_missing() -> None:
    first = deal([1, 2, 3], [1], seed=4)
    played: Played = {(place.person, place.part): 1 for place in first}
    assert {
        person: set(parts) for person, parts in _parts(first + deal([1, 2, 3], [2, 3], played=played, seed=9)).items()
    } == {person: set(Part) for person in (1, 2, 3)}


@pytest.mark.parametrize("people", [[], [7]])
def test_one_alone_can_not_play(people: list[int]) -> None:
    with pytest.raises(ValueError, match="two people"):
        deal(people, [1, 2, 3], seed=1)
