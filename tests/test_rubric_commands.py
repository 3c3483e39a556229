"""Rubrics that come and go by the shell."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mentorcert.catalog.check import check
from mentorcert.catalog.faults import Faults
from mentorcert.catalog.rubric_reader import read_rubrics
from mentorcert.cli import main
from tests.catalog.factories import RUBRIC, change, make_programme

CSV = (
    "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range,"
    "Rating Name,Rating Description,Rating Points,Rating Name,Rating Description,Rating Points\r\n"
    "Essay,Thesis,,false,Clear,Says it,4,Vague,,2\r\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_programme(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "essay.csv").write_text(CSV)
    return tmp_path


def run(*arguments: str) -> Result:
    environ = {"DEVELOPMENT": "1", "DATA": "data", "RUBRICS": "rubrics", "PUBLIC_URL": "https://certify.example.org"}
    named = {f"MENTORCERT_{name}": value for name, value in environ.items()}
    return CliRunner().invoke(main, ["rubric", *arguments], env=named)


def test_an_imported_rubric_is_written_and_check_asks_for_what_is_missing(here: Path) -> None:
    done = run("import", "essay.csv", "--write", "rubrics/essay.yaml")
    assert (done.exit_code, done.stdout.splitlines()[1:]) == (
        0,
        [
            "Weights were 4; they are shared out to 100, the largest remainders rounded up.",
            "The file had no pass mark: write the percentage that passes.",
            'The rubric "essay" is in rubrics/essay.yaml. Read it through, then run `mentorcert check`.',
        ],
    )
    assert [fault.what for fault in check(here / "content", here / "rubrics")] == [
        "summary is still to be written",
        'pass is "TODO", not a whole number',
        "anchor is still to be written",
    ]
    for todo in ("TODO", "TODO", "TODO"):
        change(here, "rubrics/essay.yaml", todo, "70")
    change(here, "rubrics/essay.yaml", "summary: 70", "summary: An essay.")
    change(here, "rubrics/essay.yaml", "anchor: 70", "anchor: Hints.")
    assert check(here / "content", here / "rubrics") == []


def test_a_file_that_is_there_is_left_alone(here: Path) -> None:
    before = (here / RUBRIC).read_text()
    done = run("import", "essay.csv", "--write", RUBRIC)
    assert (done.exit_code, done.stderr) == (
        1,
        f"Error: {RUBRIC} is there already.\nChoose another name, or remove it first.\n",
    )
    assert (here / RUBRIC).read_text() == before


def test_all_that_is_wrong_with_a_file_is_said_and_nothing_is_written(here: Path) -> None:
    (here / "bad.csv").write_text(CSV.replace("Thesis", "").replace(",4,", ",four,"))
    done = run("import", "bad.csv", "--write", "rubrics/bad.yaml")
    assert (done.exit_code, done.stderr.splitlines()) == (
        1,
        [
            "Error: This can't be imported from Canvas (CSV).",
            (
                '  row 2, column 7 (Rating Points): "four" is not a number of points. '
                "Write a number from 0, such as 4 or 2.5."
            ),
            "  row 2, column 2 (Criteria Name): It is empty. Write it in every row.",
            "Correct the file.",
        ],
    )
    assert not (here / "rubrics/bad.yaml").exists()


def test_case_gives_the_same_rubric_back(here: Path) -> None:
    exported = run("export", "tiny-rubric", "--as", "case")
    (here / "tiny.json").write_text(exported.stdout)
    (here / "again").mkdir()
    assert run("import", "tiny.json", "--write", "again/tiny.yaml").exit_code == 0
    ours, again = (read_rubrics(here / folder, Faults()).get("tiny-rubric") for folder in ("rubrics", "again"))
    assert (ours is not None, again) == (True, ours)
    assert json.loads(exported.stdout)["CFRubrics"][0]["uri"].startswith("https://certify.example.org/rubrics/")


def test_canvas_gets_its_csv_and_the_person_hears_what_is_lost(here: Path) -> None:
    done = run("export", "tiny-rubric", "--as", "canvas")
    assert done.stdout.splitlines() == [
        CSV.splitlines()[0],
        "A tiny rubric,Listening,Critical: Solid or above is needed.,false,Solid,Waits.,60,Not yet,Interrupts.,20",
        "A tiny rubric,Close,,false,Solid,Sums up.,40,Not yet,Stops.,20",
    ]
    assert done.stderr.startswith("Canvas has no place for ids, the summary, the pass mark")


def test_only_what_is_there_and_good_goes_out(here: Path) -> None:
    done = run("export", "other", "--as", "case")
    assert (done.exit_code, done.stderr) == (1, 'Error: There is no rubric "other".\nThose there are: tiny-rubric.\n')
    change(here, RUBRIC, "weight: 60", "weight: 61")
    assert "the weights sum to 101, not 100" in run("export", "tiny-rubric", "--as", "case").stderr
