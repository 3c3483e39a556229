"""What the facilitator's console shows, gathered in a number of queries that does not grow with the cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert.catalog.programme import Programme, Scenario
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework import prework
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.sessions import queries, rotation, running
from mentorcert.sessions.briefing import letter, round_shown, short_names
from mentorcert.sessions.models import LiveSession, Part, Seat
from mentorcert.sessions.stage import Stage, stage_of

USUAL_ROUNDS: Final = 3
"""As many as a group of three needs."""


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody of the cohort, as the console sees them."""

    uuid: UUID
    name: str
    short: str
    """The first name, or the whole one where two share it."""
    here: bool
    """Whether they are checked in; once it is closed, whether they attended."""
    done: int
    """Steps of the unit's pre-work that are done."""
    total: int
    locked: bool
    """Whether the orientation is not acknowledged yet: no part until it is."""

    @property
    def ready(self) -> bool:
        """Whether the unit's pre-work is done."""
        return self.done == self.total


@dataclass(frozen=True, slots=True)
class Group:
    """A role-play group in the round that is shown."""

    letter: str
    mentor: str
    mentee: str
    observers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the console."""

    live: LiveSession
    stage: Stage
    programme: Programme
    scenario: Scenario | None
    people: tuple[Trainee, ...]
    groups: tuple[Group, ...]
    left: int
    """Seconds of the round that are left."""
    length: int
    """Seconds that a round takes."""

    @property
    def here(self) -> tuple[Trainee, ...]:
        """Who is here."""
        return tuple(person for person in self.people if person.here)

    @property
    def away(self) -> tuple[Trainee, ...]:
        """Who is not."""
        return tuple(person for person in self.people if not person.here)

    @property
    def locked(self) -> tuple[Trainee, ...]:
        """Who is here and can't be given a part."""
        return tuple(person for person in self.here if person.locked)

    @property
    def rounds_wanted(self) -> int:
        """How many rounds give everybody who can play now each part of their group."""
        playing = len(self.here) - len(self.locked)
        return rotation.rounds_for(playing) if playing > 1 else USUAL_ROUNDS

    @property
    def ready(self) -> int:
        """How many did the unit's pre-work."""
        return sum(person.ready for person in self.people)

    @property
    def begun(self) -> int:
        """How many are part of the way."""
        return sum(0 < person.done < person.total for person in self.people)


def board(session: Session, live: LiveSession, iris: Iris, *, now: datetime) -> Board:
    """Gather the console of a session."""
    programme = cohorts.programme(session, live.cohort)
    people = _people(session, live, programme, iris)
    shown = round_shown(live)
    seats = queries.seats(session, live, shown) if shown else []
    return Board(
        live=live,
        stage=stage_of(live, sum(person.here for person in people)),
        programme=programme,
        scenario=programme.scenario(live.scenario) if live.scenario else None,
        people=people,
        groups=tuple(_group(number, list(found)) for number, found in groupby(seats, key=lambda seat: seat.group)),
        left=running.seconds_left(live, now),
        length=int(running.round_length(session, live).total_seconds()),
    )


def scenarios_offered(
    programme: Programme, unit: str, topic: str | None
) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...], tuple[Scenario, ...]]:
    """The scenarios to choose from: the unit's own, others on the topic (its id in the programme), and the rest."""
    own = programme.unit(unit).scenarios
    others = [each for each in programme.scenarios if each not in own]
    on_topic = tuple(each for each in others if each.topic == topic)
    return own, on_topic, tuple(each for each in others if each not in on_topic)


def _people(session: Session, live: LiveSession, programme: Programme, iris: Iris) -> tuple[Trainee, ...]:
    enrolments = cohorts.enrolments(session, live.cohort)
    registrations = [each.uuid for each in enrolments]
    unit = programme.unit(live.unit)
    standings = evidence.standings_of_many(session, registrations, below=f"{iris.unit(unit.id)}/")
    states = {each: prework.unit_state(iris, unit, standings[each]) for each in registrations}
    missing = queries.unacknowledged(session, programme, registrations, iris)
    here = _here(session, live, registrations, iris)
    short = short_names([each.person.name for each in enrolments])

    def trainee(each: Enrolment) -> Trainee:
        name, state = each.person.name, states[each.uuid]
        return Trainee(
            uuid=each.uuid,
            name=name,
            short=short[name],
            here=each.uuid in here,
            done=state.done,
            total=state.total,
            locked=each.uuid in missing,
        )

    return tuple(trainee(each) for each in enrolments)


def _here(session: Session, live: LiveSession, registrations: Sequence[UUID], iris: Iris) -> set[UUID]:
    """Who is here; of a closed session what the statements say."""
    if live.closed_at is not None:
        return queries.done(session, registrations, iris.session(live.uuid))
    return {presence.enrolment.uuid for presence in queries.presences(session, live)}


def _group(number: int, seats: Sequence[Seat]) -> Group:
    cast = {part: tuple(seat.enrolment.person.name for seat in seats if seat.part is part) for part in Part}
    return Group(letter(number), cast[Part.MENTOR][0], cast[Part.MENTEE][0], cast[Part.OBSERVER])
