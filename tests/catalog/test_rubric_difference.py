"""What differs between two versions of a rubric."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric
from mentorcert.catalog.rubric_difference import MOST_WORDS, Kind, Piece, Value, compare, words

WEAK, SOLID = Level("weak", "Weak", 1, "Interrupts."), Level("solid", "Solid", 3, "Waits for an answer.")
LISTENING = Criterion("listening", "Listening", 60, (WEAK, SOLID), True, "solid", True, (Phrase("Go on."),))
CLOSE, OPENING = (Criterion(name, name.title(), 20, (WEAK, SOLID)) for name in ("close", "opening"))
OLD = Rubric("tiny", "Tiny", "Two criteria.", 70, (OPENING, LISTENING, CLOSE))


def with_listening(**changes: object) -> Rubric:
    return replace(OLD, criteria=(OPENING, replace(LISTENING, **changes), CLOSE))  # type: ignore[arg-type]


def test_a_version_does_not_differ_from_itself() -> None:
    found = compare(OLD, OLD)
    assert (found.count, found.changed, found.grades_differ) == (0, (), False)


def test_title_summary_and_pass_mark_count_one_each() -> None:
    found = compare(OLD, replace(OLD, title="Small", summary="Three criteria.", pass_percent=75))
    assert (found.count, found.changed, found.grades_differ) == (3, (), True)
    assert (found.title, found.pass_percent) == (Value("Tiny", "Small"), Value(70, 75))
    assert found.summary == (
        *(Piece(Kind.REMOVED, "Two "), Piece(Kind.ADDED, "Three "), Piece(Kind.SAME, "criteria.")),
    )


def test_criteria_that_came_and_went_stand_where_they_stood() -> None:
    fresh = replace(CLOSE, id="fresh")
    found = compare(OLD, replace(OLD, criteria=(fresh, LISTENING, CLOSE)))
    assert [(each.id, each.kind, each.name) for each in found.criteria] == [
        ("opening", Kind.REMOVED, "Opening"),
        ("fresh", Kind.ADDED, "Close"),
        ("listening", Kind.SAME, "Listening"),
        ("close", Kind.SAME, "Close"),
    ]
    assert ([each.id for each in found.changed], found.grades_differ) == (["opening", "fresh"], True)


def test_as_few_as_possible_have_moved() -> None:
    found = compare(OLD, replace(OLD, criteria=(LISTENING, CLOSE, OPENING)))
    assert [each.id for each in found.criteria if each.moved] == ["opening"]
    assert (found.count, found.grades_differ) == (1, False)


def test_a_new_title_is_a_new_name_of_the_same_criterion_and_changes_no_grade() -> None:
    [changed] = compare(OLD, with_listening(title="Listening closely")).changed
    assert (changed.title, changed.kind, changed.grades_differ) == (
        *(Value("Listening", "Listening closely"), Kind.SAME, False),
    )


def test_weight_and_minimum_change_grades_and_the_comment_does_not() -> None:
    [changed] = compare(OLD, with_listening(weight=50, critical=False, min_level=None)).changed
    assert (changed.weight, changed.minimum, changed.grades_differ) == (Value(60, 50), Value("Solid", None), True)
    [changed] = compare(OLD, with_listening(comment_required=False)).changed
    assert (changed.comment_required, changed.grades_differ) == (Value(True, False), False)


def test_an_anchor_is_compared_word_by_word() -> None:
    now = replace(SOLID, anchor="Waits long for any answer.")
    [changed] = compare(OLD, with_listening(levels=(WEAK, now))).changed
    [weak, solid] = changed.levels
    assert (weak.differs, changed.grades_differ) == (False, True)
    assert solid.anchor == (
        Piece(Kind.SAME, "Waits "),
        Piece(Kind.ADDED, "long "),
        Piece(Kind.SAME, "for "),
        Piece(Kind.REMOVED, "an "),
        Piece(Kind.ADDED, "any "),
        Piece(Kind.SAME, "answer."),
    )


def test_levels_come_go_and_are_worth_something_else() -> None:
    partly = Level("partly", "Partly", 2, "Nods.")
    [changed] = compare(OLD, with_listening(levels=(partly, replace(SOLID, points=4, title="Good")))).changed
    assert [(each.id, each.kind, each.points, each.title) for each in changed.levels] == [
        ("weak", Kind.REMOVED, Value(1, None), Value("Weak", None)),
        ("partly", Kind.ADDED, Value(None, 2), Value(None, "Partly")),
        ("solid", Kind.SAME, Value(3, 4), Value("Solid", "Good")),
    ]


def test_the_bank_is_compared_phrase_by_phrase_and_changes_no_grade() -> None:
    [changed] = compare(OLD, with_listening(bank=(Phrase("Go on."), Phrase("You waited.", "solid")))).changed
    assert changed.bank == (Piece(Kind.SAME, "Go on."), Piece(Kind.ADDED, "Solid: You waited."))
    assert changed.grades_differ is False


def test_long_texts_are_shown_whole() -> None:
    long = "word " * (MOST_WORDS + 1)
    assert words(long, long + "more") == (Piece(Kind.REMOVED, long), Piece(Kind.ADDED, long + "more"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    found = words(old, new)
    assert "".join(piece.text for piece in found if piece.kind is not Kind.ADDED) == old
    assert "".join(piece.text for piece in found if piece.kind is not Kind.REMOVED) == new
