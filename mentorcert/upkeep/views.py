"""Forgetting somebody, what was let go of recordings, and metrics for whoever holds their key."""

import hmac
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from prometheus_client import CONTENT_TYPE_LATEST

from mentorcert.errors import Invalid
from mentorcert.evidence.service import door
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import letting_go
from mentorcert.recordings.consent import MENTEE
from mentorcert.recordings.letting_go import Deletion
from mentorcert.upkeep import forgetting, metrics
from mentorcert.upkeep.forms import ForgetForm
from mentorcert.web import here

blueprint: Final = Blueprint("upkeep", __name__, template_folder="templates")

SOON: Final = timedelta(days=30)
"""How far ahead the page of deletions looks."""
_IS_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@blueprint.get("/people/<uuid:person>/forget")
@needs(Permission.PERSON_FORGET)
def ask_forget(person: UUID) -> ResponseReturnValue:
    """What forgetting somebody would do, and the button that does it."""
    return _page(people.person(here.session(), person), ForgetForm())


@blueprint.post("/people/<uuid:person>/forget")
@needs(Permission.PERSON_FORGET)
def forget(person: UUID) -> ResponseReturnValue:
    """Forget somebody for good."""
    found, form = people.person(here.session(), person), ForgetForm()
    if form.validate():
        try:
            _forget(found, form)
        except Invalid as problem:
            here.session().rollback()
            form.also.errors = [f"{problem.title} {problem.todo}"]
    if form.errors:
        return _page(found, form), 400
    return redirect(url_for("people.index"), 303)


@blueprint.get("/deletions")
@needs(Permission.UPKEEP_READ)
def deletions() -> ResponseReturnValue:
    """Which recordings were deleted, when and by which rule; and which go next."""
    session, now = here.session(), here.now()
    log = letting_go.log(session)
    return render_template(
        "upkeep/deletions.html",
        log=log,
        who=_who(log),
        soon=letting_go.due(session, now=now + SOON),
        days=SOON.days,
        most=letting_go.PAGE,
    )


@blueprint.get("/metrics")
@needs(Permission.PUBLIC)
def tell() -> ResponseReturnValue:
    """Metrics in Prometheus's format, for whoever has the key; where no key is set there are none."""
    key = here.settings().metrics_key
    if not key:
        abort(404)
    if not _has_key(key):
        return Response("Send the key of metrics.\n", 401, {"WWW-Authenticate": 'Basic realm="metrics"'})
    told = metrics.exposition(here.session(), door(here.settings().iri_base), now=here.now())
    return Response(told, content_type=CONTENT_TYPE_LATEST)


def _who(log: Iterable[Deletion]) -> dict[str, str]:
    """What each of those who deleted something is called."""
    called = {letting_go.RETENTION: str(_("by itself")), MENTEE: str(_("the person recorded"))}
    others = {UUID(each.who) for each in log if _IS_UUID.fullmatch(each.who)}
    return called | {str(uuid): name for uuid, name in people.named(here.session(), others).items()}


def _forget(person: Person, form: ForgetForm) -> None:
    done = forgetting.forget(
        here.session(),
        door(here.settings().iri_base),
        person,
        also=[{"mbox": f"mailto:{each.removeprefix('mailto:')}"} for each in form.addresses],
        reason=form.reason.data or "",
        who=here.person(),
        now=here.now(),
    )
    told = _("They are forgotten. Statements of other systems that were rewritten: %(count)d.", count=done.statements)
    flash(told)


def _page(person: Person, form: ForgetForm) -> str:
    known = forgetting.known(here.session(), person)
    forgotten = forgetting.is_forgotten(person)
    own = person.uuid == here.person()
    return render_template("upkeep/forget.html", person=person, form=form, known=known, forgotten=forgotten, own=own)


def _has_key(key: str) -> bool:
    """Whether the request brings the key, as a Basic password under any name or as a bearer token."""
    given = request.authorization
    if given is None or given.type not in {"basic", "bearer"}:
        return False
    told = given.password if given.type == "basic" else given.token
    return hmac.compare_digest((told or "").encode("utf-8", "surrogatepass"), key.encode())
