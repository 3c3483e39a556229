"""The list of live sessions: a trainee's own, a facilitator's by cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.evidence.iris import Iris
from mentorcert.permissions import EVERYWHERE, Permission, Role, needs
from mentorcert.sessions import queries
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.views.frame import blueprint
from mentorcert.web import here


@dataclass(frozen=True, slots=True)
class Season:
    """The sessions of one cohort, as somebody sees them."""

    cohort: Cohort
    sessions: Sequence[LiveSession]
    next: LiveSession | None
    attended: frozenset[UUID]
    """The sessions that the trainee attended."""

    @property
    def needed(self) -> Sequence[LiveSession]:
        """Those that are not cancelled."""
        return [live for live in self.sessions if live.cancelled_at is None]


@blueprint.get("/sessions")
@needs(Permission.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The sessions that one goes to, and those that one leads."""
    session = here.session()
    own = cohorts.enrolments_of(session, here.person())
    led = _led()
    found = queries.seasons(session, {cohort.id for cohort in (*(each.cohort for each in own), *led)})
    attended = _attended(own)
    mine = [_season(each.cohort, found, attended[each.uuid]) for each in own]
    return render_template("sessions/index.html", mine=mine, led=[_season(cohort, found) for cohort in led])


def _led() -> list[Cohort]:
    viewer = here.viewer()
    everywhere = {role for role, where in viewer.grants if where == EVERYWHERE}
    if everywhere & {Role.FACILITATOR, Role.MANAGER}:
        return cohorts.cohorts(here.session())
    own = viewer.cohorts(Role.FACILITATOR)
    return cohorts.cohorts(here.session(), own) if own else []


def _attended(own: Sequence[Enrolment]) -> dict[UUID, set[UUID]]:
    """What was attended by registration. Addresses of sessions do not depend on the programme, so one query does."""
    if not own:
        return {}
    iris = Iris(here.settings().iri_base, own[0].cohort.version.slug)
    return queries.attendance_of(here.session(), [each.uuid for each in own], iris)


def _season(cohort: Cohort, found: Sequence[LiveSession], attended: set[UUID] | None = None) -> Season:
    sessions = [live for live in found if live.cohort_id == cohort.id]
    return Season(cohort, sessions, queries.next_of(sessions, here.now()), frozenset(attended or ()))
