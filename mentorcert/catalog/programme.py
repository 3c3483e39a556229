"""A programme as it is learned: units, their pre-work, the live half, and what must be met to be certified.

Everything here is frozen, and knows nothing of files or tables. Paths of media count from the programme's folder.
A lookup by an id that the programme does not have raises NotFound.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from mentorcert.catalog.canonical import LATER
from mentorcert.catalog.lookup import one_of
from mentorcert.catalog.policy import Grading
from mentorcert.catalog.questions import Question


class LessonKind(StrEnum):
    """How a lesson is done."""

    READ = "read"
    FILM = "film"
    ACKNOWLEDGE = "acknowledge"
    STRENGTHS = "strengths"


class StepKind(StrEnum):
    """What a step of the pre-work asks for."""

    READ = "read"
    FILM = "film"
    ACKNOWLEDGE = "acknowledge"
    STRENGTHS = "strengths"
    REFLECTION = "reflection"
    CHECK = "check"


class RequirementKind(StrEnum):
    """What a requirement looks at."""

    PREWORK = "prework"
    ATTENDANCE = "attendance"
    CHECKS = "checks"
    RECORDING = "recording"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a role-play can be about."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson. `source` is its Markdown; `path` is its file, from which links in it count.

    A film has `film`, `captions` and perhaps `poster`; only a lesson to acknowledge has a `promise`.
    """

    id: str
    title: str
    kind: LessonKind
    minutes: int
    lead: str
    source: str
    path: str
    film: str | None = None
    captions: str | None = None
    poster: str | None = None
    try_: str | None = None
    promise: str | None = None
    trains: tuple[str, ...] = field(default=(), metadata=LATER)
    """Ids of criteria: what it is suggested for to somebody who is weak in them."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """One question to oneself; what is written stays private."""

    id: str
    title: str
    prompt: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Check:
    """A knowledge check."""

    id: str
    title: str
    minutes: int
    questions: tuple[Question, ...]

    def question(self, question_id: str) -> Question:
        """The question of that id."""
        return one_of(self.questions, question_id, "question")

    def score(self, responses: Mapping[str, Sequence[str]]) -> Fraction:
        """The mean of all questions' scores, from 0 to 1; one without a response counts nothing."""
        scores = (question.score(responses.get(question.id, ())) for question in self.questions)
        return sum(scores, Fraction(0)) / len(self.questions)


@dataclass(frozen=True, slots=True)
class Mentee:
    """Who is played in a scenario, and what they know."""

    name: str
    brief: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A role-play: a brief for each role, and questions for the talk afterwards."""

    id: str
    title: str
    topic: str
    minutes: int
    summary: str
    mentor: str
    mentee: Mentee
    observer: str
    debrief: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do in a unit's pre-work; its id is the lesson's, the reflection's or the check's."""

    id: str
    kind: StepKind
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its pre-work in order (lessons, reflection, check), and scenarios to play."""

    id: str
    title: str
    short: str
    summary: str
    topic: str
    outcomes: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    reflection: Reflection
    check: Check
    scenarios: tuple[Scenario, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pre-work in order."""
        lessons = (Step(each.id, StepKind(each.kind.value), each.title, each.minutes) for each in self.lessons)
        reflection = Step(self.reflection.id, StepKind.REFLECTION, self.reflection.title, self.reflection.minutes)
        return (*lessons, reflection, Step(self.check.id, StepKind.CHECK, self.check.title, self.check.minutes))

    @property
    def minutes(self) -> int:
        """How long the whole pre-work takes."""
        return sum(step.minutes for step in self.steps)

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson of that id."""
        return one_of(self.lessons, lesson_id, "lesson")

    def step(self, step_id: str) -> Step:
        """The step of that id."""
        return one_of(self.steps, step_id, "step")


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A live session as the programme plans it; a cohort gives it a date."""

    id: str
    title: str
    unit: str
    prework_due_hours_before: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Final:
    """The recorded conversation at the end, and how it is graded. `brief` is Markdown."""

    id: str
    title: str
    due_days_after_last_session: int
    minutes_min: int
    minutes_max: int
    brief: str
    grading: Grading = field(default=Grading(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must be met. Attendance has `at_least`, checks `at_least_percent`, recording and critical a `rubric` id."""

    id: str
    kind: RequirementKind
    title: str
    at_least: int | None = None
    at_least_percent: int | None = None
    rubric: str | None = None


@dataclass(frozen=True, slots=True)
class CertificateText:
    """What a certificate says, what it does not say, and for how many months it is valid."""

    title: str
    valid_months: int
    says: str
    says_not: str


@dataclass(frozen=True, slots=True)
class Media:
    """A file that lessons use: its path from the programme's folder, and what is in it."""

    path: str
    sha256: str
    content_type: str
    size: int

    @property
    def key(self) -> str:
        """Where it is kept: the same content has the same key."""
        return f"media/{self.sha256}"


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole programme, as one version of it."""

    id: str
    title: str
    language: str
    summary: str
    topics: tuple[Topic, ...]
    units: tuple[Unit, ...]
    sessions: tuple[LiveSession, ...]
    final: Final
    requirements: tuple[Requirement, ...]
    certificate: CertificateText
    media: tuple[Media, ...]

    def topic(self, topic_id: str) -> Topic:
        """The topic of that id."""
        return one_of(self.topics, topic_id, "topic")

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id."""
        return one_of(self.units, unit_id, "unit")

    def lesson(self, unit_id: str, lesson_id: str) -> Lesson:
        """A unit's lesson."""
        return self.unit(unit_id).lesson(lesson_id)

    def step(self, unit_id: str, step_id: str) -> Step:
        """A unit's step."""
        return self.unit(unit_id).step(step_id)

    def session(self, session_id: str) -> LiveSession:
        """The live session of that id."""
        return one_of(self.sessions, session_id, "session")

    def scenario(self, scenario_id: str) -> Scenario:
        """The scenario of that id; scenario ids are unique in a programme."""
        return one_of(self.scenarios, scenario_id, "scenario")

    def requirement(self, requirement_id: str) -> Requirement:
        """The requirement of that id."""
        return one_of(self.requirements, requirement_id, "requirement")

    def all_steps(self) -> Iterator[tuple[Unit, Step]]:
        """Every step of every unit, in order."""
        return ((unit, step) for unit in self.units for step in unit.steps)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Every unit's scenarios, in order."""
        return tuple(scenario for unit in self.units for scenario in unit.scenarios)

    @property
    def lesson_count(self) -> int:
        """How many lessons there are altogether."""
        return sum(len(unit.lessons) for unit in self.units)

    @property
    def rubric_ids(self) -> tuple[str, ...]:
        """The rubrics that requirements name, each once."""
        return tuple(dict.fromkeys(each.rubric for each in self.requirements if each.rubric is not None))
