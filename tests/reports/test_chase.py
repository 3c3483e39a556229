"""Whom to chase, what is open for each, and whom to leave in peace."""

from datetime import timedelta
from uuid import UUID

from mentorcert.catalog.programme import Step, StepKind, Unit
from mentorcert.coursework.prework import StepState, UnitState
from mentorcert.evidence.queries import NOTHING, Standing
from mentorcert.reports.board import Trainee
from mentorcert.reports.chase import Chased, chased, in_peace, shown
from tests.factories import NOW

FIRST, FILM, CHECK = (
    Step("first", StepKind.READ, "The first", 7),
    Step("film", StepKind.FILM, "A film", 2),
    Step("check", StepKind.CHECK, "What you know", 5),
)
AMARA, BEN, CHIARA = (Trainee(UUID(int=n), n, name, "") for n, name in enumerate(("Amara", "Ben", "Chiara"), 1))


def _state(*done: Step) -> UnitState:
    standing = Standing(completed_at=NOW, last_at=NOW)
    steps = (StepState(each, each.id, standing if each in done else NOTHING) for each in (FIRST, FILM, CHECK))
    unit = Unit("start", "The start", "Start", "", "", (), (), None, None, ())  # type: ignore[arg-type]
    return UnitState(unit, tuple(steps))


def test_each_is_told_with_what_is_open_and_whom_we_reminded_comes_last() -> None:
    states = {AMARA.enrolment: _state(FIRST, FILM), BEN.enrolment: _state(), CHIARA.enrolment: _state(FIRST)}
    reminded = {AMARA.row: NOW - timedelta(hours=47), BEN.row: NOW - timedelta(hours=48)}
    assert chased([AMARA, BEN, CHIARA], states, reminded, {BEN.enrolment: 3}, now=NOW) == (
        Chased(BEN, (FIRST, FILM, CHECK), begun=False, missed=3),
        Chased(CHIARA, (FILM, CHECK), begun=True),
        Chased(AMARA, (CHECK,), begun=True, reminded_at=NOW - timedelta(hours=47)),
    )


def test_what_is_open_is_counted_by_kind_and_in_minutes() -> None:
    one = Chased(AMARA, (FIRST, FIRST, CHECK), begun=True)
    assert (one.kinds, one.minutes) == (((StepKind.READ, 2), (StepKind.CHECK, 1)), 19)


def test_peace_lasts_forty_eight_hours_to_the_second() -> None:
    ages = (timedelta(0), timedelta(hours=48) - timedelta(seconds=1), timedelta(hours=48))
    assert [in_peace(NOW - age, NOW) for age in ages] == [True, True, False]
    assert in_peace(None, NOW) is False


def test_a_short_list_shows_those_first_who_may_be_reminded() -> None:
    assert shown([AMARA, BEN, CHIARA], {AMARA.row}, 2) == (BEN, CHIARA)
