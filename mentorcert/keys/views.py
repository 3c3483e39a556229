"""The pages of keys: all of them, a new one with its secret shown once, one to change, and its end."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog import queries as catalog
from mentorcert.errors import Conflict, Invalid
from mentorcert.keys import queries, service
from mentorcert.keys.forms import MEANINGS, ChangeForm, KeyForm, RevokeForm
from mentorcert.keys.queries import MOST_COUNTED, Key
from mentorcert.keys.service import Wish
from mentorcert.people import queries as people
from mentorcert.permissions import Permission, needs
from mentorcert.sessions.forms import DayField
from mentorcert.web import here

blueprint: Final = Blueprint("keys", __name__, template_folder="templates")

MOST_SUGGESTED: Final = 500
"""How many addresses a field suggests."""


@blueprint.get("/keys")
@needs(Permission.KEYS_MANAGE)
def index() -> ResponseReturnValue:
    """Every key and how it stands: the valid ones first, then those that ended."""
    known = queries.every(here.session(), here.settings().iri_base, here.now())
    return _render("keys/index.html", keys=known)


@blueprint.get("/keys/new")
@needs(Permission.KEYS_MANAGE)
def new() -> ResponseReturnValue:
    """The form that makes a key."""
    owner = people.person(here.session(), here.person()).email
    return _new_page(KeyForm(catalog.current(here.session()), formdata=None, owner=owner))


@blueprint.post("/keys/new")
@needs(Permission.KEYS_MANAGE)
def create() -> ResponseReturnValue:
    """Make a key, and show its secret this once. The same form sent again leads to the key, without the secret."""
    form = KeyForm(catalog.current(here.session()))
    form.validate()
    form.take(service.faults(here.session(), _wish(form), here.now()))
    if form.errors:
        return _new_page(form), 400
    uuid = UUID(form.uuid.data)
    try:
        made, secret = service.make(here.session(), _wish(form), uuid=uuid, who=here.person(), now=here.now())
    except Conflict as problem:
        here.session().rollback()
        flash(f"{problem.title} {problem.todo}", "look")
        return redirect(url_for("keys.show", key=uuid), 303)
    return _shown_once(_render("keys/made.html", credential=made, secret=secret))


@blueprint.get("/keys/<uuid:key>")
@needs(Permission.KEYS_MANAGE)
def show(key: UUID) -> ResponseReturnValue:
    """One key: what it may do, who answers for it, what it did."""
    found = _key(key)
    owner = found.owner.email if found.owner and not found.owner.ended else ""
    kept = {"label": found.credential.label, "owner": owner, "expires": _last_day(found)}
    return _key_page(found, ChangeForm(ended=not found.is_valid, formdata=None, data=kept))


@blueprint.post("/keys/<uuid:key>")
@needs(Permission.KEYS_MANAGE)
def change(key: UUID) -> ResponseReturnValue:
    """Give a key another label, owner or an earlier end."""
    found = _key(key)
    form = ChangeForm(ended=not found.is_valid)
    if not form.validate():
        return _key_page(found, form), 400
    stays = "expires" not in form or form.expires.data == _last_day(found)
    try:
        service.change(
            here.session(),
            key,
            label=form.label.data or "",
            owner=form.owner.data or "",
            expires=found.credential.expires if stays else _end(form.expires),
            who=here.person(),
            now=here.now(),
        )
    except Invalid as problem:
        here.session().rollback()
        form.take(problem.faults)
        return _key_page(found, form), 400
    flash(_("It is kept."))
    return redirect(url_for("keys.show", key=key), 303)


@blueprint.get("/keys/<uuid:key>/revoke")
@needs(Permission.KEYS_MANAGE)
def revoking(key: UUID) -> ResponseReturnValue:
    """What stops when a key is revoked."""
    return _revoke_page(_key(key), RevokeForm(formdata=None))


@blueprint.post("/keys/<uuid:key>/revoke")
@needs(Permission.KEYS_MANAGE)
def revoke(key: UUID) -> ResponseReturnValue:
    """Take a key back for good."""
    form = RevokeForm()
    if not form.validate():
        return _revoke_page(_key(key), form), 400
    found = service.revoke(here.session(), key, reason=form.reason.data or "", who=here.person(), now=here.now())
    flash(_("%(label)s can no longer use this key.", label=found.label))
    return redirect(url_for("keys.show", key=key), 303)


def _key(uuid: UUID) -> Key:
    return queries.key(here.session(), uuid, here.settings().iri_base, here.now())


def _wish(form: KeyForm) -> Wish:
    return Wish(
        label=form.label.data or "",
        scopes=frozenset(form.scopes.data or ()),
        programmes=tuple(form.programmes.data or ()),
        owner=form.owner.data or "",
        expires=_end(form.expires),
    )


def _end(field: DayField) -> Any:
    """When the day in a field is over on the viewer's clock, or None for no day."""
    return service.end_of(field.data, here.zone()) if field.data else None


def _last_day(key: Key) -> Any:
    """The last day on which a key is good, on the viewer's clock."""
    return key.last_instant.astimezone(here.zone()).date() if key.last_instant else None


def _new_page(form: KeyForm) -> str:
    return _render("keys/new.html", form=form, others=_suggested())


def _key_page(key: Key, form: ChangeForm) -> str:
    done = queries.history(here.session(), key.credential.uuid)
    counts = key.credential.programmes if key.is_valid and key.credential.may_write else ()
    lessons = queries.lessons(here.session(), counts, here.settings().iri_base)
    return _render("keys/show.html", key=key, form=form, history=done, lessons=lessons, others=_suggested())


def _revoke_page(key: Key, form: RevokeForm) -> str:
    return _render("keys/revoke.html", key=key, form=form)


def _suggested() -> list[tuple[str, str]]:
    return people.addresses_of_all(here.session(), most=MOST_SUGGESTED)


def _render(template: str, **values: Any) -> str:
    address = f"{here.settings().public_url}/xapi"
    return render_template(template, meanings=MEANINGS, most=MOST_COUNTED, endpoint=address, **values)


def _shown_once(page: str) -> Response:
    """A page that no cache keeps, in the browser or on the way."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
