"""Rubrics in Canvas's CSV: its own template and specification, what we write, and files that are wrong."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from mentorcert.catalog.canvas_rubric import COLUMNS, MOST_ROWS, RATING, lost, rows
from mentorcert.catalog.rubric import Criterion, Level, Phrase, Rubric
from mentorcert.catalog.rubric_import import Imported, imported
from mentorcert.errors import Invalid
from mentorcert.evidence import spreadsheet
from tests.catalog.exchange import as_csv, read_text, rubrics

HEADER = [*COLUMNS, *RATING, *RATING, *RATING]
ESSAY = [
    HEADER,
    [
        *("Essay", "Thesis", "Has a point", "false"),
        *("Clear", "Says it", "4"),
        *("Vague", "Hints", "2"),
        "None",
        "",
        "0",
    ],
    [*("Essay", "Sources", "", "false"), *("Good", "Cited", "2"), *("Poor", "Named", "1")],
]
LEVELS = (
    Level("weak", "Weak", 1, "Interrupts."),
    Level("solid", "Solid", 2, "Waits."),
    Level("top", "Top", 3, "Stays."),
)
TINY = Rubric(
    *("tiny", "Tiny", "Two.", 70),
    (
        Criterion("listening", "Listening", 60, LEVELS, True, "solid", True, (Phrase("Go on."),)),
        Criterion("close", "Close", 40, LEVELS),
    ),
)


def read(text: str | bytes | list[list[str]], title: str = "") -> Imported:
    data = as_csv(text) if isinstance(text, list) else text.encode() if isinstance(text, str) else text
    return imported(data, title=title)


def faults(text: str | bytes | list[list[str]]) -> list[str]:
    with pytest.raises(Invalid) as refused:
        read(text)
    return [str(fault) for fault in refused.value.faults]


def test_a_criterion_weighs_as_much_as_its_best_rating_and_what_is_missing_is_asked_for() -> None:
    found = read(ESSAY)
    rubric, left = read_text(found.text)
    assert rubric is not None
    assert [(each.id, each.title, each.weight) for each in rubric.criteria] == [
        ("thesis", "Thesis", 67),
        ("sources", "Sources", 33),
    ]
    assert [(level.id, level.title, level.points) for level in rubric.criteria[0].levels] == [
        ("none", "None", 0),
        ("vague", "Vague", 1),
        ("clear", "Clear", 2),
    ]
    assert left == [
        "summary is still to be written",
        'pass is "TODO", not a whole number',
        "anchor is still to be written",
    ]
    assert "# It was described as: Has a point\n" in found.text
    assert found.notes == (
        "A criterion weighs as much as its best rating is worth; points are the smallest whole numbers in that ratio.",
        "Weights were 4, 2; they are shared out to 100, the largest remainders rounded up.",
        "The file had no pass mark: write the percentage that passes.",
    )


def test_a_file_for_canvas_adds_up_there_to_our_percentage() -> None:
    header, listening, close = rows(TINY)
    assert header == HEADER
    assert listening == [
        *("Tiny", "Listening", "Critical: Solid or above is needed.", "false"),
        *("Top", "Stays.", "60", "Solid", "Waits.", "40", "Weak", "Interrupts.", "20"),
    ]
    assert [close[6], close[9], close[12]] == ["40", "26.67", "13.33"]
    assert lost(TINY) == (
        *("ids", "the summary", "the pass mark", "which criteria are critical, but in words"),
        *("which comments are needed", "the feedback bank"),
    )


@settings(max_examples=20, deadline=None)
@given(rubrics())
def test_what_canvas_can_carry_comes_back(rubric: Rubric) -> None:
    guarded = spreadsheet.lines(rows(rubric)).encode()
    back, _ = read_text(read(guarded).text)
    assert back is not None
    assert (back.title, [(each.title, each.weight) for each in back.criteria]) == (
        rubric.title,
        [(each.title, each.weight) for each in rubric.criteria],
    )
    for ours, theirs in zip(rubric.criteria, back.criteria, strict=True):
        assert [(each.title, each.anchor) for each in ours.levels] == [
            (each.title, each.anchor) for each in theirs.levels
        ]
        assert shares(ours) == shares(theirs)


def shares(criterion: Criterion) -> list[Fraction]:
    return [Fraction(level.points, criterion.levels[-1].points) for level in criterion.levels]


def test_a_guard_against_formulas_is_taken_off_again() -> None:
    text = spreadsheet.lines([[*row[:1], "=SUM(A1)", *row[2:]] if at == 1 else row for at, row in enumerate(ESSAY)])
    rubric, _ = read_text(read(text).text)
    assert "'=SUM(A1)" in text
    assert rubric is not None
    assert rubric.criteria[0].title == "=SUM(A1)"


def test_numbered_columns_semicolons_a_mark_and_decimal_commas_are_read() -> None:
    header = ";".join([*COLUMNS, *(f"{name} {at}" for at in (1, 2) for name in RATING)])
    rubric, _ = read_text(read(f"\ufeff{header}\r\nR;C;;false;Good;Yes;1,75;Poor;No;0,5\r\n").text)
    assert rubric is not None
    assert [level.points for level in rubric.criteria[0].levels] == [2, 7]


def test_ranges_are_said_to_be_gone() -> None:
    ranged = [[*row[:3], "TRUE", *row[4:]] if at == 2 else row for at, row in enumerate(ESSAY)]
    assert read(ranged).notes[1] == "Ratings were ranges of points in row 3: a level is worth the most of its range."


def test_titles_that_are_alike_or_have_no_latin_letter_get_ids_of_their_own() -> None:
    row = ["2026", "聞く", "", "false", "Yes", "It is.", "1", "Yes", "Hm.", "0"]
    rubric, _ = read_text(read([HEADER, row, [row[0], "Go", *row[2:]], [row[0], "go!", *row[2:]]]).text)
    assert rubric is not None
    assert (rubric.id, rubric.title) == ("2026", "2026")
    assert [each.id for each in rubric.criteria] == ["criterion-1", "go", "go-2"]
    assert [level.id for level in rubric.criteria[0].levels] == ["yes", "yes-2"]
    assert [each.weight for each in rubric.criteria] == [34, 33, 33]


def test_of_several_rubrics_one_is_chosen_by_its_title() -> None:
    both = [*ESSAY, ["Talk", *ESSAY[1][1:]]]
    assert faults(both) == ['rubric "Essay": "Essay"', 'rubric "Talk": "Talk"']
    assert read(both, "Talk").id == "talk"
    with pytest.raises(Invalid, match="There is no rubric of that title"):
        read(both, "Song")


ROW = ESSAY[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            [
                'row 1: There is no column "Rubric Name". Begin with the header of Canvas\'s template.',
                'row 1: There is no column "Criteria Name". Begin with the header of Canvas\'s template.',
                (
                    "row 1: The columns of the ratings are not whole. "
                    "Give each rating three columns: Rating Name, Rating Description, Rating Points."
                ),
            ],
        ),
        (
            [[*HEADER, "Rating Name"], ROW],
            [
                (
                    "row 1: The columns of the ratings are not whole. "
                    "Give each rating three columns: Rating Name, Rating Description, Rating Points."
                )
            ],
        ),
        ([[*COLUMNS, *RATING * 21]], ["row 1: It has 21 ratings a criterion. Keep at most 20."]),
        (b"Rubric Name\n\xe9,", ["line 2: The file is not UTF-8. Save it again as CSV UTF-8."]),
        ("Rubric Name".encode("utf-16"), ["line 1: The file is not UTF-8. Save it again as CSV UTF-8."]),
        (b"x" * 1_000_001, ["the file: It has 1,000,001 bytes, more than 1,000,000. Export one rubric a file."]),
        (
            [HEADER, ["", "", *ROW[2:4], "", "Says it", "many", *ROW[7:]]],
            [
                "row 2, column 1 (Rubric Name): It is empty. Write it in every row.",
                "row 2, column 5 (Rating Name): It is empty. Write it in every row.",
                (
                    'row 2, column 7 (Rating Points): "many" is not a number of points. '
                    "Write a number from 0, such as 4 or 2.5."
                ),
                "row 2, column 2 (Criteria Name): It is empty. Write it in every row.",
            ],
        ),
        (
            [HEADER, [*ROW[:6], "NaN", *ROW[7:9], "-1", *ROW[10:12], "1e9"]],
            [
                (
                    f'row 2, column {column} (Rating Points): "{said}" is not a number of points. '
                    "Write a number from 0, such as 4 or 2.5."
                )
                for column, said in ((7, "NaN"), (10, "-1"), (13, "1e9"))
            ]
            + ["row 2: No rating is worth any points. Give the best one more than 0."],
        ),
        (
            [HEADER, [*ROW[:6], "2", *ROW[7:]]],
            [
                (
                    'row 2, column 10 (Rating Points): "Clear" and "Vague" have the same points, 2. '
                    "Give each level its own points."
                )
            ],
        ),
        ([HEADER, ROW[:7]], ["row 2: The criterion has 1 levels. Let it have 2 to 20."]),
        (
            [HEADER, [ROW[0], "Bell\a", *ROW[2:]]],
            [
                (
                    "row 2, column 2 (Criteria Name): There is a control character in it. "
                    "Remove it; often it came with a paste."
                ),
                "row 2, column 2 (Criteria Name): It is empty. Write it in every row.",
            ],
        ),
        ([HEADER, *[ROW] * 101], ['rubric "Essay": It has 101 criteria. Let it have 1 to 100.']),
        ([HEADER, *[ROW] * MOST_ROWS], ["row 1001: The file has more than 1000 rows. Export one rubric a file."]),
    ],
)
def test_what_cannot_be_imported_is_told_by_row_and_column(
    text: str | bytes | list[list[str]], expected: list[str]
) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize("text", ['a,"b', f'{",".join(HEADER)}\n"{"x" * 200_000}",', f'{",".join(HEADER)}\nEssay,"T"x'])
def test_what_is_not_csv_is_told_by_its_line(text: str) -> None:
    assert any("This is not CSV" in fault for fault in faults(text))


def test_only_so_many_faults_are_told() -> None:
    with pytest.raises(Invalid) as refused:
        read([HEADER, *[["Essay", "C", "", "", "A", "", "?", "B", "", "?"] for _ in range(90)]])
    assert (len(refused.value.faults), refused.value.todo) == (
        *(100, "And 170 more. Correct the file, and import it again."),
    )
