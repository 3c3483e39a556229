"""The page of a released grade: for the trainee, the coaches of the cohort, and managers."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import NotFound
from mentorcert.grading import drafts, queries
from mentorcert.grading import feedback as reading
from mentorcert.grading.bench_views import blueprint, watched
from mentorcert.permissions import Permission, allows, needs
from mentorcert.web import here


@blueprint.get("/enrolments/<uuid:enrolment>/grade")
@needs(Permission.FEEDBACK_READ)
def mine(enrolment: UUID) -> ResponseReturnValue:
    """The newest released grade of an enrolment."""
    found = queries.released(here.session(), cohorts.enrolment(here.session(), enrolment))
    if found is None:
        raise _nothing()
    return redirect(url_for("grading.feedback", assessment=found.uuid))


@blueprint.get("/assessments/<uuid:assessment>/feedback")
@needs(Permission.FEEDBACK_READ)
def feedback(assessment: UUID) -> ResponseReturnValue:
    """What was said of a recording, in the words of the rubric that it was graded by. Nothing before release."""
    found = queries.assessment(here.session(), assessment)
    if found.released_at is None:
        raise _nothing()
    rubric, draft = queries.rubric_of(here.session(), found), drafts.draft_of(found)
    shown = watched(found.recording, rubric, draft)
    rows = reading.rows(rubric, draft, shown["moments"])
    critical = [row for row in rows if row.critical]
    return render_template(
        "grading/feedback.html",
        assessment=found,
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
