"""Signing in and out, and one-time links that set a password."""

from typing import Final
from uuid import UUID

import flask_login
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.db import db, own_transaction
from mentorcert.people import addresses, queries, service
from mentorcert.people.forms import ROLE_NAMES, ForgottenForm, NewPasswordForm, SignInForm
from mentorcert.people.models import Person
from mentorcert.people.views.door import blueprint, let_in, let_out, limiter
from mentorcert.permissions import Permission, Role, needs
from mentorcert.web import here

TRIES: Final = "10 per minute"
DEMO_ORDER: Final = (Role.TRAINEE, Role.FACILITATOR, Role.COACH, Role.MANAGER, Role.ADMINISTRATOR)


def _typed_address() -> str:
    return addresses.normal(request.form.get("email", ""))


def own_path(target: str) -> str:
    """Where to go after signing in: `target` when it is a path of ours, else the front door."""
    is_path = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_path else url_for("home.index")


@blueprint.get("/sign-in")
@needs(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The page to sign in on; who is signed in goes on to where they wanted to go."""
    if flask_login.current_user.is_authenticated:
        return redirect(own_path(request.args.get("next", "")))
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@needs(Permission.PUBLIC)
@limiter.limit(TRIES)
@limiter.limit(TRIES, key_func=_typed_address)
def try_sign_in() -> ResponseReturnValue:
    """Sign in, or say in one sentence that it did not work."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 400
    person = service.sign_in(here.session(), form.email.data, form.password.data)
    if person is None:
        _note_refusal(form.email.data)
        return _sign_in_page(form, _("This address and this password do not belong together.")), 400
    let_in(person)
    return redirect(own_path(request.args.get("next", "")), 303)


@blueprint.post("/sign-out")
@needs(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """Sign out on this browser."""
    let_out()
    flash(_("You are signed out."))
    return redirect(url_for("people.sign_in"), 303)


@blueprint.post("/demo/sign-in")
@needs(Permission.PUBLIC)
def sign_in_as() -> ResponseReturnValue:
    """Sign in as somebody of the demo. Outside the demo there is no such page."""
    if not here.settings().demo:
        abort(404)
    wanted = request.form.get("person", "")
    person = next((each for each in _demo_people() if str(each.uuid) == wanted), None)
    if person is None:
        abort(404)
    let_in(person)
    return redirect(own_path(request.args.get("next", "")), 303)


@blueprint.get("/forgotten")
@needs(Permission.PUBLIC)
def forgotten() -> ResponseReturnValue:
    """Ask for a link that sets a new password."""
    return render_template("people/forgotten.html", form=ForgottenForm(), sent_to=None)


@blueprint.post("/forgotten")
@needs(Permission.PUBLIC)
@limiter.limit(TRIES)
@limiter.limit(TRIES, key_func=_typed_address)
def send_forgotten() -> ResponseReturnValue:
    """Send the link when somebody has this address; the answer is the same for nobody."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("people/forgotten.html", form=form, sent_to=None), 400
    service.forgot(here.session(), form.email.data, now=here.now())
    return render_template("people/forgotten.html", form=form, sent_to=form.email.data)


@blueprint.get("/<any(invitation, reset):purpose>/<secret>")
@needs(Permission.PUBLIC)
def one_time_link(purpose: str, secret: str) -> ResponseReturnValue:
    """The page that a link in a mail opens. Looking at it does not spend the link."""
    person = service.link_owner(here.session(), secret, purpose, now=here.now()).person
    return _new_password_page(NewPasswordForm(person.email), person, purpose)


@blueprint.post("/<any(invitation, reset):purpose>/<secret>")
@needs(Permission.PUBLIC)
@limiter.limit(TRIES)
def use_one_time_link(purpose: str, secret: str) -> ResponseReturnValue:
    """Set the password, spend the link, and sign the person in."""
    person = service.link_owner(here.session(), secret, purpose, now=here.now()).person
    form = NewPasswordForm(person.email)
    if not form.validate():
        return _new_password_page(form, person, purpose), 400
    let_in(service.use_link(here.session(), secret, purpose, form.password.data, now=here.now()))
    flash(_("Your password is set, and you are signed in."))
    return redirect(url_for("home.index"), 303)


def _note_refusal(email: str) -> None:
    here.session().rollback()  # this request's read must not wait beside the write
    with own_transaction(db.engine) as session:
        service.note_refusal(session, email, now=here.now())


def _sign_in_page(form: SignInForm, problem: str = "") -> str:
    target = request.args.get("next")
    return render_template(
        "people/sign_in.html", form=form, problem=problem, target=target, demo=_demo_groups(), role_names=ROLE_NAMES
    )


def _new_password_page(form: NewPasswordForm, person: Person, purpose: str) -> str:
    return render_template("people/new_password.html", form=form, person=person, purpose=purpose)


def _demo_people() -> list[Person]:
    return queries.of_domain(here.session(), addresses.DEMO_DOMAIN) if here.settings().demo else []


def _demo_groups() -> list[tuple[Role, list[tuple[UUID, str, str]]]]:
    """(role, (UUID, name, office) of each) of the demo's people; everybody under the first of their roles."""
    groups: dict[Role, list[tuple[UUID, str, str]]] = {role: [] for role in DEMO_ORDER}
    for person in _demo_people():
        roles = {grant.role for grant in person.grants}
        first = next((role for role in reversed(DEMO_ORDER) if role in roles), None)
        if first is not None:
            groups[first].append((person.uuid, person.name, person.office.name if person.office else ""))
    return [(role, people) for role, people in groups.items() if people]
