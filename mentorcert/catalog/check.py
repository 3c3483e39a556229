"""Looks through content and rubrics and says everything that is wrong: `python -m mentorcert.catalog.check`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from mentorcert.catalog.faults import Fault, shown
from mentorcert.catalog.programme import Programme
from mentorcert.catalog.reader import Reading, read
from mentorcert.catalog.rubric import Rubric


def check(content: Path, rubrics: Path) -> list[Fault]:
    """Every fault in both folders, by file and line."""
    return list(read(content, rubrics).faults)


def report(content: Path, rubrics: Path) -> tuple[str, bool]:
    """What to tell a person about both folders, and whether they can be published."""
    reading = read(content, rubrics)
    if reading.faults:
        lines = [*(str(fault) for fault in reading.faults), f"{_count(len(reading.faults), 'fault')}."]
    else:
        lines = _inventory(reading, rubrics)
    return "\n".join(lines), not reading.faults


def main(arguments: Sequence[str]) -> int:
    """Check the folders named (`content` and `rubrics` by default); 0 when nothing is wrong, else 1."""
    content, rubrics, *_ = (*arguments, *("content", "rubrics")[len(arguments) :])
    text, good = report(Path(content), Path(rubrics))
    sys.stdout.write(f"{text}\n")
    return 0 if good else 1


def _inventory(reading: Reading, rubrics: Path) -> list[str]:
    programmes = [f"{shown(reading.folders[each.id])}: {_programme(each)}, no faults." for each in reading.programmes]
    return [*programmes, *(f"{shown(rubrics)}: {_rubric(each)}, no faults." for each in reading.rubrics)]


def _programme(programme: Programme) -> str:
    questions = sum(len(unit.check.questions) for unit in programme.units)
    counts = (
        (len(programme.units), "unit"),
        (programme.lesson_count, "lesson"),
        (questions, "question"),
        (len(programme.scenarios), "scenario"),
        (len(programme.media), "media file"),
    )
    return ", ".join(_count(number, noun) for number, noun in counts)


def _rubric(rubric: Rubric) -> str:
    return f"{rubric.id} with {len(rubric.criteria)} criteria, {len(rubric.critical)} critical"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
