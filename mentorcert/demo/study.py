"""What the demo's trainees did with the coursework: through the same services as anybody's, at times of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from mentorcert.catalog.programme import Programme, Step, StepKind, Unit
from mentorcert.catalog.questions import Question
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework import attempts, service
from mentorcert.coursework.film import Report
from mentorcert.coursework.study import Where
from mentorcert.demo.cast import Trainee

Event = tuple[datetime, Callable[[datetime], object]]
"""When something happened, and the call that makes it happen then."""

HARD: Final = 2
"""The question of each check, counted from 0, that most people get wrong at first."""
STRENGTHS: Final = ("Listens long", "Explains simply", "Stays calm", "Keeps promises", "Sees patterns")
REFLECTION: Final = "I noticed that I had the answer ready before the question was over. Next week I count to four."


@dataclass(frozen=True)
class Studying:
    """A trainee at their coursework."""

    session: Session
    programme: Programme
    enrolment: Enrolment
    trainee: Trainee
    iri_base: str
    random: Random

    def events(self, dues: dict[str, datetime], now: datetime) -> Iterator[Event]:
        """Everything that they did, each unit in the days before its pre-work was due."""
        for unit in self.programme.units:
            early = timedelta(days=self.random.randint(2, 4), minutes=self.random.randint(0, 600))
            begins = min(dues[unit.id], now) - early
            if unit.id in self.trainee.done:
                yield from self._unit(unit, begins, len(unit.steps))
            elif unit.id in self.trainee.begun:
                yield from self._unit(unit, begins, self.trainee.begun[unit.id])
                yield from self._left_film(unit, begins + timedelta(hours=20))

    def _unit(self, unit: Unit, begins: datetime, count: int) -> Iterator[Event]:
        at = begins
        for step in unit.steps[:count]:
            yield from self._step(unit, step, at)
            at += timedelta(minutes=step.minutes + self.random.choice((1, 2, 3, 60)))

    def _step(self, unit: Unit, step: Step, at: datetime) -> Iterator[Event]:
        session, where = self.session, self._where(unit, step.id)
        if step.kind is StepKind.CHECK:
            yield from self._check(unit, where, at)
        elif step.kind is StepKind.REFLECTION:
            practise = self.trainee.practise if unit.id == "difficult" else ""
            yield at, lambda now: service.reflect(session, where, REFLECTION, practise, 0, now=now)
        elif step.kind is StepKind.STRENGTHS:
            mine = self.random.sample(STRENGTHS, 3)
            yield at, lambda now: service.record_strengths(session, where, mine, "our team workshop", now=now)
        elif step.kind is StepKind.ACKNOWLEDGE:
            yield at, lambda now: service.acknowledge(session, where, now=now)
        elif step.kind is StepKind.FILM:
            yield at, lambda now: service.watch_film(session, where, now=now)
        else:
            yield at, lambda now: service.read_lesson(session, where, now=now)

    def _check(self, unit: Unit, where: Where, at: datetime) -> Iterator[Event]:
        stumbles = self.random.random() < 0.55
        for number, question in enumerate(unit.check.questions):
            wrong = stumbles and number == HARD % len(unit.check.questions)
            response = _wrong(question) if wrong else question.answer_key
            yield at + timedelta(seconds=20 * number), self._answer(where, question, response)

    def _answer(self, where: Where, question: Question, response: tuple[str, ...]) -> Callable[[datetime], object]:
        return lambda now: service.answer(self.session, where, question.id, response, "", now=now)

    def _left_film(self, unit: Unit, at: datetime) -> Iterator[Event]:
        film = next((step for step in unit.steps if step.kind is StepKind.FILM), None)
        if film and self.trainee.film_left_at:
            seconds = Decimal(self.trainee.film_left_at)
            report = Report(
                "paused", position=seconds, length=Decimal(74), stretches=((Decimal(0), seconds),), viewing=uuid4()
            )
            yield at, lambda now: service.watch_film(self.session, self._where(unit, film.id), report, now=now)

    def _where(self, unit: Unit, step: str) -> Where:
        return Where(self.iri_base, self._registration, unit.id, step)

    @property
    def _registration(self) -> UUID:
        return self.enrolment.uuid


def _wrong(question: Question) -> tuple[str, ...]:
    """An answer that is whole, and not the right one."""
    offered = attempts.mixed(question, "demo")
    key = question.answer_key
    if key in {("true",), ("false",)}:
        return ("false",) if key == ("true",) else ("true",)
    one_at_a_time = [(each,) for each in offered if (each,) != key and question.answered((each,))]
    return one_at_a_time[0] if one_at_a_time else tuple(reversed(key))
