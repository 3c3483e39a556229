"""The page of a released grade: for the trainee, the coaches of the cohort, and managers."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog import queries as catalog
from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import NotFound
from mentorcert.grading import queries
from mentorcert.grading import feedback as reading
from mentorcert.grading.bench_views import blueprint, watched
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.permissions import Permission, allows, needs
from mentorcert.recordings import queries as recordings
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
    """Where the feedback stood before; mails lead here."""
    found = queries.assessment(here.session(), assessment)
    return redirect(url_for("grading.feedback", recording=found.recording.uuid))


@blueprint.get("/recordings/<uuid:recording>/feedback")
@needs(Permission.FEEDBACK_READ)
def feedback(recording: UUID) -> ResponseReturnValue:
    """What was said of a recording, in the words of the rubric that it was graded by. Nothing before release."""
    found = queries.standing(here.session(), recordings.recording(here.session(), recording))
    if found is None:
        raise _nothing()
    rubric = catalog.rubric(here.session(), found.rubric_version.hash)
    entries = {each["id"]: Entry(each["level"], each["comment"]) for each in found.document["criteria"]}
    draft = Draft(0, found.document["comment"], entries)
    shown = watched(found.recording, rubric, draft)
    rows = reading.rows(rubric, draft, shown["moments"])
    critical = [row for row in rows if row.critical]
    return render_template(
        "grading/feedback.html",
        outcome=found,
        recording=found.recording,
        rubric=rubric,
        rows=rows,
        critical=critical,
        critical_met=sum(not row.short for row in critical),
        own=found.recording.enrolment.person.uuid == here.person(),
        may_watch=allows(here.viewer(), Permission.RECORDING_WATCH, here.scope()),
        **shown,
    )


def _nothing() -> NotFound:
    return NotFound(_("There is no feedback yet."), _("You get a mail when a coach has graded the recording."))
