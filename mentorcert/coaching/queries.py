"""Reading weak areas and what is done about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.catalog.programme import Programme
from mentorcert.coaching import weak
from mentorcert.coaching.models import Coaching, CoachingMember
from mentorcert.coaching.weak import Suggestion, Weak
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import NotFound
from mentorcert.grading import appeals
from mentorcert.grading import queries as grading
from mentorcert.grading.models import Outcome
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.permissions import EVERYWHERE, Role, Scope


@dataclass(frozen=True, slots=True)
class Place:
    """One person and one criterion: where they are, and what is done about it."""

    enrolment: Enrolment
    outcome: Outcome
    weak: Weak
    coaching: Coaching | None


@dataclass(frozen=True, slots=True)
class Area:
    """A criterion in which somebody of a cohort is below the line."""

    criterion: str
    title: str
    places: tuple[Place, ...]

    @property
    def open(self) -> tuple[Place, ...]:
        """Those with whom nobody works on it yet; two or more are offered one group session."""
        return tuple(place for place in self.places if place.coaching is None)

    @property
    def coachings(self) -> tuple[Coaching, ...]:
        """What is arranged or was held, each once."""
        return tuple(dict.fromkeys(place.coaching for place in self.places if place.coaching is not None))


@dataclass(frozen=True, slots=True)
class CohortAreas:
    """The weak areas of a cohort."""

    cohort: Cohort
    graded: int
    """How many trainees have a grade."""
    areas: tuple[Area, ...]

    @property
    def people(self) -> int:
        """How many trainees are below the line in anything."""
        return len({place.enrolment.id for area in self.areas for place in area.places})

    def area(self, criterion: str) -> Area:
        """The area of a criterion; raises NotFound."""
        found = next((area for area in self.areas if area.criterion == criterion), None)
        if found is None:
            raise NotFound("Nobody is below the line in this any more.", "Load the page again.")
        return found


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to work on: why, what is suggested, and who helps."""

    weak: Weak
    suggestion: Suggestion
    coaching: Coaching | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a trainee works on next; `outcome` is None before a grade was released."""

    enrolment: Enrolment
    programme: Programme
    outcome: Outcome | None
    items: tuple[Item, ...]


def cohort_areas(session: Session, cohort: Cohort, who: UUID) -> CohortAreas:
    """The weak areas of a cohort, by what was delivered last to each, as somebody (a person's UUID) is shown them.

    Whoever may be asked to decide an appeal is not shown the grade. A number of queries that does not grow.
    """
    enrolments = {each.id: each for each in cohorts.enrolments(session, cohort)}
    newest: dict[int, Outcome] = {}
    for outcome in grading.outcomes(session, list(enrolments)):
        newest.setdefault(outcome.recording.enrolment_id, outcome)
    hidden = appeals.hidden_from(session, [each.recording for each in newest.values()], who=who)
    newest = {key: each for key, each in newest.items() if each.recording_id not in hidden}
    areas = {who: weak.weak_areas(newest[who].document) for who in enrolments if who in newest}
    arranged = _arranged(session, newest.values())
    known = {(who, each.criterion): each for who, found in areas.items() for each in found}
    found = []
    for criterion, below in weak.by_criterion(areas).items():
        places = tuple(
            Place(enrolments[one], newest[one], known[one, criterion], arranged.get((newest[one].id, criterion)))
            for one in below
        )
        found.append(Area(criterion, places[0].weak.title, places))
    return CohortAreas(cohort, len(newest), tuple(found))


def plan(session: Session, enrolment: UUID) -> Plan:
    """What a trainee works on next; raises NotFound."""
    found = cohorts.enrolment(session, enrolment)
    programme, outcome = cohorts.programme(session, found.cohort), grading.released(session, found)
    if outcome is None:
        return Plan(found, programme, None, ())
    arranged = _arranged(session, [outcome])
    items = (
        Item(each, weak.suggestion(programme, each.criterion), arranged.get((outcome.id, each.criterion)))
        for each in weak.weak_areas(outcome.document)
    )
    return Plan(found, programme, outcome, tuple(items))


def coaching(session: Session, uuid: UUID) -> Coaching:
    """A coaching by UUID; raises NotFound."""
    found = session.scalar(select(Coaching).where(Coaching.uuid == uuid))
    if found is None:
        raise NotFound("There is no such coaching.", "Go to the weak areas of the cohort.")
    return found


def to_hold(session: Session, coach: UUID) -> Sequence[Coaching]:
    """What a coach is to hold, the oldest first."""
    query = (
        select(Coaching)
        .join(Person, Coaching.coach_id == Person.id)
        .where(Person.uuid == coach, Coaching.done_at.is_(None), Coaching.cancelled_at.is_(None))
        .order_by(Coaching.id)
    )
    return session.scalars(query).all()


def coaches(session: Session, cohort: Cohort) -> list[Person]:
    """Who can coach in a cohort, by name."""
    found = {
        each.id: each
        for each in (*cohorts.members(session, cohort)[Role.COACH], *people.holders(session, Role.COACH, EVERYWHERE))
    }
    return sorted(found.values(), key=lambda each: (each.name, each.id))


def scope_of_coaching(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with a coaching in it, or None when there is none."""
    query = select(Cohort.uuid).join(Coaching, Coaching.cohort_id == Cohort.id).where(Coaching.uuid == uuid)
    found = session.scalar(query)
    return Scope(cohort=found) if found else None


def _arranged(session: Session, outcomes: Collection[Outcome]) -> dict[tuple[int, str], Coaching]:
    """What is arranged, or was held, for each outcome (integer key) and criterion.

    What was arranged before an appeal was decided is for the same recording, and goes on.
    """
    standing = {each.recording_id: each.id for each in outcomes}
    query = (
        select(Outcome.recording_id, Coaching)
        .join(CoachingMember, CoachingMember.outcome_id == Outcome.id)
        .join(Coaching, CoachingMember.coaching_id == Coaching.id)
        .where(Outcome.recording_id.in_(standing), Coaching.cancelled_at.is_(None))
        .order_by(Coaching.id)
    )
    return {(standing[recording], each.criterion): each for recording, each in session.execute(query)}
