"""Who may grade whose recording. Pure."""

from dataclasses import dataclass
from uuid import UUID

from mentorcert.catalog.policy import Grading
from mentorcert.permissions import Role, Scope, Viewer


@dataclass(frozen=True, slots=True)
class Grader:
    """A coach, as far as fairness asks: who they are, where they work, whose weekly sessions they lead."""

    id: int
    viewer: Viewer
    uuid: UUID
    office: int | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """The trainee of a recording: who they are, their cohort, and where they work."""

    person: UUID
    cohort: UUID
    office: int | None = None


def refusal(grader: Grader, graded: Graded, policy: Grading) -> tuple[str, str] | None:
    """Why a coach may not grade somebody, and what to do; None where they may.

    A trainee is one's own where one leads the weekly sessions of their cohort.
    """
    if graded.person == grader.viewer.person:
        return "You can’t grade your own recording.", "Leave it to another coach."
    if leads(grader.viewer, graded.cohort):
        return "You lead the sessions of this trainee’s cohort.", "Leave it to a coach who does not know them."
    if not policy.own_office and grader.office is not None and grader.office == graded.office:
        return "This trainee works in your own office.", "Leave it to a coach of another office."
    return None


def leads(viewer: Viewer, cohort: UUID) -> bool:
    """Whether somebody is a facilitator of this very cohort; one of every cohort leads none of them."""
    elsewhere = Viewer(viewer.person, grants=frozenset(each for each in viewer.grants if each[1] != "*"))
    return Role.FACILITATOR in elsewhere.roles(Scope(cohort))
