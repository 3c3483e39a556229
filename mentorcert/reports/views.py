"""The pages of the reports: one's cohorts, the board of a cohort, reminders, and the table of pre-work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Conflict, Invalid
from mentorcert.permissions import Permission, Role, Scope, allows, needs
from mentorcert.reports import export, overview, service, situation
from mentorcert.reports.forms import PlayForm, RemindForm
from mentorcert.sessions import queries as seasons
from mentorcert.sessions import service as sessions
from mentorcert.sessions.models import LiveSession
from mentorcert.web import here

blueprint: Final = Blueprint("reports", "mentorcert.reports", template_folder="templates")


@blueprint.get("/cohorts", endpoint="cohorts")
@needs(Permission.COHORT_READ)
def index() -> ResponseReturnValue:
    """The cohorts that the viewer leads or manages. Who leads one, and manages none, goes straight to it."""
    viewer = here.viewer()
    everywhere = viewer.roles(Scope())
    sees_all = not everywhere.isdisjoint({Role.FACILITATOR, Role.MANAGER})
    only = None if sees_all else viewer.cohorts(Role.FACILITATOR)
    found = overview.glances(here.session(), only, here.settings().iri_base, now=here.now())
    manages = allows(viewer, Permission.COHORT_MANAGE, Scope())
    if len(found) == 1 and not manages:
        return redirect(url_for("reports.cohort", cohort=found[0].cohort.uuid))
    return render_template("reports/cohorts.html", glances=found, manages=manages, days=_days)


@blueprint.get("/cohorts/<uuid:cohort>")
@needs(Permission.COHORT_READ)
def cohort(cohort: UUID) -> ResponseReturnValue:
    """Who is ready for the next session, whom to chase, what to play, and how far everyone is."""
    return _page(cohort, request.args.get("session", type=int))


@blueprint.post("/cohorts/<uuid:cohort>/remind")
@needs(Permission.COHORT_READ)
def remind(cohort: UUID) -> ResponseReturnValue:
    """Send the chosen trainees what is open for them."""
    form = RemindForm()
    if not form.validate():
        return _page(cohort, form.session.data, form), 400
    season = _season(cohort)
    live = situation.session_in_focus(season, form.session.data, here.now())
    try:
        sent = service.remind(
            here.session(), _of(live), form.enrolments.data, here.settings().iri_base, who=here.person(), now=here.now()
        )
    except (Conflict, Invalid) as problem:
        form.enrolments.errors = [f"{problem.title} {problem.todo}"]
        return _page(cohort, form.session.data, form), problem.status
    _tell(sent)
    return redirect(url_for("reports.cohort", cohort=cohort, session=form.session.data), 303)


@blueprint.post("/cohorts/<uuid:cohort>/play")
@needs(Permission.SESSION_RUN)
def play(cohort: UUID) -> ResponseReturnValue:
    """Choose the scenario that a session plays."""
    form = PlayForm()
    if not form.validate():
        return _page(cohort, form.session.data), 400
    live = situation.session_in_focus(_season(cohort), form.session.data, here.now())
    sessions.choose(here.session(), _of(live), form.scenario.data, who=here.person(), now=here.now())
    flash(_("Session %(number)s plays this scenario.", number=form.session.data))
    return redirect(url_for("reports.cohort", cohort=cohort, session=form.session.data), 303)


@blueprint.get("/cohorts/<uuid:cohort>/prework.csv")
@needs(Permission.COHORT_READ)
def prework(cohort: UUID) -> ResponseReturnValue:
    """Every trainee's pre-work for every session, for a spreadsheet."""
    session, now = here.session(), here.now()
    plan = export.prepare(session, cohorts.cohort(session, cohort), here.settings().iri_base)
    response = Response(export.written(session.get_bind(), plan, now=now), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"prework-{now:%Y-%m-%d}.csv")
    return response


def _page(uuid: UUID, number: int | None, form: RemindForm | None = None) -> str:
    session, now = here.session(), here.now()
    found = cohorts.cohort(session, uuid)
    season = seasons.planned(session, found)
    live = situation.session_in_focus(season, number, now)
    known = {
        "cohort": found,
        "permits": _permits(),
        "form": form or RemindForm(formdata=None),
        "days": _days,
    }
    if live is None:
        return render_template("reports/unplanned.html", **known)
    page = situation.situation(session, found, season, live, here.settings().iri_base, now=now)
    lines, pages = len(page.board.lines), -(-len(page.board.lines) // situation.LINES)
    at = min(max(1, request.args.get("page", 1, type=int)), max(1, pages))
    shown = page.board.lines[(at - 1) * situation.LINES : at * situation.LINES]
    return render_template("reports/cohort.html", page=page, lines=shown, people=lines, at=at, pages=pages, **known)


def _season(cohort: UUID) -> Sequence[LiveSession]:
    session = here.session()
    return seasons.planned(session, cohorts.cohort(session, cohort))


def _of(live: LiveSession | None) -> UUID:
    if live is None:
        raise Conflict(_("This cohort has no sessions yet."), _("Plan its season first."))
    return live.uuid


def _tell(sent: service.Reminded) -> None:
    flash(_("Reminded: %(names)s.", names=", ".join(sent.sent)))
    if sent.in_peace:
        flash(_("Not reminded again within 48 hours: %(names)s.", names=", ".join(sent.in_peace)), "look")
    if sent.ready:
        flash(_("Ready meanwhile, and not reminded: %(names)s.", names=", ".join(sent.ready)))


def _permits() -> dict[str, bool]:
    """What else the viewer may do with this cohort."""
    asked = {"manage": Permission.COHORT_MANAGE, "certify": Permission.CERTIFY}
    return {name: allows(here.viewer(), permission, here.scope()) for name, permission in asked.items()}


def _days(at: datetime) -> int:
    """Midnights until then, in the viewer's zone."""
    return (at.astimezone(here.zone()).date() - here.now().astimezone(here.zone()).date()).days
