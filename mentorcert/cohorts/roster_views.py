"""Importing a roster in a browser: choose a file, see what would happen, do it."""

from typing import Final

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from itsdangerous import BadSignature, URLSafeTimedSerializer

from mentorcert.cohorts import roster_service
from mentorcert.cohorts.cohort_views import blueprint
from mentorcert.cohorts.forms import ConfirmForm, UploadForm
from mentorcert.cohorts.roster import COLUMNS, Outcome, Plan
from mentorcert.cohorts.roster_text import MOST_BYTES, decoded
from mentorcert.errors import Conflict
from mentorcert.people import giving
from mentorcert.people.forms import ROLE_NAMES
from mentorcert.permissions import Permission, needs
from mentorcert.web import here

SHOWN: Final = 200
"""How many rows of a plan a page shows."""
HOUR_SECONDS: Final = 3600
"""For how long a checked list can be imported."""


@blueprint.get("/people/import")
@needs(Permission.PEOPLE_MANAGE)
def upload_roster() -> ResponseReturnValue:
    """The page that takes a file."""
    return _upload_page(UploadForm(formdata=None))


@blueprint.post("/people/import")
@needs(Permission.PEOPLE_MANAGE)
def check_roster() -> ResponseReturnValue:
    """Say what importing the file would do, or every fault in it; nothing is changed."""
    form = UploadForm()
    if not form.validate():
        return _upload_page(form), 400
    data = form.roster.data.read(MOST_BYTES + 1)
    plan = roster_service.plan(here.session(), data, may_give=giving.may_give(here.viewer().roles()))
    if plan.faults:
        return _upload_page(UploadForm(formdata=None), plan), 400
    checked = ConfirmForm(formdata=None, checked=_signer().dumps([str(here.person()), decoded(data)]))
    return render_template(
        "cohorts/roster_plan.html",
        plan=plan,
        form=checked,
        shown=plan.rows[:SHOWN],
        outcome=Outcome,
        role_names=ROLE_NAMES,
    )


@blueprint.post("/people/import/confirm")
@needs(Permission.PEOPLE_MANAGE)
def import_roster() -> ResponseReturnValue:
    """Import the list that was checked. It is checked again: somebody may have changed something since."""
    plan = roster_service.plan(here.session(), _signed_list(), may_give=giving.may_give(here.viewer().roles()))
    if plan.faults:
        return _upload_page(UploadForm(formdata=None), plan), 400
    done = roster_service.apply(here.session(), plan, who=here.person(), now=here.now())
    invited = done.count(Outcome.INVITE)
    flash(
        ngettext("One person is invited.", "%(num)d people are invited.", invited)
        if invited
        else _("The list is imported. Nobody new was in it.")
    )
    return redirect(url_for("people.index"), 303)


def _upload_page(form: UploadForm, plan: Plan | None = None) -> str:
    return render_template("cohorts/roster.html", form=form, plan=plan, columns=COLUMNS)


def _signed_list() -> bytes:
    """The list that we signed for this person. Raises Conflict when it is another one's, changed or too old."""
    try:
        owner, text = _signer().loads(ConfirmForm().checked.data or "", max_age=HOUR_SECONDS)
    except BadSignature:
        owner, text = "", ""
    if owner != str(here.person()):
        raise Conflict(_("This list has to be checked again."), _("Go back to the import page and choose the file."))
    return str(text).encode()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="roster")
