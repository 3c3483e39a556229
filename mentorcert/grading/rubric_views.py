"""The pages of a rubric: what graders see, its versions, what differs between two; and its files for other systems.

A rubric is open to everyone from the first day.
"""

import json

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from mentorcert.catalog import canvas_rubric, case_rubric
from mentorcert.catalog import queries as catalog
from mentorcert.catalog.rubric_difference import compare
from mentorcert.errors import NotFound
from mentorcert.evidence import spreadsheet
from mentorcert.grading.bench_views import blueprint
from mentorcert.grading.rubric_history import history
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/rubrics")
@needs(Permission.SIGNED_IN)
def rubrics() -> ResponseReturnValue:
    """Every rubric, in its newest version."""
    return render_template("grading/rubrics.html", rubrics=catalog.current_rubrics(here.session()))


@blueprint.get("/rubrics/<wanted>")
@needs(Permission.SIGNED_IN)
def rubric(wanted: str) -> ResponseReturnValue:
    """A version of a rubric as graders see it."""
    session = here.session()
    version = catalog.rubric_version(session, wanted)
    newest = catalog.newest_rubric(session, version.slug)
    return render_template(
        "grading/rubric.html", rubric=catalog.rubric(session, wanted), version=version, newest=newest
    )


@blueprint.get("/rubrics/<wanted>/versions")
@needs(Permission.SIGNED_IN)
def rubric_versions(wanted: str) -> ResponseReturnValue:
    """Every version of a rubric, and the cohorts that are graded by each."""
    version = catalog.rubric_version(here.session(), wanted)
    steps = history(here.session(), version.slug, here.viewer())
    return render_template("grading/rubric_versions.html", version=version, steps=steps)


@blueprint.get("/rubrics/<wanted>/against/<other>")
@needs(Permission.SIGNED_IN)
def rubric_against(wanted: str, other: str) -> ResponseReturnValue:
    """What differs from the version `other` to the version `wanted`."""
    session = here.session()
    new, old = (catalog.rubric_version(session, each) for each in (wanted, other))
    if new.slug != old.slug:
        raise NotFound("These are two rubrics, not two versions of one.", "Choose versions of the same rubric.")
    found = compare(catalog.rubric(session, other), catalog.rubric(session, wanted))
    return render_template("grading/rubric_difference.html", new=new, old=old, difference=found)


@blueprint.get("/rubrics/<wanted>/canvas.csv")
@needs(Permission.SIGNED_IN)
def rubric_canvas(wanted: str) -> ResponseReturnValue:
    """The rubric as Canvas imports it. Without the mark that Excel likes: Canvas would not know the first column."""
    found = catalog.rubric(here.session(), wanted)
    return _file(spreadsheet.lines(canvas_rubric.rows(found)), "text/csv; charset=utf-8", f"{found.id}.csv")


@blueprint.get("/rubrics/<wanted>/case.json")
@needs(Permission.SIGNED_IN)
def rubric_case(wanted: str) -> ResponseReturnValue:
    """The rubric as a package of 1EdTech CASE."""
    version = catalog.rubric_version(here.session(), wanted)
    address = f"{here.settings().public_url}/rubrics/{version.hash}"
    package = case_rubric.package(catalog.rubric(here.session(), wanted), address, version.published_at)
    text = json.dumps(package, ensure_ascii=False, indent=2)
    return _file(text, "application/json", f"{version.slug}.json")


def _file(text: str, content_type: str, name: str) -> Response:
    return Response(text, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
