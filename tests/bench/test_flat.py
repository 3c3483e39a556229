"""A search takes as long in a large store as in a small one."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import databases, postgres
from tests.bench import filling, flat

SMALL, LARGE = 10_000, 1_000_000
MOST = 1.3


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_searches_take_as_long_among_a_million(
    kind: str, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with _filled(kind, tmp_path, SMALL) as few, _filled(kind, tmp_path, LARGE) as many:
        grown = flat.measure(few, many, (SMALL, LARGE), random.Random(seed))
    with capsys.disabled():
        print(f"\n{kind}: 95th percentile in ms among {SMALL:,} and {LARGE:,} statements")
        for each in grown:
            print(f"{each.name:18}{each.few:8.2f}{each.many:8.2f}{each.ratio:8.2f}")
    assert {each.name: each.ratio for each in grown if each.ratio > MOST} == {}


@contextmanager
def _filled(kind: str, folder: Path, size: int) -> Iterator[Engine]:
    url = f"sqlite:///{folder}/{size}.sqlite" if kind == "sqlite" else postgres.fresh_database(f"filled_{size}")
    databases.make_tables(url)
    with databases.engine_for(url) as engine:
        filling.fill(engine, size)
        yield engine
