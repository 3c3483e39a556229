"""One wrong thing in a lesson at a time: every fault that it gives, word for word."""

from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from tests.catalog.factories import FILM, LESSON, UNIT, make_programme


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            LESSON,
            "---\nid: first",
            "id: first",
            [f"{LESSON}:1: the front matter is missing. Begin the file with --- and the keys, then --- again."],
        ),
        (
            LESSON,
            "---\n\n",
            "\n",
            [f"{LESSON}:1: the front matter has no end. Put a line with --- under its last key."],
        ),
        (
            LESSON,
            "kind: read",
            "kind: reed",
            [f'{LESSON}:4: kind is "reed". Use read, film, acknowledge or strengths.'],
        ),
        (
            LESSON,
            "kind: read",
            "kind: film",
            [
                (
                    f"{LESSON}:1: the lesson has no captions. "
                    "Add captions (its captions (WebVTT), by a path from this file)."
                ),
                f"{LESSON}:1: the lesson has no film. Add film (the film, by a path from this file).",
            ],
        ),
        (
            LESSON,
            "kind: read",
            "kind: read\nfilm: x.webm",
            [f'{LESSON}:5: the key "film" belongs to kind film. Remove it, or change kind.'],
        ),
        (
            LESSON,
            "title: The first",
            "title: The: first",
            [
                (
                    f"{LESSON}:3: this is not YAML: mapping values are not allowed here. "
                    "Correct it here or in the line above."
                )
            ],
        ),
        (
            LESSON,
            "## Beg",
            "# Beg",
            [f"{LESSON}:10: a heading stands above ##. Begin with ##; the title is the page's heading."],
        ),
        (
            LESSON,
            "../media/two.jpg",
            "../media/three.jpg",
            [
                (
                    f'{LESSON}:12: there is no file "../media/three.jpg". '
                    "Put it at content/tiny/units/01-start/media/three.jpg, or correct the path."
                )
            ],
        ),
        (
            LESSON,
            "../media/two.jpg",
            "../../../../../rubrics/tiny-rubric.yaml",
            [
                (
                    f'{LESSON}:12: "../../../../../rubrics/tiny-rubric.yaml" leads out of the programme\'s folder. '
                    "Keep media inside it."
                )
            ],
        ),
        (
            LESSON,
            "../media/two.jpg",
            "https://example.org/x.jpg",
            [
                (
                    f'{LESSON}:12: the picture "https://example.org/x.jpg" is elsewhere. '
                    "Put it in the unit's media folder; pages load nothing from outside."
                )
            ],
        ),
        (
            LESSON,
            "two people",
            "",
            [
                (
                    f'{LESSON}:12: the picture "../media/two.jpg" has no words for people who do not see it. '
                    "Write them between the brackets: ![what it shows](path)."
                )
            ],
        ),
        (
            LESSON,
            "../media/two.jpg",
            "../media/film.webm",
            [f'{LESSON}:12: "../media/film.webm" is not of a kind that fits here. Use .jpg, .jpeg, .png, .webp, .svg.'],
        ),
        (
            LESSON,
            "id: first",
            "id: film",
            [
                (
                    f'{LESSON}:2: the lesson id "film" is also used in content/tiny/units/01-start/lessons/film.md:2. '
                    "Change one of the two."
                ),
                f'{UNIT}:8: there is no lesson "first". Add it, or correct the id; those there are: film.',
            ],
        ),
        (
            LESSON,
            "minutes: 7",
            "minutes: 0",
            [f"{LESSON}:5: minutes is 0, below 1. Write a whole number from 1 to 600."],
        ),
        (
            LESSON,
            "minutes: 7",
            "minutes: seven",
            [f'{LESSON}:5: minutes is "seven", not a whole number. Write a whole number from 1 to 600.'],
        ),
        (
            FILM,
            "film.webm",
            "film.exe",
            [
                (
                    f'{FILM}:7: there is no file "../media/film.exe". '
                    "Put it at content/tiny/units/01-start/media/film.exe, or correct the path."
                )
            ],
        ),
        (
            FILM,
            "captions: ../media/film.en.vtt\n",
            "",
            [f"{FILM}:1: the lesson has no captions. Add captions (its captions (WebVTT), by a path from this file)."],
        ),
        (FILM, "id: film", "id: ' '", [f"{FILM}:2: id is empty. Write it."]),
        (
            LESSON,
            "two.jpg)",
            "two.jpg) and [a paper](../media/paper.pdf)",
            [
                (
                    f'{LESSON}:12: there is no file "../media/paper.pdf". '
                    "Put it at content/tiny/units/01-start/media/paper.pdf, or correct the path."
                )
            ],
        ),
        (
            LESSON,
            "two.jpg)",
            "two.jpg) and [home](/logout)",
            [f'{LESSON}:12: "/logout" leads out of the programme\'s folder. Keep media inside it.'],
        ),
        (
            LESSON,
            "## Beginning\n\nBegin, as in ![two people](../media/two.jpg).\n",
            "",
            [f"{LESSON}:9: the lesson has no text. Write it under the front matter."],
        ),
        (
            LESSON,
            "try: Begin something.",
            "trains: [listening, singing]",
            [f'{LESSON}:7: there is no criterion "singing". Write one of close, listening.'],
        ),
    ],
)
def test_fault(here: Path, name: str, old: str, new: str, expected: list[str]) -> None:
    content, rubrics = make_programme(here, {name: (old, new)})
    assert [str(fault) for fault in check(content, rubrics)] == expected
