"""Reads a lesson: its front matter, and what its Markdown links to."""

from pathlib import Path

import webvtt

from mentorcert.catalog.entry import Entry, Place
from mentorcert.catalog.faults import shown
from mentorcert.catalog.formats import LESSON
from mentorcert.catalog.markdown import Link, is_outside, links, top_headings
from mentorcert.catalog.media import ANY, CAPTIONS, FILMS, PICTURES, Shelf
from mentorcert.catalog.programme import Lesson, LessonKind
from mentorcert.catalog.yaml_source import FrontMatter, load_front_matter, read_text


def read_lesson(path: Path, shelf: Shelf) -> tuple[Lesson, Entry] | None:
    """The lesson in a file with the entry it was made from, or None when the file can't be read."""
    matter = load_front_matter(path, shelf.faults)
    if matter is None:
        return None
    entry = LESSON.read(matter.source.root, Place(matter.source, 1, "the lesson"), shelf.faults)
    if entry is None:
        return None
    _check_body(path, matter, shelf)
    lesson = _lesson(path, entry, matter.body, shelf)
    if lesson.captions:
        _check_captions(entry, lesson.captions, shelf)
    return lesson, entry


def _lesson(path: Path, entry: Entry, body: str, shelf: Shelf) -> Lesson:
    def media(key: str, suffixes: tuple[str, ...]) -> str | None:
        return shelf.take(entry.text(key), path, entry.line_of(key), suffixes) if entry.has(key) else None

    return Lesson(
        id=entry.text("id"),
        title=entry.text("title"),
        kind=LessonKind(entry.text("kind")),
        minutes=entry.whole("minutes"),
        lead=entry.text("lead"),
        source=body.strip(),
        path=shelf.path_of(path),
        film=media("film", FILMS),
        captions=media("captions", CAPTIONS),
        poster=media("poster", PICTURES),
        try_=entry.optional("try"),
        promise=entry.optional("promise"),
        trains=entry.texts("trains"),
    )


def _check_captions(entry: Entry, captions: str, shelf: Shelf) -> None:
    text = read_text(shelf.files[captions], shelf.faults)
    if text is None:
        return
    try:
        found = len(webvtt.from_string(text))
    except webvtt.errors.MalformedFileError:
        found = 0
    if not found:
        what = f'"{entry.text("captions")}" holds no caption'
        entry.fault(shelf.faults, "captions", what, "Add captions, each under a line such as 00:01.000 --> 00:03.000")


def _check_body(path: Path, matter: FrontMatter, shelf: Shelf) -> None:
    if not matter.body.strip():
        shelf.faults.add(shown(path), matter.body_line, "the lesson has no text", "Write it under the front matter")
    for at in top_headings(matter.body):
        line = matter.body_line + at
        shelf.faults.add(
            shown(path), line, "a heading stands above ##", "Begin with ##; the title is the page's heading"
        )
    for link in links(matter.body):
        _check_link(path, matter.body_line + link.line, link, shelf)


def _check_link(path: Path, line: int, link: Link, shelf: Shelf) -> None:
    outside = is_outside(link.target)
    if link.picture and not link.words:
        what = f'the picture "{link.target}" has no words for people who do not see it'
        shelf.faults.add(shown(path), line, what, "Write them between the brackets: ![what it shows](path)")
    if link.picture and outside:
        what = f'the picture "{link.target}" is elsewhere'
        shelf.faults.add(shown(path), line, what, "Put it in the unit's media folder; pages load nothing from outside")
    elif not outside and not link.target.startswith("#"):
        shelf.take(link.target, path, line, PICTURES if link.picture else ANY)
