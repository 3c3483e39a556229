"""Who speaks when in a recording: what a timeline draws, and a few numbers as context. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from mentorcert.recordings.cues import Cue

PAUSE: Final = 1.0
"""Seconds; a shorter pause does not end a stretch of speech."""

Stretch = tuple[float, float]
"""From when to when somebody speaks, in seconds."""


class Voice(StrEnum):
    """Which of the two somebody is."""

    MENTOR = "mentor"
    MENTEE = "mentee"


OTHER: Final = {Voice.MENTOR: Voice.MENTEE, Voice.MENTEE: Voice.MENTOR}


@dataclass(frozen=True, slots=True)
class Talk:
    """A recording as talk."""

    mentor: tuple[Stretch, ...]
    mentee: tuple[Stretch, ...]
    ends: float
    """When the last word is said, in seconds."""
    questions: int
    """How many things that the mentor says end in a question mark."""

    @property
    def mentor_percent(self) -> int | None:
        """The mentor's share of the time in which anybody speaks; None when the voices are not told apart."""
        mentor, mentee = (sum(end - start for start, end in lane) for lane in (self.mentor, self.mentee))
        return round(100 * mentor / (mentor + mentee)) if mentor and mentee else None

    @property
    def longest(self) -> float:
        """How long the mentor speaks at most without the mentee, in seconds."""
        return max((end - start for start, end in self.mentor), default=0)


def told_apart(cues: Iterable[Cue], mentor: str, mentee: str) -> dict[str, Voice]:
    """Which of the two each speaker of a transcript is, by the names of both; strangers are left out.

    With two speakers it is enough to know one.
    """
    speakers = list(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
    found = {each: voice for each in speakers if (voice := _voice(each, mentor, mentee))}
    if len(speakers) == 2 and len(found) == 1:
        [(known, voice)] = found.items()
        found[next(each for each in speakers if each != known)] = OTHER[voice]
    return found


def unnamed(cues: Sequence[Cue], voices: Mapping[str, Voice], labels: Mapping[Voice, str]) -> tuple[Cue, ...]:
    """The cues with what somebody is in place of their name, as far as that is known."""
    return tuple(replace(cue, speaker=labels[voices[cue.speaker]]) if cue.speaker in voices else cue for cue in cues)


def talk(cues: Sequence[Cue], voices: Mapping[str, Voice]) -> Talk:
    """The two lanes of a timeline, and what can be counted."""
    mentor, mentee = ([cue for cue in cues if voices.get(cue.speaker) is voice] for voice in Voice)
    questions = sum(cue.text.rstrip("”\"'’ ").endswith("?") for cue in mentor)
    ends = max((cue.end for cue in cues), default=0.0)
    return Talk(_stretches(mentor), _stretches(mentee), ends, questions)


def _voice(speaker: str, mentor: str, mentee: str) -> Voice | None:
    said = speaker.casefold()
    for voice, name in ((Voice.MENTEE, mentee), (Voice.MENTOR, mentor)):
        if said in {voice.value, name.casefold(), *name.casefold().split()[:1]}:
            return voice
    return None


def _stretches(cues: Sequence[Cue]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for cue in cues:
        if joined and cue.start - joined[-1][1] < PAUSE:
            joined[-1] = (joined[-1][0], max(joined[-1][1], cue.end))
        else:
            joined.append((cue.start, cue.end))
    return tuple(joined)
