"""One statement: everything that we know of it, and its bytes."""

from datetime import timedelta
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from mentorcert.evidence import origins, telling
from mentorcert.evidence.accounts import account_key
from mentorcert.evidence.views.frame import blueprint, rendered
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/statements/<uuid:statement>")
@needs(Permission.STATEMENTS_READ)
def statement(statement: UUID) -> ResponseReturnValue:
    """One statement, whole: pretty and raw, where it came from, what it is tied to, what it changed."""
    session, iri_base = here.session(), here.settings().iri_base
    whole = origins.whole(session, statement, telling.sources(session, iri_base))
    around = {
        "since": f"{whole.told.stored - timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        "until": f"{whole.told.stored + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
    }
    who = whole.actor.removeprefix(account_key(iri_base, ""))
    return rendered("evidence/statement.html", whole=whole, each=whole.told, around=around, who=who)


@blueprint.get("/statements/<uuid:statement>.json")
@needs(Permission.STATEMENTS_READ)
def raw(statement: UUID) -> ResponseReturnValue:
    """A statement as a file, byte for byte as it is stored. Never shown in the browser: it is not ours."""
    response = Response(origins.text(here.session(), statement), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"statement-{statement}.json")
    return response
