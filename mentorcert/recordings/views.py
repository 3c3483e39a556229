"""The pages of recordings: handing in, and the file and its captions for a player."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog.markdown import render
from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Invalid, NotFound
from mentorcert.evidence.service import door
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import consent, final, letting_go, queries, service, transcript, uploads
from mentorcert.recordings.forms import HandInForm
from mentorcert.recordings.models import Recording
from mentorcert.web import here
from mentorcert.web.ranges import SANDBOX, send_range

blueprint: Final = Blueprint("recordings", __name__, template_folder="templates")

NOT_KEPT: Final = "private, no-store"
"""A recording stays in no cache: others may use the same computer."""


@blueprint.get("/recording")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """The recording of one's own newest enrolment."""
    own = cohorts.newest_enrolment(here.session(), here.person())
    return redirect(url_for("recordings.desk", enrolment=own.uuid))


@blueprint.get("/enrolments/<uuid:enrolment>/recording")
@needs(Permission.RECORDING_SUBMIT)
def desk(enrolment: UUID) -> ResponseReturnValue:
    """What is asked for and until when, what was handed in, and what happens next."""
    return _desk_page(enrolment, HandInForm(formdata=None))


@blueprint.post("/enrolments/<uuid:enrolment>/recording")
@needs(Permission.RECORDING_SUBMIT)
def hand_in(enrolment: UUID) -> ResponseReturnValue:
    """Take a recording in. What was typed is shown again with every fault."""
    form = HandInForm()
    form.validate_on_submit()
    who, mine = here.person(), door(here.settings().iri_base)
    try:
        made = service.hand_in(here.session(), mine, here.files(), enrolment, form.handed_in(), who=who, now=here.now())
    except Invalid as problem:
        form.show_faults(problem.faults)
        return _desk_page(enrolment, form), 400
    consent.send(here.session(), made, secret=here.settings().secret_key, now=here.now())
    flash(_("Recording %(number)d is handed in.", number=made.number))
    return redirect(url_for("recordings.desk", enrolment=enrolment), 303)


@blueprint.get("/recordings/<uuid:recording>/media")
@needs(Permission.RECORDING_WATCH)
def media(recording: UUID) -> ResponseReturnValue:
    """The file, whole or a stretch of it."""
    found = queries.recording(here.session(), recording)
    if not found.file_key:
        raise NotFound(_("This recording is a link; there is no file."), _("Open the link from its page."))
    return send_range(
        here.files(),
        found.file_key,
        content_type=found.content_type,
        size=found.size,
        etag=found.sha256,
        cache_control=NOT_KEPT,
    )


@blueprint.get("/recordings/<uuid:recording>/captions")
@needs(Permission.RECORDING_WATCH)
def captions(recording: UUID) -> ResponseReturnValue:
    """The transcript as WebVTT."""
    found = queries.recording(here.session(), recording)
    if not found.transcript:
        raise NotFound(_("This recording has no transcript."), _("Watch it without."))
    headers = {"Cache-Control": NOT_KEPT, "Content-Security-Policy": SANDBOX}
    return Response(found.transcript, mimetype="text/vtt", headers=headers)


def _desk_page(enrolment: UUID, form: HandInForm) -> str:
    found = queries.desk(here.session(), enrolment, here.settings().iri_base)
    largest = here.settings().recording_bytes
    form.file.description = _(
        "MP4 or WebM, with picture and sound, up to %(limit)d MB. If yours is larger, give a link.",
        limit=largest // (1024 * 1024),
    )
    return render_template(
        "recordings/desk.html",
        desk=found,
        form=form,
        on_their_way=uploads.waiting(here.session(), found.enrolment, now=here.now()) if found.may_hand_in else (),
        largest=largest,
        brief=render(found.programme.final.brief),
        cues=transcript.kept(found.recording.transcript) if found.recording else (),
        length_note=_length_note(found.recording, found) if found.recording else "",
        ends=letting_go.until(found.recording) if found.recording else None,
        days=consent.days_kept(found.programme.final.grading),
    )


def _length_note(recording: Recording, desk: queries.Desk) -> str:
    """What to know when a recording is shorter or longer than it was asked to be; it was taken all the same."""
    task = desk.programme.final
    if final.is_short(task, recording.seconds):
        return str(_("It is shorter than the %(minutes)d minutes asked for.", minutes=task.minutes_min))
    if final.is_long(task, recording.seconds):
        return str(_("It is longer than the %(minutes)d minutes asked for.", minutes=task.minutes_max))
    return ""
