"""The forms in which meeting programs write transcripts, told apart by their content, and read line by line. Pure.

WebVTT (W3C, section 4: syntax, and section 6.2: how a voice is named), SubRip (.srt), and the text that Google Meet
keeps, in which a time stands alone on a line every minute or so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from mentorcert.errors import Fault

LONGEST: Final = 24 * 3600
"""Seconds. No recording is longer than a day."""
BACK: Final = 60.0
"""Seconds. Voices that overlap begin a little out of order; what begins longer before the one above it is damaged."""
PACE: Final = 15.0
"""Characters a second: how long something takes to say where nothing tells when it ended."""

_TIME: Final = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)(?:([.,])(\d{1,3}))?"
_TIMING: Final = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_ALONE: Final = re.compile(r"\W{0,4}(\d{1,2}):([0-5]\d):([0-5]\d)\W{0,4}$")
_ENDED: Final = re.compile(r"\W{0,8}(?:Transcription|Meeting) ended after (\d{1,2}):([0-5]\d):([0-5]\d)\b")
_SAID: Final = re.compile(r"\W{0,4}([^\W\d][^:<>*]{0,59}):(?:\*\*)? +(\S.*)$")
_ASIDE: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_NAMED: Final = re.compile(r'\s{0,4}\d{1,9} "([^"]{1,120})" \(\d{1,20}\)\s{0,4}$')
"""How older files by Zoom name a voice: in the line before the time."""
_EXAMPLE: Final = "Write it like 00:02:05.000 --> 00:02:09.500."


class Kind(StrEnum):
    """What a transcript is written as."""

    VTT = "WebVTT"
    SRT = "SubRip"
    MEET = "Google Meet"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a transcript: from when to when, in seconds, and its lines as they stand in the file."""

    line: int
    """The number of the line with its time, from 1."""
    start: float
    end: float
    lines: tuple[str, ...] = ()
    speaker: str = ""
    """Who speaks, where the line before the time says so."""
    is_estimated: bool = False
    """Whether its times are worked out from the length of the words."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What a line with an arrow says, or what is wrong with it."""

    start: float = 0.0
    end: float = 0.0
    fault: Fault | None = None


def kind_of(text: str) -> Kind | None:
    """What a text is, whatever its file is called; None when it is no transcript that we can read."""
    if re.match(r"\s{0,20}WEBVTT(?:[ \t\n]|$)", text):
        return Kind.VTT
    if "-->" in text:
        return Kind.SRT
    lines = text.split("\n")
    if any(_ALONE.match(line) for line in lines) and any(_SAID.match(line) for line in lines):
        return Kind.MEET
    return None


def instead(data: bytes) -> str:
    """What to do about a file that is no transcript at all, by what it begins with."""
    if data[:4] == b"PK\x03\x04":
        return (
            "It is a Word document or an archive. In Teams choose Download as .vtt; in Zoom and Meet the .vtt or .txt."
        )
    if data[:5] == b"%PDF-":
        return "It is a PDF. Export the transcript as .vtt or .srt."
    return "Export it as WebVTT (.vtt) from your meeting program, and choose that file."


def timed(text: str, kind: Kind) -> tuple[tuple[Piece, ...], tuple[Fault, ...]]:
    """The pieces of WebVTT or SubRip, and every fault by its line. One pass; a line is looked at twice at most."""
    reader = _Timed(kind)
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(number, line)
    reader.close()
    return tuple(reader.pieces), tuple(reader.faults)


def meet(text: str) -> tuple[Piece, ...]:
    """The pieces of a text by Google Meet; between two times each piece takes as long as its share of the letters."""
    found: list[Piece] = []
    waiting: list[tuple[int, str]] = []
    begins: float | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if (time := _ALONE.match(line) or _ENDED.match(line)) is not None:
            at = _whole(time.groups())
            found += _spread(waiting, begins, at)
            waiting, begins = [], at
        elif begins is not None and _SAID.match(line):
            waiting.append((number, _said(line)))
        elif waiting and line.strip():
            waiting[-1] = (waiting[-1][0], f"{waiting[-1][1]} {line.strip()}")
    return (*found, *_spread(waiting, begins, None))


