"""What comes next, from plain values."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mentorcert.catalog.programme import Step, StepKind, Unit
from mentorcert.coursework.home import Ending, NextSession, Season, Stage, home
from mentorcert.coursework.prework import StepState, UnitState
from mentorcert.evidence.queries import NOTHING, Standing
from tests.coursework.test_attempts import UNIT
from tests.factories import NOW

DONE = Standing(completed_at=NOW, last_at=NOW)
SESSION = NextSession("T", 2, NOW + timedelta(days=2), 75, "", NOW + timedelta(days=1), "", unit="two")


def _unit(name: str, *done: bool) -> UnitState:
    unit: Unit = replace(UNIT, id=name)
    steps = tuple(
        StepState(Step(f"s{at}", StepKind.READ, "S", 7), f"i{at}", DONE if is_done else NOTHING)
        for at, is_done in enumerate(done)
    )
    return UnitState(unit, steps)


ONE_DONE, ONE_OPEN = _unit("one", True, True), _unit("one", True, False)
TWO_DONE, TWO_OPEN = _unit("two", True, True), _unit("two", False, True, False)
THREE = _unit("three", False)


def test_what_is_due_before_the_next_session_comes_first() -> None:
    page = home([ONE_OPEN, TWO_OPEN, THREE], Season(SESSION, planned=3, past_units={"one"}), Ending())
    assert (page.stage, page.number, page.minutes) == (Stage.PREWORK, 2, 14)
    assert (page.step, page.behind, page.open_steps_behind) == (TWO_OPEN.steps[0], (ONE_OPEN,), 1)


def test_who_is_ready_sees_the_session() -> None:
    page = home([ONE_DONE, TWO_DONE, THREE], Season(SESSION, planned=3), Ending())
    assert (page.stage, page.session, page.focus) == (Stage.SESSION, SESSION, TWO_DONE)


def test_who_is_ready_and_late_elsewhere_catches_up() -> None:
    page = home([ONE_OPEN, TWO_DONE, THREE], Season(SESSION, planned=3, past_units={"one"}), Ending())
    assert (page.stage, page.number, page.step, page.behind) == (Stage.CATCH_UP, 1, ONE_OPEN.steps[1], ())


def test_a_check_below_the_line_is_tried_again_once_nothing_is_open() -> None:
    weak = replace(ONE_DONE, steps=(*ONE_DONE.steps, _check(7900)))
    ready = Season(SESSION, planned=3, past_units={"one"})
    assert (home([weak, TWO_DONE], ready, Ending(), 80).stage, home([weak, TWO_DONE], ready, Ending(), 79).stage) == (
        Stage.RETRY,
        Stage.SESSION,
    )
    assert home([weak, TWO_OPEN], ready, Ending(), 80).stage is Stage.PREWORK
    assert home([weak], Season(planned=2), Ending(submitted=True), 80).number == 1
    assert home([weak], Season(planned=2), Ending(submitted=True, released=True), 80).stage is Stage.FEEDBACK


def _check(best: int) -> StepState:
    return StepState(
        Step("check", StepKind.CHECK, "C", 5), "c", Standing(completed_at=NOW, last_at=NOW, best_score=best)
    )


def test_a_session_that_is_on_comes_before_what_is_open() -> None:
    page = home([TWO_OPEN], Season(SESSION, planned=3, is_on=True), Ending())
    assert page.stage is Stage.SESSION


@pytest.mark.parametrize(
    ("season", "ending", "units", "stage"),
    [
        (Season(), Ending(), [ONE_OPEN], Stage.STEP),
        (Season(), Ending(), [ONE_DONE], Stage.UNPLANNED),
        (Season(planned=2), Ending(), [ONE_OPEN], Stage.RECORDING),
        (Season(planned=2), Ending(submitted=True), [ONE_OPEN], Stage.STEP),
        (Season(planned=2), Ending(submitted=True), [ONE_DONE], Stage.WAITING),
        (Season(planned=2), Ending(submitted=True, released=True), [ONE_OPEN], Stage.FEEDBACK),
        (Season(planned=2), Ending(submitted=True, released=True, passed=True), [ONE_OPEN], Stage.STEP),
        (Season(planned=2), Ending(submitted=True, released=True, passed=True), [ONE_DONE], Stage.FEEDBACK),
        (Season(planned=2), Ending(certified=True), [ONE_OPEN], Stage.CERTIFIED),
        (Season(SESSION, planned=2), Ending(certified=True), [TWO_OPEN], Stage.CERTIFIED),
    ],
)
def test_after_the_last_session(season: Season, ending: Ending, units: list[UnitState], stage: Stage) -> None:
    assert home(units, season, ending).stage is stage
