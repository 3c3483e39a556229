"""The pages of certification: what is open, the decision, the certificate, and the page where a stranger checks it."""

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.certification import queries, service
from mentorcert.certification.codes import read_code
from mentorcert.certification.forms import CodeForm, DecideForm, RevokeForm
from mentorcert.certification.models import Certificate
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.evidence.service import Door, door
from mentorcert.permissions import Permission, Role, needs
from mentorcert.web import here

blueprint: Final = Blueprint("certification", __name__, template_folder="templates")


@blueprint.get("/certificate")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's own newest enrolment's certificate, or the way to it."""
    own = cohorts.newest_enrolment(here.session(), here.person())
    return redirect(url_for("certification.enrolment", enrolment=own.uuid))


@blueprint.get("/enrolments/<uuid:enrolment>/certificate")
@needs(Permission.CERTIFICATE_READ)
def enrolment(enrolment: UUID) -> ResponseReturnValue:
    """Every requirement with its verdict and the evidence behind it, and the certificate once there is one."""
    return _enrolment_page(cohorts.enrolment(here.session(), enrolment), RevokeForm())


@blueprint.post("/enrolments/<uuid:enrolment>/certify")
@needs(Permission.CERTIFY)
def certify(enrolment: UUID) -> ResponseReturnValue:
    """Decide that somebody is certified."""
    found = cohorts.enrolment(here.session(), enrolment)
    made = service.certify(
        here.session(), _door(), found, organisation=here.settings().organisation, who=here.person(), now=here.now()
    )
    flash(_("%(name)s is certified. They hear of it by mail.", name=made.document["holder"]))
    return redirect(url_for("certification.enrolment", enrolment=enrolment), 303)


@blueprint.post("/certificates/<uuid:certificate>/revoke")
@needs(Permission.CERTIFY)
def revoke(certificate: UUID) -> ResponseReturnValue:
    """Withdraw a certificate, with a reason."""
    found = queries.certificate(here.session(), certificate)
    form = RevokeForm()
    if not form.validate_on_submit():
        return _enrolment_page(found.enrolment, form), 400
    service.revoke(here.session(), _door(), found, form.reason.data or "", who=here.person(), now=here.now())
    flash(_("The certificate %(code)s is withdrawn. Its public page says so.", code=found.code))
    return redirect(url_for("certification.enrolment", enrolment=found.enrolment.uuid), 303)


@blueprint.get("/cohorts/<uuid:cohort>/certification")
@needs(Permission.CERTIFY)
def cohort(cohort: UUID) -> ResponseReturnValue:
    """Everyone in a cohort: who meets every requirement, who is certified, what is open for the others."""
    found = cohorts.cohort(here.session(), cohort)
    candidates = queries.candidates(here.session(), found, here.settings().iri_base)
    return render_template("certification/cohort.html", cohort=found, candidates=candidates, form=DecideForm())


@blueprint.get("/verify")
@needs(Permission.PUBLIC)
def look_up() -> ResponseReturnValue:
    """Where a stranger types the code of a certificate."""
    form = CodeForm(request.args)
    if "code" not in request.args:
        return render_template("certification/look_up.html", form=form)
    if not form.validate():
        return render_template("certification/look_up.html", form=form), 400
    code = read_code(form.code.data or "")
    if code is None or queries.by_code(here.session(), code) is None:
        return render_template("certification/look_up.html", form=form, unknown=True), 404
    return redirect(url_for("certification.verify", code=code))


@blueprint.get("/verify/<code>")
@needs(Permission.PUBLIC)
def verify(code: str) -> ResponseReturnValue:
    """What our records say about a certificate, checked now."""
    known = read_code(code)
    found = queries.by_code(here.session(), known) if known else None
    if found is None:
        form = CodeForm(data={"code": code})
        return render_template("certification/look_up.html", form=form, unknown=True), 404
    return render_template("certification/verify.html", certificate=found, state=_state(found), **_read(found))


def _enrolment_page(found: Enrolment, form: RevokeForm) -> str:
    return render_template(
        "certification/enrolment.html",
        candidate=queries.candidate(here.session(), found, here.settings().iri_base),
        certificate=queries.latest(here.session(), found),
        own=found.person.uuid == here.person(),
        decides=Role.MANAGER in here.viewer().roles(here.scope()),
        form=DecideForm(),
        revoke_form=form,
    )


def _state(certificate: Certificate) -> str:
    if certificate.revoked_at is not None:
        return "revoked"
    return "valid" if here.now() < certificate.valid_until else "expired"


def _read(certificate: Certificate) -> dict[str, object]:
    """The document with its times as times again, and whether it still is what was signed off."""
    document = certificate.document
    requirements = [{**each, "met_on": service.instant(each["met_on"])} for each in document["requirements"]]
    return {
        "document": document,
        "requirements": requirements,
        "version_published_at": service.instant(document["version_published_at"]),
        "intact": service.fingerprint(document) == certificate.fingerprint,
    }


def _door() -> Door:
    return door(here.settings().iri_base)