def timing(number: int, line: str, kind: Kind) -> Timing:
    """The times of a line with an arrow in it."""
    where, found = f"line {number}", _TIMING.match(line)
    if found is None:
        return Timing(fault=Fault(where, "its times can’t be read.", _EXAMPLE))
    parts = found.groups()
    if kind is Kind.VTT and "," in (parts[3], parts[8]):
        return Timing(fault=Fault(where, "it has a comma before the thousandths, as .srt files do.", _EXAMPLE))
    start, end = _seconds(parts[:5]), _seconds(parts[5:])
    if end < start:
        return Timing(fault=Fault(where, "it ends before it starts.", "Put the earlier time first."))
    if end > LONGEST:
        return Timing(fault=Fault(where, "it lies beyond 24 hours.", "Count the time from the recording’s beginning."))
    return Timing(start, end)


class _Timed:
    """Reads line after line. A line with an arrow begins a piece, also where no empty line stands before it."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.pieces: list[Piece] = []
        self.faults: list[Fault] = []
        self._lines: list[str] = []
        """Of the piece that is being read. One that stands behind an empty line begins with a line break."""
        self._aside = False
        """Whether a note, a style or a region is being passed over."""
        self._after_gap = True
        self._latest = 0.0

    def take(self, number: int, line: str) -> None:
        if "-->" in line:
            self._begin(number, line)
        elif not line.strip():
            self._aside, self._after_gap = False, True
        elif self._after_gap and _ASIDE.match(line):
            self._aside, self._after_gap = True, False
        elif not self._aside:
            # What stands behind an empty line is words too, unless the next line shows that it is a piece's name.
            self._lines.append(("\n" if self._after_gap else "") + line)
            self._after_gap = False

    def close(self) -> None:
        if not self.pieces:
            return
        while self._lines and self._lines[-1].startswith("\n") and self._lines[-1].strip().isdecimal():
            self._lines.pop()
        words = tuple(line.lstrip("\n") for line in self._lines)
        self.pieces[-1] = replace(self.pieces[-1], lines=words)

    def _begin(self, number: int, line: str) -> None:
        name = self._name_of_next()
        self.close()
        self._lines, self._aside, self._after_gap = [], False, False
        found = timing(number, line, self.kind)
        fault = found.fault or self._disorder(number, found)
        if fault is not None:
            self.faults.append(fault)
        self._latest = max(self._latest, found.start)
        named = _NAMED.match(name)
        self.pieces.append(Piece(number, found.start, found.end, speaker=named[1] if named else ""))

    def _name_of_next(self) -> str:
        """Take away the line before an arrow when it is the next piece's name: behind an empty line, or a number."""
        if self._lines and (self._lines[-1].startswith("\n") or self._lines[-1].strip().isdecimal()):
            return self._lines.pop().strip()
        return ""

    def _disorder(self, number: int, found: Timing) -> Fault | None:
        if found.start >= self._latest - BACK:
            return None
        back = round(self._latest - found.start)
        what = f"it begins {back} seconds before one that stands above it."
        return Fault(f"line {number}", what, "Are two transcripts in one file? Keep the one of this recording.")


def _spread(said: Sequence[tuple[int, str]], begins: float | None, ends: float | None) -> Iterator[Piece]:
    if begins is None or not said:
        return
    letters = sum(len(words) for _, words in said)
    spoken = letters / PACE
    seconds = spoken if ends is None or ends <= begins else min(ends - begins, spoken * 2)
    at = begins
    for number, words in said:
        end = at + seconds * len(words) / letters
        yield Piece(number, at, end, (words,), is_estimated=True)
        at = end


def _said(line: str) -> str:
    """`Name: words`, without the list and bold signs that a copy of a document has."""
    found = _SAID.match(line)
    return f"{found[1].strip()}: {found[2].strip()}" if found else line


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return hours * 3600 + minutes * 60 + seconds + int((parts[4] or "0").ljust(3, "0")) / 1000


def _whole(parts: Sequence[str]) -> float:
    hours, minutes, seconds = (int(part) for part in parts)
    return float(hours * 3600 + minutes * 60 + seconds)
