"""The pages of deliveries: all of them, a new one, how one stands, and what it refused."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from mentorcert.catalog import queries as catalog
from mentorcert.delivery import queries, service
from mentorcert.delivery.forms import TargetForm
from mentorcert.delivery.sealing import Seal
from mentorcert.evidence.accounts import credential_key
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.telling import sources
from mentorcert.permissions import Permission, needs
from mentorcert.web import here
from xapi import credentials
from xapi.delivery import Target, letters
from xapi.identity import indexed

blueprint: Final = Blueprint("delivery", __name__, template_folder="templates")

MOST_PAGES: Final = 1_000_000
"""Far more than there are."""


@blueprint.get("/deliveries")
@needs(Permission.DELIVERY_MANAGE)
def index() -> ResponseReturnValue:
    """Every LRS that statements go on to, and how each stands."""
    return render_template("delivery/index.html", posts=queries.every(here.session(), here.now()))


@blueprint.get("/deliveries/new")
@needs(Permission.DELIVERY_MANAGE)
def new() -> ResponseReturnValue:
    """The form for another LRS."""
    return render_template("delivery/new.html", form=_form(formdata=None))


@blueprint.post("/deliveries/new")
@needs(Permission.DELIVERY_MANAGE)
def create() -> ResponseReturnValue:
    """Begin to send statements on to another LRS."""
    form = _form()
    if not form.validate():
        return render_template("delivery/new.html", form=form), 400
    history = bool(form.history.data)
    made = service.make(here.session(), form.wish(), history=history, **_house())
    flash(_("%(name)s gets its first statements within seconds.", name=made.name))
    return _back(made.uuid)


@blueprint.get("/deliveries/<uuid:target>")
@needs(Permission.DELIVERY_MANAGE)
def show(target: UUID) -> ResponseReturnValue:
    """How a delivery stands: how far it is behind, how fast it is, what went wrong, what was refused."""
    post = queries.post(here.session(), target, here.now())
    page = min(max(1, request.args.get("page", 1, type=int)), MOST_PAGES)
    refused = letters.some(here.session(), post.target, after=(page - 1) * letters.PAGE)
    pages = max(1, -(-post.refused // letters.PAGE))
    gets = {"programmes": _titles(post.target), "sender": _sender(post.target)}
    return render_template("delivery/show.html", post=post, letters=refused, page=page, pages=pages, **gets)


@blueprint.get("/deliveries/<uuid:target>/change")
@needs(Permission.DELIVERY_MANAGE)
def edit(target: UUID) -> ResponseReturnValue:
    """The form that changes where a delivery goes and what it gets."""
    found = queries.target(here.session(), target)
    form = _form(made=found.endpoint, formdata=None, data=_chosen(found))
    return render_template("delivery/edit.html", form=form, target=found)


@blueprint.post("/deliveries/<uuid:target>/change")
@needs(Permission.DELIVERY_MANAGE)
def change(target: UUID) -> ResponseReturnValue:
    """Change where a delivery goes and what it gets."""
    found = queries.target(here.session(), target)
    form = _form(made=found.endpoint)
    if not form.validate():
        return render_template("delivery/edit.html", form=form, target=found), 400
    service.change(here.session(), target, form.wish(), **_house())
    flash(_("It is kept. What waits is sent at once."))
    return _back(target)


@blueprint.post("/deliveries/<uuid:target>/pause")
@needs(Permission.DELIVERY_MANAGE)
def pause(target: UUID) -> ResponseReturnValue:
    """Send nothing more for now."""
    found = service.pause(here.session(), target, **_who())
    flash(_("Nothing more goes to %(name)s until you resume. What is stored waits.", name=found.name))
    return _back(target)


@blueprint.post("/deliveries/<uuid:target>/resume")
@needs(Permission.DELIVERY_MANAGE)
def resume(target: UUID) -> ResponseReturnValue:
    """Go on at once, where it stopped."""
    found = service.resume(here.session(), target, **_who())
    flash(_("%(name)s is tried now. Load the page again in a few seconds.", name=found.name))
    return _back(target)


@blueprint.post("/deliveries/<uuid:target>/history")
@needs(Permission.DELIVERY_MANAGE)
def history(target: UUID) -> ResponseReturnValue:
    """Send everything once more."""
    found = service.send_history(here.session(), target, **_who())
    flash(
        _("%(name)s gets everything from the first statement on. What it has already stays as it is.", name=found.name)
    )
    return _back(target)


@blueprint.post("/deliveries/<uuid:target>/remove")
@needs(Permission.DELIVERY_MANAGE)
def remove(target: UUID) -> ResponseReturnValue:
    """Stop a delivery for good."""
    found = service.remove(here.session(), target, **_who())
    flash(_("Nothing goes to %(name)s any more. What it got stays there.", name=found.name))
    return redirect(url_for("delivery.index"), 303)


@blueprint.post("/deliveries/<uuid:target>/retry", defaults={"letter": None})
@blueprint.post("/deliveries/<uuid:target>/refused/<uuid:letter>/retry")
@needs(Permission.DELIVERY_MANAGE)
def retry(target: UUID, letter: UUID | None) -> ResponseReturnValue:
    """Send a refused statement once more, or all of them."""
    many = service.retry(here.session(), target, letter, **_who())
    flash(ngettext("One statement is sent again now.", "%(num)d statements are sent again now.", many))
    return _back(target)


@blueprint.post("/deliveries/<uuid:target>/give-up", defaults={"letter": None})
@blueprint.post("/deliveries/<uuid:target>/refused/<uuid:letter>/give-up")
@needs(Permission.DELIVERY_MANAGE)
def give_up(target: UUID, letter: UUID | None) -> ResponseReturnValue:
    """Stop trying to send a refused statement, or all of them."""
    many = service.give_up(here.session(), target, letter, **_who())
    flash(ngettext("One statement will not be there.", "%(num)d statements will not be there.", many))
    return _back(target)


def _form(*, made: str | None = None, **rest: Any) -> TargetForm:
    """Return the form; `made` is the endpoint of a target that is there already."""
    base = here.settings().iri_base
    known = sources(here.session(), base)
    keys = [(key, known.labels[key]) for key, each in known.keys.items() if each.may_write]
    own = f"{here.settings().public_url}/xapi"
    return TargetForm(catalog.current(here.session()), keys, own=own, made=made, **rest)


def _chosen(target: Target) -> dict[str, Any]:
    """What a form shows of a target; never its secret."""
    base = here.settings().iri_base
    known = {Iris(base, each.slug).course: each.slug for each in catalog.current(here.session())}
    return {
        "name": target.name,
        "endpoint": target.endpoint,
        "version": target.version,
        "key": target.key,
        "programmes": [known[iri] for iri in target.filter.activities if iri in known],
        "verbs": "\n".join(target.filter.verbs),
        "skips": target.filter.skips or "",
    }


def _titles(target: Target) -> list[str]:
    base = here.settings().iri_base
    known = {Iris(base, each.slug).course: each.title for each in catalog.current(here.session())}
    return [known.get(iri, iri) for iri in target.filter.activities]


def _sender(target: Target) -> str:
    """The label of the key whose statements are not sent back."""
    if target.filter.skips is None:
        return ""
    base = here.settings().iri_base
    labels = {indexed(credential_key(base, each.uuid)): each.label for each in credentials.every(here.session())}
    return labels.get(target.filter.skips, target.filter.skips)


def _who() -> dict[str, Any]:
    return {"who": here.person(), "now": here.now()}


def _house() -> dict[str, Any]:
    settings = here.settings()
    return {"seal": Seal(settings.secret_key), "iri_base": settings.iri_base, **_who()}


def _back(target: UUID) -> ResponseReturnValue:
    return redirect(url_for("delivery.show", target=target), 303)
