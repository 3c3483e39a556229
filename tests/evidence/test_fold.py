"""The fold does not care for order or repetition, and says what the statements said."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mentorcert.evidence.fold import POLICIES, Row, Value, merge, merged

START = datetime(2026, 11, 1, tzinfo=UTC)

stamps = st.tuples(st.integers(0, 5), st.integers(0, 5))


def _value(stamp: tuple[int, int], content: object) -> Value:
    return Value(START + timedelta(seconds=stamp[0]), UUID(int=stamp[1]), content)


def _row(stamp: tuple[int, int], names: set[str]) -> Row:
    # One statement says one thing: its content follows from its stamp.
    return {name: _value(stamp, hash((name, stamp)) % 7) for name in names | {"last"}}


rows = st.builds(_row, stamps, st.sets(st.sampled_from(sorted(POLICIES))))


@given(rows, rows)
def test_merging_is_commutative(a: Row, b: Row) -> None:
    assert merge(a, b) == merge(b, a)


@given(rows, rows, rows)
def test_merging_is_associative(a: Row, b: Row, c: Row) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(rows)
def test_merging_is_idempotent(a: Row) -> None:
    assert merge(a, a) == a


@given(st.lists(rows, max_size=8), st.randoms())
def test_any_order_with_repeats_gives_the_same_row(said: list[Row], random: Random) -> None:
    shuffled = [*said, *said[:3]]
    random.shuffle(shuffled)
    assert merged(shuffled) == merged(said)


def test_each_value_keeps_the_one_that_its_name_says() -> None:
    early = {name: _value((1, 1), 3) for name in POLICIES}
    late = {name: _value((2, 2), 1) for name in POLICIES}
    row = merge(early, late)
    assert {name: value.at == START + timedelta(seconds=1) for name, value in row.items()} == {
        "completed": True,
        "first_success": True,
        "last_success": False,
        "best_score": True,
        "last_response": False,
        "position": False,
        "last": False,
    }
