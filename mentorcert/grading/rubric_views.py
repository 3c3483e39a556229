"""The page of a rubric: what graders see, open to everyone from the first day."""

from flask import render_template
from flask.typing import ResponseReturnValue

from mentorcert.catalog import queries as catalog
from mentorcert.grading.bench_views import blueprint
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/rubrics/<wanted>")
@needs(Permission.SIGNED_IN)
def rubric(wanted: str) -> ResponseReturnValue:
    """A version of a rubric as graders see it. It is open to everyone from the first day."""
    version = catalog.rubric_version(here.session(), wanted)
    return render_template("grading/rubric.html", rubric=catalog.rubric(here.session(), wanted), version=version)
