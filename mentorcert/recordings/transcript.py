"""The transcript of a recording: WebVTT from anywhere, read with care, and written anew. Pure.

What is stored is only what we wrote ourselves: times, voices and words, without styles, settings or markup.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from webvtt import WebVTT
from webvtt.models import Caption

from mentorcert.errors import Fault, Invalid

LARGEST: Final = 2 * 1024 * 1024
"""Bytes."""
LONGEST_VOICE: Final = 60
"""Characters; a longer beginning before a colon is no name."""
MOST_CUES: Final = 10_000
"""An hour of talk has about a thousand; every page that shows a recording reads all of them."""
MOST_FAULTS: Final = 5
"""How many lines are named; who mends those sees the next."""

_TIME: Final = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)\.(\d{1,3})"  # Teams leaves out leading noughts
_TIMING: Final = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?$")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]{0,100})?\s+([^>]+)>")
_TAG: Final = re.compile(r"<[^>]*>")
_NAMED: Final = re.compile(rf"([^\W\d][^:<>]{{0,{LONGEST_VOICE - 1}}}): +(?=\S)")
_EXAMPLE: Final = "Write it like 00:02:05.000 --> 00:02:09.500."


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that is said: from when to when, in seconds, by whom (empty when nobody is named), and the words."""

    start: float
    end: float
    speaker: str
    text: str

    @property
    def seconds(self) -> float:
        """When it begins, under the name that the list of cues uses."""
        return self.start


def read(data: bytes) -> tuple[Cue, ...]:
    """Read a file that somebody sent. Raises Invalid, with a fault a line, when it can't be understood."""
    if len(data) > LARGEST:
        raise Invalid("The transcript is larger than 2 MB.", "Choose the .vtt file, not the recording.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError:
        raise Invalid("The transcript is not UTF-8 text.", "Save it again as WebVTT (.vtt), in UTF-8.") from None
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        raise Invalid("The transcript is not WebVTT: its first line is not WEBVTT.", "Export it again as .vtt.")
    faults = list(_timing_faults(text))
    if faults:
        raise Invalid("The transcript has times that can’t be read.", "Correct the lines named here.", faults)
    if text.count("-->") > MOST_CUES:
        raise Invalid(f"The transcript has more than {MOST_CUES:,} pieces.", "Export it with longer ones, as .vtt.")
    cues = _parsed(text)
    if not cues:
        raise Invalid("The transcript is empty: nobody says anything in it.", "Export it again as .vtt.")
    return cues


def kept(text: str) -> tuple[Cue, ...]:
    """The cues of a transcript that `written` made; none of an empty one."""
    return _parsed(text) if text else ()


def written(cues: Sequence[Cue]) -> str:
    """The cues as WebVTT; nothing at all for no cues."""
    return "\n".join(["WEBVTT\n", *(_block(cue) for cue in cues)]) if cues else ""


def _parsed(text: str) -> tuple[Cue, ...]:
    found = _named([_cue(caption) for caption in WebVTT.from_string(text).captions])
    return tuple(sorted((cue for cue in found if cue.text), key=lambda cue: cue.start))


def _timing_faults(text: str) -> Iterator[Fault]:
    """What is wrong with the lines that hold times, for at most `MOST_FAULTS` of them."""
    left = MOST_FAULTS
    for number, line in enumerate(text.split("\n"), 1):
        if "-->" not in line or not left:
            continue
        found = _TIMING.match(line)
        where = f"line {number}"
        if found is None:
            yield Fault(where, "its times can’t be read.", _EXAMPLE)
            left -= 1
        elif _seconds(found.groups()[4:]) <= _seconds(found.groups()[:4]):
            yield Fault(where, "it ends before it starts.", "Put the earlier time first.")
            left -= 1


def _cue(caption: Caption) -> Cue:
    start, end = (_seconds(_matched(time)) for time in (caption.start, caption.end))
    raw = " ".join(caption.raw_text.split())
    tagged = raw[: raw.rfind(">") + 1]  # behind it no tag ends: looking for one from each "<" would take hours
    voice = _VOICE.search(tagged)
    words = _plain(_TAG.sub("", tagged) + raw[len(tagged) :])
    return Cue(start, end, _plain(voice[1])[:LONGEST_VOICE].strip() if voice else "", words)


def _named(cues: Sequence[Cue]) -> Iterator[Cue]:
    """The cues with names before a colon, as Zoom writes them, as voices. What stands there once is no name."""
    found = [None if cue.speaker else _NAMED.match(cue.text) for cue in cues]
    often = Counter(match[1] for match in found if match)
    for cue, match in zip(cues, found, strict=True):
        if match and often[match[1]] > 1:
            yield replace(cue, speaker=match[1], text=cue.text[match.end() :])
        else:
            yield cue


def _matched(time: str) -> tuple[str | None, ...]:
    found = re.fullmatch(_TIME, time)
    assert found is not None, "times were checked before, or written by us"
    return found.groups()


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return hours * 3600 + minutes * 60 + seconds + int((parts[3] or "").ljust(3, "0")) / 1000


def _plain(text: str) -> str:
    """Text with its entities resolved, and no control characters or runs of spaces."""
    resolved = html.unescape(text)
    return " ".join("".join(c if c.isprintable() else " " for c in resolved).split())


def _block(cue: Cue) -> str:
    voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
    return f"{_clock(cue.start)} --> {_clock(cue.end)}\n{voice}{_escaped(cue.text)}\n"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"
