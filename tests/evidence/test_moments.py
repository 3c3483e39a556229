"""Moments as they are typed: what they name, to the microsecond, and what names nothing."""

from datetime import UTC, datetime

import pytest

from mentorcert.evidence.moments import stretch

NAMED = {
    "2026-11-24": ("2026-11-24T00:00:00", "2026-11-24T23:59:59.999999"),
    " 2026-11-24T14:29 ": ("2026-11-24T14:29:00", "2026-11-24T14:29:59.999999"),
    "2026-11-24 14:29Z": ("2026-11-24T14:29:00", "2026-11-24T14:29:59.999999"),
    "2026-11-24T14:29:51": ("2026-11-24T14:29:51", "2026-11-24T14:29:51.999999"),
    "2026-11-24T14:29:51.870Z": ("2026-11-24T14:29:51.870", "2026-11-24T14:29:51.870"),
    "0001-01-01": ("0001-01-01T00:00:00", "0001-01-01T23:59:59.999999"),
    "9999-12-31": ("9999-12-31T00:00:00", "9999-12-31T23:59:59.999999"),
}


@pytest.mark.parametrize("text", NAMED)
def test_a_moment_is_as_long_as_it_is_named(text: str) -> None:
    found = stretch(text)
    assert found is not None
    first, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in NAMED[text])
    assert (found.first, found.last, found.day) == (first, last, ":" not in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026-02-30",
        "2026-11-24T25:00",
        "2026-11-24T14",
        "2026-11-24T14:29+01:00",
        "24.11.2026",
        "２０２６-11-24",
    ],
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert stretch(text) is None


def test_before_a_day_is_the_last_moment_of_the_day_before() -> None:
    found, first = stretch("2026-11-24"), stretch("0001-01-01")
    assert found is not None
    assert first is not None
    assert found.before == datetime(2026, 11, 23, 23, 59, 59, 999_999, UTC)
    assert first.before == datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)
