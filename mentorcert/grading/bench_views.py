"""Where coaches work: the bench, with the recording and the rubric side by side."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.errors import Invalid
from mentorcert.evidence.service import door
from mentorcert.grading import drafts, moderating, moments, queries, service
from mentorcert.grading.drafts import Draft
from mentorcert.grading.feedback import Evidence
from mentorcert.grading.models import Assessment, Round
from mentorcert.grading.moments import Typed
from mentorcert.grading.service import HoldEnded, StaleDraft
from mentorcert.grading.watching_views import length_note, watched
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.models import Recording
from mentorcert.web import here

blueprint: Final = Blueprint("grading", "mentorcert.grading", template_folder="templates")

REMOVE: Final = "remove:"
"""What a button of the form says that takes the moment of this UUID away."""


@blueprint.get("/assessments/<uuid:assessment>")
@needs(Permission.GRADE)
def bench(assessment: UUID) -> ResponseReturnValue:
    """The recording and the rubric side by side."""
    found = queries.assessment(here.session(), assessment)
    service.require_own(found, here.person())
    if found.submitted_at is not None:
        return _after_submission(found)
    try:
        service.require_open(found, drafts.draft_of(found), here.now())
    except HoldEnded as ended:
        return _ended_page(found, ended, drafts.draft_of(found))
    return _bench_page(Sheet(found, drafts.draft_of(found)))


@blueprint.post("/assessments/<uuid:assessment>")
@needs(Permission.GRADE)
def grade(assessment: UUID) -> ResponseReturnValue:
    """Save the draft with its moments, or submit the grade. What can't be taken is shown again with every fault."""
    found, draft = _posted(assessment)
    typed, act = list(moments.read_form(request.form)), request.form.get("do", "")
    try:
        _keep_moments(found, typed, act)
        if act == "submit":
            mine = door(here.settings().iri_base)
            return _after_submission(
                service.submit(here.session(), mine, assessment, draft, who=here.person(), now=here.now())
            )
        service.save_draft(here.session(), assessment, draft, who=here.person(), now=here.now())
    except StaleDraft as stale:
        return _bench_page(Sheet(stale.saved, draft, other=drafts.draft_of(stale.saved), typed=typed)), 409
    except HoldEnded as ended:
        return _ended_page(found, ended, _text_kept(assessment, draft))
    except Invalid as problem:
        errors = {fault.where: f"{fault.what} {fault.todo}" for fault in reversed(problem.faults)}
        found = queries.assessment(here.session(), assessment)
        return _bench_page(Sheet(found, draft, errors, problem.title, typed=typed)), 400
    flash(_("Draft saved."))
    return redirect(url_for("grading.bench", assessment=assessment), 303)


@blueprint.post("/assessments/<uuid:assessment>/draft")
@needs(Permission.GRADE)
def save_draft(assessment: UUID) -> ResponseReturnValue:
    """Save the draft for a script; answers JSON. That the hold has ended is no error: the text is kept all the same."""
    _found, draft = _posted(assessment)
    url = url_for("grading.bench", assessment=assessment)
    try:
        saved = service.save_draft(here.session(), assessment, draft, who=here.person(), now=here.now())
    except StaleDraft as stale:
        return {"reason": "newer", "saved_at": _iso(stale.saved), "url": url}, 409
    except HoldEnded as ended:
        _text_kept(assessment, draft)
        return {"reason": "hold", "saved_at": ended.ended_at.isoformat(), "url": url}
    return {"revision": saved.revision, "saved_at": _iso(saved)}


