"""Where coaches work: the bench, with the recording and the rubric side by side."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog.rubric import Rubric
from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Invalid
from mentorcert.evidence.service import door
from mentorcert.grading import drafts, feedback, queries, service
from mentorcert.grading.drafts import Draft
from mentorcert.grading.models import Assessment
from mentorcert.grading.service import HoldEnded, StaleDraft
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import context, final
from mentorcert.recordings.models import Recording
from mentorcert.recordings.voices import Voice
from mentorcert.web import here

blueprint: Final = Blueprint("grading", "mentorcert.grading", template_folder="templates")


@blueprint.get("/assessments/<uuid:assessment>")
@needs(Permission.GRADE)
def bench(assessment: UUID) -> ResponseReturnValue:
    """The recording and the rubric side by side."""
    found = queries.assessment(here.session(), assessment)
    service.require_own(found, here.person())
    if found.submitted_at is not None:
        return redirect(_after_submission(found))
    if found.given_back_at is not None:
        flash(_("You gave recording %(number)d back.", number=found.recording.number), "look")
        return redirect(url_for("grading.queue"))
    return _bench_page(Sheet(found, drafts.draft_of(found)))


@blueprint.post("/assessments/<uuid:assessment>")
@needs(Permission.GRADE)
def grade(assessment: UUID) -> ResponseReturnValue:
    """Save the draft, or submit the grade. What can't be taken is shown again with every fault."""
    draft = _posted(assessment)
    submits = request.form.get("do") == "submit"
    try:
        if not submits:
            service.save_draft(here.session(), assessment, draft, who=here.person(), now=here.now())
            flash(_("Draft saved."))
            return redirect(url_for("grading.bench", assessment=assessment), 303)
        mine = door(here.settings().iri_base)
        found = service.submit(here.session(), mine, assessment, draft, who=here.person(), now=here.now())
    except StaleDraft as stale:
        return _bench_page(Sheet(stale.saved, draft, other=drafts.draft_of(stale.saved))), 409
    except Invalid as problem:
        errors = {fault.where: f"{fault.what} {fault.todo}" for fault in reversed(problem.faults)}
        return _bench_page(Sheet(queries.assessment(here.session(), assessment), draft, errors, problem.title)), 400
    number = found.recording.number
    if queries.standing(here.session(), found.recording) is None:
        flash(_("Your grade of recording %(number)d is submitted. The trainee does not see it yet.", number=number))
    else:
        flash(_("Recording %(number)d is graded. The trainee hears of it by mail.", number=number))
    return redirect(_after_submission(found), 303)


@blueprint.post("/assessments/<uuid:assessment>/draft")
@needs(Permission.GRADE)
def save_draft(assessment: UUID) -> ResponseReturnValue:
    """Save the draft for a script; answers JSON."""
    draft = _posted(assessment)
    try:
        saved = service.save_draft(here.session(), assessment, draft, who=here.person(), now=here.now())
    except StaleDraft as stale:
        url = url_for("grading.bench", assessment=assessment)
        return {"reason": "newer", "saved_at": _iso(stale.saved), "url": url}, 409
    except HoldEnded as ended:
        return {"reason": "hold", "saved_at": ended.ended_at.isoformat()}, 409
    return {"revision": saved.revision, "saved_at": _iso(saved)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What lies on the bench: the assessment as it is saved, and the draft that the fields hold."""

    assessment: Assessment
    draft: Draft
    errors: dict[str, str] | None = None
    """What is wrong, by the id of the criterion."""
    title: str = ""
    """What is wrong altogether."""
    other: Draft | None = None
    """The draft that another tab saved."""


def _after_submission(found: Assessment) -> str:
    """Where a coach goes once their grade is submitted: to what was released, or back to the queue."""
    if queries.standing(here.session(), found.recording) is None:
        return url_for("grading.queue")
    return url_for("grading.feedback", recording=found.recording.uuid)


def _bench_page(sheet: Sheet) -> str:
    found = sheet.assessment
    rubric = queries.rubric_of(here.session(), found)
    return render_template(
        "grading/bench.html",
        sheet=sheet,
        rubric=rubric,
        recording=found.recording,
        revision=found.revision,
        open_numbers=drafts.open_numbers(rubric, sheet.draft),
        differing=drafts.differing(rubric, sheet.draft, sheet.other) if sheet.other else (),
        length_note=_length_note(found.recording),
        **watched(found.recording, rubric, sheet.draft),
    )


def watched(recording: Recording, rubric: Rubric, draft: Draft) -> dict[str, Any]:
    """What pages with a recording show of it: the words without names, who speaks when, the moments of the comments."""
    labels = {Voice.MENTOR: str(_("Mentor")), Voice.MENTEE: str(_("Mentee"))}
    heard = context.heard(here.session(), recording, here.person(), labels)
    seconds = recording.seconds or heard.talk.ends
    return {
        "cues": heard.cues,
        "heard": heard,
        "talk": heard.talk,
        "seconds": seconds,
        "moments": feedback.moments(rubric, draft, seconds),
    }


def _length_note(recording: Recording) -> str:
    """What a coach should know of a recording that is shorter or longer than it was asked to be."""
    task = cohorts.programme(here.session(), recording.enrolment.cohort).final
    if final.is_short(task, recording.seconds):
        return str(_("Shorter than the %(minutes)d minutes that were asked for.", minutes=task.minutes_min))
    if final.is_long(task, recording.seconds):
        return str(_("Longer than the %(minutes)d minutes that were asked for.", minutes=task.minutes_max))
    return ""


def _posted(assessment: UUID) -> Draft:
    found = queries.assessment(here.session(), assessment)
    return drafts.read_draft(queries.rubric_of(here.session(), found), request.form)


def _iso(saved: Assessment) -> str:
    return (saved.saved_at or saved.taken_at).isoformat()
