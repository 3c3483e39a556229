"""A search takes as long in a large store as in a small one."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import databases
from tests.bench import filling, flat

SMALL, LARGE = 10_000, 1_000_000
MOST = 1.3


@pytest.mark.soak
def test_searches_take_as_long_among_a_million(
    engine: Engine, sqlite_template: Path, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    filling.fill(engine, SMALL)
    few = flat.measure(engine, SMALL, random.Random(seed))
    url = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name == "postgresql":
        databases.empty(url)
    else:
        (tmp_path / "large").mkdir()
        url = databases.copy_template(sqlite_template, tmp_path / "large")
    with databases.engine_for(url) as large:
        filling.fill(large, LARGE)
        many = flat.measure(large, LARGE, random.Random(seed))
    with capsys.disabled():
        print(f"\n{engine.dialect.name}: 95th percentile in ms among {SMALL:,} and {LARGE:,} statements")
        for before, after in zip(few, many, strict=True):
            print(f"{before.name:18}{before.p95:8.2f}{after.p95:8.2f}{after.p95 / before.p95:8.2f}")
    grown = {after.name: after.p95 / before.p95 for before, after in zip(few, many, strict=True)}
    assert {name: ratio for name, ratio in grown.items() if ratio > MOST} == {}
