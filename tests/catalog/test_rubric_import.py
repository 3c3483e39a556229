"""Whatever a file holds, it is imported or refused with sentences; and what is imported can be read."""

import json
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from mentorcert.catalog.canvas_rubric import COLUMNS, RATING
from mentorcert.catalog.foreign_rubric import shares, slug, smallest
from mentorcert.catalog.rubric import half_up
from mentorcert.catalog.rubric_import import Format, Imported, imported
from mentorcert.errors import Invalid
from tests.catalog.exchange import as_csv, read_text

NAMES = st.sampled_from(
    [
        *("title", "description", "category", "weight", "position", "identifier", "score", "quality", "feedback"),
        *("extensions", "mentorcert", "id", "pass", "levels", "min_level", "bank", "text", "level", "comment_required"),
        *("CFPackage", "CFRubric", "CFRubrics", "CFRubricCriteria", "CFRubricCriterionLevels", "CFItemURI"),
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=20,
)
LEVEL = st.fixed_dictionaries({"quality": LEAVES, "score": LEAVES}, optional={"feedback": LEAVES, "extensions": JSON})
CRITERION = st.fixed_dictionaries(
    {"category": LEAVES, "CFRubricCriterionLevels": st.lists(LEVEL, max_size=3) | JSON},
    optional={"weight": LEAVES, "position": LEAVES, "extensions": st.fixed_dictionaries({"mentorcert": JSON})},
)
RUBRIC = st.fixed_dictionaries({"title": LEAVES, "CFRubricCriteria": st.lists(CRITERION, max_size=3) | JSON})
CELLS = st.one_of(st.sampled_from(["", "1", "2,5", "3.75", "=1", "'=1", "true", "x"]), st.text(max_size=5))
ROWS = st.lists(st.lists(CELLS, max_size=11), max_size=4)


def endures(data: bytes, form: Format | None = None) -> None:
    """Import, or be refused with sentences."""
    try:
        found = imported(data, form)
    except Invalid as refused:
        said = refused.faults
    else:
        said = ()
        reads(found)
    assert all(fault.what.endswith((".", '"')) for fault in said), said


def reads(found: Imported) -> None:
    """What was imported can be read, and is at fault only where a person has to write or mend something."""
    rubric, left = read_text(found.text)
    assert rubric is not None, found.text
    assert sum(each.weight for each in rubric.criteria) == 100
    assert [each for each in left if not allowed(each)] == []


def allowed(what: str) -> bool:
    """Whether a fault of the made file is for a person to mend: something to write, or what our own extension said."""
    mended = ("to be written", "TODO", "pass is", "min_level", "phrase", "text ", "id ", "level ")
    return any(word in what for word in mended)


@settings(max_examples=60, deadline=None)
@given(RUBRIC | JSON)
def test_any_json_is_endured(tree: object) -> None:
    endures(json.dumps(tree).encode(), Format.CASE)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_any_rows_are_endured(rows: list[list[str]]) -> None:
    endures(as_csv([[*COLUMNS, *RATING, *RATING], *rows]), Format.CANVAS)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_endured(data: bytes) -> None:
    endures(data)


@given(st.lists(st.fractions(Fraction(1, 1000), 1000), min_size=1, max_size=100))
def test_shares_sum_to_a_hundred_and_keep_the_order(weights: list[Fraction]) -> None:
    found = shares(weights)
    assert (sum(found), min(found) >= 1) == (100, True)
    by_weight = sorted(zip(weights, found, strict=True))
    assert all(later >= earlier - 1 for (_, earlier), (_, later) in pairwise(by_weight))


@given(st.sets(st.integers(1, 99), max_size=8), st.fractions(Fraction(1, 100), 100))
def test_weights_that_sum_to_a_hundred_in_any_unit_stay(cuts: set[int], unit: Fraction) -> None:
    weights = [later - earlier for earlier, later in pairwise([0, *sorted(cuts), 100])]
    assert shares([weight * unit for weight in weights]) == weights


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6, unique=True), st.integers(1, 100))
def test_the_smallest_points_are_worth_the_same_to_a_hundredth(points: list[int], weight: int) -> None:
    worth = [Fraction(half_up(Fraction(weight * each * 100, max(points))), 100) for each in points]
    found = smallest(worth)
    assert max(found) <= max(points)
    assert [Fraction(half_up(Fraction(weight * each * 100, max(found))), 100) for each in found] == worth


@given(st.text(max_size=80))
def test_a_slug_is_an_id_or_nothing(title: str) -> None:
    found = slug(title)
    assert found == slug(found)
    assert (len(found) <= 60, found.strip("-") == found, "--" in found) == (True, True, False)
