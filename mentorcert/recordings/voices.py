"""Who is who among the voices of a transcript: guessed by names, and shown without them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from mentorcert.recordings.cues import Cue


class Voice(StrEnum):
    """Who somebody is in the conversation."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    OTHER = "other"
    """Somebody else: who let them in, a voice from outside. Known, and counted on neither side."""


PARTNER: Final = {Voice.MENTOR: Voice.MENTEE, Voice.MENTEE: Voice.MENTOR}


def speakers(cues: Iterable[Cue]) -> list[str]:
    """The names in a transcript, in the order in which they first speak."""
    return list(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))


def told_apart(cues: Iterable[Cue], mentor: str, mentee: str) -> dict[str, Voice]:
    """Which of the two each speaker of a transcript is, by the names of both; strangers are left out.

    With two speakers it is enough to know one. A guess: a person confirms it (see `speakers.py`).
    """
    names = speakers(cues)
    found = {each: voice for each in names if (voice := _voice(each, mentor, mentee))}
    if len(names) == 2 and len(found) == 1:
        [(known, voice)] = found.items()
        found[next(each for each in names if each != known)] = PARTNER[voice]
    return found


def unnamed(
    cues: Sequence[Cue], voices: Mapping[str, Voice], labels: Mapping[Voice, str], other: str = "Voice {number}"
) -> tuple[Cue, ...]:
    """The cues with what somebody is in place of their name; who is neither of the two has a number (`other`)."""
    numbered = enumerate(speakers(cues), 1)
    words = {
        name: labels[voices[name]] if voices.get(name) in labels else other.format(number=number)
        for number, name in numbered
    }
    return tuple(replace(cue, speaker=words[cue.speaker]) if cue.speaker else cue for cue in cues)


def _voice(speaker: str, mentor: str, mentee: str) -> Voice | None:
    said = speaker.casefold()
    for voice, name in ((Voice.MENTEE, mentee), (Voice.MENTOR, mentor)):
        if said in {voice.value, name.casefold(), *name.casefold().split()[:1]}:
            return voice
    return None
