"""Doing coursework: each step becomes a statement, once; what is private becomes a row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from mentorcert.catalog.programme import StepKind
from mentorcert.catalog.questions import Question
from mentorcert.coursework import attempts, queries, responses
from mentorcert.coursework.film import Report
from mentorcert.coursework.models import Reflection, StrengthsResult
from mentorcert.coursework.prework import StepState
from mentorcert.coursework.study import Study, Where
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import statements
from mentorcert.evidence.service import door
from mentorcert.evidence.statements import Answer, Thing
from xapi import vocabulary as v

MOST_STRENGTHS: Final = 5
LONGEST_REFLECTION: Final = 10_000
"""Characters."""

TYPES: Final = {
    StepKind.READ: v.LESSON,
    StepKind.FILM: v.VIDEO,
    StepKind.ACKNOWLEDGE: v.ORIENTATION,
    StepKind.STRENGTHS: v.STRENGTHS,
    StepKind.REFLECTION: v.REFLECTION,
    StepKind.CHECK: v.ASSESSMENT,
}
"""The activity type of each kind of step."""


class StaleDraft(Conflict):
    """Another tab has saved a newer draft, `kept`; nothing was overwritten."""

    def __init__(self, kept: Reflection) -> None:
        super().__init__("Your other tab has a newer draft.", "Read both, then send the one that you want to keep.")
        self.kept = kept


def read_lesson(session: Session, where: Where, *, now: datetime) -> None:
    """A lesson was read to its end. A second time says nothing new."""
    study, step = _begin(session, where, StepKind.READ)
    if not step.done:
        thing = _thing(study, step)
        _record(session, study, statements.lesson_completed(study.about, where.unit, thing, at=now), now=now)


def watch_film(session: Session, where: Where, report: Report | None = None, *, now: datetime) -> bool:
    """A film was played, left or watched to its end; without a report somebody says that they have watched it.

    Gives whether the film is done now.
    """
    study, step = _begin(session, where, StepKind.FILM)
    about, unit, thing = study.about, where.unit, _thing(study, step)
    made = []
    if report is not None and report.event != "completed":
        seen = statements.Seen(report.position, report.length, report.segments, report.viewing)
        made.append(statements.film_event(about, unit, thing, report.event, seen, at=now))
    complete = report is None or report.complete
    if complete and not step.done:
        made.append(statements.lesson_completed(about, unit, thing, at=now))
    if made:
        _record(session, study, *made, now=now)
    return complete or step.done


def acknowledge(session: Session, where: Where, *, now: datetime) -> None:
    """The promise of an orientation lesson was made. A second time says nothing new."""
    study, step = _begin(session, where, StepKind.ACKNOWLEDGE)
    if not step.done:
        thing = _thing(study, step)
        _record(session, study, statements.orientation_acknowledged(study.about, where.unit, thing, at=now), now=now)


def record_strengths(
    session: Session, where: Where, strengths: Sequence[str], instrument: str, *, now: datetime
) -> StrengthsResult:
    """Keep a person's own strengths, strongest first; what was there before gives way. Raises Invalid."""
    study, step = _begin(session, where, StepKind.STRENGTHS)
    words = [" ".join(word.split()) for word in strengths if word.strip()]
    if not words or len(words) > MOST_STRENGTHS:
        raise Invalid("Name at least one strength, and five at most.", "Use your own words, one strength a line.")
    result = queries.strengths(session, study.row)
    if result is None:
        result = StrengthsResult(enrolment_id=study.row)
        session.add(result)
    result.strengths, result.instrument, result.recorded_at = words, instrument.strip(), now
    session.flush()
    if not step.done:
        thing = _thing(study, step)
        _record(session, study, statements.strengths_recorded(study.about, where.unit, thing, at=now), now=now)
    return result


def save_draft(session: Session, where: Where, text: str, practise: str, revision: int, *, now: datetime) -> Reflection:
    """Keep an unfinished reflection. Raises StaleDraft when a newer one than `revision` is kept, and Invalid."""
    study, _ = _begin(session, where, StepKind.REFLECTION)
    row = _reflection(session, study, where.unit, revision, now)
    if len(text) > 2 * LONGEST_REFLECTION or len(practise) > LONGEST_REFLECTION:
        raise Invalid("This is too long to keep.", f"Keep it below {LONGEST_REFLECTION} characters.")
    row.draft = {"text": text, "practise": practise}
    session.flush()
    return row


