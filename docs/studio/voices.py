"""Speech: a line of text becomes a mono sound at 48 kHz, trimmed and of even loudness."""

import re
import subprocess
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Samples: TypeAlias = "array[int]"  # 16 bits, mono
RATE = 48_000
LOUDNESS = -19.0  # dB, the mean of each spoken piece

# The synthesisers read these as English words; the captions keep the real spelling.
SOUNDS_LIKE = {"Pavel": "Pahvel", "Ines": "Inez"}


@dataclass(frozen=True)
class Voice:
    """A synthesiser's voice, and how far it is moved: `tract` shifts the whole sound, `pitch` the melody only."""

    engine: str
    name: str
    tract: float = 1.0
    pitch: float = 1.0
    tempo: float = 1.0


VOICES = {
    "woman-warm": Voice("festival", "voice_cmu_us_slt_arctic_hts", tract=1.04),
    "woman-low": Voice("festival", "voice_cmu_us_slt_arctic_hts", tract=0.9, pitch=0.93, tempo=0.97),
    "man-light": Voice("flite", "awb", tempo=0.98),
    "man-deep": Voice("flite", "rms", tract=0.97),
    "narrator": Voice("flite", "rms", tempo=0.97),
}


def speak(text: str, voice: Voice, target: Path) -> Samples:
    """Say a text into `target` (a WAV file) and return its samples."""
    raw = target.with_suffix(".raw.wav")
    _synthesise(_pronounceable(text), voice, raw)
    level = _mean_volume(raw, _shape(voice))
    even = f"volume={LOUDNESS - level:.2f}dB,alimiter=limit=0.75:level=0"
    _ffmpeg("-i", raw, "-af", f"{_shape(voice)},{even}", "-ac", 1, "-ar", RATE, target)
    with wave.open(str(target)) as sound:
        return array("h", sound.readframes(sound.getnframes()))


def _pronounceable(text: str) -> str:
    for name, sound in SOUNDS_LIKE.items():
        text = re.sub(rf"\b{name}\b", sound, text)
    return text.replace(" –", "").replace("’", "'")


def _synthesise(text: str, voice: Voice, target: Path) -> None:
    if voice.engine == "flite":
        subprocess.run(["flite", "-voice", voice.name, "-t", text, "-o", str(target)], check=True)
    else:
        command = ["text2wave", "-eval", f"({voice.name})", "-o", str(target)]
        subprocess.run(command, input=text, text=True, check=True)


def _shape(voice: Voice) -> str:
    """The filters that trim both ends and move a voice; the low cut takes the synthesisers' rumble away."""
    trim = "silenceremove=start_periods=1:start_threshold=-45dB:start_silence=0.03,areverse"
    return ",".join(
        [
            f"{trim},{trim}",
            f"aresample={RATE}",
            f"rubberband=pitch={voice.tract}:tempo={voice.tempo}:pitchq=quality",
            f"rubberband=pitch={voice.pitch}:formant=preserved:pitchq=quality",
            "highpass=f=85,equalizer=f=3200:t=q:w=1.2:g=-2",
        ]
    )


def _mean_volume(source: Path, filters: str) -> float:
    command = ["ffmpeg", "-hide_banner", "-i", str(source), "-af", f"{filters},volumedetect", "-f", "null", "-"]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = re.search(r"mean_volume: (-?[\d.]+) dB", report)
    if found is None:
        raise RuntimeError(f"{source.name} holds no sound.")
    return float(found.group(1))


def _ffmpeg(*arguments: object) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)
