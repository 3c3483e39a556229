"""The cohorts of whoever looks, with one sentence each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort
from mentorcert.reports import queries
from mentorcert.sessions import queries as sessions
from mentorcert.sessions.models import LiveSession


@dataclass(frozen=True, slots=True)
class Glance:
    """A cohort at a glance."""

    cohort: Cohort
    people: int
    planned: int
    """How many sessions it has."""
    next: LiveSession | None
    """The session that comes next; None when all are over, or none is planned."""
    ready: int
    """How many have done the pre-work of that session."""


def glances(session: Session, only: Collection[UUID] | None, iri_base: str, *, now: datetime) -> list[Glance]:
    """Cohorts, newest first; `only` these when given. The number of queries does not grow with cohorts."""
    found = cohorts.cohorts(session, only)
    people = queries.enrolled(session, found)
    seasons: dict[int, list[LiveSession]] = {each.id: [] for each in found}
    for live in sessions.seasons(session, list(seasons)):
        if live.cancelled_at is None:
            seasons[live.cohort_id].append(live)
    ahead = {key: sessions.next_of(season, now) for key, season in seasons.items()}
    asked = {
        each.id: queries.steps_of(session, each, iri_base)[coming.unit] for each in found if (coming := ahead[each.id])
    }
    ready = queries.ready(session, asked)
    return [
        Glance(each, people.get(each.id, 0), len(seasons[each.id]), ahead[each.id], ready.get(each.id, 0))
        for each in found
    ]
