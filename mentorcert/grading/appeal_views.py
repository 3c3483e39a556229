"""Where a trainee appeals against a grade."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.grading import appeals
from mentorcert.grading.bench_views import blueprint
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.post("/recordings/<uuid:recording>/appeal")
@needs(Permission.APPEAL)
def appeal(recording: UUID) -> ResponseReturnValue:
    """Ask for a second look by a coach who has not graded it."""
    reason = request.form.get("reason", "")
    appeals.open_appeal(here.session(), recording, reason, who=here.person(), now=here.now())
    flash(_("Your appeal is made. A coach who has not graded it looks again; you hear of it by mail."))
    return redirect(url_for("grading.feedback", recording=recording), 303)
