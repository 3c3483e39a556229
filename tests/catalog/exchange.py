"""Rubrics that go out to other systems and come back."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from mentorcert.catalog.faults import Faults
from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric
from mentorcert.catalog.rubric_reader import read_rubrics

WORDS = st.text(st.sampled_from("abc äß语,;:#-'\"\n&*!?|>%@`{}[]…“”"), min_size=1, max_size=30).map(
    lambda text: f"x{' '.join(text.split())}"
)


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    """Rubrics as the loader takes them, with words that YAML, CSV and JSON have to quote."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=3)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    criteria = tuple(draw(criterion(f"c-{at}", weight)) for at, weight in enumerate(weights))
    return Rubric("r", draw(WORDS), draw(WORDS), draw(st.integers(0, 100)), criteria)


@st.composite
def criterion(draw: st.DrawFn, name: str, weight: int) -> Criterion:
    """A criterion of that id and weight."""
    points = sorted(draw(st.sets(st.integers(0, 8), min_size=2, max_size=4)))
    levels = tuple(Level(f"l-{at}", f"{draw(WORDS)} {at}", each, draw(WORDS)) for at, each in enumerate(points))
    ids = [level.id for level in levels]
    least = draw(st.sampled_from((None, *ids)))
    phrases = draw(st.dictionaries(WORDS, st.sampled_from((None, *ids)), max_size=2))
    bank = tuple(Phrase(text, level) for text, level in phrases.items())
    return Criterion(name, f"{draw(WORDS)} {name}", weight, levels, least is not None, least, draw(st.booleans()), bank)


def read_text(text: str) -> tuple[Rubric | None, list[str]]:
    """The rubric in the text of a rubric file, and its faults without their place."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "rubric.yaml").write_text(text, encoding="utf-8")
        faults = Faults()
        found = read_rubrics(Path(folder), faults)
    return next((rubric for rubric, _ in found.things.values()), None), [fault.what for fault in faults.in_order()]


def as_csv(rows: list[list[str]]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
