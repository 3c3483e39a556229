"""How far a trainee is with a knowledge check, read from what the statements say: pure.

An attempt has no row of its own. What was answered after the check was last finished belongs to the attempt that is
under way; when every question has such an answer, the check is finished again and the next attempt is a blank one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from hashlib import sha256

from mentorcert.catalog.programme import Check, Unit
from mentorcert.catalog.questions import Choice, Match, Multiple, Order, Question, TrueFalse
from mentorcert.coursework import responses
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import NOTHING, Standing

Response = tuple[str, ...]


@dataclass(frozen=True)
class Sitting:
    """A check as one trainee stands with it."""

    check: Check
    finished_at: datetime | None
    """When an attempt was last finished."""
    best: int | None
    """The best score of all attempts, in ten-thousandths."""
    current: Mapping[str, Response]
    """The answers of the attempt that is under way, by question id."""
    earlier: Mapping[str, Response]
    """The last answers of attempts before it."""

    @property
    def marker(self) -> str:
        """Which attempt is under way: a form that carries another one is from a page that is out of date."""
        return self.finished_at.isoformat() if self.finished_at else ""

    @property
    def begun(self) -> bool:
        """Whether the attempt under way has an answer."""
        return bool(self.current)

    @property
    def shows_result(self) -> bool:
        """Whether the last attempt is finished and no new one was begun."""
        return self.finished_at is not None and not self.begun

    @property
    def open_question(self) -> Question | None:
        """The first question that the attempt under way has no answer to."""
        return next((each for each in self.check.questions if each.id not in self.current), None)

    def answer_to(self, question_id: str) -> Response | None:
        """The answer to show: of the attempt under way, or of the last one while no new one was begun."""
        return self.current.get(question_id) or (self.earlier.get(question_id) if self.shows_result else None)

    @cached_property
    def score(self) -> Fraction:
        """The score, from 0 to 1, of the attempt whose answers are shown."""
        return self.check.score(self.earlier if self.shows_result else self.current)

    @property
    def percent(self) -> int:
        """The same in whole percent."""
        return responses.percent(self.score)

    @property
    def best_percent(self) -> int:
        """The best score of all attempts in whole percent."""
        return (self.best or 0) // 100


def sitting(iris: Iris, unit: Unit, standings: Mapping[str, Standing]) -> Sitting:
    """How far a trainee is with the check of a unit."""
    check = unit.check
    own = standings.get(iris.step(unit.id, check.id), NOTHING)
    current: dict[str, Response] = {}
    earlier: dict[str, Response] = {}
    for question in check.questions:
        said = standings.get(iris.question(unit.id, check.id, question.id, question.content_hash), NOTHING)
        if said.last_response is not None and said.last_at is not None:
            is_new = own.last_at is None or said.last_at > own.last_at
            (current if is_new else earlier)[question.id] = responses.read(question, said.last_response)
    return Sitting(check, own.last_at, own.best_score, current, earlier)


def mixed(question: Question, seed: str) -> tuple[str, ...]:
    """The ids of what can be chosen, in an order that is the same whenever the same person (`seed`) looks.

    Things to put in order never stand in the right one.
    """
    ids = _ids(question)
    shuffled = tuple(sorted(ids, key=lambda each: sha256(f"{seed}/{question.id}/{each}".encode()).digest()))
    return (*shuffled[1:], shuffled[0]) if isinstance(question, Order) and shuffled == ids else shuffled


def _ids(question: Question) -> tuple[str, ...]:
    if isinstance(question, Order):
        return tuple(item.id for item in question.items)
    if isinstance(question, Match):
        return tuple(pair.id for pair in question.pairs)
    if isinstance(question, TrueFalse):
        return ()
    return tuple(option.id for option in question.options) if isinstance(question, Multiple | Choice) else ()


def what_is_missing(question: Question, given: Response) -> str:
    """Why an answer can't be taken: `empty`, `incomplete`, `twice`, `foreign`; an empty text when it can."""
    chosen = tuple(word for word in given if word)
    if not chosen:
        return "empty"
    if question.answered(given):
        return ""
    if not _known(question, chosen):
        return "foreign"
    return (
        "incomplete" if len(chosen) < len(question.answer_key) and len(set(_rights(chosen))) == len(chosen) else "twice"
    )


def _known(question: Question, chosen: Response) -> bool:
    if isinstance(question, TrueFalse):
        return set(chosen) <= {"true", "false"}
    known = set(_ids(question))
    if isinstance(question, Match):
        return all(set(word.partition(".")[::2]) <= known for word in chosen)
    return set(chosen) <= known


def _rights(chosen: Response) -> list[str]:
    return [word.rpartition(".")[2] for word in chosen]
