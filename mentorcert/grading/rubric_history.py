"""The versions of a rubric, and who is graded by which."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.cohorts.models import Cohort
from mentorcert.permissions import EVERYWHERE, Role, Viewer


@dataclass(frozen=True, slots=True)
class Step:
    """One version in the history of a rubric: the version before it, and the cohorts that are graded by it."""

    version: RubricVersion
    before: RubricVersion | None
    cohorts: Sequence[str]
    """Their names; only of those that the viewer has to do with."""
    more: int
    """How many others there are."""


def history(session: Session, slug: str, viewer: Viewer) -> list[Step]:
    """Every version of a rubric, the newest first. A number of queries that does not grow."""
    versions = catalog.rubric_versions(session, slug)
    pins = catalog.pinning(session, slug)
    cohorts = _cohorts(session, {key for keys in pins.values() for key in keys})
    steps = []
    for version, before in zip_longest(versions, versions[1:]):
        using = [cohort for cohort in cohorts if cohort.version_id in pins.get(version.hash, ())]
        known = [cohort.name for cohort in using if _knows(viewer, cohort)]
        steps.append(Step(version, before, known, len(using) - len(known)))
    return steps


def _cohorts(session: Session, programmes: set[int]) -> Sequence[Cohort]:
    query = select(Cohort).where(Cohort.version_id.in_(programmes)).order_by(Cohort.created_at.desc(), Cohort.id.desc())
    return session.scalars(query).all()


def _knows(viewer: Viewer, cohort: Cohort) -> bool:
    everywhere = any(where == EVERYWHERE and role is not Role.ADMINISTRATOR for role, where in viewer.grants)
    return everywhere or any(cohort.uuid in viewer.cohorts(role) for role in Role)
