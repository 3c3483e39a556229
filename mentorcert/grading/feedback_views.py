"""The page of a grade that was released: for the trainee, the coaches of the cohort, and managers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import NotFound
from mentorcert.grading import appeals, queries
from mentorcert.grading import feedback as reading
from mentorcert.grading.bench_views import blueprint
from mentorcert.grading.models import Kind
from mentorcert.grading.watching_views import heard
from mentorcert.permissions import Permission, allows, needs
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.models import Recording
from mentorcert.web import here


@blueprint.get("/enrolments/<uuid:enrolment>/grade")
@needs(Permission.FEEDBACK_READ)
def mine(enrolment: UUID) -> ResponseReturnValue:
    """The newest released grade of an enrolment."""
    found = queries.released(here.session(), cohorts.enrolment(here.session(), enrolment))
    if found is None:
        raise _nothing()
    return redirect(url_for("grading.feedback", recording=found.recording.uuid))


@blueprint.get("/assessments/<uuid:assessment>/feedback")
@needs(Permission.FEEDBACK_READ)
def feedback_of_assessment(assessment: UUID) -> ResponseReturnValue:
    """Where the feedback stood before; older mails lead here."""
    found = queries.assessment(here.session(), assessment)
    return redirect(url_for("grading.feedback", recording=found.recording.uuid))


@blueprint.get("/recordings/<uuid:recording>/feedback")
@needs(Permission.FEEDBACK_READ)
def feedback(recording: UUID) -> ResponseReturnValue:
    """What was delivered of a recording, in the words of that day. Nothing before release.

    `?before=appeal` shows what an appeal has replaced.
    """
    found = recordings.recording(here.session(), recording)
    standing = queries.standing(here.session(), found)
    if standing is None:
        raise _nothing()
    appeals.require_readable(here.session(), found, who=here.person())
    appeal = appeals.standing(here.session(), standing, now=here.now())
    first = appeal.appeal.outcome if appeal.appeal is not None and standing.kind is Kind.APPEAL else None
    outcome = first if first is not None and request.args.get("before") == "appeal" else standing
    enrolment = found.enrolment
    every = queries.outcomes(here.session(), [enrolment.id])
    hidden = appeals.hidden_from(here.session(), [each.recording for each in every], who=here.person())
    return render_template(
        "grading/feedback.html",
        outcome=outcome,
        replaced=outcome is not standing,
        appeal=appeal,
        first=first,
        own=enrolment.person.uuid == here.person(),
        attempts=[each for each in every if each.recording_id not in hidden],
        **delivered(found, outcome.document),
    )


def delivered(recording: Recording, document: Mapping[str, Any]) -> dict[str, Any]:
    """What `grading/_delivered.html` needs to show a document as the trainee reads it: released, or yet to be."""
    read = reading.delivered(document, recording.seconds)
    return {
        "recording": recording,
        "read": read,
        "may_watch": allows(here.viewer(), Permission.RECORDING_WATCH, here.scope()),
        **heard(recording, read.pins),
    }


def _nothing() -> NotFound:
    return NotFound(_("There is no feedback yet."), _("You get a mail when a coach has graded the recording."))
