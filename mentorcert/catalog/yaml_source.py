"""Text files into YAML values that know their lines. No opinion about what the values mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from mentorcert.catalog.faults import Faults, shown

LARGEST = 1_000_000
FENCE = "---"


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML document as it was read: its root value, and how many lines of the file stand before it."""

    path: str
    root: Any
    offset: int = 0

    def line(self, container: Any, key: object = None) -> int:
        """The line in the file of a key, an item, or of the container itself."""
        position = getattr(container, "lc", None)
        if position is None:
            return self.offset + 1
        data = position.data or {}
        found = data[key][0] if key in data else position.line
        return int(found or 0) + self.offset + 1


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A Markdown file: its front matter, the text under it, and the line on which that text begins."""

    source: Source
    body: str
    body_line: int


def read_text(path: Path, faults: Faults) -> str | None:
    """The file's text, or None after noting why it can't be had."""
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.add(shown(path), 1, f"the file can't be read ({error.strerror})", "Check that it is there and readable")
        return None
    if len(data) > LARGEST:
        faults.add(shown(path), 1, f"the file has {len(data):,} bytes, more than {LARGEST:,}", "Split it up")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(shown(path), line, "the file is not UTF-8", "Save it again with the encoding UTF-8")
        return None


def load(path: Path, faults: Faults) -> Source | None:
    """A YAML file, or None after noting what is wrong with it."""
    text = read_text(path, faults)
    return None if text is None else _parse(text, shown(path), 0, faults)


def load_front_matter(path: Path, faults: Faults) -> FrontMatter | None:
    """A Markdown file with its front matter, or None after noting what is wrong with it."""
    text = read_text(path, faults)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        faults.add(
            shown(path), 1, "the front matter is missing", "Begin the file with --- and the keys, then --- again"
        )
        return None
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        faults.add(shown(path), 1, "the front matter has no end", "Put a line with --- under its last key")
        return None
    source = _parse("\n".join(lines[1:end]), shown(path), 1, faults)
    return None if source is None else FrontMatter(source, "\n".join(lines[end + 1 :]), end + 2)


def _parse(text: str, path: str, offset: int, faults: Faults) -> Source | None:
    try:
        root = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + offset + 1
        faults.add(path, line, f"this is not YAML: {_problem(error)}", "Correct it here or in the line above")
        return None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + offset + 1
        faults.add(path, line, "there is a character that YAML does not allow", "Remove it; often it came with a paste")
        return None
    # A number such as 1_ or a date such as 2026-99-99 fails while its value is made, without a place.
    except (YAMLError, ValueError, RecursionError) as error:
        faults.add(path, offset + 1, f"this is not YAML: {error}", "Correct it, or put the value in quotes")
        return None
    return Source(path, root, offset)


def _problem(error: MarkedYAMLError) -> str:
    said = str(error.problem or error.context or "it is not YAML").strip()
    return said.split("\n", 1)[0].rstrip(".")
