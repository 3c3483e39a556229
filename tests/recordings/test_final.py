"""When the recording is due, and how far somebody is with it."""

from datetime import UTC, datetime, timedelta

import pytest

from mentorcert.catalog.programme import Final
from mentorcert.evidence.queries import NOTHING, Standing
from mentorcert.recordings.final import Stage, due_at, is_long, is_short, stage
from mentorcert.recordings.models import Recording, State
from tests.factories import NOW

TASK = Final("final", "A recording", 14, minutes_min=15, minutes_max=45, brief="")


def test_it_is_due_at_the_end_of_a_day_on_the_cohorts_clock() -> None:
    last = datetime(2027, 3, 18, 23, 30, tzinfo=UTC)  # the 19th in Stockholm, before the clocks change
    assert due_at(last, 14, "Europe/Stockholm") == datetime(2027, 4, 2, 21, 59, tzinfo=UTC)
    assert due_at(None, 14, "Europe/Stockholm") is None


@pytest.mark.parametrize(
    ("began", "standing", "expected"),
    [
        (None, NOTHING, Stage.WAITING),
        (NOW, NOTHING, Stage.GRADING),
        (NOW, Standing(last_success=True, last_success_at=NOW), Stage.PASSED),
        (NOW, Standing(last_success=False, last_success_at=NOW), Stage.SHORT),
        (None, Standing(last_success=False, last_success_at=NOW - timedelta(days=1)), Stage.WAITING),
    ],
    ids=["waiting", "grading", "passed", "short", "another-one"],
)
def test_how_far_it_is(began: datetime | None, standing: Standing, expected: Stage) -> None:
    found = Recording(submitted_at=NOW, grading_began_at=began, state=State.READY)
    assert stage(found, standing) is expected
    assert stage(None, standing) is Stage.OPEN


@pytest.mark.parametrize(
    ("seconds", "short", "long"),
    [(0, False, False), (899, True, False), (900, False, False), (2700, False, False), (2701, False, True)],
)
def test_its_length_is_noted(seconds: int, short: bool, long: bool) -> None:
    assert (is_short(TASK, seconds), is_long(TASK, seconds)) == (short, long)
