"""The dialogue of a film: what its YAML file says, as typed values."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CUE_LENGTH = 76  # characters; two lines of a caption


@dataclass(frozen=True)
class Person:
    """Who speaks: the name in the captions, the voice's name and, unless only heard, how they look."""

    name: str
    voice: str
    look: str | None = None


@dataclass(frozen=True)
class Line:
    """One entry of the dialogue: words of somebody, or a silence of so many seconds with its caption."""

    who: str
    say: str
    pause: float
    silence: float = 0.0
    card: bool = False


@dataclass(frozen=True)
class Script:
    """A whole film. `kind` is `lesson` (titles, spoken words in the picture) or `recording` (neither)."""

    title: str
    chapter: str
    kind: str
    output: Path
    background: str
    people: dict[str, Person]
    lines: list[Line]

    @property
    def is_lesson(self) -> bool:
        """Whether this is a film of the curriculum, not a demo recording."""
        return self.kind == "lesson"


def read_script(path: Path) -> Script:
    """Read a dialogue file; a missing key raises KeyError, a speaker who is nobody ValueError."""
    raw: dict[str, Any] = YAML(typ="safe").load(path.read_text("utf-8"))
    people = {key: Person(**fields) for key, fields in raw["people"].items()}
    lines = [_line(entry) for entry in raw["lines"]]
    strangers = {line.who for line in lines if line.who} - set(people)
    if strangers:
        raise ValueError(f"{path.name}: {', '.join(sorted(strangers))} speaks but is not listed under people.")
    return Script(
        title=raw["title"],
        chapter=raw.get("chapter", ""),
        kind=raw["kind"],
        output=Path(raw["output"]),
        background=raw["background"],
        people=people,
        lines=lines,
    )


def _line(entry: dict[str, Any]) -> Line:
    if "silence" in entry:
        return Line(who="", say=entry["caption"], pause=entry.get("pause", 0.0), silence=float(entry["silence"]))
    return Line(
        who=entry["who"], say=entry["say"], pause=float(entry.get("pause", 0.6)), card=bool(entry.get("card", False))
    )


def phrases(line: Line) -> list[str]:
    """Cut a line after sentences into pieces that fit a caption, each spoken in one breath; a card's are not joined."""
    pieces: list[str] = []
    for sentence in re.split(r"(?<=[.?])\s+", line.say.replace("'", "’")):
        if pieces and not line.card and len(pieces[-1]) + len(sentence) < CUE_LENGTH:
            pieces[-1] += f" {sentence}"
        else:
            pieces.append(sentence)
    return pieces
