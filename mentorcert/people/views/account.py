"""One's own account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.errors import Invalid
from mentorcert.people import queries, service
from mentorcert.people.forms import ChangePasswordForm, ProfileForm
from mentorcert.people.models import Person
from mentorcert.people.views.door import blueprint, let_in, limiter
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/me")
@needs(Permission.SIGNED_IN)
def me() -> ResponseReturnValue:
    """One's name, zone, colours and password."""
    person = _myself()
    return _page(person, ProfileForm(formdata=None, obj=person), ChangePasswordForm(person.email, formdata=None))


@blueprint.post("/me")
@needs(Permission.SIGNED_IN)
def update_me() -> ResponseReturnValue:
    """Keep a new name, zone or colours."""
    person, form = _myself(), ProfileForm()
    if not form.validate():
        return _page(person, form, ChangePasswordForm(person.email, formdata=None)), 400
    service.update_profile(
        here.session(), person, name=form.name.data, zone=form.zone.data, theme=form.theme.data, now=here.now()
    )
    flash(_("Kept."))
    return redirect(url_for("people.me"), 303)


@blueprint.post("/me/password")
@needs(Permission.SIGNED_IN)
@limiter.limit("10 per minute")
def change_password() -> ResponseReturnValue:
    """Set a new password with the old one: every other browser is signed out."""
    person = _myself()
    form = ChangePasswordForm(person.email)
    if form.validate():
        try:
            service.change_password(here.session(), person, old=form.old.data, new=form.password.data, now=here.now())
        except Invalid as problem:
            form.old.errors = [f"{fault.what} {fault.todo}" for fault in problem.faults]
    if form.errors:
        return _page(person, ProfileForm(formdata=None, obj=person), form), 400
    let_in(person)
    flash(_("Your password is changed. Other browsers are signed out."))
    return redirect(url_for("people.me"), 303)


def _myself() -> Person:
    return queries.person(here.session(), here.person())


def _page(person: Person, profile: ProfileForm, password: ChangePasswordForm) -> str:
    return render_template("people/me.html", person=person, profile=profile, password=password)
