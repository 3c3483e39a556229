"""Drafts: what a form says, what can't be saved, what is still missing, and where two differ."""

import pytest

from mentorcert.grading.drafts import (
    LONGEST,
    UNKNOWN,
    Draft,
    Entry,
    differing,
    faults,
    open_numbers,
    read_draft,
    submission_faults,
)
from tests.grading.factories import TINY, draft


def test_a_form_is_read() -> None:
    posted = {
        "revision": "7",
        "comment": " All\r\nin all ",
        "level-close": "solid",
        "comment-listening": "Heard.\0",
        "level-x": "y",
    }
    assert read_draft(TINY, posted) == Draft(
        7, "All\nin all", {"listening": Entry("", "Heard."), "close": Entry("solid", "")}
    )


@pytest.mark.parametrize("revision", ["", "-1", "x", "٣", "9" * 10])
def test_a_form_without_a_revision_is_of_none(revision: str) -> None:
    assert read_draft(TINY, {"revision": revision}).revision == UNKNOWN


def test_a_level_that_is_not_there_and_a_text_too_long_are_named() -> None:
    wanted = draft(listening="best", closing="x" * (LONGEST + 1), whole="y" * LONGEST)
    assert [(fault.where, str(fault)) for fault in faults(TINY, wanted)] == [
        ("listening", "listening: “Listening” has no such level. Choose one of those shown."),
        ("close", "close: “Close” has 5001 characters; 5000 fit. Shorten it."),
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (draft(), []),
        (draft(heard=""), ["“Listening” needs a comment."]),
        (draft(listening="", close=""), ["“Listening” has no level yet.", "“Close” has no level yet."]),
        (Draft(), ["“Listening” has no level and no comment yet.", "“Close” has no level yet."]),
    ],
)
def test_what_keeps_a_grade_from_being_submitted(wanted: Draft, expected: list[str]) -> None:
    assert [fault.what for fault in submission_faults(TINY, wanted)] == expected


def test_what_is_still_open() -> None:
    assert open_numbers(TINY, Draft()) == [1, 2]
    assert open_numbers(TINY, draft(close="")) == [2]


def test_where_two_drafts_differ() -> None:
    assert differing(TINY, draft(), draft(revision=3)) == set()
    assert differing(TINY, draft(whole="a", heard="b"), draft()) == {"comment", "listening"}
    assert differing(TINY, Draft(), draft()) == {"listening", "close"}
