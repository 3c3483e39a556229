"""Where coaches calibrate: what is due, an exemplar to grade, and where they differ from the panel."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog import queries as catalog
from mentorcert.catalog import rubric as arithmetic
from mentorcert.catalog.rubric import Rubric
from mentorcert.errors import Invalid
from mentorcert.grading import calibration, comparing, drafts, duties
from mentorcert.grading import calibration_service as service
from mentorcert.grading.bench_views import blueprint
from mentorcert.grading.calibration_models import CalibrationAttempt
from mentorcert.grading.calibration_service import NewerDraft
from mentorcert.grading.comparing import Comparison, Stand
from mentorcert.grading.drafts import Draft
from mentorcert.grading.watching_views import heard
from mentorcert.permissions import Permission, Role, needs
from mentorcert.web import here


@dataclass(frozen=True, slots=True)
class Tried:
    """What a coach began or submitted, as the list shows it; the agreement only once it is submitted."""

    attempt: CalibrationAttempt
    percent: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """An exemplar that is graded: as it is saved, and what the fields hold."""

    attempt: CalibrationAttempt
    draft: Draft
    errors: dict[str, str] = field(default_factory=dict)
    """What is wrong, by the id of the criterion."""
    title: str = ""
    """What is wrong altogether."""
    todo: str = ""


@blueprint.get("/calibration")
@needs(Permission.CALIBRATE)
def calibration_page() -> ResponseReturnValue:
    """What calibration asks of a coach, and what they did; managers without that role go to the exemplars."""
    if Role.COACH not in here.viewer().roles():
        return redirect(url_for("grading.exemplars"))
    asked = duties.of_coach(here.session(), here.viewer(), here.now())
    return render_template(
        "grading/calibration.html",
        asked=asked,
        waiting=[each for each in asked if each[1].stand is not Stand.NEAR],
        tried=[_tried(each) for each in calibration.attempts(here.session(), here.person())],
        manages=Role.MANAGER in here.viewer().roles(),
        Stand=Stand,
    )


@blueprint.post("/calibration/<wanted>/begin")
@needs(Permission.GRADE)
def begin_calibration(wanted: str) -> ResponseReturnValue:
    """Put the next exemplar of this version of a rubric before the coach."""
    made = service.begin(here.session(), wanted, who=here.person(), now=here.now())
    return redirect(url_for("grading.calibrate", attempt=made.uuid), 303)


@blueprint.get("/calibration/attempts/<uuid:attempt>")
@needs(Permission.GRADE)
def calibrate(attempt: UUID) -> ResponseReturnValue:
    """The exemplar and the rubric; once submitted, where the coach and the panel differ."""
    found = _mine(attempt)
    if found.submitted_at is not None:
        return _result_page(found)
    if not service.is_open(found):
        flash(_("That recording is no exemplar any more. Begin another one."), "look")
        return redirect(url_for("grading.calibration_page"))
    return _sheet_page(Sheet(found, service.draft_of(found)))


@blueprint.post("/calibration/attempts/<uuid:attempt>")
@needs(Permission.GRADE)
def grade_exemplar(attempt: UUID) -> ResponseReturnValue:
    """Save the draft, or submit it. What can't be taken is shown again with every fault."""
    found = _mine(attempt)
    draft = _posted(found)
    act = service.submit if request.form.get("do") == "submit" else service.save
    try:
        saved = act(here.session(), attempt, draft, who=here.person(), now=here.now())
    except NewerDraft as newer:
        onto = Draft(newer.saved.revision, draft.comment, draft.entries)
        return _sheet_page(Sheet(newer.saved, onto, title=newer.title, todo=newer.todo)), 409
    except Invalid as problem:
        errors = {fault.where: f"{fault.what} {fault.todo}" for fault in problem.faults}
        return _sheet_page(Sheet(_mine(attempt), draft, errors, problem.title)), 400
    if saved.submitted_at is None:
        flash(_("Draft saved."))
    return redirect(url_for("grading.calibrate", attempt=attempt), 303)


@blueprint.post("/calibration/attempts/<uuid:attempt>/draft")
@needs(Permission.GRADE)
def save_calibration(attempt: UUID) -> ResponseReturnValue:
    """Save the draft for a script; answers JSON."""
    found = _mine(attempt)
    try:
        saved = service.save(here.session(), attempt, _posted(found), who=here.person(), now=here.now())
    except NewerDraft as newer:
        url = url_for("grading.calibrate", attempt=attempt)
        return {"reason": "newer", "saved_at": _iso(newer.saved), "url": url}, 409
    return {"revision": saved.revision, "saved_at": _iso(saved)}


def _tried(found: CalibrationAttempt) -> Tried:
    percent = None
    if found.submitted_at is not None:
        percent = comparing.percent(_rubric(found), [_comparison(found)])
    return Tried(found, percent, service.is_open(found))


def _sheet_page(sheet: Sheet) -> str:
    rubric, recording = _rubric(sheet.attempt), sheet.attempt.exemplar.recording
    return render_template(
        "grading/calibration_sheet.html",
        sheet=sheet,
        rubric=rubric,
        exemplar=sheet.attempt.exemplar,
        recording=recording,
        open_numbers=drafts.open_numbers(rubric, sheet.draft),
        **heard(recording, ()),
    )


def _result_page(found: CalibrationAttempt) -> str:
    rubric, exemplar = _rubric(found), found.exemplar
    asked = duties.of_coach(here.session(), here.viewer(), here.now())
    watchable = calibration.is_watchable(exemplar.recording)
    return render_template(
        "grading/calibration_result.html",
        attempt=found,
        exemplar=exemplar,
        rubric=rubric,
        percent=comparing.percent(rubric, [_comparison(found)]),
        rows=comparing.differences(rubric, found.levels, exemplar.levels),
        mine=_total(rubric, found.levels),
        panels=_total(rubric, exemplar.levels),
        standings=[each for each in asked if each[0].rubric.id == exemplar.rubric_version_id],
        watchable=watchable,
        Stand=Stand,
        **(heard(exemplar.recording, ()) if watchable else {}),
    )


def _total(rubric: Rubric, levels: dict[str, str]) -> tuple[int, bool]:
    return arithmetic.percent(rubric, levels), arithmetic.passed(rubric, levels)


def _comparison(found: CalibrationAttempt) -> Comparison:
    return Comparison(found.exemplar_id, found.submitted_at or found.started_at, found.levels, found.exemplar.levels)


def _mine(attempt: UUID) -> CalibrationAttempt:
    found = calibration.attempt(here.session(), attempt)
    service.require_own(found, here.person())
    return found


def _posted(found: CalibrationAttempt) -> Draft:
    return drafts.read_draft(_rubric(found), request.form)


def _rubric(found: CalibrationAttempt) -> Rubric:
    return catalog.rubric(here.session(), found.exemplar.rubric_version.hash)


def _iso(saved: CalibrationAttempt) -> str:
    return (saved.saved_at or saved.started_at).isoformat()
