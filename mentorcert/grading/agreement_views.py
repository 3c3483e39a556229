"""How far coaches agree: the page for programme managers, and the same numbers as a file."""

from typing import Final

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import NotFound
from mentorcert.evidence.spreadsheet import MARK, lines
from mentorcert.grading import agreement
from mentorcert.grading import agreement_queries as queries
from mentorcert.grading.agreement import Verdict
from mentorcert.grading.bench_views import blueprint
from mentorcert.grading.forms import AgreementForm
from mentorcert.grading.resampling import LEAST_FOR_INTERVAL, RESAMPLES, Why
from mentorcert.permissions import Permission, needs
from mentorcert.web import filters, here

PAIRS_SHOWN: Final = 20
"""Pairs of coaches on the page; the file has all."""


@blueprint.get("/agreement")
@needs(Permission.GRADING_MANAGE)
def agreement_page() -> ResponseReturnValue:
    """How far coaches agree who graded the same recording blind, and what to do about it."""
    form = _form()
    fine = form.validate()
    found = queries.found(here.session(), form.asked(here.zone())) if fine else None
    page = render_template(
        "grading/agreement.html",
        form=form,
        version=found[0] if found else None,
        report=found[1] if found else None,
        asked={name: value for name, value in request.args.items(multi=False) if value and name in form},
        Verdict=Verdict,
        Why=Why,
        most_pairs=PAIRS_SHOWN,
        least=LEAST_FOR_INTERVAL,
        resamples=RESAMPLES,
        reliable=agreement.RELIABLE,
        tentative=agreement.TENTATIVE,
    )
    return page, 200 if fine else 400


@blueprint.get("/agreement.csv")
@needs(Permission.GRADING_MANAGE)
def agreement_file() -> ResponseReturnValue:
    """Every number of the page, as CSV."""
    form = _form()
    found = queries.found(here.session(), form.asked(here.zone())) if form.validate() else None
    if found is None:
        raise NotFound("There is no such grading.", "Go to Agreement and ask for something else.")
    version, report = found
    response = Response(MARK + lines(agreement.table(report)), mimetype="text/csv")
    name = f"agreement-{version.slug}-{version.hash[:8]}-{here.now():%Y-%m-%d}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _form() -> AgreementForm:
    session = here.session()
    rubrics = queries.rubric_versions(session)
    return AgreementForm(
        request.args,
        programmes=queries.programmes(session),
        rubrics={each.hash: f"{each.title}, {filters.date(each.published_at)} ({each.hash[:8]})" for each in rubrics},
        cohorts={str(each.uuid): each.name for each in cohorts.cohorts(session)},
    )