@blueprint.post("/assessments/<uuid:assessment>/moments")
@needs(Permission.GRADE)
def mark(assessment: UUID) -> ResponseReturnValue:
    """Keep one moment for a script, under the UUID that it sends, or take it away; answers JSON."""
    uuid, asked = moments.uuid_of(request.form.get("moment", "")), request.form
    try:
        if uuid is None:
            raise Invalid(_("This moment has no id."), _("Reload the page, and mark it again."))
        if asked.get("remove"):
            saved = moments.remove(here.session(), assessment, uuid, who=here.person(), now=here.now())
        else:
            wish = Evidence(
                moments.number(asked.get("at", "")), asked.get("criterion", ""), asked.get("note", ""), uuid
            )
            saved = moments.put(here.session(), assessment, [wish], who=here.person(), now=here.now())
    except HoldEnded as ended:
        return {"reason": "hold", "saved_at": ended.ended_at.isoformat()}, 409
    except Invalid as problem:
        said = " ".join(f"{fault.what} {fault.todo}" for fault in problem.faults)
        return {"error": said or problem.title, "todo": "" if said else problem.todo}, 400
    return {"saved_at": _iso(saved)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What lies on the bench: the assessment as it is saved, and the draft that the fields hold."""

    assessment: Assessment
    draft: Draft
    errors: dict[str, str] | None = None
    """What is wrong, by the id of the criterion; `mark`: with the moments."""
    title: str = ""
    """What is wrong altogether."""
    other: Draft | None = None
    """The draft that another tab saved."""
    typed: list[Typed] | None = None
    """The moments as they were typed, when they are not saved."""

    @property
    def marked(self) -> list[Evidence]:
        """The moments that the page shows."""
        return moments.merged(moments.shown(self.assessment), self.typed or ())

    @property
    def by_hand(self) -> Typed | None:
        """The moment that was typed by its time and is not saved."""
        return next((each for each in self.typed or () if each.is_new), None)


def _after_submission(found: Assessment) -> ResponseReturnValue:
    """Where a coach goes once their grade is submitted: to what was released, or back to the queue."""
    number = found.recording.number
    if not queries.is_released(here.session(), found):
        flash(_("Your grade of recording %(number)d is submitted. Nobody sees it yet.", number=number))
        return redirect(url_for("grading.queue"), 303)
    flash(_("Recording %(number)d is graded. The trainee hears of it by mail.", number=number))
    return redirect(url_for("grading.feedback", recording=found.recording.uuid), 303)


def _keep_moments(found: Assessment, typed: list[Typed], act: str) -> None:
    """Keep what a form without a script says of the moments."""
    who, now = here.person(), here.now()
    wishes = moments.changed(typed, found.moments)
    if wishes:
        moments.put(here.session(), found.uuid, wishes, who=who, now=now)
    uuid = moments.uuid_of(act.removeprefix(REMOVE)) if act.startswith(REMOVE) else None
    if uuid is not None:
        moments.remove(here.session(), found.uuid, uuid, who=who, now=now)


def _bench_page(sheet: Sheet) -> str:
    found = sheet.assessment
    rubric = queries.rubric_of(here.session(), found)
    comments = {criterion: entry.comment for criterion, entry in sheet.draft.entries.items()}
    return render_template(
        "grading/bench.html",
        sheet=sheet,
        rubric=rubric,
        recording=found.recording,
        whose=_whose(found.recording, found.round),
        appeal=queries.open_appeal(here.session(), found.recording) if found.round is Round.APPEAL else None,
        sides=moderating.sides(here.session(), found),
        revision=found.revision,
        open_numbers=drafts.open_numbers(rubric, sheet.draft),
        differing=drafts.differing(rubric, sheet.draft, sheet.other) if sheet.other else (),
        length_note=length_note(found.recording),
        **watched(found.recording, rubric.criteria, comments, sheet.marked),
    )


def _ended_page(found: Assessment, ended: HoldEnded, draft: Draft) -> str:
    """What a coach wrote on a recording that is theirs no more, to copy. It is no error: what they sent is kept."""
    rubric = queries.rubric_of(here.session(), found)
    return render_template(
        "grading/ended.html",
        recording=found.recording,
        rubric=rubric,
        draft=draft,
        marked=moments.shown(found),
        title=ended.title,
        todo=ended.todo,
        ended_at=ended.ended_at,
    )


def _text_kept(assessment: UUID, draft: Draft) -> Draft:
    service.keep_text(here.session(), assessment, draft, who=here.person(), now=here.now())
    return draft


def _whose(recording: Recording, place: Round) -> str:
    """What the coach knows of the recording beside its number."""
    rounds = {
        Round.MODERATION: _("You decide between two coaches"),
        Round.APPEAL: _("A second look, after an appeal"),
    }
    two = recordings.policy_of(here.session(), recording).graders > 1
    said = rounds.get(place, _("One of two coaches, neither of whom sees the other’s grade") if two else "")
    hidden = _("the name is hidden; the voice may tell")
    return " · ".join(str(each) for each in (recording.enrolment.cohort.name, said, hidden) if each)


def _posted(assessment: UUID) -> tuple[Assessment, Draft]:
    found = queries.assessment(here.session(), assessment)
    service.require_own(found, here.person())
    return found, drafts.read_draft(queries.rubric_of(here.session(), found), request.form)


def _iso(saved: Assessment) -> str:
    return (saved.saved_at or saved.taken_at).isoformat()
