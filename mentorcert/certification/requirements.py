"""Requirements: is each one met, what was done, and what is the evidence. Pure, over plain facts.

A decision explains itself: every verdict says in words what was done, what is still missing, and lists the evidence
it was judged on, whether it was met or not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mentorcert.catalog.programme import Programme, Requirement, RequirementKind, StepKind
from mentorcert.coursework.prework import UnitState

SCORE_UNIT: Final = 10_000
"""Progress keeps scaled scores in ten-thousandths."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """One live session of the season, and when the trainee took part in it."""

    title: str
    held: bool
    """Whether it is over, and attendance was recorded."""
    attended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CriticalLevel:
    """The level reached in a criterion that has a minimum."""

    criterion: str
    level: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """A released grade, as far as requirements ask for it."""

    percent: int
    pass_percent: int
    critical: tuple[CriticalLevel, ...]
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that requirements are judged on, for one enrolment."""

    units: tuple[UnitState, ...]
    sessions: tuple[Attendance, ...]
    handed_in_at: datetime | None
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: what it is about, what it says, when it was made, and whether it is enough."""

    about: str
    says: str
    at: datetime | None
    enough: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one requirement is met, and why."""

    requirement: Requirement
    met: bool
    done: str
    """What was done, in a few words: `33 of 33 steps`."""
    missing: str
    """What is still open, as a sentence; empty when it is met."""
    met_on: datetime | None
    evidence: tuple[Evidence, ...]
    public: str = ""
    """What a certificate's public page says was done: no score, no level. The same as `done` when empty."""


def verdicts(programme: Programme, facts: Facts) -> tuple[Verdict, ...]:
    """The verdict on every requirement of the programme, in its order."""
    return tuple(_JUDGES[each.kind](each, facts) for each in programme.requirements)


def all_met(judged: Sequence[Verdict]) -> bool:
    """Whether nothing is open. A programme without requirements certifies nobody."""
    return bool(judged) and all(verdict.met for verdict in judged)


def _prework(requirement: Requirement, facts: Facts) -> Verdict:
    done, total = sum(unit.done for unit in facts.units), sum(unit.total for unit in facts.units)
    evidence = tuple(
        Evidence(unit.unit.title, f"{unit.done} of {unit.total} steps", unit.completed_at, unit.complete)
        for unit in facts.units
    )
    open_units = [unit.unit.title for unit in facts.units if not unit.complete]
    missing = f"Still open: {_listed(open_units)}." if open_units else ""
    return _verdict(requirement, f"{done} of {total} steps", missing, evidence)


def _attendance(requirement: Requirement, facts: Facts) -> Verdict:
    needed = requirement.at_least or 0
    evidence = tuple(_session(each) for each in facts.sessions)
    times = sorted(each.at for each in evidence if each.at)
    short = needed - len(times)
    missing = f"{short} more live {'session' if short == 1 else 'sessions'} to attend." if short > 0 else ""
    met_on = times[needed - 1] if needed and not missing else None
    held = sum(each.held for each in facts.sessions)
    so_far = "" if held == len(facts.sessions) else " so far"
    attended = f"{len(times)} of {held} attended"
    done = f"{attended}{so_far}; {needed} needed" if held else f"none held yet; {needed} needed"
    return Verdict(requirement, not missing, done, missing, met_on, evidence, attended)


def _session(each: Attendance) -> Evidence:
    says = "attended" if each.attended_at else "missed" if each.held else "still to come"
    return Evidence(each.title, says, each.attended_at, each.attended_at is not None)


def _checks(requirement: Requirement, facts: Facts) -> Verdict:
    needed = (requirement.at_least_percent or 0) * SCORE_UNIT // 100
    evidence = tuple(_check_of(unit, needed) for unit in facts.units)
    short = [each.about for each in evidence if not each.enough]
    missing = f"Below {requirement.at_least_percent} % or not done: {_listed(short)}." if short else ""
    scores = {unit.unit.title: score for unit in facts.units if (score := _check_score(unit)) is not None}
    public = f"{len(facts.units)} of {len(facts.units)} passed, at {requirement.at_least_percent} % or more each"
    done = "none answered yet"
    if scores:
        lowest = min(scores, key=lambda title: scores[title])
        done = f"{len(scores)} of {len(facts.units)} answered, lowest {_percent(scores[lowest])} % ({lowest})"
    return _verdict(requirement, done, missing, evidence, public)


def _check_of(unit: UnitState, needed: int) -> Evidence:
    score = _check_score(unit)
    standing = next((step.standing for step in unit.steps if step.step.kind is StepKind.CHECK), None)
    says = "not done" if score is None else f"{_percent(score)} %"
    return Evidence(
        unit.unit.title, says, standing.completed_at if standing else None, score is not None and score >= needed
    )


def _check_score(unit: UnitState) -> int | None:
    return next((step.standing.best_score for step in unit.steps if step.step.kind is StepKind.CHECK), None)


def _recording(requirement: Requirement, facts: Facts) -> Verdict:
    grade = facts.grade
    if grade is None:
        done = "handed in, not graded yet" if facts.handed_in_at else "not handed in"
        missing = "It waits for its grade." if facts.handed_in_at else "Hand in your recorded conversation."
        waiting = Evidence("Recording", "handed in", facts.handed_in_at, enough=False)
        return _verdict(requirement, done, missing, (waiting,) if facts.handed_in_at else ())
    passed = grade.percent >= grade.pass_percent
    says = f"{grade.percent} of 100; {grade.pass_percent} needed"
    short = grade.pass_percent - grade.percent
    missing = "" if passed else f"{short} {'point' if short == 1 else 'points'} short of the pass mark."
    evidence = (Evidence("Grade", says, grade.released_at, passed),)
    return _verdict(requirement, says, missing, evidence, "Passed, graded by a coach against the published rubric")


def _critical(requirement: Requirement, facts: Facts) -> Verdict:
    if facts.grade is None:
        return _verdict(requirement, "not graded yet", "It is judged with the recording.", ())
    grade = facts.grade
    evidence = tuple(Evidence(each.criterion, each.level, grade.released_at, each.reached) for each in grade.critical)
    short = [each.criterion for each in grade.critical if not each.reached]
    done = ", ".join(f"{each.criterion}: {each.level}" for each in grade.critical)
    missing = f"Below the level that it must reach: {_listed(short)}." if short else ""
    return _verdict(requirement, done, missing, evidence, "Each at the level required, or above")


def _verdict(
    requirement: Requirement, done: str, missing: str, evidence: tuple[Evidence, ...], public: str = ""
) -> Verdict:
    """A verdict that is met when nothing is missing, on the day of its last evidence."""
    times = [each.at for each in evidence if each.at]
    met_on = max(times) if times and not missing else None
    return Verdict(requirement, not missing, done, missing, met_on, evidence, public)


def _percent(score: int) -> int:
    return score * 100 // SCORE_UNIT


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_JUDGES: Final[Mapping[RequirementKind, Callable[[Requirement, Facts], Verdict]]] = {
    RequirementKind.PREWORK: _prework,
    RequirementKind.ATTENDANCE: _attendance,
    RequirementKind.CHECKS: _checks,
    RequirementKind.RECORDING: _recording,
    RequirementKind.CRITICAL: _critical,
}
