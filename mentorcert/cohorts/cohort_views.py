"""The pages of cohorts: a new one, and who is in it."""

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog import queries as catalog
from mentorcert.cohorts import queries, service
from mentorcert.cohorts.forms import AddForm, CohortForm, RemoveForm
from mentorcert.cohorts.models import Cohort
from mentorcert.errors import Conflict, NotFound
from mentorcert.people import queries as people
from mentorcert.people.forms import ROLE_NAMES
from mentorcert.people.models import Person
from mentorcert.permissions import COHORT_ROLES, Permission, Role, needs
from mentorcert.web import here

blueprint: Final = Blueprint("cohorts", "mentorcert.cohorts", template_folder="templates")


@blueprint.get("/cohorts/new")
@needs(Permission.COHORT_MANAGE)
def new() -> ResponseReturnValue:
    """The form that makes a cohort."""
    return _new_page(CohortForm(catalog.current(here.session()), formdata=None, zone=here.viewer().zone))


@blueprint.post("/cohorts/new")
@needs(Permission.COHORT_MANAGE)
def create() -> ResponseReturnValue:
    """Make a cohort on the newest version of a programme."""
    form = CohortForm(catalog.current(here.session()))
    if not form.validate():
        return _new_page(form), 400
    try:
        cohort = service.start(
            here.session(),
            form.name.data,
            form.programme.data,
            form.zone.data,
            who=here.person(),
            now=here.now(),
        )
    except Conflict as problem:
        form.name.errors = [f"{problem.title} {problem.todo}"]
        return _new_page(form), 400
    flash(_("%(name)s is made. Now add its people.", name=cohort.name))
    return redirect(url_for("cohorts.members", cohort=cohort.uuid), 303)


@blueprint.get("/cohorts/<uuid:cohort>/people")
@needs(Permission.COHORT_MANAGE)
def members(cohort: UUID) -> ResponseReturnValue:
    """Who is in a cohort, and the form that adds somebody."""
    return _members_page(queries.cohort(here.session(), cohort), AddForm(formdata=None))


@blueprint.post("/cohorts/<uuid:cohort>/people")
@needs(Permission.COHORT_MANAGE)
def add(cohort: UUID) -> ResponseReturnValue:
    """Add somebody, and invite them when they are new."""
    found, form = queries.cohort(here.session(), cohort), AddForm()
    if form.validate() and not people.by_email(here.session(), form.email.data) and not form.name.data:
        form.name.errors = [_("We know nobody by this address. Give their name, and they get an invitation.")]
    if form.errors:
        return _members_page(found, form), 400
    person = service.add_by_email(
        here.session(),
        found,
        form.email.data,
        Role(form.role.data),
        name=form.name.data,
        who=here.person(),
        now=here.now(),
    )
    flash(_("%(name)s is in %(cohort)s.", name=person.name, cohort=found.name))
    return redirect(url_for("cohorts.members", cohort=cohort), 303)


@blueprint.get("/cohorts/<uuid:cohort>/people/<uuid:person>/<role>/remove")
@needs(Permission.COHORT_MANAGE)
def leaving(cohort: UUID, person: UUID, role: str) -> ResponseReturnValue:
    """The page that asks why somebody leaves."""
    return _leaving_page(*_member(cohort, person, role), RemoveForm(formdata=None))


@blueprint.post("/cohorts/<uuid:cohort>/people/<uuid:person>/<role>/remove")
@needs(Permission.COHORT_MANAGE)
def remove(cohort: UUID, person: UUID, role: str) -> ResponseReturnValue:
    """Take somebody out of a cohort; what they did stays."""
    member = found, who, held = _member(cohort, person, role)
    form = RemoveForm()
    if not form.validate():
        return _leaving_page(*member, form), 400
    viewer = here.person()
    service.remove(here.session(), found, who, held, reason=form.reason.data, who=viewer, now=here.now())
    flash(_("%(name)s is no longer in %(cohort)s.", name=who.name, cohort=found.name))
    return redirect(url_for("cohorts.members", cohort=cohort), 303)


def _member(cohort: UUID, person: UUID, role: str) -> tuple[Cohort, Person, Role]:
    """The cohort, the person, and the role that they hold in it. Raises NotFound when they hold it not."""
    session = here.session()
    found, who = queries.cohort(session, cohort), people.person(session, person)
    held = next((each for each in COHORT_ROLES if each.value == role), None)
    if held is None or not any(member.id == who.id for member in queries.members(session, found)[held]):
        raise NotFound(f"{who.name} does not have this role here.", "Load the cohort's people again.")
    return found, who, held


def _new_page(form: CohortForm) -> str:
    return render_template("cohorts/new.html", form=form)


def _members_page(cohort: Cohort, form: AddForm) -> str:
    return render_template(
        "cohorts/people.html",
        cohort=cohort,
        form=form,
        members=queries.members(here.session(), cohort),
        others=people.addresses_of_all(here.session(), most=500),
        role_names=ROLE_NAMES,
    )


def _leaving_page(cohort: Cohort, person: Person, role: Role, form: RemoveForm) -> str:
    return render_template(
        "cohorts/remove.html", cohort=cohort, person=person, role=role, role_name=ROLE_NAMES[role], form=form
    )
