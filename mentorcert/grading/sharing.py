"""Sharing the load: who may grade where, and who has clearly more to do than the others."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert.catalog.policy import Grading
from mentorcert.grading.eligibility import Graded, Grader, refusal
from mentorcert.grading.models import Assessment
from mentorcert.people.models import Grant, Person
from mentorcert.permissions import EVERYWHERE, Role, Viewer, cohort_scope

LOAD_PERIOD: Final = timedelta(days=7)
"""What a coach took in this time is their load."""
SLACK: Final = 2
"""How far above the other coaches' mean load one may be, and still be offered what has just come in."""
RESERVED: Final = timedelta(hours=24)
"""How long a recording is kept for coaches with less to do."""


@dataclass(frozen=True, slots=True)
class House:
    """Who may grade where, and how much each has taken lately."""

    coaches: Mapping[str, frozenset[int]]
    """Integer keys by scope."""
    graders: Mapping[int, Grader]
    """All of them by integer key, as far as fairness asks."""
    loads: Mapping[int, int] = field(default_factory=dict)

    def of(self, cohort: UUID) -> frozenset[int]:
        """Who may grade recordings of a cohort."""
        return self.coaches.get(EVERYWHERE, frozenset()) | self.coaches.get(cohort_scope(cohort), frozenset())

    def may_grade(self, graded: Graded, policy: Grading) -> frozenset[int]:
        """Who may grade this trainee."""
        return frozenset(each for each in self.of(graded.cohort) if refusal(self.graders[each], graded, policy) is None)

    def is_busy(self, coach: int, cohort: UUID) -> bool:
        """Whether a coach has taken clearly more lately than the others who grade there."""
        others = self.of(cohort) - {coach}
        total = sum(self.loads.get(each, 0) for each in others)
        return bool(others) and self.loads.get(coach, 0) * len(others) > total + SLACK * len(others)


def house_of(session: Session, now: datetime) -> House:
    """Who may grade where, and how much each has taken lately. Two queries."""
    holders = (
        select(Grant.role, Grant.scope, Person.id, Person.uuid, Person.office_id)
        .join(Person, Grant.person_id == Person.id)
        .where(Grant.role.in_([Role.COACH, Role.FACILITATOR]), Person.archived_at.is_(None))
    )
    found: dict[str, set[int]] = defaultdict(set)
    grants: dict[tuple[int, UUID, int | None], set[tuple[Role, str]]] = defaultdict(set)
    for role, scope, key, uuid, office in session.execute(holders):
        grants[key, uuid, office].add((role, scope))
        if role is Role.COACH:
            found[scope].add(key)
    loads = (
        select(Assessment.coach_id, func.count())
        .where(Assessment.taken_at > now - LOAD_PERIOD, Assessment.given_back_at.is_(None))
        .group_by(Assessment.coach_id)
    )
    graders = {
        key: Grader(key, Viewer(uuid, grants=frozenset(held)), uuid, office)
        for (key, uuid, office), held in grants.items()
    }
    coaches = {scope: frozenset(each) for scope, each in found.items()}
    return House(coaches, graders, dict(session.execute(loads).all()))
