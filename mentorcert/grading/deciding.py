"""What becomes of the grades that coaches gave: wait for another, moderate, or decided. Pure.

Two coaches grade without seeing each other's grade. Where they agree well enough (on passing, on every critical
criterion, and in total within the programme's threshold) the programme's rule combines them; else a third coach, who
sees both, decides alone. The rules of combining:

- `lower`, `higher`: the grade of the coach with the lower (higher) total counts as a whole; of equal ones the first.
- `mean`: the total is the mean of both totals, half a percent rounded up. In each criterion the level counts that both
  chose; where they differ, the one in the middle, and of two that are equally near the weaker.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mentorcert.catalog import rubric as arithmetic
from mentorcert.catalog.policy import Combine, Grading
from mentorcert.catalog.rubric import Criterion, Rubric
from mentorcert.grading.models import Round


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one coach submitted: the place they filled, and a level for each criterion, by ids."""

    round: Round
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Coaches are missing, one for each of these places."""

    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Moderate:
    """Two coaches disagree, so a third decides. `reasons` says how they disagree, a sentence each."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The grade, and what it rests on."""

    percent: int
    passed: bool
    levels: Mapping[str, str]
    """The level that counts in each criterion."""
    counts: tuple[Round, ...]
    """Whose grades count: one place, or two that were combined."""
    says: str
    """How it came about, in a sentence for the trainee."""


Decision = Waiting | Moderate | Decided


def decide(rubric: Rubric, policy: Grading, judgements: Iterable[Judgement]) -> Decision:
    """What becomes of what was submitted; an appeal is decided by `alone`. The order of judgements says nothing."""
    by_round = {each.round: each for each in judgements}
    if Round.MODERATION in by_round:
        says = "Two coaches graded it without seeing each other’s grade; a third, who saw both, decided."
        return alone(rubric, by_round[Round.MODERATION], says)
    wanted = (Round.FIRST, Round.SECOND)[: policy.graders]
    missing = tuple(each for each in wanted if each not in by_round)
    if missing:
        return Waiting(missing)
    if policy.graders == 1:
        return alone(rubric, by_round[Round.FIRST], "One coach graded it.")
    pair = by_round[Round.FIRST], by_round[Round.SECOND]
    reasons = disagreements(rubric, policy.threshold, *pair)
    return Moderate(reasons) if reasons else _combined(rubric, policy.combine, pair)


def alone(rubric: Rubric, judgement: Judgement, says: str) -> Decided:
    """The grade of one coach as it is."""
    levels = dict(judgement.levels)
    return Decided(
        arithmetic.percent(rubric, levels), arithmetic.passed(rubric, levels), levels, (judgement.round,), says
    )


def disagreements(rubric: Rubric, threshold: int, one: Judgement, other: Judgement) -> tuple[str, ...]:
    """How two coaches disagree so far that a third decides, a sentence each; empty where they agree well enough."""
    totals = [arithmetic.percent(rubric, each.levels) for each in (one, other)]
    found = []
    if (apart := abs(totals[0] - totals[1])) > threshold:
        found.append(f"Their totals are {apart} points apart; up to {threshold} are combined.")
    if arithmetic.passed(rubric, one.levels) != arithmetic.passed(rubric, other.levels):
        found.append("One of them passed it, and the other did not.")
    found += [
        f"In “{each.title}”, which is critical, one found the level that must be reached, and the other did not."
        for each in rubric.critical
        if each.reaches_minimum(one.levels[each.id]) != each.reaches_minimum(other.levels[each.id])
    ]
    return tuple(found)


def _combined(rubric: Rubric, rule: Combine, pair: tuple[Judgement, Judgement]) -> Decided:
    both = "Two coaches graded it without seeing each other’s grade."
    if rule is Combine.MEAN:
        return _mean(rubric, pair, f"{both} The total is the mean of theirs.")
    totals = [arithmetic.percent(rubric, each.levels) for each in pair]
    choose = min if rule is Combine.LOWER else max
    return alone(rubric, pair[totals.index(choose(totals))], f"{both} The {rule.value} of the two counts.")


def _mean(rubric: Rubric, pair: tuple[Judgement, Judgement], says: str) -> Decided:
    totals = [arithmetic.percent(rubric, each.levels) for each in pair]
    percent = arithmetic.half_up(Fraction(sum(totals), 2))
    levels = {each.id: _middle(each, [one.levels[each.id] for one in pair]) for each in rubric.criteria}
    # Both passed or neither did, and both agree in what is critical: a mean of the two says the same.
    passed = arithmetic.passed(rubric, pair[0].levels)
    return Decided(percent, passed, levels, (pair[0].round, pair[1].round), says)


def _middle(criterion: Criterion, chosen: Sequence[str]) -> str:
    """The level between two; of two in the middle the weaker."""
    places = [criterion.levels.index(criterion.level(each)) for each in chosen]
    return criterion.levels[sum(places) // 2].id
