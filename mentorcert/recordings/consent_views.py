"""The pages of consent: for the trainee and the manager, and, without an account, for the person recorded."""

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Invalid
from mentorcert.people.views import limiter
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import consent, letting_go, queries
from mentorcert.recordings.consent_forms import MenteeForm, TakeBackForm, WithdrawForm
from mentorcert.recordings.models import Recording
from mentorcert.web import here

blueprint: Final = Blueprint("consent", "mentorcert.recordings", template_folder="templates")

TRIES: Final = "30 per minute"
MAILS: Final = "10 per hour"
"""How many mails to people without an account may be asked for from one place."""


@blueprint.get("/recordings/<uuid:recording>/consent")
@needs(Permission.CONSENT)
def page(recording: UUID) -> ResponseReturnValue:
    """What was agreed to about a recording, until when it is kept, and what takes it back."""
    found = queries.recording(here.session(), recording)
    return _page(found, WithdrawForm(found.consent_uses, formdata=None), MenteeForm(formdata=None, obj=found))


@blueprint.post("/recordings/<uuid:recording>/consent")
@needs(Permission.CONSENT)
def withdraw(recording: UUID) -> ResponseReturnValue:
    """Take consent back for the person recorded."""
    found = queries.recording(here.session(), recording)
    form = WithdrawForm(found.consent_uses)
    try:
        uses, reason = form.uses.data or [], form.reason.data or ""
        done = consent.withdraw(here.session(), recording, uses, who=here.person(), reason=reason, now=here.now())
    except Invalid as problem:
        form.show_faults(problem.faults)
        return _page(found, form, MenteeForm(formdata=None, obj=found)), 400
    _say(done)
    return redirect(url_for("consent.page", recording=recording), 303)


@blueprint.post("/recordings/<uuid:recording>/consent/mail")
@needs(Permission.CONSENT)
@limiter.limit(MAILS)
def invite(recording: UUID) -> ResponseReturnValue:
    """Send the person recorded what was agreed to, and the link to their own page."""
    form, secret = MenteeForm(), here.settings().secret_key
    try:
        given = form.mentee_email.data or ""
        consent.invite(here.session(), recording, given, secret=secret, who=here.person(), now=here.now())
    except Invalid as problem:
        found = queries.recording(here.session(), recording)
        form.show_faults(problem.faults)
        return _page(found, WithdrawForm(found.consent_uses, formdata=None), form), 400
    flash(_("The mail is on its way."))
    return redirect(url_for("consent.page", recording=recording), 303)


@blueprint.get("/consent/<token>")
@needs(Permission.PUBLIC)
@limiter.limit(TRIES)
def mentee(token: str) -> ResponseReturnValue:
    """The page of the person recorded. Looking at it changes nothing: programs that read mail look at links too."""
    found = consent.by_token(here.session(), token, here.settings().secret_key)
    return _mentee_page(found, TakeBackForm(found.consent_uses, formdata=None))


@blueprint.post("/consent/<token>")
@needs(Permission.PUBLIC)
@limiter.limit(TRIES)
def take_back(token: str) -> ResponseReturnValue:
    """Take back what one agreed to."""
    found = consent.by_token(here.session(), token, here.settings().secret_key)
    form = TakeBackForm(found.consent_uses)
    try:
        done = consent.withdraw(here.session(), found.uuid, form.uses.data or [], who=consent.MENTEE, now=here.now())
    except Invalid as problem:
        form.show_faults(problem.faults)
        return _mentee_page(found, form), 400
    _say(done)
    return redirect(url_for("consent.mentee", token=token), 303)


@blueprint.get("/cohorts/<uuid:cohort>/recordings")
@needs(Permission.COHORT_MANAGE)
def cohort(cohort: UUID) -> ResponseReturnValue:
    """Every recording of a cohort: what was agreed to, and until when it is kept."""
    found = cohorts.cohort(here.session(), cohort)
    recordings = consent.of_cohort(here.session(), found)
    policy = cohorts.programme(here.session(), found).final.grading
    return render_template(
        "recordings/cohort.html",
        cohort=found,
        recordings=[(each, letting_go.until(each)) for each in recordings],
        days=consent.days_kept(policy),
    )


def _say(done: Recording) -> None:
    flash(_("It is taken back.") if done.consent_uses else _("It is taken back, and the recording is deleted."))


def _page(found: Recording, form: WithdrawForm, mentee: MenteeForm) -> str:
    own = found.enrolment.person.uuid == here.person()
    desk = url_for("recordings.desk", enrolment=found.enrolment.uuid)
    return render_template(
        "recordings/consent.html",
        recording=found,
        form=form,
        mentee=mentee,
        own=own,
        back=desk if own else url_for("consent.cohort", cohort=found.enrolment.cohort.uuid),
        history=consent.history(here.session(), found),
        ends=letting_go.until(found),
        days=consent.days_kept(queries.policy_of(here.session(), found)),
    )


def _mentee_page(found: Recording, form: TakeBackForm) -> str:
    return render_template(
        "recordings/mentee.html",
        recording=found,
        form=form,
        was_link=not found.size,
        ends=letting_go.until(found),
        days=consent.days_kept(queries.policy_of(here.session(), found)),
    )
