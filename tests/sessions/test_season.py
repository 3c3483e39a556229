"""The dates of a season: weekly by the wall clock, over every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.sessions.season import Season, due, instant, weekly

LONDON = ZoneInfo("Europe/London")
ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
times = st.times().map(lambda at: at.replace(microsecond=0, fold=0))
zones = st.sampled_from(ZONES).map(ZoneInfo)


def test_eight_weeks_over_a_change_of_the_clocks_keep_the_wall_clock_time() -> None:
    season = weekly(date(2026, 10, 1), time(16), LONDON, 8)
    assert [start.astimezone(LONDON).strftime("%d %b %H:%M") for start in season.starts] == [
        *(f"{day} Oct 16:00" for day in ("01", "08", "15", "22", "29")),
        *(f"{day} Nov 16:00" for day in ("05", "12", "19")),
    ]
    assert [start.hour for start in season.starts] == [15, 15, 15, 15, 16, 16, 16, 16]
    assert {start.tzinfo for start in season.starts} == {UTC}


def test_a_skipped_date_moves_its_session_and_all_after_it() -> None:
    season = weekly(date(2026, 12, 17), time(16), LONDON, 3, [date(2026, 12, 24), date(2026, 12, 31)])
    assert [start.date() for start in season.starts] == [date(2026, 12, 17), date(2027, 1, 7), date(2027, 1, 14)]
    assert season.unused == ()


def test_a_skipped_date_that_is_no_date_of_the_season_is_said() -> None:
    friday, after = date(2026, 12, 25), date(2027, 2, 4)
    season = weekly(date(2026, 12, 17), time(16), LONDON, 2, [after, friday])
    assert season == Season(
        (datetime(2026, 12, 17, 16, tzinfo=UTC), datetime(2026, 12, 24, 16, tzinfo=UTC)), (friday, after)
    )


def test_a_time_that_the_clocks_skip_comes_as_much_later() -> None:
    assert instant(date(2026, 3, 29), time(1, 30), LONDON) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant(date(2026, 3, 29), time(1, 30), LONDON).astimezone(LONDON).time() == time(2, 30)


def test_of_a_time_that_the_clocks_show_twice_it_is_the_first() -> None:
    assert instant(date(2026, 10, 25), time(1, 30, fold=1), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_pre_work_is_due_hours_before() -> None:
    assert due(datetime(2026, 10, 25, 16, tzinfo=UTC), 18) == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_a_season_without_sessions_is_none() -> None:
    with pytest.raises(ValueError, match="at least one"):
        weekly(date(2026, 10, 1), time(16), LONDON, 0)


@given(days, times, zones, st.integers(1, 30), st.sets(st.integers(0, 30)))
def test_every_start_is_on_its_day_and_in_order(
    first: date, at: time, zone: ZoneInfo, count: int, skipped: set[int]
) -> None:
    season = weekly(first, at, zone, count, [first + timedelta(weeks=week) for week in skipped])
    kept = [week for week in range(70) if week not in skipped][:count]
    expected = [datetime.combine(first + timedelta(weeks=week), at) for week in kept]
    assert len(season.starts) == count
    assert sorted(season.starts) == list(season.starts)
    for start, wanted in zip(season.starts, expected, strict=True):
        shown = start.astimezone(zone).replace(tzinfo=None)
        skipped_by_clocks = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wanted
        assert shown > wanted if skipped_by_clocks else shown == wanted.replace(fold=shown.fold)
