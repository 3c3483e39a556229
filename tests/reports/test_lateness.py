"""Pre-work is judged by its timestamp when that can be believed, else by when it was stored."""

from datetime import datetime, timedelta

import pytest

from mentorcert.reports.lateness import Completion, Prework, Punctuality, judge
from tests.factories import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("timestamp", "counts"),
    [
        (NOW, NOW),
        (NOW - 24 * HOUR, NOW - 24 * HOUR),
        (NOW - 24 * HOUR - timedelta(seconds=1), NOW),
        (NOW + timedelta(seconds=1), NOW),
    ],
)
def test_a_timestamp_counts_within_a_day_before_it_was_stored(timestamp: datetime, counts: datetime) -> None:
    assert Completion(timestamp, stored=NOW).at == counts


def test_the_last_step_decides_and_the_moment_it_is_due_is_in_time() -> None:
    two = [Completion(NOW - HOUR, NOW), Completion(NOW, NOW)]
    assert judge(two, 2, NOW, now=NOW) == Prework(2, 2, NOW, Punctuality.ON_TIME)
    assert judge(two, 2, NOW - timedelta(seconds=1), now=NOW) == Prework(2, 2, NOW, Punctuality.LATE)


def test_what_is_open_is_overdue_only_after_it_was_due() -> None:
    one = [Completion(NOW, NOW)]
    assert judge(one, 2, NOW, now=NOW) == Prework(1, 2, None, Punctuality.OPEN)
    assert judge(one, 2, NOW - HOUR, now=NOW) == Prework(1, 2, None, Punctuality.OVERDUE)
