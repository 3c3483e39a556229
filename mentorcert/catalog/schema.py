"""JSON Schemas for editors, made from the reader's own description: `python -m mentorcert.catalog.schema`."""

import json
from pathlib import Path
from typing import Final

from mentorcert.catalog import formats
from mentorcert.catalog.shapes import Shape

FOLDER: Final = Path(__file__).parents[2] / "docs" / "schemas"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

SHAPES: Final[dict[str, tuple[str, Shape]]] = {
    "program.schema.json": ("program.yaml of a programme", formats.PROGRAM),
    "unit.schema.json": ("unit.yaml of a unit", formats.UNIT),
    "lesson.schema.json": ("The front matter of a lesson", formats.LESSON),
    "check.schema.json": ("The knowledge check of a unit", formats.CHECK),
    "scenario.schema.json": ("A role-play scenario", formats.SCENARIO),
    "rubric.schema.json": ("A rubric", formats.RUBRIC),
}


def schemas() -> dict[str, str]:
    """The text of every schema by file name."""
    return {
        name: json.dumps({"$schema": DIALECT, "title": title, **shape.schema()}, indent=2, ensure_ascii=False) + "\n"
        for name, (title, shape) in SHAPES.items()
    }


def write(folder: Path) -> None:
    """Write every schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
