"""The pages of recordings: handing in, and what a player asks for."""

from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.catalog.markdown import render
from mentorcert.cohorts import queries as cohorts
from mentorcert.errors import Invalid, NotFound
from mentorcert.evidence.service import door
from mentorcert.people.views import limiter
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import consent, final, letting_go, queries, quota, service, transcript, uploads
from mentorcert.recordings.final import Stage
from mentorcert.recordings.forms import HandInForm
from mentorcert.recordings.models import Recording, State
from mentorcert.recordings.playing_views import send_captions, send_film, send_still
from mentorcert.recordings.uploads import Gone
from mentorcert.web import here

blueprint: Final = Blueprint("recordings", __name__, template_folder="templates")

HAND_INS: Final = "20 per hour"
"""How many recordings of one person are taken: each may send a mail to somebody, and is work for the worker."""
SLOW: Final = timedelta(minutes=15)
"""After how long a trainee is told that looking into a recording takes longer than it should."""


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
@limiter.limit(HAND_INS, key_func=lambda: str(here.person()), deduct_when=lambda answer: answer.status_code == 303)
def hand_in(enrolment: UUID) -> ResponseReturnValue:
    """Take a recording in. What was typed is shown again with every fault."""
    form = HandInForm()
    form.validate_on_submit()
    session, files, mine = here.session(), here.files(), door(here.settings().iri_base)
    who, now, room = here.person(), here.now(), here.settings().quota_bytes
    try:
        made = service.hand_in(session, mine, files, enrolment, form.handed_in(), who=who, now=now, room=room)
    except Invalid as problem:
        form.show_faults(problem.faults)
        return _desk_page(enrolment, form), 400
    consent.send(session, made, secret=here.settings().secret_key, now=now)
    flash(_("Recording %(number)d is handed in.", number=made.number))
    return redirect(url_for("recordings.desk", enrolment=enrolment), 303)


@blueprint.get("/enrolments/<uuid:enrolment>/recording/state")
@needs(Permission.RECORDING_SUBMIT)
def state(enrolment: UUID) -> ResponseReturnValue:
    """The first words of the desk, asked for every few seconds while the worker looks into a file.

    304 while nothing changed.
    """
    found = queries.desk(here.session(), enrolment, here.settings().iri_base)
    etag = _etag(found)
    if not request.if_none_match.contains(etag):
        response = make_response(
            render_template("recordings/_state.html", desk=found, slow=_is_slow(found), is_news=True)
        )
    else:
        response = make_response("", 304)
    response.set_etag(etag)
    return response


@blueprint.get("/recordings/<uuid:recording>/media")
@needs(Permission.RECORDING_WATCH)
def media(recording: UUID) -> ResponseReturnValue:
    """The file, whole or a stretch of it, sent by whom the settings name."""
    return send_film(_playable(recording))


@blueprint.get("/recordings/<uuid:recording>/poster")
@needs(Permission.RECORDING_WATCH)
def poster(recording: UUID) -> ResponseReturnValue:
    """A still of it."""
    return send_still(_playable(recording))


@blueprint.get("/recordings/<uuid:recording>/captions")
@needs(Permission.RECORDING_WATCH)
def captions(recording: UUID) -> ResponseReturnValue:
    """The transcript as WebVTT; coaches grade without names."""
    found = queries.recording(here.session(), recording)
    return send_captions(found, named=found.enrolment.person.uuid == here.person())


def _playable(uuid: UUID) -> Recording:
    """A recording that can be played. Raises NotFound, or Gone, in words."""
    found = queries.recording(here.session(), uuid)
    if found.media_deleted_at is not None or found.consent_withdrawn_at is not None:
        raise Gone(_("This recording is deleted."), _("What was graded still stands."))
    if found.state == State.REFUSED:
        raise NotFound(_("This recording can’t be played."), found.refusal)
    if found.state != State.READY:
        raise NotFound(_("This recording is still looked into."), _("Try again in a few minutes."))
    return found


def _etag(desk: queries.Desk) -> str:
    """Changes with what the first words of the desk say."""
    shown = [each for each in (desk.recording, desk.refused) if each is not None]
    said = [desk.stage.value, _is_slow(desk), *((each.number, each.state, each.refusal) for each in shown)]
    return sha256(repr(said).encode()).hexdigest()[:16]


def _is_slow(desk: queries.Desk) -> bool:
    found = desk.recording
    return found is not None and desk.stage is Stage.CHECKING and here.now() - found.submitted_at > SLOW


def _desk_page(enrolment: UUID, form: HandInForm) -> str:
    found = queries.desk(here.session(), enrolment, here.settings().iri_base)
    largest = here.settings().recording_bytes
    form.file.description = _(
        "MP4 or WebM, up to %(limit)s. If yours is larger, give a link.", limit=quota.told(largest)
    )
    return render_template(
        "recordings/desk.html",
        desk=found,
        etag=_etag(found),
        slow=_is_slow(found),
        form=form,
        on_their_way=uploads.waiting(here.session(), found.enrolment, now=here.now()) if found.may_hand_in else (),
        largest=largest,
        at_once=here.settings().upload_bytes,
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
