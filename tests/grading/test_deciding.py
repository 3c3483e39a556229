"""What becomes of the grades that coaches gave: examples, and what must hold of all of them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mentorcert.catalog import rubric as arithmetic
from mentorcert.catalog.policy import Combine, Grading
from mentorcert.catalog.rubric import Criterion, Level, Rubric
from mentorcert.grading.deciding import Decided, Judgement, Moderate, Waiting, decide, disagreements
from mentorcert.grading.models import Round

LEVELS = tuple(Level(f"l{points}", f"Level {points}", points, "…") for points in range(1, 5))
RUBRIC = Rubric(
    "r",
    "A rubric",
    "Three criteria.",
    60,
    (
        Criterion("a", "Listening", 50, LEVELS, critical=True, min_level="l2"),
        Criterion("b", "Questions", 30, LEVELS),
        Criterion("c", "Close", 20, LEVELS),
    ),
)
TWO = Grading(graders=2)
ROUNDS = (Round.FIRST, Round.SECOND)


def said(place: Round, a: int, b: int, c: int) -> Judgement:
    return Judgement(place, {"a": f"l{a}", "b": f"l{b}", "c": f"l{c}"})


def pair(one: tuple[int, int, int], other: tuple[int, int, int]) -> list[Judgement]:
    return [said(place, *each) for place, each in zip(ROUNDS, (one, other), strict=True)]


def test_one_coach_decides_alone() -> None:
    assert decide(RUBRIC, Grading(), []) == Waiting((Round.FIRST,))
    found = decide(RUBRIC, Grading(), [said(Round.FIRST, 3, 3, 3)])
    assert found == Decided(75, True, {"a": "l3", "b": "l3", "c": "l3"}, (Round.FIRST,), "One coach graded it.")


def test_of_two_both_are_waited_for() -> None:
    assert decide(RUBRIC, TWO, []) == Waiting(ROUNDS)
    assert decide(RUBRIC, TWO, [said(Round.SECOND, 4, 4, 4)]) == Waiting((Round.FIRST,))


def test_the_mean_takes_the_middle_level_and_of_two_the_weaker() -> None:
    found = decide(RUBRIC, TWO, pair((3, 4, 2), (3, 3, 4)))
    assert isinstance(found, Decided)
    # 37.5 + 30 + 10 = 77.5, so 78; 37.5 + 22.5 + 20 = 80
    assert (found.percent, found.passed, found.counts) == (79, True, ROUNDS)
    assert found.levels == {"a": "l3", "b": "l3", "c": "l3"}


def test_the_lower_or_the_higher_grade_counts_as_a_whole() -> None:
    both = pair((3, 4, 2), (3, 3, 4))
    lower = decide(RUBRIC, Grading(graders=2, combine=Combine.LOWER), both)
    higher = decide(RUBRIC, Grading(graders=2, combine=Combine.HIGHER), both)
    assert isinstance(lower, Decided)
    assert isinstance(higher, Decided)
    assert (lower.percent, lower.levels, lower.counts) == (78, both[0].levels, (Round.FIRST,))
    assert (higher.percent, higher.levels, higher.counts) == (80, both[1].levels, (Round.SECOND,))


def test_who_disagrees_is_moderated_and_told_why() -> None:
    far = decide(RUBRIC, TWO, pair((4, 4, 4), (3, 3, 4)))
    assert far == Moderate(("Their totals are 20 points apart; up to 10 are combined.",))
    passing = decide(RUBRIC, TWO, pair((2, 2, 4), (2, 3, 3)))  # 60 and 63 pass; one less does not
    assert isinstance(passing, Decided)
    one_failed = decide(RUBRIC, TWO, pair((2, 2, 3), (2, 3, 3)))
    assert one_failed == Moderate(("One of them passed it, and the other did not.",))
    critical = decide(RUBRIC, Grading(graders=2, threshold=100), pair((1, 1, 1), (2, 1, 1)))
    sentence = "In “Listening”, which is critical, one found the level that must be reached, and the other did not."
    assert critical == Moderate((sentence,))


def test_the_third_coach_decides_alone() -> None:
    found = decide(RUBRIC, TWO, [*pair((4, 4, 4), (1, 1, 1)), said(Round.MODERATION, 3, 2, 2)])
    assert isinstance(found, Decided)
    assert (found.percent, found.levels["b"], found.counts) == (63, "l2", (Round.MODERATION,))


def test_an_appeal_says_nothing_of_the_first_decision() -> None:
    graded = [said(Round.FIRST, 3, 3, 3)]
    assert decide(RUBRIC, Grading(), [*graded, said(Round.APPEAL, 4, 4, 4)]) == decide(RUBRIC, Grading(), graded)


grades = st.tuples(*[st.integers(1, 4)] * 3)
rules = st.builds(Grading, graders=st.just(2), threshold=st.integers(0, 100), combine=st.sampled_from(Combine))


@given(rules, grades, grades)
def test_whatever_two_coaches_say(policy: Grading, one: Any, other: Any) -> None:
    both = pair(one, other)
    found = decide(RUBRIC, policy, both)
    assert found == decide(RUBRIC, policy, both[::-1])
    totals = sorted(arithmetic.percent(RUBRIC, each.levels) for each in both)
    if isinstance(found, Moderate):
        assert found.reasons == disagreements(RUBRIC, policy.threshold, *both) != ()
        return
    assert isinstance(found, Decided)
    assert totals[1] - totals[0] <= policy.threshold
    assert totals[0] <= found.percent <= totals[1]
    assert {found.passed} == {arithmetic.passed(RUBRIC, each.levels) for each in both}
    assert arithmetic.meets_critical(RUBRIC, found.levels) == arithmetic.meets_critical(RUBRIC, both[0].levels)
    if found.passed:
        assert found.percent >= RUBRIC.pass_percent
    for criterion in RUBRIC.criteria:
        between = sorted(int(each.levels[criterion.id][1:]) for each in both)
        assert between[0] <= int(found.levels[criterion.id][1:]) <= between[1]


@given(rules, grades)
def test_two_who_say_the_same_are_never_moderated(policy: Grading, one: Any) -> None:
    found = decide(RUBRIC, policy, pair(one, one))
    assert isinstance(found, Decided)
    alone = said(Round.FIRST, *one)
    assert (found.percent, found.levels) == (arithmetic.percent(RUBRIC, alone.levels), alone.levels)
