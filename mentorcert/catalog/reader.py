"""Reads everything that can be published: the folder of programmes and the folder of rubrics."""

from dataclasses import dataclass
from pathlib import Path

from mentorcert.catalog.faults import Fault, Faults, shown
from mentorcert.catalog.listing import Pool
from mentorcert.catalog.media import Shelf
from mentorcert.catalog.programme import Programme
from mentorcert.catalog.programme_reader import folders_in, read_programme
from mentorcert.catalog.rubric import Rubric
from mentorcert.catalog.rubric_reader import read_rubrics


@dataclass(frozen=True, slots=True)
class Reading:
    """What the folders hold. With `faults` the rest is for looking at only: parts of it may be empty.

    `folders` has each programme's folder by its id, and `media` the files that it uses by their path from there.
    """

    programmes: tuple[Programme, ...]
    rubrics: tuple[Rubric, ...]
    folders: dict[str, Path]
    media: dict[str, dict[str, Path]]
    faults: tuple[Fault, ...]


def read(content: Path, rubrics: Path) -> Reading:
    """Read both folders whole, whatever is wrong in them."""
    faults = Faults()
    for folder, noun in ((content, "content"), (rubrics, "rubrics")):
        if not folder.is_dir():
            faults.add(shown(folder), 1, f"there is no {noun} folder", "Make it, or set the path to where it is")
    known = read_rubrics(rubrics, faults)
    pool = Pool[tuple[Programme, Shelf]]("programme", faults)
    folders = folders_in(content)
    for folder in folders:
        shelf = Shelf(folder, faults)
        found = read_programme(shelf, known)
        if found:
            pool.add((found[0], shelf), found[1])
    if content.is_dir() and not folders:
        faults.add(shown(content), 1, "there is no programme", "Add a folder with a program.yaml")
    things = {name: thing for name, (thing, _) in pool.things.items()}
    return Reading(
        programmes=tuple(programme for programme, _ in things.values()),
        rubrics=tuple(rubric for rubric, _ in known.things.values()),
        folders={name: shelf.root for name, (_, shelf) in things.items()},
        media={name: shelf.files for name, (_, shelf) in things.items()},
        faults=faults.in_order(),
    )
