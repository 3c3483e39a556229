"""What a trainee sends when handing in, and every fault in it by the name of its field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Final, TypeVar
from uuid import UUID

from mentorcert.errors import Fault, Invalid
from mentorcert.people import addresses
from mentorcert.recordings import media, transcript
from mentorcert.sessions.planning import is_link

GRADING: Final = "grading"
USES: Final = (GRADING, "calibration", "teaching")
"""What the person recorded can agree to; without the first nothing is taken."""
LONGEST: Final = {"link": 2000, "passcode": 200, "mentee_name": 120}
"""Characters."""

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HandIn:
    """What a trainee hands in: a file or a link, the transcript, and what the person recorded agreed to."""

    mentee_name: str
    uses: Sequence[str]
    """Of `USES`."""
    source: IO[bytes] | None = None
    """The file, open and at any place; it stays open."""
    upload: UUID | None = None
    """The file, as it came in parts before."""
    link: str = ""
    passcode: str = ""
    transcript: bytes = b""
    mentee_email: str = ""
    """Where the person recorded is told what they agreed to, and how to take it back; may be empty."""

    @property
    def is_file(self) -> bool:
        """Whether there is a file, in whatever way it came."""
        return self.source is not None or self.upload is not None


@dataclass(slots=True)
class Judged:
    """What was found in a wish: its transcript as we write it, and every fault by the name of its field."""

    transcript: str = ""
    faults: list[Fault] = field(default_factory=list)


def judge(wish: HandIn) -> Judged:
    """Look through what was sent. Of a file only the beginning is looked at; the rest is the worker's."""
    judged = Judged(faults=[*_form_faults(wish), *_source_faults(wish)])
    if wish.source is not None:
        wish.source.seek(0)
        _looked_into(judged, "file", media.kind, wish.source.read(media.HEAD))
    if wish.transcript:
        cues = _looked_into(judged, "transcript", transcript.read, wish.transcript)
        judged.transcript = transcript.written(cues or ())
    return judged


def _looked_into(judged: Judged, where: str, look: Callable[[S], T], at: S) -> T | None:
    """What `look` finds; what it refuses becomes a fault of the field."""
    try:
        return look(at)
    except Invalid as problem:
        said = [problem.title, *(f"{each.where.capitalize()}: {each.what} {each.todo}" for each in problem.faults)]
        judged.faults.append(Fault(where, " ".join(said), problem.todo))
        return None


def _form_faults(wish: HandIn) -> list[Fault]:
    faults = []
    if not wish.mentee_name.strip():
        faults.append(Fault("mentee_name", "Whose conversation is it?", "Give the name of the person you coached."))
    if GRADING not in wish.uses:
        what = "We can’t take a recording without the consent of the person on it."
        faults.append(Fault("consent", what, "Ask them; when they agree, tick this box."))
    if wish.mentee_email.strip() and addresses.fault(wish.mentee_email):
        faults.append(Fault("mentee_email", "This is not an e-mail address.", "Correct it, or leave it empty."))
    for name, most in LONGEST.items():
        if len(getattr(wish, name)) > most:
            faults.append(Fault(name, f"This is longer than {most} characters.", "Shorten it."))
    return faults


def _source_faults(wish: HandIn) -> list[Fault]:
    link = wish.link.strip()
    if not wish.is_file and not link:
        return [Fault("file", "There is no recording yet.", "Choose a file, or give a link.")]
    if wish.is_file and link:
        return [Fault("link", "There is a file and a link.", "Give one of the two.")]
    if wish.is_file and not wish.transcript:
        what = "A file needs its transcript: coaches find the moments in it, and some can’t hear the recording."
        return [Fault("transcript", what, "Export it as WebVTT (.vtt) from your meeting program, and choose it.")]
    if link and not is_link(link):
        return [Fault("link", "This is not an https address.", "Copy the whole link, from https:// on.")]
    return []
