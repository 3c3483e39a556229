"""What `check` says to a person, and to a script."""

from pathlib import Path

import pytest

from mentorcert.catalog.check import main, report
from tests.catalog.factories import PROGRAM, make_programme

GOOD = """\
content/tiny: 1 unit, 2 lessons, 5 questions, 1 scenario, 3 media files, no faults.
rubrics: tiny-rubric with 2 criteria, 1 critical, no faults."""
SHIPPED = Path(__file__).parents[2]


def test_good_folders_are_counted(here: Path) -> None:
    assert report(*make_programme(here)) == (GOOD, True)


def test_faults_are_listed_and_counted(here: Path) -> None:
    content, rubrics = make_programme(here, {PROGRAM: ("language: en", "language: 1")})
    text = f"{PROGRAM}:3: language is a number, not a text. Write words, in quotes if need be.\n1 fault."
    assert report(content, rubrics) == (text, False)


def test_a_script_reads_the_exit_status(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_programme(here)
    assert (main([]), capsys.readouterr().out) == (0, f"{GOOD}\n")
    assert main(["nowhere", "rubrics"]) == 1
    assert capsys.readouterr().out == (
        "nowhere:1: there is no content folder. Make it, or set the path to where it is.\n1 fault.\n"
    )


def test_what_ships_has_no_faults() -> None:
    text, good = report(SHIPPED / "content", SHIPPED / "rubrics")
    assert good, text
