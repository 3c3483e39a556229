"""A trainee's home and unit pages: coursework, live sessions, recording and certificate on one page."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from mentorcert.certification import queries as certification
from mentorcert.cohorts import queries as cohorts
from mentorcert.coursework import home as homes
from mentorcert.coursework import queries as coursework
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import final
from mentorcert.reports import trainee
from mentorcert.sessions import queries as sessions
from mentorcert.sessions.models import LiveSession
from mentorcert.web import here

blueprint: Final = Blueprint("trainee", "mentorcert.reports", template_folder="templates")


@blueprint.get("/learn")
@needs(Permission.SIGNED_IN)
def home() -> ResponseReturnValue:
    """To the home page of one's newest enrolment."""
    own = cohorts.enrolments_of(here.session(), here.person())
    if not own:
        return render_template("trainee/nothing.html")
    return redirect(url_for("trainee.enrolment_home", enrolment=own[0].uuid))


@blueprint.get("/learn/<uuid:enrolment>")
@needs(Permission.COURSEWORK_DO)
def enrolment_home(enrolment: UUID) -> ResponseReturnValue:
    """The one next thing to do, the next session, the units, and what the certificate asks."""
    session, now = here.session(), here.now()
    found = cohorts.enrolment(session, enrolment)
    study = coursework.study_of(session, found, here.settings().iri_base)
    planned = sessions.planned(session, found.cohort)
    candidate = certification.candidate(session, found, here.settings().iri_base)
    handed_in = trainee.handed_in(session, found.id)
    season = trainee.season(planned, study, here.zone(), _session_url, now=now)
    certificate = candidate.certificate.uuid if candidate.certificate else None
    last, days = planned[-1].starts_at if planned else None, study.programme.final.due_days_after_last_session
    ending = trainee.ending(handed_in, certificate, final.due_at(last, days, found.cohort.zone))
    season = trainee.with_company(session, season, found.cohort)
    page = homes.home(study.units, season, _with_urls(ending, handed_in), study.pass_percent)
    weak = trainee.weak_count(handed_in)
    return render_template(
        "trainee/home.html", page=page, study=study, enrolment=enrolment, verdicts=candidate.verdicts, weak=weak
    )


@blueprint.get("/learn/<uuid:enrolment>/<unit>")
@needs(Permission.COURSEWORK_DO)
def unit(enrolment: UUID, unit: str) -> ResponseReturnValue:
    """A unit: what it is for, its steps, and when its session is."""
    session = here.session()
    found = cohorts.enrolment(session, enrolment)
    study = coursework.study_of(session, found, here.settings().iri_base)
    state = study.unit(unit)
    live = [each for each in sessions.planned(session, found.cohort) if each.unit == unit]
    over = [not sessions.is_ahead(each, here.now()) for each in live]
    number = study.units.index(state) + 1
    return render_template(
        "trainee/unit.html",
        study=study,
        state=state,
        number=number,
        enrolment=enrolment,
        sessions=list(zip(live, over, [_session_url(each) for each in live], strict=True)),
        after=study.units[number] if number < len(study.units) else None,
    )


def _session_url(live: LiveSession) -> str:
    return url_for("sessions.show", live_session=live.uuid)


def _with_urls(ending: homes.Ending, handed_in: trainee.HandedIn | None) -> homes.Ending:
    released = handed_in.released if handed_in else None
    return replace(
        ending,
        recording_url=url_for("recordings.mine"),
        certificate_url=url_for("certification.mine"),
        feedback_url=url_for("grading.feedback", recording=released.recording.uuid) if released else "",
    )
