"""What the list shows as a file."""

from typing import Final

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from mentorcert.evidence import export, seeking, telling
from mentorcert.evidence.forms import FILTERS, FilterForm
from mentorcert.evidence.seeking import Unclear
from mentorcert.evidence.views.asking import wanted
from mentorcert.evidence.views.frame import blueprint, listed
from mentorcert.permissions import Permission, needs
from mentorcert.web import here

TYPES: Final = {"jsonl": "application/jsonl", "csv": "text/csv"}


@blueprint.get("/statements.<any(jsonl, csv):ending>")
@needs(Permission.STATEMENTS_READ)
def download(ending: str) -> ResponseReturnValue:
    """Everything that the filters of the list find, as a file; what is unclear or wrong is asked about there."""
    session = here.session()
    form = FilterForm(request.args, None)
    asked = wanted(form, seeking.verbs(session)) if form.validate() else None
    if asked is None or isinstance(asked, Unclear):
        return redirect(listed({name: request.args.get(name) for name in FILTERS}), 303)
    bind, known = session.get_bind(), telling.sources(session, here.settings().iri_base)
    pieces = export.json_lines(bind, asked) if ending == "jsonl" else export.table(bind, asked, known)
    response = Response(pieces, mimetype=TYPES[ending])
    name = export.file_name({each: request.args.get(each, "") for each in FILTERS}, ending, now=here.now())
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
