"""Films, captions and pictures: where a link leads, what kind of file it is, and whether it really is one."""

import posixpath
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mentorcert.catalog.faults import Faults, shown
from mentorcert.catalog.programme import Media

TYPES = {
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
}
FILMS = (".webm", ".mp4")
CAPTIONS = (".vtt",)
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".svg")
ANY = tuple(TYPES)
OUTSIDE = "../"

# What a file of the kind begins with, and at which byte.
_SIGNS = {
    "video/webm": (0, b"\x1aE\xdf\xa3"),
    "video/mp4": (4, b"ftyp"),
    "text/vtt": (0, b"WEBVTT"),
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/webp": (8, b"WEBP"),
    "application/pdf": (0, b"%PDF-"),
}


def resolve(path: str, link: str) -> str | None:
    """Where a relative link in the file `path` leads, from the programme's folder; None when that is outside."""
    name = unquote(urlsplit(link).path).replace("\\", "/")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    outside = name.startswith("/") or target.startswith(("../", "/")) or target in {"..", "."} or "\0" in target
    return None if outside else target


@dataclass(slots=True)
class Shelf:
    """The media of one programme, found as its lessons name them: by path from the programme's folder `root`."""

    root: Path
    faults: Faults
    files: dict[str, Path] = field(default_factory=dict)

    def path_of(self, file: Path) -> str:
        """A file's path from the programme's folder."""
        return file.relative_to(self.root).as_posix()

    def take(self, link: str, file: Path, line: int, suffixes: tuple[str, ...]) -> str | None:
        """Put the file that `link` in `file` leads to on the shelf; its path, or None after noting what is wrong."""
        target = resolve(self.path_of(file), link) or OUTSIDE
        problem = self._problem(target, link, suffixes)
        if problem:
            self.faults.add(shown(file), line, *problem)
            return None
        self.files[target] = self.root / target
        return target

    def _problem(self, target: str, link: str, suffixes: tuple[str, ...]) -> tuple[str, str] | None:
        path = self.root / target
        if not path.resolve().is_relative_to(self.root.resolve()):
            return f'"{link}" leads out of the programme\'s folder', "Keep media inside it"
        if not path.is_file():
            return f'there is no file "{link}"', f"Put it at {shown(path)}, or correct the path"
        if path.suffix.lower() not in suffixes:
            return f'"{link}" is not of a kind that fits here', f"Use {', '.join(suffixes)}"
        if target not in self.files and not is_what_it_says(path):
            return f'"{link}" is not what its name says', "Export it again in that format"
        return None

    def media(self) -> tuple[Media, ...]:
        """Everything on the shelf, by path."""
        return tuple(_described(path, self.files[path]) for path in sorted(self.files))


def is_what_it_says(path: Path) -> bool:
    """Whether the file's first bytes fit its name."""
    with path.open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    content_type = TYPES[path.suffix.lower()]
    if content_type == "image/svg+xml":
        return b"<svg" in head
    start, sign = _SIGNS[content_type]
    return head[start:].startswith(sign)


def _described(path: str, file: Path) -> Media:
    with file.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    return Media(path, digest, TYPES[file.suffix.lower()], file.stat().st_size)
