"""Everything that the page of a cohort says, read for one session of its season."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert.catalog.programme import Programme
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort
from mentorcert.coursework.prework import unit_state
from mentorcert.errors import NotFound
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.people import queries as people
from mentorcert.reports import board as boards
from mentorcert.reports import chase as chasing
from mentorcert.reports import play as playing
from mentorcert.reports import queries
from mentorcert.reports.board import Board, Column, Done, Readiness, Trainee
from mentorcert.reports.chase import Chased
from mentorcert.reports.play import Hard, Play
from mentorcert.reports.queries import Logged
from mentorcert.sessions import queries as sessions
from mentorcert.sessions.models import LiveSession

MOST_CHASED: Final = 40
"""How many the follow-up list holds at once; the others move up when these have been reminded."""
LINES: Final = 100
"""How many people a page of the map holds. A cohort is rarely above 60."""


@dataclass(frozen=True, slots=True)
class Week:
    """One session of the season, and how many are ready for it."""

    live: LiveSession
    readiness: Readiness
    over: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """A cohort before (or after) one of its sessions."""

    cohort: Cohort
    programme: Programme
    live: LiveSession
    over: bool
    """Whether that session is over."""
    weeks: tuple[Week, ...]
    board: Board
    chase: tuple[Chased, ...]
    play: Play | None
    hard: tuple[Hard, ...]
    answered: int
    """How many answered the check of the unit, or some of it."""
    said: list[tuple[str, str]]
    log: list[Logged]
    names: Mapping[UUID, str]
    """Who asked for the reminders in the log."""

    @property
    def unit_number(self) -> int:
        """The number of the unit that the session asks for, from 1."""
        return [unit.id for unit in self.programme.units].index(self.live.unit) + 1

    @property
    def behind(self) -> int:
        """How many are not ready."""
        return self.board.readiness.total - self.board.readiness.ready

    @property
    def offices(self) -> list[str]:
        """Where the trainees are, by name."""
        return sorted({line.trainee.office for line in self.board.lines if line.trainee.office})


@dataclass(frozen=True, slots=True)
class About:
    """What standings are read against: a programme, the addresses of its activities, and when it is."""

    programme: Programme
    iris: Iris
    now: datetime


def session_in_focus(season: Sequence[LiveSession], number: int | None, now: datetime) -> LiveSession | None:
    """The session of that number, or the one that comes next, or else the last; None when nothing is planned.

    Raises NotFound for a number that the season does not have.
    """
    if number is None:
        return sessions.next_of(season, now) or (season[-1] if season else None)
    found = next((live for live in season if live.number == number), None)
    if found is None:
        raise NotFound(f"This cohort has no session {number}.", "Go to the cohort and choose a session there.")
    return found


def situation(
    session: Session, cohort: Cohort, season: Sequence[LiveSession], live: LiveSession, iri_base: str, *, now: datetime
) -> Situation:
    """Read everything about a cohort before `live`. The number of queries is the same for any number of people."""
    programme = cohorts.programme(session, cohort)
    iris = Iris(iri_base, programme.id)
    trainees = queries.trainees(session, cohort)
    done = queries.done(session, cohort, queries.steps_of(session, cohort, iri_base))
    columns = _columns(programme, season)
    board = boards.board(trainees, columns, done, live.unit, now=now)
    texts = playing.questions(iris, programme.unit(live.unit))
    tallies = queries.tallies(session, cohort, texts)
    log = queries.log(session, cohort)
    return Situation(
        cohort=cohort,
        programme=programme,
        live=live,
        over=not sessions.is_ahead(live, now),
        weeks=_weeks(season, columns, [done.get(each.enrolment, boards.NOTHING) for each in trainees], now),
        board=board,
        chase=_chase(session, board.behind, season, live, About(programme, iris, now)),
        play=playing.play(programme, live.unit, live.scenario, live.topic.slug if live.topic else None),
        hard=playing.hardest(texts, tallies),
        answered=max((each.answered for each in tallies.values()), default=0),
        said=queries.practise(session, cohort, live.unit),
        log=log,
        names=people.named(session, {each.sent_by for each in log}),
    )


def _columns(programme: Programme, season: Sequence[LiveSession]) -> list[Column]:
    dues: dict[str, datetime] = {}
    for live in season:
        dues[live.unit] = min(live.prework_due_at, dues.get(live.unit, live.prework_due_at))
    return [Column(unit.id, unit.short, len(unit.steps), dues.get(unit.id)) for unit in programme.units]


def _weeks(
    season: Sequence[LiveSession], columns: Sequence[Column], done: Sequence[Done], now: datetime
) -> tuple[Week, ...]:
    by_unit = {column.unit: column for column in columns}
    return tuple(
        Week(live, boards.ready_for(by_unit[live.unit], done), not sessions.is_ahead(live, now)) for live in season
    )


def _chase(
    session: Session, behind: Sequence[Trainee], season: Sequence[LiveSession], live: LiveSession, about: About
) -> tuple[Chased, ...]:
    reminded = queries.reminded_since(session, live.cohort, about.now - chasing.QUIET)
    behind = chasing.shown(behind, reminded, MOST_CHASED)
    unit = about.programme.unit(live.unit)
    registrations = [each.enrolment for each in behind]
    standings = evidence.standings_of_many(session, registrations, below=about.iris.unit(unit.id) + "/")
    states = {each: unit_state(about.iris, unit, found) for each, found in standings.items()}
    missed = _missed(session, registrations, season, live, about.iris)
    return chasing.chased(behind, states, reminded, missed, now=about.now)


def _missed(
    session: Session, registrations: Sequence[UUID], season: Sequence[LiveSession], live: LiveSession, iris: Iris
) -> dict[UUID, int]:
    """Who was not at the session before, if attendance of it was recorded: its number, by enrolment."""
    before = next((each for each in reversed(season) if each.starts_at < live.starts_at), None)
    if before is None or before.closed_at is None:
        return {}
    attended = sessions.attendance_of(session, registrations, iris)
    return {each: before.number for each in registrations if before.uuid not in attended[each]}
