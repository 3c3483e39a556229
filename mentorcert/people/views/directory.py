"""Everybody: the list, and inviting somebody new."""

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.errors import Conflict
from mentorcert.people import giving, queries, service
from mentorcert.people.forms import ROLE_NAMES, InviteForm, clean
from mentorcert.people.models import Person
from mentorcert.people.views.door import blueprint
from mentorcert.permissions import Permission, Role, allows, needs
from mentorcert.web import here

MOST_PAGES: Final = 1_000_000
"""Far more than there are; a database counts no farther than some."""


@blueprint.get("/people")
@needs(Permission.PEOPLE_MANAGE)
def index() -> ResponseReturnValue:
    """Everybody by name, to search and to filter by office."""
    session = here.session()
    text, office = clean(request.args.get("q")), clean(request.args.get("office"))
    page = min(max(1, request.args.get("page", 1, type=int)), MOST_PAGES)
    people, total = queries.directory(session, text=text, office=office, page=page)
    return render_template(
        "people/index.html",
        people=people,
        total=total,
        crowd=queries.crowd(session),
        offices=queries.offices(session),
        text=text,
        office=office,
        page=page,
        pages=-(-total // queries.PAGE),
        roles_of=_roles_of,
        forgets=allows(here.viewer(), Permission.PERSON_FORGET),
    )


@blueprint.get("/people/new")
@needs(Permission.PEOPLE_MANAGE)
def new() -> ResponseReturnValue:
    """The form that invites somebody."""
    return _invite_page(InviteForm(_givable(), formdata=None, zone=here.viewer().zone))


@blueprint.post("/people/new")
@needs(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Make an account, and send the invitation."""
    form = InviteForm(_givable())
    if form.validate():
        try:
            _invite(form)
        except Conflict as problem:
            form.email.errors = [f"{problem.title} {problem.todo}"]
    if form.errors:
        return _invite_page(form), 400
    flash(_("%(name)s is invited. The mail is on its way.", name=form.name.data))
    return redirect(url_for("people.index"), 303)


@blueprint.post("/people/<uuid:person>/invitation")
@needs(Permission.PEOPLE_MANAGE)
def invite_again(person: UUID) -> ResponseReturnValue:
    """Send a fresh invitation; the one before stops working."""
    found = queries.person(here.session(), person)
    service.invite_again(here.session(), found, who=here.person(), now=here.now())
    flash(_("%(name)s has a new invitation. The one before no longer works.", name=found.name))
    return redirect(url_for("people.index"), 303)


def _roles_of(person: Person) -> list[str]:
    """What a person is, wherever that may be, in the order of the roles."""
    held = {grant.role for grant in person.grants}
    return [str(ROLE_NAMES[role]) for role in Role if role in held]


def _givable() -> frozenset[Role]:
    return giving.may_give(here.viewer().roles())


def _invite(form: InviteForm) -> None:
    giving.check_may_give(here.viewer().roles(), form.chosen())
    service.invite(
        here.session(),
        form.email.data,
        form.name.data,
        zone=form.zone.data,
        office_name=form.office.data,
        roles=form.chosen(),
        who=here.person(),
        now=here.now(),
    )


def _invite_page(form: InviteForm) -> str:
    return render_template("people/new.html", form=form, offices=queries.offices(here.session()))
