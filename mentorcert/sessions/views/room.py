"""A trainee's page of a session: before, during and after it."""

from dataclasses import dataclass
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mentorcert.catalog.programme import Scenario
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework import prework
from mentorcert.coursework.prework import UnitState
from mentorcert.errors import NotFound
from mentorcert.evidence import queries as evidence
from mentorcert.people import queries as people
from mentorcert.permissions import Permission, Role, cohort_scope, needs
from mentorcert.sessions import queries, running
from mentorcert.sessions.briefing import Briefing, briefing, round_shown
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.stage import Stage, stage_of
from mentorcert.sessions.views.frame import blueprint, iris
from mentorcert.web import here


@dataclass(frozen=True, slots=True)
class Room:
    """A session as one trainee sees it."""

    live: LiveSession
    enrolment: Enrolment
    stage: Stage
    here: bool
    attended: bool
    locked: tuple[str, str] | None
    """The (unit, lesson) to acknowledge before there is a part."""
    prework: UnitState
    briefing: Briefing | None
    debrief: Scenario | None
    """The scenario whose questions may be read now: it was shown and played."""
    left: int
    leads: tuple[str, ...]
    """The names of the facilitators."""


@blueprint.get("/sessions/<uuid:live_session>")
@needs(Permission.SESSION_JOIN)
def show(live_session: UUID) -> ResponseReturnValue:
    """A session for who goes to it; who leads it goes to the console."""
    live = queries.live_session(here.session(), live_session)
    enrolment = _own(live)
    if enrolment is None:
        return redirect(url_for("sessions.console", live_session=live_session), 303)
    return render_template("sessions/room.html", room=_room(live, enrolment), etag=_etag(live, enrolment))


@blueprint.get("/sessions/<uuid:live_session>/live")
@needs(Permission.SESSION_JOIN)
def live(live_session: UUID) -> ResponseReturnValue:
    """What changes on a trainee's page, asked for every few seconds; 304 while nothing did."""
    found = queries.live_session(here.session(), live_session)
    enrolment = _own(found)
    if enrolment is None:
        raise NotFound("This page is for trainees of the cohort.", "Open the console instead.")
    etag = _etag(found, enrolment)
    if request.if_none_match.contains(etag):
        return not_modified(etag)
    return with_etag(render_template("sessions/_room.html", room=_room(found, enrolment)), etag)


def not_modified(etag: str) -> ResponseReturnValue:
    """The answer to a page that has what there is."""
    response = make_response("", 304)
    response.set_etag(etag)
    return response


def with_etag(html: str, etag: str) -> ResponseReturnValue:
    """A piece of a page, with what it is asked for by the next time."""
    response = make_response(html)
    response.set_etag(etag)
    return response


def _own(live: LiveSession) -> Enrolment | None:
    return queries.enrolment_in(here.session(), live, here.person())


def _etag(live: LiveSession, enrolment: Enrolment) -> str:
    return f"{live.revision}-{enrolment.uuid}"


def _room(live: LiveSession, enrolment: Enrolment) -> Room:
    session, addresses = here.session(), iris(live)
    programme = cohorts.programme(session, live.cohort)
    scenario = programme.scenario(live.scenario) if live.scenario else None
    standings = evidence.standings(session, enrolment.uuid)
    shown = round_shown(live)
    seats = queries.seats(session, live, shown) if shown else []
    is_here = queries.is_here(session, live, enrolment)
    stage = stage_of(live, is_here)
    missing = queries.unacknowledged(session, programme, [enrolment.uuid], addresses)
    played = live.revealed_at is not None and stage in {Stage.TALK, Stage.CLOSED}
    return Room(
        live=live,
        enrolment=enrolment,
        stage=stage,
        here=is_here,
        attended=standings.get(addresses.session(live.uuid), evidence.NOTHING).completed_at is not None,
        locked=missing.get(enrolment.uuid),
        prework=prework.unit_state(addresses, programme.unit(live.unit), standings),
        briefing=briefing(live, seats, scenario, enrolment.id),
        debrief=scenario if played else None,
        left=running.seconds_left(live, here.now()),
        leads=_leads(live),
    )


def _leads(live: LiveSession) -> tuple[str, ...]:
    holders = people.holders(here.session(), Role.FACILITATOR, cohort_scope(live.cohort.uuid))
    return tuple(person.name for person in holders)
