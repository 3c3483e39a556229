"""What waits for a coach: the queue, taking from it, holding on and giving back."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.grading import queueing, service, taking
from mentorcert.grading.bench_views import blueprint
from mentorcert.grading.service import HoldEnded
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/queue")
@needs(Permission.GRADE)
def queue() -> ResponseReturnValue:
    """What waits for a coach, what they have on the bench, what they have done."""
    found = queueing.queue(here.session(), here.viewer(), now=here.now())
    return render_template("grading/queue.html", queue=found, most_held=taking.MOST_HELD)


@blueprint.post("/queue/next")
@needs(Permission.GRADE)
def take_next() -> ResponseReturnValue:
    """Put the recording on one's bench that has waited longest and is one's own to take."""
    made = taking.take_next(here.session(), who=here.person(), now=here.now())
    return redirect(url_for("grading.bench", assessment=made.uuid), 303)


@blueprint.post("/recordings/<uuid:recording>/take")
@needs(Permission.GRADE)
def take(recording: UUID) -> ResponseReturnValue:
    """Put a recording on one's bench."""
    made = taking.take(here.session(), recording, who=here.person(), now=here.now())
    return redirect(url_for("grading.bench", assessment=made.uuid), 303)


@blueprint.post("/assessments/<uuid:assessment>/hold")
@needs(Permission.GRADE)
def hold(assessment: UUID) -> ResponseReturnValue:
    """Go on holding a recording while one watches or thinks, for a script; answers until when it is kept."""
    try:
        held = service.hold(here.session(), assessment, who=here.person(), now=here.now())
    except HoldEnded as ended:
        return {"reason": "hold", "ended_at": ended.ended_at.isoformat()}, 409
    return {"until": held.lease_until.isoformat()}


@blueprint.post("/assessments/<uuid:assessment>/give-back")
@needs(Permission.GRADE)
def give_back(assessment: UUID) -> ResponseReturnValue:
    """Give a recording back to the queue."""
    found = service.give_back(here.session(), assessment, who=here.person(), now=here.now())
    flash(_("Recording %(number)d is back in the queue. Your draft is kept for you.", number=found.recording.number))
    return redirect(url_for("grading.queue"), 303)
