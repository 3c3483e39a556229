"""What a trainee's home page says: which one thing comes next, from plain values. The words are the template's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mentorcert.coursework.prework import StepState, UnitState


class Stage(StrEnum):
    """What the page is about."""

    PREWORK = "prework"
    """Something is open before the next live session."""
    CATCH_UP = "catch-up"
    """Everything for the next live session is done; a unit whose session is over is still open."""
    RETRY = "retry"
    """Every unit that is due is done; the check of one stays below what the certificate asks."""
    SESSION = "session"
    """Nothing is open before the next live session, or it is on now."""
    STEP = "step"
    """No session is ahead, and something online is open."""
    UNPLANNED = "unplanned"
    """Everything online is done, and sessions are not planned yet."""
    RECORDING = "recording"
    """The sessions are over: the recorded conversation is to be handed in."""
    WAITING = "waiting"
    """The recording is with the coaches."""
    FEEDBACK = "feedback"
    """A grade was released."""
    CERTIFIED = "certified"


@dataclass(frozen=True, slots=True)
class NextSession:
    """The live session that comes next, or is on."""

    title: str
    number: int
    starts_at: datetime
    minutes: int
    place: str
    due_at: datetime
    url: str
    unit: str = ""
    """The id of the unit that is due before it."""
    days: int = 0
    """Midnights until then, in the trainee's zone."""
    facilitators: tuple[str, ...] = ()
    others: int = 0
    """How many trainees besides this one."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Ending:
    """How far a trainee is with what comes after the last session, and the addresses of its pages."""

    due_at: datetime | None = None
    """When the recording is due; nobody knows before sessions are planned."""
    submitted: bool = False
    released: bool = False
    passed: bool = False
    certified: bool = False
    recording_url: str = ""
    feedback_url: str = ""
    certificate_url: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """The live half as it stands now."""

    next: NextSession | None = None
    planned: int = 0
    """How many sessions there are, over or not."""
    attended: int = 0
    held: int = 0
    """How many are over."""
    past_units: Collection[str] = ()
    """Ids of the units whose session is over."""
    is_on: bool = False
    """Whether the next session has begun."""


@dataclass(frozen=True, slots=True)
class Home:
    """The page."""

    stage: Stage
    units: tuple[UnitState, ...]
    season: Season
    ending: Ending
    focus: UnitState | None = None
    """The unit that the next thing belongs to."""
    behind: tuple[UnitState, ...] = ()
    """Units with open steps whose session is over, besides the one in focus."""
    pass_percent: int = 0

    @property
    def session(self) -> NextSession | None:
        """The next live session."""
        return self.season.next

    @property
    def step(self) -> StepState | None:
        """The one next step online."""
        return self.focus.next_step if self.focus else None

    @property
    def minutes(self) -> int:
        """How long everything takes that is open in the unit in focus."""
        return self.focus.minutes_left if self.focus else 0

    @property
    def number(self) -> int:
        """The number of the unit in focus, from 1."""
        return self.units.index(self.focus) + 1 if self.focus else 0

    @property
    def open_steps_behind(self) -> int:
        """How many steps are open in the units behind."""
        return sum(unit.total - unit.done for unit in self.behind)


def home(units: Sequence[UnitState], season: Season, ending: Ending, pass_percent: int = 0) -> Home:
    """Choose the one thing that comes next. `pass_percent` is what the certificate asks of each check."""
    page = Home(Stage.UNPLANNED, tuple(units), season, ending, pass_percent=pass_percent)
    chosen = _in_season(page, season.next) if season.next and not ending.certified else _after(page)
    past = set(season.past_units)
    behind = (unit for unit in units if unit.unit.id in past and not unit.complete and unit != chosen.focus)
    return replace(chosen, behind=tuple(behind))


def _in_season(page: Home, session: NextSession) -> Home:
    due = next((unit for unit in page.units if unit.unit.id == session.unit), None)
    if page.season.is_on:
        return replace(page, stage=Stage.SESSION, focus=due)
    if due is not None and not due.complete:
        return replace(page, stage=Stage.PREWORK, focus=due)
    late = next((unit for unit in page.units if unit.unit.id in page.season.past_units and not unit.complete), None)
    if late is not None:
        return replace(page, stage=Stage.CATCH_UP, focus=late)
    return _retry(page) or replace(page, stage=Stage.SESSION, focus=due)


def _retry(page: Home) -> Home | None:
    """The page about the first finished check that is below the line, if there is one."""
    short = next((unit for unit in page.units if unit.falls_short(page.pass_percent)), None)
    return replace(page, stage=Stage.RETRY, focus=short) if short else None


def _after(page: Home) -> Home:
    ending = page.ending
    stage = next(
        (
            stage
            for stage, holds in (
                (Stage.CERTIFIED, ending.certified),
                (Stage.FEEDBACK, ending.released and not ending.passed),
                (Stage.RECORDING, page.season.planned > 0 and not ending.submitted),
            )
            if holds
        ),
        None,
    )
    if stage is not None:
        return replace(page, stage=stage)
    focus = next((unit for unit in page.units if not unit.complete), None)
    if focus is not None:
        return replace(page, stage=Stage.STEP, focus=focus)
    if not ending.released and (short := _retry(page)):
        return short
    rest = Stage.FEEDBACK if ending.released else Stage.WAITING if ending.submitted else Stage.UNPLANNED
    return replace(page, stage=rest)
