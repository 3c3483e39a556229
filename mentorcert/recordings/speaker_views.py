"""Saying who is who in a recording, and what a candidate question is."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.errors import Invalid, NotFound
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import context, queries, speakers
from mentorcert.recordings.models import Recording
from mentorcert.recordings.speakers import Heading
from mentorcert.web import here

blueprint: Final = Blueprint("speakers", "mentorcert.recordings", template_folder="templates")


@blueprint.get("/recordings/<uuid:recording>/speakers")
@needs(Permission.RECORDING_WATCH)
def page(recording: UUID) -> ResponseReturnValue:
    """Each voice of a recording, and who it is thought to be."""
    found = queries.recording(here.session(), recording)
    asked = _headings(found)
    return _page(found, asked, {each.number: each.voice for each in asked})


@blueprint.post("/recordings/<uuid:recording>/speakers")
@needs(Permission.RECORDING_WATCH)
def say(recording: UUID) -> ResponseReturnValue:
    """Note who is who. What was chosen is shown again with every fault."""
    said = {number: request.form.get(f"voice-{number}", "") for number in range(1, speakers.MOST + 1)}
    try:
        found = speakers.confirm(here.session(), recording, said, by=here.person(), now=here.now())
    except Invalid as problem:
        found = queries.recording(here.session(), recording)
        errors = {each.where: f"{each.what} {each.todo}" for each in problem.faults}
        return _page(found, _headings(found), said, errors=errors, title=problem.title), 400
    flash(_("Who is who is noted."))
    if _is_own(found):
        return redirect(url_for("recordings.desk", enrolment=found.enrolment.uuid), 303)
    return redirect(url_for("speakers.page", recording=recording), 303)


@blueprint.post("/recordings/<uuid:recording>/questions/<int:at>")
@needs(Permission.GRADE)
def judge(recording: UUID, at: int) -> ResponseReturnValue:
    """Note what a candidate question is. A script gets JSON; without one the page that was open is loaded again."""
    verdict = request.form.get("verdict", "")
    heard = context.judge(here.session(), recording, at, verdict, by=here.person(), now=here.now())
    if request.accept_mimetypes.best == "application/json":
        numbers = get_template_attribute("recordings/_context.html", "numbers")
        return {"verdict": verdict, "numbers": str(numbers(heard))}
    return redirect(f"{_came_from(recording)}#asked-{at}", 303)


def _page(found: Recording, asked: tuple[Heading, ...], chosen: Mapping[int, str | None], **more: Any) -> str:
    own = _is_own(found)
    return render_template(
        "recordings/speakers.html",
        recording=found,
        headings=asked,
        chosen=chosen,
        own=own,
        may_say=not own or found.grading_began_at is None,
        **{"errors": {}, "title": "", **more},
    )


def _headings(found: Recording) -> tuple[Heading, ...]:
    asked = speakers.headings(found)
    if not asked:
        raise NotFound(_("No transcript of this recording names its voices."), _("Watch the recording without."))
    return asked


def _is_own(found: Recording) -> bool:
    return found.enrolment.person.uuid == here.person()


def _came_from(recording: UUID) -> str:
    """The page of ours on which the button was pressed."""
    came = request.referrer or ""
    if came.startswith(request.host_url) and came.isprintable():
        return came.partition("#")[0]
    return url_for("speakers.page", recording=recording)
