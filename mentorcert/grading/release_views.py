"""Where programme managers release grades, and give one more attempt."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from mentorcert.errors import Conflict, NotFound
from mentorcert.evidence.service import Door, door
from mentorcert.grading import feedback, overview, releasing
from mentorcert.grading.bench_views import blueprint
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import attempts
from mentorcert.recordings import queries as recordings
from mentorcert.web import here


@blueprint.get("/releases")
@needs(Permission.GRADING_MANAGE)
def releases() -> ResponseReturnValue:
    """What waits for a manager: grades to release, disagreements without a third coach, attempts that are used."""
    found = overview.overview(here.session(), here.settings().iri_base, now=here.now())
    return render_template("grading/releases.html", found=found, me=here.person())


@blueprint.post("/releases")
@needs(Permission.GRADING_MANAGE)
def release() -> ResponseReturnValue:
    """Release the grades that are ticked; one that somebody else has released meanwhile is left alone."""
    done = 0
    for uuid in dict.fromkeys(request.form.getlist("recording", type=UUID)):
        try:
            releasing.release(here.session(), _door(), uuid, who=here.person(), now=here.now())
        except Conflict as problem:
            flash(f"{problem.title} {problem.todo}", "look")
        else:
            done += 1
    if done:
        flash(ngettext("One grade is released.", "%(num)d grades are released.", done))
    elif not request.form.getlist("recording"):
        flash(_("No grade was ticked. Tick those to release."), "look")
    return redirect(url_for("grading.releases"), 303)


@blueprint.get("/recordings/<uuid:recording>/preview")
@needs(Permission.GRADING_MANAGE)
def preview(recording: UUID) -> ResponseReturnValue:
    """What the trainee will read once the grade is released."""
    found = recordings.recording(here.session(), recording)
    releasing.require_other(found, here.person())
    ready = releasing.ready(here.session(), found)
    if ready is None:
        raise NotFound(_("There is nothing to release here."), _("Go back to the list, and load it again."))
    read = feedback.delivered(ready.document, found.seconds)
    return render_template("grading/preview.html", recording=found, read=read)


@blueprint.post("/enrolments/<uuid:enrolment>/attempts")
@needs(Permission.GRADING_MANAGE)
def grant_attempt(enrolment: UUID) -> ResponseReturnValue:
    """Let somebody hand in one more recording."""
    reason = request.form.get("reason", "")
    attempts.grant(here.session(), enrolment, reason, who=here.person(), now=here.now())
    flash(_("They can hand in one more recording."))
    return redirect(url_for("grading.releases"), 303)


def _door() -> Door:
    return door(here.settings().iri_base)