def reflect(session: Session, where: Where, text: str, practise: str, revision: int, *, now: datetime) -> Reflection:
    """Keep a finished reflection. Its words never leave the table; the statement says that it was written.

    Raises StaleDraft when a newer draft than `revision` is kept, and Invalid.
    """
    study, step = _begin(session, where, StepKind.REFLECTION)
    row = _reflection(session, study, where.unit, revision, now)
    if not text.strip() or len(text) > LONGEST_REFLECTION:
        raise Invalid("Write something, in at most 10,000 characters.", "A sentence or two is enough.")
    row.text, row.practise, row.written_at, row.draft = text.strip(), " ".join(practise.split()), now, None
    session.flush()
    if not step.done:
        thing = _thing(study, step)
        _record(session, study, statements.reflection_completed(study.about, where.unit, thing, at=now), now=now)
    return row


def answer(
    session: Session, where: Where, question_id: str, response: Sequence[str], marker: str, *, now: datetime
) -> bool:
    """Answer a question of a check; after the last one the attempt is finished and scored.

    `marker` says which attempt the answer belongs to. An answer to an attempt that is over, or a second answer in the
    same one, changes nothing; gives whether this one counted. Raises Invalid for a response that is none.
    """
    study, step = _begin(session, where, StepKind.CHECK)
    sitting = study.sitting(where.unit)
    question = sitting.check.question(question_id)
    if attempts.what_is_missing(question, tuple(response)):
        raise Invalid("This is not an answer to this question.", "Choose from what the page offers.")
    if marker != sitting.marker or question_id in sitting.current:
        return False
    given = {**sitting.current, question_id: tuple(response)}
    made = [_answered(study, where, question, response, now)]
    if len(given) == len(sitting.check.questions):
        made.append(_finished(study, step, where.unit, given, now))
    _record(session, study, *made, now=now)
    return True


def finish_check(session: Session, where: Where, *, now: datetime) -> None:
    """Finish an attempt in which everything is answered: needed only when the finish itself was taken back.

    Raises Conflict while a question is open.
    """
    study, step = _begin(session, where, StepKind.CHECK)
    sitting = study.sitting(where.unit)
    if sitting.shows_result:
        return
    if sitting.open_question is not None:
        raise Conflict("One of the questions is still open.", "Answer it first.")
    _record(session, study, _finished(study, step, where.unit, sitting.current, now), now=now)


def _begin(session: Session, where: Where, kind: StepKind) -> tuple[Study, StepState]:
    writing(session)
    queries.lock(session, where.enrolment)
    study = queries.study(session, where.enrolment, where.iri_base)
    step = study.place(where.unit, where.step).state
    if step.step.kind is not kind:
        raise Conflict("This step is done in another way.", "Open it from the unit's page.")
    if study.closed:
        raise Conflict("This enrolment is closed.", "Ask your programme manager if you want to go on.")
    return study, step


def _thing(study: Study, step: StepState) -> Thing:
    return Thing(step.iri, TYPES[step.step.kind], step.step.title, study.programme.language)


def _record(session: Session, study: Study, *made: bytes, now: datetime) -> None:
    door(study.iris.base).record(session, made, now=now)


def _answered(study: Study, where: Where, question: Question, response: Sequence[str], now: datetime) -> bytes:
    iri = study.iris.question(where.unit, where.step, question.id, question.content_hash)
    thing = Thing(iri, v.INTERACTION, question.text, study.programme.language)
    told = Answer(
        response=responses.written(question, response),
        correct_pattern=responses.written(question, question.answer_key),
        interaction=responses.INTERACTIONS[question.kind],
        score=responses.as_decimal(question.score(response)),
    )
    check = study.iris.step(where.unit, where.step)
    return statements.question_answered(study.about, check, thing, told, at=now)


def _finished(study: Study, step: StepState, unit: str, given: Any, now: datetime) -> bytes:
    score = study.programme.unit(unit).check.score(given)
    passed = score * 100 >= study.pass_percent
    thing = _thing(study, step)
    return statements.check_finished(study.about, unit, thing, score=responses.as_decimal(score), passed=passed, at=now)


def _reflection(session: Session, study: Study, unit: str, revision: int, now: datetime) -> Reflection:
    row = queries.reflection(session, study.row, unit)
    if row is None:
        row = Reflection(enrolment_id=study.row, unit=unit, text="", practise="", written_at=now, revision=0)
        session.add(row)
    elif row.revision != revision:
        raise StaleDraft(row)
    row.revision += 1
    row.saved_at = now
    return row
