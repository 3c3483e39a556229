"""The console: a facilitator runs a session on it. Its buttons are one form's, and do one thing each."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import SelectChoice

from mentorcert.errors import Invalid, Problem
from mentorcert.permissions import Permission, needs
from mentorcert.sessions import attendance, queries, running, service
from mentorcert.sessions.board import board, scenarios_offered
from mentorcert.sessions.forms import ConsoleForm, CorrectionForm, round_choices
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.views.frame import blueprint, iris, our_door
from mentorcert.sessions.views.room import not_modified, with_etag
from mentorcert.web import here


@blueprint.get("/sessions/<uuid:live_session>/console")
@needs(Permission.SESSION_RUN)
def console(live_session: UUID) -> ResponseReturnValue:
    """Who is here, what is played, who plays what, and the clock."""
    return _page(live_session)


@blueprint.get("/sessions/<uuid:live_session>/console/live")
@needs(Permission.SESSION_RUN)
def console_live(live_session: UUID) -> ResponseReturnValue:
    """What changes on the console, asked for every few seconds; 304 while nothing did."""
    live = queries.live_session(here.session(), live_session)
    etag = _etag(live)
    if request.if_none_match.contains(etag):
        return not_modified(etag)
    found = board(here.session(), live, iris(live), now=here.now())
    return with_etag(render_template("sessions/_console.html", board=found, rounds=round_choices()), etag)


@blueprint.post("/sessions/<uuid:live_session>/console")
@needs(Permission.SESSION_RUN)
def run(live_session: UUID) -> ResponseReturnValue:
    """Do what a button of the console says. What can't be done now is said on the console itself."""
    form = ConsoleForm()
    deed = DEEDS.get(form.deed)
    try:
        if deed is None or not form.validate():
            raise Invalid(_("This can't be understood."), _("Use the buttons of this page."))
        said = deed(live_session, form)
    except Problem as problem:
        return _refused(live_session, problem)
    if said:
        flash(said)
    return redirect(url_for("sessions.console", live_session=live_session, _anchor=ANCHORS.get(form.deed)), 303)


@blueprint.post("/sessions/<uuid:live_session>/attendance")
@needs(Permission.SESSION_RUN)
def correct(live_session: UUID) -> ResponseReturnValue:
    """Put right who attended a closed session."""
    form = _correction(queries.live_session(here.session(), live_session))
    if form.validate():
        try:
            attendance.correct(
                here.session(),
                live_session,
                UUID(form.who.data),
                our_door(),
                attended=form.attended.data == "yes",
                reason=form.reason.data,
                who=here.person(),
                now=here.now(),
            )
        except Invalid as problem:
            form.take(problem.faults)
        except Problem as problem:
            return _refused(live_session, problem)
    if form.errors:
        here.session().rollback()
        return _page(live_session, correction=form), 400
    flash(_("Attendance is corrected."))
    return redirect(url_for("sessions.console", live_session=live_session, _anchor="here"), 303)


def _page(live_session: UUID, *, problem: Problem | None = None, correction: CorrectionForm | None = None) -> str:
    session = here.session()
    live = queries.live_session(session, live_session)
    found = board(session, live, iris(live), now=here.now())
    return render_template(
        "sessions/console.html",
        board=found,
        rounds=round_choices(),
        offered=scenarios_offered(found.programme, live.unit, live.topic.slug if live.topic else None),
        topics=queries.topics(session),
        correction=correction or (_correction(live, fresh=True) if live.closed_at else None),
        problem=problem,
        etag=_etag(live),
    )


def _refused(live_session: UUID, problem: Problem) -> ResponseReturnValue:
    """The console as it stands now, with what could not be done above it."""
    here.session().rollback()
    return _page(live_session, problem=problem), problem.status


def _correction(live: LiveSession, *, fresh: bool = False) -> CorrectionForm:
    form = CorrectionForm(formdata=None) if fresh else CorrectionForm()
    form.who.choices = [SelectChoice(str(uuid), name) for uuid, name in queries.trainees(here.session(), live)]
    return form


def _etag(live: LiveSession) -> str:
    return f"{live.revision}-console"


def _check_in(uuid: UUID, form: ConsoleForm) -> str:
    running.check_in(here.session(), uuid, [form.person], now=here.now())
    return ""


def _check_in_all(uuid: UUID, _form: ConsoleForm) -> str:
    live = queries.live_session(here.session(), uuid)
    everybody = [person for person, _name in queries.trainees(here.session(), live)]
    running.check_in(here.session(), uuid, everybody, now=here.now())
    return str(_("Everybody is checked in. Take out who is not here."))


def _check_out(uuid: UUID, form: ConsoleForm) -> str:
    running.check_out(here.session(), uuid, [form.person])
    return ""


def _choose(uuid: UUID, form: ConsoleForm) -> str:
    topic = UUID(form.topic.data) if form.topic.data else None
    service.choose(here.session(), uuid, form.scenario.data or "", topic, who=here.person(), now=here.now())
    return str(_("The scenario is chosen. Nobody else sees it until you show it."))


def _reveal(uuid: UUID, form: ConsoleForm) -> str:
    running.reveal(here.session(), uuid, form.scenario.data or "", who=here.person(), now=here.now())
    return str(_("The scenario is shown. Everybody sees the brief of their own part."))


def _hide(uuid: UUID, _form: ConsoleForm) -> str:
    running.hide(here.session(), uuid, who=here.person(), now=here.now())
    return str(_("The scenario is hidden again."))


def _deal(uuid: UUID, form: ConsoleForm) -> str:
    live = queries.live_session(here.session(), uuid)
    dealt = running.deal(here.session(), uuid, iris(live), rounds=form.wanted_rounds, at_round=form.round_seen)
    return str(ngettext("One group is dealt.", "%(num)d groups are dealt.", dealt.groups))


def _go_on(uuid: UUID, form: ConsoleForm) -> str:
    running.go_on(here.session(), uuid, at_round=form.round_seen, now=here.now())
    return ""


def _extend(uuid: UUID, form: ConsoleForm) -> str:
    running.extend(here.session(), uuid, at_round=form.round_seen, now=here.now())
    return ""


def _pause(uuid: UUID, form: ConsoleForm) -> str:
    running.pause(here.session(), uuid, at_round=form.round_seen, now=here.now())
    return ""


def _resume(uuid: UUID, form: ConsoleForm) -> str:
    running.resume(here.session(), uuid, at_round=form.round_seen, now=here.now())
    return ""


def _close(uuid: UUID, _form: ConsoleForm) -> str:
    count = attendance.close(here.session(), uuid, our_door(), who=here.person(), now=here.now())
    return str(ngettext("One person's attendance is recorded.", "Attendance of %(num)d people is recorded.", count))


Deed = Callable[[UUID, ConsoleForm], str]
"""Does one thing to a session, and gives the sentence that says so; empty where the page shows it anyway."""

DEEDS: Final[Mapping[str, Deed]] = {
    "check-in": _check_in,
    "check-in-all": _check_in_all,
    "check-out": _check_out,
    "choose": _choose,
    "reveal": _reveal,
    "hide": _hide,
    "deal": _deal,
    "go-on": _go_on,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "close": _close,
}
ANCHORS: Final[Mapping[str, str]] = {"check-in": "here", "check-out": "here", "check-in-all": "here"}
"""Where the page is looked at again after a deed far down on it."""
