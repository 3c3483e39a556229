"""The pages of coaching: what a trainee works on next, and for coaches and managers the weak areas of a cohort."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.coaching import queries, service
from mentorcert.coaching.forms import ArrangeForm
from mentorcert.coaching.models import Coaching
from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Invalid
from mentorcert.grading import appeals
from mentorcert.permissions import EVERYWHERE, Permission, Role, needs
from mentorcert.web import here

blueprint: Final = Blueprint("coaching", __name__, template_folder="templates")


@blueprint.get("/enrolments/<uuid:enrolment>/plan")
@needs(Permission.FEEDBACK_READ)
def plan(enrolment: UUID) -> ResponseReturnValue:
    """What to work on next: where somebody is below the line, what is suggested for it, and who helps."""
    found = queries.plan(here.session(), enrolment)
    if found.outcome is not None:
        appeals.require_readable(here.session(), found.outcome.recording, who=here.person())
    own = found.enrolment.person.uuid == here.person()
    return render_template("coaching/plan.html", plan=found, own=own)


@blueprint.get("/coaching")
@needs(Permission.COACHING)
def index() -> ResponseReturnValue:
    """What one is to hold, and the cohorts whose weak areas one may see."""
    session, viewer = here.session(), here.viewer()
    everywhere = not {(Role.COACH, EVERYWHERE), (Role.MANAGER, EVERYWHERE)}.isdisjoint(viewer.grants)
    return render_template(
        "coaching/index.html",
        mine=queries.to_hold(session, here.person()),
        cohorts=cohorts.cohorts(session, None if everywhere else viewer.cohorts(Role.COACH)),
    )


@blueprint.get("/cohorts/<uuid:cohort>/coaching")
@needs(Permission.COACHING)
def cohort(cohort: UUID) -> ResponseReturnValue:
    """The weak areas of a cohort, what is done about each, and the forms that arrange more."""
    return _cohort_page(cohort)


@blueprint.post("/cohorts/<uuid:cohort>/coaching/<criterion>")
@needs(Permission.COACHING)
def arrange(cohort: UUID, criterion: str) -> ResponseReturnValue:
    """Have a coach help one trainee, or several as a group."""
    session = here.session()
    found = cohorts.cohort(session, cohort)
    area = queries.cohort_areas(session, found, here.person()).area(criterion)
    form = ArrangeForm(area, queries.coaches(session, found))
    chosen, coach, note = form.chosen(), form.chosen_coach(), form.note.data or ""
    try:
        made = service.arrange(session, cohort, criterion, chosen, coach, note=note, who=here.person(), now=here.now())
    except Invalid as problem:
        form.show_faults(problem.faults)
        return _cohort_page(cohort, criterion, form), 400
    flash(_("One group session is arranged.") if made.is_group else _("Coaching is arranged."))
    return redirect(url_for("coaching.cohort", cohort=cohort), 303)


@blueprint.post("/coachings/<uuid:coaching>/held")
@needs(Permission.COACHING)
def hold(coaching: UUID) -> ResponseReturnValue:
    """Note that a coaching was held."""
    return _done(service.hold, coaching)


@blueprint.post("/coachings/<uuid:coaching>/called-off")
@needs(Permission.COACHING)
def call_off(coaching: UUID) -> ResponseReturnValue:
    """Call a coaching off."""
    return _done(service.call_off, coaching)


def _done(act: Callable[..., Coaching], uuid: UUID) -> ResponseReturnValue:
    found = act(here.session(), uuid, who=here.person(), now=here.now())
    return redirect(url_for("coaching.cohort", cohort=found.cohort.uuid), 303)


def _cohort_page(cohort: UUID, criterion: str = "", faulty: ArrangeForm | None = None) -> str:
    session = here.session()
    found = queries.cohort_areas(session, cohorts.cohort(session, cohort), here.person())
    coaches = queries.coaches(session, found.cohort)
    forms = {
        area.criterion: faulty if faulty and area.criterion == criterion else ArrangeForm(area, coaches, formdata=None)
        for area in found.areas
        if area.open
    }
    manages = Role.MANAGER in here.viewer().roles()
    return render_template(
        "coaching/cohort.html", found=found, cohort=found.cohort, forms=forms, coaches=coaches, manages=manages
    )
