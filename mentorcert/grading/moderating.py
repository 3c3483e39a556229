"""What a coach who moderates is shown: both grades side by side, and how they disagree. Nobody else is shown it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mentorcert.grading import deciding, drafts, queries
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.grading.models import Assessment, Moment, Round
from mentorcert.recordings import queries as recordings


@dataclass(frozen=True, slots=True)
class Grade:
    """One of the two grades, without its coach's name: A is the first, B the second."""

    letter: str
    percent: int
    passed: bool
    draft: Draft
    moments: Mapping[str, Sequence[Moment]]
    """By the id of their criterion; empty for those of none."""

    def entry(self, criterion: str) -> Entry:
        """What was said of a criterion."""
        return self.draft.entry(criterion)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both grades, the criteria in which they differ, and how they disagree, a sentence each."""

    grades: tuple[Grade, ...] = ()
    differing: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()


def sides(session: Session, found: Assessment) -> Sides:
    """Both grades for the coach whose assessment moderates them; nothing for everybody else."""
    if found.round is not Round.MODERATION or found.given_back_at is not None:
        return Sides()
    blind = {each.round: each for each in queries.submitted(session, found.recording)}
    pair = [blind[each] for each in (Round.FIRST, Round.SECOND)]
    rubric, policy = queries.rubric_of(session, found), recordings.policy_of(session, found.recording)
    one, other = (deciding.Judgement(each.round, drafts.draft_of(each).levels) for each in pair)
    grades = tuple(_grade(letter, each) for letter, each in zip("AB", pair, strict=True))
    return Sides(
        grades,
        frozenset(each.id for each in rubric.criteria if one.levels[each.id] != other.levels[each.id]),
        deciding.disagreements(rubric, policy.threshold, one, other),
    )


def _grade(letter: str, found: Assessment) -> Grade:
    moments: dict[str, list[Moment]] = {}
    for each in found.moments:
        moments.setdefault(each.criterion, []).append(each)
    return Grade(letter, found.percent or 0, bool(found.passed), drafts.draft_of(found), moments)
