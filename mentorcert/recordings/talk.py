"""Who speaks when in a recording, and what can be counted: context beside a rubric, never a grade. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.voices import Voice

PAUSE: Final = 1.0
"""Seconds; a shorter pause does not end a stretch of speech."""
UNKNOWN: Final = 20
"""Percent of the talk. When more of it has no known voice, a share of the rest would mislead, and there is none."""

Stretch = tuple[float, float]
"""From when to when somebody speaks, in seconds."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A recording as talk."""

    mentor: tuple[Stretch, ...]
    mentee: tuple[Stretch, ...]
    ends: float = 0.0
    """When the last word is said, in seconds."""
    unknown: float = 0.0
    """For how many seconds somebody speaks of whom nobody knows who it is."""
    mentor_turns: int = 0
    mentee_turns: int = 0
    """How often each takes the word."""
    monologue: Stretch = (0.0, 0.0)
    """The mentor's longest stretch into which nobody else says a word."""
    is_estimated: bool = False
    """Whether most times are worked out from the length of the words."""
    can_show_overlaps: bool = False
    """Whether two voices overlap anywhere. Many programs write one after the other, so that nothing can be said of
    interruptions; only where overlaps stand in the transcript is it known that it can show them."""

    @property
    def mentor_percent(self) -> int | None:
        """The mentor's share of the time in which one of the two speaks; None when they are not told apart."""
        mentor, mentee = _length(self.mentor), _length(self.mentee)
        if not mentor or not mentee or self.unknown_percent > UNKNOWN:
            return None
        return round(100 * mentor / (mentor + mentee))

    @property
    def unknown_percent(self) -> int:
        """How much of the talk has no known voice."""
        whole = _length(self.mentor) + _length(self.mentee) + self.unknown
        return round(100 * self.unknown / whole) if whole else 0

    @property
    def longest(self) -> float:
        """How long the mentor speaks at most without the mentee, in seconds."""
        return self.monologue[1] - self.monologue[0]


def talk(cues: Sequence[Cue], voices: Mapping[str, Voice]) -> Talk:
    """The two lanes of a timeline, and what can be counted. The cues are in order of time."""
    turns = list(_turns(cues, voices))
    return Talk(
        mentor=_stretches([cue for cue in cues if voices.get(cue.speaker) is Voice.MENTOR]),
        mentee=_stretches([cue for cue in cues if voices.get(cue.speaker) is Voice.MENTEE]),
        ends=max((cue.end for cue in cues), default=0.0),
        unknown=_length(_stretches([cue for cue in cues if cue.speaker not in voices])),
        mentor_turns=sum(voice is Voice.MENTOR for voice, _ in turns),
        mentee_turns=sum(voice is Voice.MENTEE for voice, _ in turns),
        monologue=_monologue(turns),
        is_estimated=sum(cue.is_estimated for cue in cues) * 2 > len(cues),
        can_show_overlaps=any(
            later.start < earlier.end and later.speaker and earlier.speaker and later.speaker != earlier.speaker
            for earlier, later in pairwise(cues)
        ),
    )


def _turns(cues: Sequence[Cue], voices: Mapping[str, Voice]) -> Iterator[tuple[Voice | None, list[Cue]]]:
    """What one voice says until another one speaks."""
    run: list[Cue] = []
    voice: Voice | None = None
    for cue in cues:
        now = voices.get(cue.speaker)
        if run and now is not voice:
            yield voice, run
            run = []
        run.append(cue)
        voice = now
    if run:
        yield voice, run


def _monologue(turns: Sequence[tuple[Voice | None, list[Cue]]]) -> Stretch:
    mentors = (stretch for voice, run in turns if voice is Voice.MENTOR for stretch in _stretches(run))
    return max(mentors, key=lambda stretch: stretch[1] - stretch[0], default=(0.0, 0.0))


def _stretches(cues: Sequence[Cue]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for cue in cues:
        if joined and cue.start - joined[-1][1] < PAUSE:
            joined[-1] = (joined[-1][0], max(joined[-1][1], cue.end))
        else:
            joined.append((cue.start, cue.end))
    return tuple(joined)


def _length(stretches: Sequence[Stretch]) -> float:
    return sum(end - start for start, end in stretches)
