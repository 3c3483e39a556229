"""The transcript of a recording: from anywhere, read with care, and written anew. Pure.

What is stored is only what we wrote ourselves: WebVTT with times, voices and words, without styles, settings or markup.
"""

import codecs
import html
import re
from collections.abc import Sequence
from typing import Final

from mentorcert.errors import Fault, Invalid
from mentorcert.recordings import formats, spoken
from mentorcert.recordings.cues import Cue
from mentorcert.recordings.formats import Kind, Piece

LARGEST: Final = 2 * 1024 * 1024
"""Bytes."""
MOST_CUES: Final = 10_000
"""An hour of talk has about a thousand; every page that shows a recording reads all of them."""
MOST_FAULTS: Final = 5
"""How many lines are named; the title says how many there are."""
SLACK: Final = 60
"""Seconds by which a transcript may end after its recording: programs round, and write a last goodbye."""

_ESTIMATED: Final = "estimated"
_CLOCK: Final = r"(\d{2,5}):(\d\d):(\d\d)\.(\d{3})"
_KEPT: Final = re.compile(rf"^(?:({_ESTIMATED})\n)?{_CLOCK} --> {_CLOCK}\n(?:<v ([^>\n]*)>)?(.*)$", re.MULTILINE)
_BREAKS: Final = re.compile("\r\n?")


def read(data: bytes) -> tuple[Cue, ...]:
    """Read a file that somebody sent, by its content. Raises Invalid, with a fault a line, when it can't be understood.

    WebVTT, SubRip and the text of Google Meet, in UTF-8 or UTF-16.
    """
    if len(data) > LARGEST:
        raise Invalid("The transcript is larger than 2 MB.", "Choose the transcript, not the recording.")
    text = _decoded(data)
    kind = formats.kind_of(text)
    if kind is None:
        raise Invalid("The transcript is not one that we can read: there are no times in it.", formats.instead(data))
    if text.count("-->") > MOST_CUES:
        raise Invalid(f"The transcript has more than {MOST_CUES:,} pieces.", "Export it again with longer ones.")
    cues = spoken.cues_of(_pieces(text, kind))
    if not cues:
        raise Invalid("The transcript is empty: nobody says anything in it.", "Export it again as .vtt.")
    if len(cues) > MOST_CUES:
        raise Invalid(f"The transcript has more than {MOST_CUES:,} pieces.", "Export it again with longer ones.")
    return cues


def check_against(cues: Sequence[Cue], seconds: float) -> Fault | None:
    """What is wrong when a transcript goes on after its recording of so many seconds has ended; None when nothing is.

    Then its times name the wrong moments, so it is a fault and no mere note. Of a link (0 seconds) nobody knows.
    """
    over = max((cue.end for cue in cues), default=0.0) - seconds
    if seconds <= 0 or over <= SLACK:
        return None
    longer = f"{round(over / 60)} minutes" if over >= 90 else f"{round(over)} seconds"
    what = f"This transcript is {longer} longer than the recording: is it of another one?"
    todo = "Choose the transcript of this recording. If you cut the recording, export a transcript of what is left."
    return Fault("transcript", what, todo)


def kept(text: str) -> tuple[Cue, ...]:
    """The cues of a transcript that `written` made; none of an empty one. One pass: pages read it each time."""
    return tuple(_cue(*found) for found in _KEPT.findall(text))


def written(cues: Sequence[Cue]) -> str:
    """The cues as WebVTT; nothing at all for no cues."""
    return "\n".join(["WEBVTT\n", *(_block(cue) for cue in cues)]) if cues else ""


def _decoded(data: bytes) -> str:
    """The text of a file, its line ends made alike."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        what = "The transcript is not UTF-8 text."
        raise Invalid(what, f"{formats.instead(data)} Or save it again in UTF-8.") from None
    return _BREAKS.sub("\n", text).replace("\0", "")


def _pieces(text: str, kind: Kind) -> tuple[Piece, ...]:
    if kind is Kind.MEET:
        return formats.meet(text)
    pieces, faults = formats.timed(text, kind)
    if faults:
        raise Invalid("The transcript has times that can’t be right.", _todo(faults, len(pieces)), faults[:MOST_FAULTS])
    return pieces


def _todo(faults: Sequence[Fault], pieces: int) -> str:
    if len(faults) == pieces and all("comma" in fault.what for fault in faults):
        return (
            "All its times have commas: it is an .srt file. Take away its first line, WEBVTT, and hand it in as .srt."
        )
    if len(faults) > MOST_FAULTS:
        return f"Correct the lines named here, and {len(faults) - MOST_FAULTS:,} more that are like them."
    return "Correct the lines named here."


def _cue(estimated: str, *rest: str) -> Cue:
    *times, voice, words = rest
    return Cue(_seconds(times[:4]), _seconds(times[4:]), _resolved(voice), _resolved(words), bool(estimated))


def _seconds(parts: Sequence[str]) -> float:
    hours, minutes, seconds, thousandths = parts
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000


def _resolved(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _block(cue: Cue) -> str:
    name = f"{_ESTIMATED}\n" if cue.is_estimated else ""
    voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
    end = max(cue.end, cue.start + 0.001)  # a player passes over what takes no time
    return f"{name}{_clock(cue.start)} --> {_clock(end)}\n{voice}{_escaped(cue.text)}\n"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"
