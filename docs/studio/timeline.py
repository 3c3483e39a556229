"""When everything happens: spoken pieces laid end to end, the sound track and the captions made from them."""

import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

from dialogue import Line, Script, phrases
from voices import RATE, VOICES, Samples, speak

BREATH = 0.35  # seconds between two pieces of one line
LEAD_IN, LEAD_OUT = 1.2, 1.8  # seconds before the first word and after the last


@dataclass(frozen=True)
class Cue:
    """One caption: seconds from the start of the film, the person's key (empty in a silence) and the words."""

    start: float
    end: float
    who: str
    text: str
    line: int


@dataclass(frozen=True)
class Timeline:
    """The cues of a film in order, its samples at 48 kHz, and the length in seconds."""

    cues: list[Cue]
    samples: Samples
    seconds: float

    def loudness(self, at: float, span: float) -> float:
        """How loud the sound is around a moment, from 0 to 1: what makes a speaker's head move."""
        first = int(at * RATE)
        window = self.samples[first : first + int(span * RATE) : 16]
        mean = sum(abs(sample) for sample in window) / max(len(window), 1)
        return min(mean / 8000, 1.0)


def lay_out(script: Script, folder: Path) -> Timeline:
    """Speak every line into `folder` and place it: pause, words, breath, words."""
    samples, cues = _quiet(LEAD_IN), list[Cue]()
    for number, line in enumerate(script.lines):
        samples.extend(_quiet(line.pause))
        for part, (text, sound) in enumerate(_sounds(script, line, number, folder)):
            samples.extend(_quiet(BREATH if part else 0))
            start = len(samples) / RATE
            samples.extend(sound)
            cues.append(Cue(start, len(samples) / RATE, line.who, text, number))
    samples.extend(_quiet(LEAD_OUT))
    return Timeline(cues, samples, len(samples) / RATE)


def _sounds(script: Script, line: Line, number: int, folder: Path) -> list[tuple[str, Samples]]:
    if line.silence:
        return [(line.say, _quiet(line.silence))]
    voice = VOICES[script.people[line.who].voice]
    return [(text, speak(text, voice, folder / f"{number:02}-{part}.wav")) for part, text in enumerate(phrases(line))]


def _quiet(seconds: float) -> Samples:
    return array("h", bytes(2 * round(seconds * RATE)))


def write_sound(timeline: Timeline, target: Path) -> None:
    """Write the sound track as a WAV file."""
    with wave.open(str(target), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(timeline.samples.tobytes())


def write_captions(script: Script, timeline: Timeline, target: Path) -> None:
    """Write the cues as WebVTT with a voice tag each; a silence is a caption of nobody."""
    blocks = ["WEBVTT"]
    for cue in timeline.cues:
        voice = f"<v {script.people[cue.who].name}>" if cue.who else ""
        blocks.append(f"{_clock(cue.start)} --> {_clock(cue.end)}\n{voice}{cue.text}")
    target.write_text("\n\n".join(blocks) + "\n", "utf-8")


def _clock(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"00:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
