"""Reading progress: plain values by activity, ready for the pages above."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.models import Progress
from mentorcert.evidence.statements import About


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one registration is with one activity."""

    completed_at: datetime | None = None
    first_success: bool | None = None
    """Whether the first answer, or the first attempt, was right."""
    last_success: bool | None = None
    last_success_at: datetime | None = None
    last_success_id: UUID | None = None
    """The statement that said so: a grade is looked up by it."""
    best_score: int | None = None
    """The best scaled score, in ten-thousandths."""
    last_response: str | None = None
    position: int | None = None
    """Where a film was left, in milliseconds."""
    last_at: datetime | None = None


def about(enrolment: Enrolment, iri_base: str) -> About:
    """Whose evidence a statement of this enrolment is."""
    version = enrolment.cohort.version
    iris = Iris(iri_base, version.slug)
    return About(iris, enrolment.person.uuid, enrolment.uuid, enrolment.cohort.uuid, version.hash)


NOTHING = Standing()
Standings = Mapping[str, Standing]
"""Standings by the IRI of the activity; what is missing is `NOTHING`."""


def standings(session: Session, registration: UUID) -> Standings:
    """Everything that is known of one registration. One query."""
    return standings_of_many(session, [registration])[registration]


def standings_of_many(
    session: Session, registrations: Collection[UUID], *, below: str | None = None
) -> dict[UUID, dict[str, Standing]]:
    """The same for many registrations in one query; with `below`, only activities whose IRI starts with it."""
    columns = [getattr(Progress, name) for name in Standing.__slots__]
    query = select(Progress.registration, Progress.activity, *columns).where(Progress.registration.in_(registrations))
    if below is not None:
        query = query.where(Progress.activity.startswith(below, autoescape=True))
    found: dict[UUID, dict[str, Standing]] = defaultdict(dict, {registration: {} for registration in registrations})
    for registration, activity, *values in session.execute(query):
        found[registration][activity] = Standing(*values)
    return dict(found)
