"""Where a third coach sees both grades side by side."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from mentorcert.errors import NotFound
from mentorcert.grading import moderating, queries, service
from mentorcert.grading.bench_views import blueprint
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/assessments/<uuid:assessment>/grades")
@needs(Permission.GRADE)
def both(assessment: UUID) -> ResponseReturnValue:
    """Both grades of a recording side by side, for the coach who moderates."""
    found = queries.assessment(here.session(), assessment)
    service.require_own(found, here.person())
    sides = moderating.sides(here.session(), found)
    if not sides.grades:
        raise NotFound("There is nothing to moderate here.", "Go back to the queue.")
    return render_template(
        "grading/moderation.html",
        assessment=found,
        recording=found.recording,
        rubric=queries.rubric_of(here.session(), found),
        sides=sides,
    )
