"""The schedule of a cohort: laying its season, then changing one session at a time."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import SelectChoice

from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort
from mentorcert.errors import Conflict, Invalid
from mentorcert.permissions import Permission, needs
from mentorcert.sessions import planning, queries, season, service
from mentorcert.sessions.board import scenarios_offered
from mentorcert.sessions.forms import ReasonForm, SeasonForm, SessionForm
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.planning import Planned
from mentorcert.sessions.service import Change
from mentorcert.sessions.views.frame import blueprint
from mentorcert.web import here


@blueprint.get("/cohorts/<uuid:cohort>/schedule")
@needs(Permission.SCHEDULE_EDIT)
def schedule(cohort: UUID) -> ResponseReturnValue:
    """The season of a cohort; where there is none, the form that lays one."""
    found = cohorts.cohort(here.session(), cohort)
    if laid := queries.season(here.session(), found):
        return _list(found, laid)
    count = len(cohorts.programme(here.session(), found).sessions)
    return _season_page(found, SeasonForm(formdata=None, count=count))


@blueprint.post("/cohorts/<uuid:cohort>/schedule")
@needs(Permission.SCHEDULE_EDIT)
def lay(cohort: UUID) -> ResponseReturnValue:
    """Show what a season would be, or lay it."""
    found, form = cohorts.cohort(here.session(), cohort), SeasonForm()
    planned: tuple[Planned, ...] = ()
    if form.validate():
        try:
            if request.form.get("step") == "lay":
                laid = service.lay_season(here.session(), cohort, form.wish(), who=here.person(), now=here.now())
                flash(ngettext("One session is planned.", "%(num)d sessions are planned.", len(laid)))
                return redirect(url_for("sessions.schedule", cohort=cohort), 303)
            programme = cohorts.programme(here.session(), found)
            planned = planning.plan(programme, found.zone, form.wish(), now=here.now())
        except Invalid as problem:
            form.take(problem.faults)
        except Conflict as problem:
            return _list_with(cohort, problem)
    return _season_page(found, form, planned), 400 if form.errors else 200


@blueprint.get("/sessions/<uuid:live_session>/edit")
@needs(Permission.SCHEDULE_EDIT)
def edit(live_session: UUID) -> ResponseReturnValue:
    """When and where one session is, what is due before it and what is played."""
    live = queries.live_session(here.session(), live_session)
    return _edit_page(live, _session_form(live, fresh=True))


@blueprint.post("/sessions/<uuid:live_session>/edit")
@needs(Permission.SCHEDULE_EDIT)
def change(live_session: UUID) -> ResponseReturnValue:
    """Change one session."""
    live = queries.live_session(here.session(), live_session)
    form = _session_form(live)
    if form.validate():
        try:
            live = service.change(here.session(), live_session, _wanted(live, form), who=here.person(), now=here.now())
        except Invalid as problem:
            form.take(problem.faults)
        except Conflict as problem:
            return _refused(live_session, form, problem)
    if form.errors:
        return _refused(live_session, form)
    flash(_("Session %(number)d is changed.", number=live.number))
    return redirect(url_for("sessions.schedule", cohort=live.cohort.uuid), 303)


@blueprint.post("/sessions/<uuid:live_session>/cancel")
@needs(Permission.SCHEDULE_EDIT)
def cancel(live_session: UUID) -> ResponseReturnValue:
    """Call one session off."""
    form = ReasonForm()
    try:
        live = service.cancel(
            here.session(), live_session, reason=form.reason.data or "", who=here.person(), now=here.now()
        )
    except Invalid as problem:
        here.session().rollback()
        form.take(problem.faults)
        found = queries.live_session(here.session(), live_session)
        return _edit_page(found, _session_form(found, fresh=True), cancelling=form), 400
    flash(_("Session %(number)d is cancelled.", number=live.number))
    return redirect(url_for("sessions.schedule", cohort=live.cohort.uuid), 303)


@blueprint.post("/sessions/<uuid:live_session>/bring-back")
@needs(Permission.SCHEDULE_EDIT)
def bring_back(live_session: UUID) -> ResponseReturnValue:
    """Take back that a session was called off."""
    live = service.bring_back(here.session(), live_session, who=here.person(), now=here.now())
    flash(_("Session %(number)d takes place again.", number=live.number))
    return redirect(url_for("sessions.schedule", cohort=live.cohort.uuid), 303)


def _season_page(cohort: Cohort, form: SeasonForm, planned: tuple[Planned, ...] = ()) -> str:
    programme = cohorts.programme(here.session(), cohort)
    needed = max((each.at_least or 0 for each in programme.requirements if each.kind == "attendance"), default=0)
    return render_template(
        "sessions/season.html", cohort=cohort, form=form, planned=planned, programme=programme, needed=needed
    )


def _list(cohort: Cohort, laid: list[LiveSession], problem: Conflict | None = None) -> str:
    programme = cohorts.programme(here.session(), cohort)
    titles = {scenario.id: scenario.title for scenario in programme.scenarios}
    return render_template(
        "sessions/schedule.html",
        cohort=cohort,
        season=laid,
        next=queries.next_of(laid, here.now()),
        units={unit.id: unit.title for unit in programme.units},
        titles=titles,
        problem=problem,
    )


def _list_with(cohort: UUID, problem: Conflict) -> ResponseReturnValue:
    here.session().rollback()
    found = cohorts.cohort(here.session(), cohort)
    return _list(found, queries.season(here.session(), found), problem), problem.status


def _session_form(live: LiveSession, *, fresh: bool = False) -> SessionForm:
    form = SessionForm(formdata=None, **_present(live)) if fresh else SessionForm(**_present(live))
    programme = cohorts.programme(here.session(), live.cohort)
    offered = scenarios_offered(programme, live.unit, live.topic.slug if live.topic else None)
    groups = zip((_("From this unit"), _("On this topic"), _("Others")), offered, strict=True)
    form.scenario.choices = [
        SelectChoice("", _("Not chosen yet")),
        *(SelectChoice(each.id, each.title, optgroup=str(label)) for label, some in groups for each in some),
    ]
    topics = queries.topics(here.session())
    if live.topic and live.topic not in topics:
        topics.insert(0, live.topic)
    form.topic.choices = [SelectChoice(str(topic.uuid), topic.title) for topic in topics]
    return form


def _present(live: LiveSession) -> dict[str, Any]:
    zone = ZoneInfo(live.cohort.zone)
    start, due = live.starts_at.astimezone(zone), live.prework_due_at.astimezone(zone)
    return {
        "day": start.date(),
        "at": start.time(),
        "minutes": live.minutes,
        "due_day": due.date(),
        "due_at": due.time(),
        "place": live.place,
        "link": live.link,
        "topic": str(live.topic.uuid) if live.topic else "",
        "scenario": live.scenario,
    }


def _wanted(live: LiveSession, form: SessionForm) -> Change:
    """What to change. A due time that was left as it was moves with the session."""
    zone, was = ZoneInfo(live.cohort.zone), _present(live)
    due_left = (form.due_day.data, form.due_at.data) == (was["due_day"], was["due_at"].replace(second=0, microsecond=0))
    moved = (form.day.data, form.at.data) != (was["day"], was["at"].replace(second=0, microsecond=0))
    return Change(
        starts_at=season.instant(form.day.data, form.at.data, zone) if moved else None,
        minutes=form.minutes.data,
        due_at=None if due_left else season.instant(form.due_day.data, form.due_at.data, zone),
        place=form.place.data,
        link=form.link.data,
        topic=UUID(form.topic.data) if form.topic.data else None,
        scenario=form.scenario.data,
    )


def _refused(live_session: UUID, form: SessionForm, problem: Conflict | None = None) -> ResponseReturnValue:
    """The form again with what was typed, and what is wrong."""
    here.session().rollback()
    live = queries.live_session(here.session(), live_session)
    return _edit_page(live, form, problem=problem), problem.status if problem else 400


def _edit_page(
    live: LiveSession, form: SessionForm, *, cancelling: ReasonForm | None = None, problem: Conflict | None = None
) -> str:
    cancelling = cancelling or ReasonForm(formdata=None)
    return render_template("sessions/edit.html", live=live, form=form, cancelling=cancelling, problem=problem)
