"""Who is who in a recording: guessed by names, then said by a person, and shown to coaches without names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.db import writing
from mentorcert.errors import Conflict, Fault, Invalid, NotFound
from mentorcert.recordings import service, transcript, voices
from mentorcert.recordings.cues import Cue
from mentorcert.recordings.models import Recording
from mentorcert.recordings.voices import Voice

LABELS: Final[Mapping[Voice, str]] = {Voice.MENTOR: "Mentor", Voice.MENTEE: "Mentee"}
MOST: Final = 12
"""How many voices are asked about; any others of a transcript are somebody else."""
FIRST_WORDS: Final = 100
"""Characters."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A voice of a transcript, as somebody is asked who it is."""

    number: int
    """Its place among the voices, from 1; forms name it by this, never by its name."""
    name: str
    percent: int
    """Its share of all that is said, by time."""
    first: str
    """The first words."""
    at: float
    """The second at which they are said."""
    voice: Voice | None
    """Who it is, as far as that is guessed or known."""


def who(recording: Recording, cues: Sequence[Cue]) -> dict[str, Voice]:
    """Who each voice is: as a person confirmed it, else as the names make it likely."""
    if recording.speakers_confirmed_at is None:
        return voices.told_apart(cues, recording.enrolment.person.name, recording.mentee_name)
    said = {name: Voice(voice) for name, voice in recording.speakers.items()}
    return {name: said.get(name, Voice.OTHER) for name in voices.speakers(cues)}


def shown(recording: Recording, labels: Mapping[Voice, str] = LABELS) -> tuple[Cue, ...]:
    """What is said, with labels in place of names. Names within the words stay: they are what was said."""
    cues = transcript.kept(recording.transcript)
    return voices.unnamed(cues, who(recording, cues), labels)


def headings(recording: Recording) -> tuple[Heading, ...]:
    """The voices of a recording in the order in which they first speak; none where the transcript names nobody."""
    cues = transcript.kept(recording.transcript)
    known, spoken = who(recording, cues), sum(cue.end - cue.start for cue in cues)
    first: dict[str, Cue] = {}
    seconds: dict[str, float] = {}
    for cue in cues:
        first.setdefault(cue.speaker, cue)
        seconds[cue.speaker] = seconds.get(cue.speaker, 0.0) + cue.end - cue.start
    return tuple(
        Heading(
            number=number,
            name=name,
            percent=round(100 * seconds[name] / spoken) if spoken else 0,
            first=first[name].text[:FIRST_WORDS],
            at=first[name].start,
            voice=known.get(name),
        )
        for number, name in enumerate(voices.speakers(cues)[:MOST], 1)
    )


def confirm(session: Session, recording: UUID, said: Mapping[int, str], *, by: UUID, now: datetime) -> Recording:
    """Note who each voice is, as a person says it: voice number -> a `Voice`. Two voices may be one person.

    Raises Invalid with a fault for each voice that is not answered, Conflict when the trainee says it after a coach
    began to grade, NotFound when nobody is named in the transcript. The audit row holds numbers, no names.
    """
    writing(session)
    found = service.lock(session, recording)
    asked = headings(found)
    if not asked:
        raise NotFound("This transcript names nobody.", "Watch the recording without.")
    if found.enrolment.person.uuid == by and found.grading_began_at is not None:
        raise Conflict("A coach has begun to grade this recording.", "If a voice is wrong, tell your coach.")
    answers = _answers(asked, said)
    before = {f"voice {each.number}": each.voice.value if each.voice else "" for each in asked}
    found.speakers = {each.name: answers[each.number].value for each in asked}
    found.speakers_confirmed_at = now
    after = {f"voice {number}": voice.value for number, voice in answers.items()}
    subject = f"recording:{found.uuid}"
    audit.record(session, now=now, who=by, action="recording.speakers", subject=subject, before=before, after=after)
    return found


def _answers(asked: Sequence[Heading], said: Mapping[int, str]) -> dict[int, Voice]:
    answers = {each.number: Voice(said[each.number]) for each in asked if said.get(each.number) in set(Voice)}
    faults = [
        Fault(f"voice-{each.number}", "This voice has no answer yet.", "Say who it is.")
        for each in asked
        if each.number not in answers
    ]
    if not faults and Voice.MENTOR not in answers.values():
        faults.append(Fault("voice-1", "None of the voices is the mentor’s.", "Say which one is."))
    if faults:
        raise Invalid("Not every voice has a person yet.", "Answer for each one.", faults)
    return answers
