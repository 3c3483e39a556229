"""What the lines of a transcript say, and whose words they are: voices, names before a colon, markers. Pure.

Written so that hostile lines cost no more than their length: tags are found by looking on, never back.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.formats import Piece

LONGEST_VOICE: Final = 60
"""Characters; a longer beginning before a colon is no name."""

_NAME: Final = rf"[^\W\d][^:<>\]]{{0,{LONGEST_VOICE - 1}}}"
_BEFORE_COLON: Final = re.compile(rf"(?:\[({_NAME})\]|({_NAME})): +(?=\S)")
_CHANGE: Final = re.compile(r"(?:^|(?<=\s))(?:>>>?|&gt;&gt;(?:&gt;)?)\s+")
_DASH: Final = re.compile(r"[-–—]\s+(?=\S)")

Part = tuple[str, str]
"""A speaker (empty when nobody is named) and words."""


def cues_of(pieces: Sequence[Piece]) -> tuple[Cue, ...]:
    """Everything that is said, in order of time, each with its speaker as far as the transcript tells."""
    found = [cue for piece in pieces for cue in _cues(piece)]
    return tuple(sorted(_named(found), key=lambda cue: cue.start))


def plain(text: str) -> str:
    """Text with its entities resolved, and no control characters or runs of spaces."""
    resolved = html.unescape(text) if "&" in text else text
    if not resolved.isprintable():
        resolved = "".join(c if c.isprintable() else " " for c in resolved)
    return " ".join(resolved.split())


def _cues(piece: Piece) -> Iterator[Cue]:
    """A piece as one cue, or as several when more than one voice is in it: then each takes its share of the time."""
    parts = [(speaker, words) for speaker, text in _parts(piece) if (words := plain(text))]
    letters = sum(len(words) for _, words in parts)
    estimated = piece.is_estimated or len(parts) > 1
    at = piece.start
    for speaker, words in parts:
        end = at + (piece.end - piece.start) * len(words) / letters
        yield Cue(at, end, speaker or piece.speaker, words, estimated)
        at = end


def _parts(piece: Piece) -> list[Part]:
    lines = [line.strip() for line in piece.lines]
    if sum(_DASH.match(line) is not None for line in lines) > 1:
        return [part for line in lines for part in _voiced(_DASH.sub("", line, count=1))]
    return [part for text in _CHANGE.split(" ".join(lines)) for part in _voiced(text)]


def _voiced(text: str) -> list[Part]:
    """The words by voice (WebVTT, `<v Name>`), without any tags. A sign that begins no tag is a sign."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    at = 0
    while (begins := text.find("<", at)) >= 0:
        first = text[begins + 1 : begins + 2]
        if not (first.isalnum() or first == "/"):
            parts[-1][1].append(text[at : begins + 1])
            at = begins + 1
            continue
        if (ends := text.find(">", begins)) < 0:
            break
        inner = text[begins + 1 : ends]
        parts[-1][1].append(text[at:begins])
        if inner[:1] == "v" and inner[1:2] in (" ", "\t", "."):
            parts.append((plain(inner.partition(" ")[2])[:LONGEST_VOICE].strip(), []))
        at = ends + 1
    parts[-1][1].append(text[at:])
    return [(speaker, "".join(words)) for speaker, words in parts]


def _named(cues: Sequence[Cue]) -> Iterator[Cue]:
    """The cues with names before a colon, as Zoom writes them, as voices. What stands there once is no name.

    But when each has one, and there are two in all, both are names: a short talk.
    """
    found = [None if cue.speaker else _BEFORE_COLON.match(cue.text) for cue in cues]
    often = Counter(match[1] or match[2] for match in found if match)
    least = 1 if all(found) and len(often) == 2 else 2
    for cue, match in zip(cues, found, strict=True):
        if match and often[name := match[1] or match[2]] >= least:
            yield replace(cue, speaker=plain(name), text=cue.text[match.end() :])
        else:
            yield cue
