"""How other systems name a person, and what they need to know to tell of them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import identifiers
from mentorcert.evidence.identifier_forms import IdentifierForm, RemovalForm
from mentorcert.evidence.service import door
from mentorcert.evidence.views.frame import blueprint
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.permissions import Permission, needs
from mentorcert.web import here


@blueprint.get("/people/<uuid:person>/elsewhere")
@needs(Permission.PEOPLE_MANAGE)
def elsewhere(person: UUID) -> ResponseReturnValue:
    """A person's identifiers elsewhere, and the registrations of their enrolments."""
    return _page(people.person(here.session(), person), IdentifierForm(formdata=None))


@blueprint.post("/people/<uuid:person>/elsewhere")
@needs(Permission.PEOPLE_MANAGE)
def identify(person: UUID) -> ResponseReturnValue:
    """Add an identifier; what was sent under it counts from then on."""
    form = IdentifierForm()
    found = people.person(here.session(), person)
    if form.validate():
        try:
            identifiers.add(here.session(), _door(), found, form.agent(), verified_by=form.verified_by.data, **_act())
        except (Conflict, Invalid) as problem:
            form.address.errors = [f"{problem.title} {problem.todo}"]
    if form.errors:
        return _page(found, form), 400
    flash(_("Added. What was sent of %(name)s under it counts, earlier statements too.", name=found.name))
    return redirect(url_for("evidence.elsewhere", person=person), 303)


@blueprint.post("/people/<uuid:person>/elsewhere/removal")
@needs(Permission.PEOPLE_MANAGE)
def forget_identifier(person: UUID) -> ResponseReturnValue:
    """Remove an identifier; what was sent under it counts no more."""
    form = RemovalForm()
    found = people.person(here.session(), person)
    if not form.validate():
        return _page(found, IdentifierForm(formdata=None)), 400
    identifiers.remove(here.session(), _door(), found, form.identifier.data, reason=form.reason.data, **_act())
    flash(_("Removed. What was sent of %(name)s under it counts no more.", name=found.name))
    return redirect(url_for("evidence.elsewhere", person=person), 303)


def _page(person: Person, form: IdentifierForm) -> str:
    session = here.session()
    return render_template(
        "evidence/elsewhere.html",
        person=person,
        form=form,
        removal=RemovalForm(formdata=None),
        known=[(each, identifiers.in_words(each.ifi_key)) for each in identifiers.of_person(session, person)],
        enrolments=cohorts.enrolments_of(session, person.uuid),
        home_page=here.settings().iri_base,
    )


def _door() -> Any:
    return door(here.settings().iri_base)


def _act() -> dict[str, Any]:
    return {"who": here.person(), "now": here.now()}
