"""What a transcript shows beside the rubric: who speaks how much, and what sounds like a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mentorcert.cohorts import queries as cohorts
from mentorcert.db import writing
from mentorcert.errors import Invalid, NotFound
from mentorcert.people.models import Person
from mentorcert.recordings import queries, questions, speakers, talk, transcript, voices
from mentorcert.recordings.cues import Cue
from mentorcert.recordings.models import Recording
from mentorcert.recordings.question_models import QuestionVerdict, Verdict
from mentorcert.recordings.questions import Question
from mentorcert.recordings.talk import Talk
from mentorcert.recordings.voices import Voice


@dataclass(frozen=True, slots=True)
class Asked:
    """A candidate question, and what this coach said of it."""

    question: Question
    verdict: Verdict | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is an open question: as the coach says, else as the words make it likely."""
        return self.question.is_open if self.verdict is None else self.verdict is Verdict.OPEN


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that pages show of a transcript."""

    cues: tuple[Cue, ...]
    """With labels in place of names."""
    talk: Talk
    questions: tuple[Asked, ...]
    is_counted: bool
    """Whether there are rules for questions in the language of the programme."""
    is_told_apart: bool
    """Whether any voice is known to be the mentor's."""
    is_confirmed: bool
    """Whether a person said who is who."""

    @property
    def confirmed(self) -> tuple[Asked, ...]:
        """The questions that the coach confirmed, as open or as closed."""
        return tuple(each for each in self.questions if each.verdict in {Verdict.OPEN, Verdict.CLOSED})

    @property
    def waiting(self) -> tuple[Asked, ...]:
        """The candidates on which the coach said nothing yet."""
        return tuple(each for each in self.questions if each.verdict is None)


def heard(
    session: Session, recording: Recording, coach: UUID | None, labels: Mapping[Voice, str] = speakers.LABELS
) -> Heard:
    """What a recording's transcript shows, with the verdicts of one coach (a person's UUID). One query, or two."""
    cues = transcript.kept(recording.transcript)
    known = speakers.who(recording, cues)
    language = cohorts.programme(session, recording.enrolment.cohort).language
    found = questions.candidates(cues, known, language)
    said = _verdicts(session, recording, coach) if found and coach is not None else {}
    return Heard(
        cues=voices.unnamed(cues, known, labels),
        talk=talk.talk(cues, known),
        questions=tuple(Asked(each, said.get((each.at, each.mark))) for each in found or ()),
        is_counted=found is not None,
        is_told_apart=Voice.MENTOR in known.values(),
        is_confirmed=recording.speakers_confirmed_at is not None,
    )


def judge(session: Session, recording: UUID, at: int, verdict: str, *, by: UUID, now: datetime) -> Heard:
    """Note what a coach says of the candidate at a millisecond; an empty verdict takes theirs back.

    Raises Invalid for a verdict that is none, NotFound when there is no such candidate (any more).
    """
    if verdict and verdict not in set(Verdict):
        raise Invalid("There is no such verdict on a question.", "Press one of the buttons beside it.")
    writing(session)
    found = queries.recording(session, recording)
    asked = next((each.question for each in heard(session, found, None).questions if each.question.at == at), None)
    if asked is None:
        raise NotFound("This candidate question is not there any more.", "Load the page again.")
    [coach] = session.scalars(select(Person.id).where(Person.uuid == by))
    mine = (QuestionVerdict.recording_id == found.id, QuestionVerdict.coach_id == coach, QuestionVerdict.at == at)
    session.execute(delete(QuestionVerdict).where(*mine))
    if verdict:
        row = QuestionVerdict(recording_id=found.id, coach_id=coach, at=at, mark=asked.mark, said_at=now)
        row.verdict = Verdict(verdict)
        session.add(row)
    session.flush()
    return heard(session, found, by)


def _verdicts(session: Session, recording: Recording, coach: UUID) -> dict[tuple[int, str], Verdict]:
    query = (
        select(QuestionVerdict.at, QuestionVerdict.mark, QuestionVerdict.verdict)
        .join(Person, QuestionVerdict.coach_id == Person.id)
        .where(QuestionVerdict.recording_id == recording.id, Person.uuid == coach)
    )
    return {(at, mark): verdict for at, mark, verdict in session.execute(query)}
