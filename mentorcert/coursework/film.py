"""What a player reports of a film, and what is said in it: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final
from uuid import UUID

from webvtt import WebVTT
from webvtt.errors import MalformedFileError

from mentorcert.errors import Fault, Invalid

EVENTS: Final = ("played", "paused", "completed", "left")
LONGEST: Final = Decimal(6 * 3600)
"""Seconds; no film of ours is longer."""
MOST_SEGMENTS: Final = 500
CLOSING: Final = Decimal(5)
"""The last seconds of a film, which need not be watched."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a player says: an event, where the film stands, how long it is, and which stretches were played."""

    event: str
    position: Decimal
    length: Decimal
    """Both in seconds."""
    stretches: tuple[tuple[Decimal, Decimal], ...]
    viewing: UUID | None = None
    """Which opening of the player it is from."""

    @property
    def segments(self) -> str:
        """The stretches as the xAPI video profile writes them."""
        return "[,]".join(f"{start:.3f}[.]{end:.3f}" for start, end in self.stretches)

    @property
    def complete(self) -> bool:
        """Whether the film came to its end, or all but its last seconds was played."""
        return self.event == "completed" or self.unseen <= CLOSING

    @property
    def unseen(self) -> Decimal:
        """How many seconds no stretch covers."""
        covered = [(Decimal(0), Decimal(0)), *sorted(self.stretches), (self.length, self.length)]
        reached, missing = Decimal(0), Decimal(0)
        for (_, end), (start, _) in pairwise(covered):
            reached = max(reached, end)
            missing += max(Decimal(0), start - reached)
        return missing


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that is said in a film."""

    seconds: int
    """When, in whole seconds from the start."""
    speaker: str
    text: str


def report(fields: Mapping[str, str]) -> Report:
    """Read the fields of a player's report. Raises Invalid, which names every field that can't be used."""
    event = fields.get("event", "")
    length, position = _seconds(fields.get("length")), _seconds(fields.get("time"))
    stretches = _stretches(fields.get("segments", ""))
    viewing = _uuid(fields.get("viewing", ""))
    checks = {
        "event": event in EVENTS,
        "length": length is not None and length > 0,
        "time": position is not None and length is not None and position <= length + 1,
        "segments": stretches is not None,
        "viewing": viewing is not None or not fields.get("viewing"),
    }
    faults = [Fault(name, "This can't be used.") for name, fits in checks.items() if not fits]
    if faults or length is None or position is None or stretches is None:
        raise Invalid("We can't read this report of a film.", "Load the page again and go on watching.", faults)
    inside = tuple((start, min(end, length)) for start, end in stretches if start < length)
    return Report(event, min(position, length), length, inside, viewing)


def cues(vtt: bytes) -> tuple[Cue, ...]:
    """What is said, in order; nothing when the captions can't be read."""
    try:
        captions = WebVTT.from_string(vtt.decode("utf-8-sig")).captions
    except (MalformedFileError, UnicodeDecodeError):
        return ()
    return tuple(Cue(int(each.start_in_seconds), each.voice or "", " ".join(each.text.split())) for each in captions)


def _seconds(text: str | None) -> Decimal | None:
    try:
        seconds = Decimal(text or "")
    except InvalidOperation:
        return None
    return round(seconds, 3) if seconds.is_finite() and 0 <= seconds <= LONGEST else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _stretches(text: str) -> list[tuple[Decimal, Decimal]] | None:
    found = []
    parts = text.split("[,]") if text else []
    for part in parts:
        start, end = (_seconds(side) for side in part.partition("[.]")[::2])
        if start is None or end is None or end < start:
            return None
        found.append((start, end))
    return found if len(found) <= MOST_SEGMENTS else None
