"""Where managers keep exemplars and see who is calibrated; and the exemplar's film, for whoever practises with it."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog import queries as catalog
from mentorcert.errors import Invalid, NotFound
from mentorcert.grading import calibration, documents, drafts, duties, queries
from mentorcert.grading import calibration_service as service
from mentorcert.grading.bench_views import blueprint
from mentorcert.grading.calibration_service import Agreed
from mentorcert.grading.comparing import Stand
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.grading.watching_views import heard
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.models import Recording
from mentorcert.recordings.playing_views import send_captions, send_film, send_still
from mentorcert.web import here


@blueprint.get("/calibration/exemplars")
@needs(Permission.GRADING_MANAGE)
def exemplars() -> ResponseReturnValue:
    """The exemplars of each programme that calibrates, who is calibrated until when, and what could be an exemplar."""
    crews = duties.crews(here.session(), here.now())
    standings = [standing for crew in crews for _coach, standing in crew.coaches]
    used = {each.recording_id for crew in crews for each in crew.exemplars}
    return render_template(
        "grading/calibration_exemplars.html",
        crews=crews,
        near=sum(each.stand is Stand.NEAR for each in standings),
        coaches=len(standings),
        candidates=[each for each in duties.candidates(here.session()) if each.id not in used],
        archived=duties.archived(here.session()),
        Stand=Stand,
    )


@blueprint.get("/calibration/exemplars/of/<uuid:recording>")
@needs(Permission.GRADING_MANAGE)
def new_exemplar(recording: UUID) -> ResponseReturnValue:
    """Where a panel's levels are entered; they begin as the grade that was released, where there is one."""
    found = recordings.recording(here.session(), recording)
    return _form_page(found, _released(found), "", {})


@blueprint.post("/calibration/exemplars/of/<uuid:recording>")
@needs(Permission.GRADING_MANAGE)
def keep_exemplar(recording: UUID) -> ResponseReturnValue:
    """Make an exemplar of a recording. What was entered is shown again with every fault."""
    found = recordings.recording(here.session(), recording)
    version = queries.rubric_version(here.session(), found)
    draft = drafts.read_draft(catalog.rubric(here.session(), version.hash), request.form)
    panel = " ".join(request.form.get("panel", "").split())
    try:
        agreed = Agreed(version.hash, panel, draft.entries)
        made = service.keep_exemplar(here.session(), recording, agreed, who=here.person(), now=here.now())
    except Invalid as problem:
        errors = {fault.where: f"{fault.what} {fault.todo}" for fault in problem.faults}
        return _form_page(recordings.recording(here.session(), recording), draft, panel, errors, problem.title), 400
    flash(_("Recording %(number)d is an exemplar.", number=made.recording.number))
    return redirect(url_for("grading.exemplar", exemplar=made.uuid), 303)


@blueprint.get("/calibration/exemplars/<uuid:exemplar>")
@needs(Permission.GRADING_MANAGE)
def exemplar(exemplar: UUID) -> ResponseReturnValue:
    """An exemplar, with what the panel agreed on."""
    found = calibration.exemplar(here.session(), exemplar)
    watchable = calibration.is_watchable(found.recording)
    return render_template(
        "grading/calibration_exemplar.html",
        exemplar=found,
        recording=found.recording,
        rubric=catalog.rubric(here.session(), found.rubric_version.hash),
        watchable=watchable,
        **(heard(found.recording, ()) if watchable else {}),
    )


@blueprint.post("/calibration/exemplars/<uuid:exemplar>/archive")
@needs(Permission.GRADING_MANAGE)
def archive_exemplar(exemplar: UUID) -> ResponseReturnValue:
    """Ask nobody to grade it any more."""
    found = service.archive(here.session(), exemplar, who=here.person(), now=here.now())
    flash(_("Recording %(number)d is no exemplar any more.", number=found.recording.number))
    return redirect(url_for("grading.exemplars"), 303)


@blueprint.get("/calibration/exemplars/<uuid:exemplar>/media")
@needs(Permission.CALIBRATE)
def exemplar_media(exemplar: UUID) -> ResponseReturnValue:
    """The film, whole or a stretch of it."""
    return send_film(_watched(exemplar))


@blueprint.get("/calibration/exemplars/<uuid:exemplar>/poster")
@needs(Permission.CALIBRATE)
def exemplar_poster(exemplar: UUID) -> ResponseReturnValue:
    """A still of it."""
    return send_still(_watched(exemplar))


@blueprint.get("/calibration/exemplars/<uuid:exemplar>/captions")
@needs(Permission.CALIBRATE)
def exemplar_captions(exemplar: UUID) -> ResponseReturnValue:
    """The transcript as WebVTT, with labels in place of names."""
    return send_captions(_watched(exemplar))


def _watched(exemplar: UUID) -> Recording:
    """The recording of an exemplar, archived or not, as long as coaches may practise with it; else NotFound."""
    found = calibration.exemplar(here.session(), exemplar).recording
    if not calibration.is_watchable(found):
        raise NotFound(_("This recording is no exemplar any more."), _("Go to calibration and choose another one."))
    return found


def _released(recording: Recording) -> Draft:
    """The grade that was released, as what a panel begins from; empty where it was graded by another version."""
    outcome = queries.standing(here.session(), recording)
    version = queries.rubric_version(here.session(), recording)
    if outcome is None or outcome.rubric_version_id != version.id:
        return Draft()
    comments = {each["id"]: each["comment"] for each in outcome.document["criteria"]}
    levels = documents.levels(outcome.document)
    return Draft(0, "", {each: Entry(level, comments.get(each, "")) for each, level in levels.items()})


def _form_page(recording: Recording, draft: Draft, panel: str, errors: dict[str, str], title: str = "") -> str:
    version = queries.rubric_version(here.session(), recording)
    return render_template(
        "grading/calibration_form.html",
        recording=recording,
        rubric=catalog.rubric(here.session(), version.hash),
        draft=draft,
        panel=panel,
        errors=errors,
        title=title,
        graded=queries.standing(here.session(), recording) is not None,
    )
