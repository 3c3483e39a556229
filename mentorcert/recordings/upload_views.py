"""Uploads over HTTP: a tus 1.0.0 server (core, creation, checksum, expiration, termination), and a button to end one.

https://tus.io/protocols/resumable-upload. Who may hand in for an enrolment may send a file for it, and nobody else.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from mentorcert.errors import Problem
from mentorcert.people.views import limiter
from mentorcert.permissions import Permission, needs
from mentorcert.recordings import beginning, tus, uploads
from mentorcert.recordings.quota import Limits
from mentorcert.recordings.uploads import OnItsWay
from mentorcert.web import here

blueprint: Final = Blueprint("uploads", __name__)

OVERRIDE: Final = "X-HTTP-Method-Override"
PIECE: Final = 256 * 1024
"""How many bytes of a part are in our hands at once."""


class Unsupported(Problem):
    """A version of the protocol that we don't speak. 412."""

    status = 412


class LengthMissing(Problem):
    """A part that does not say how long it is. 411."""

    status = 411


class NoPart(Problem):
    """A part that is not called one. 415."""

    status = 415


@blueprint.after_request
def _versioned(response: Response) -> Response:
    """Say which version this is, on every answer but that to OPTIONS, which lists all."""
    if request.method != "OPTIONS":
        response.headers["Tus-Resumable"] = tus.VERSION
    if response.status_code == Unsupported.status:
        response.headers["Tus-Version"] = tus.VERSION
    return response


@blueprint.route("/enrolments/<uuid:enrolment>/uploads", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@needs(Permission.RECORDING_SUBMIT)
@limiter.limit("60 per hour", key_func=lambda: str(here.person()), methods=["POST"])
def create(enrolment: UUID) -> ResponseReturnValue:
    """Begin an upload (creation, 201), or say what is understood."""
    if request.method == "OPTIONS":
        return _options()
    _require_version()
    length = tus.whole_number("Upload-Length", request.headers.get("Upload-Length"))
    told = tus.metadata(request.headers.get("Upload-Metadata"))
    made = beginning.begin(here.session(), enrolment, length, told, _limits(), who=here.person(), now=here.now())
    headers = {"Location": url_for("uploads.one", upload=made.uuid), "Upload-Expires": http_date(made.expires_at)}
    return Response(status=201, headers=headers)


@blueprint.route(
    "/uploads/<uuid:upload>", methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"], provide_automatic_options=False
)
@needs(Permission.RECORDING_SUBMIT)
def one(upload: UUID) -> ResponseReturnValue:
    """Ask for an upload, send a part of it, or end it. Who can send POST only names the method in a header."""
    method = request.method
    if method == "POST":  # of what only reads no token is asked, so it can't become what writes
        method = request.headers.get(OVERRIDE, method).upper()
    if method == "OPTIONS":
        return _options()
    _require_version()
    if method not in METHODS:
        return Response(status=405, headers={"Allow": ", ".join(METHODS)})
    return METHODS[method](upload)


@blueprint.post("/uploads/<uuid:upload>/remove")
@needs(Permission.RECORDING_SUBMIT)
def remove(upload: UUID) -> ResponseReturnValue:
    """Give up an upload by a button, and go back to the recording's page."""
    enrolment = uploads.give_up(here.session(), upload, who=here.person(), now=here.now())
    flash(_("The file is removed."))
    return redirect(url_for("recordings.desk", enrolment=enrolment), 303)


def _tell(upload: UUID) -> Response:
    found = uploads.progress(here.session(), upload, now=here.now())
    told = tus.Metadata(found.upload.name, found.upload.sha256).header()
    named = {"Upload-Metadata": told} if told else {}
    return Response(status=200, headers={**_state(found), "Upload-Length": str(found.upload.length), **named})


def _append(upload: UUID) -> Response:
    if request.mimetype != tus.PART_TYPE:
        raise NoPart("This is no part of a file.", f"Send it as {tus.PART_TYPE}.")
    size = request.content_length
    if size is None and "Transfer-Encoding" in request.headers:
        raise LengthMissing("This part does not say how long it is.", "Send a Content-Length.")
    start = tus.whole_number("Upload-Offset", request.headers.get("Upload-Offset"))
    claimed = tus.checksum(request.headers.get("Upload-Checksum"))
    session, files = here.session(), here.files()
    uploads.announced(session, upload, start, size or 0, now=here.now())
    kept = uploads.store(files, _body(), size or 0, claimed)
    found = uploads.append(session, files, upload, start, kept, now=here.now())
    return Response(status=204, headers=_state(found))


def _end(upload: UUID) -> Response:
    uploads.give_up(here.session(), upload, who=here.person(), now=here.now())
    return Response(status=204)


METHODS: Final[Mapping[str, Callable[[UUID], Response]]] = {"HEAD": _tell, "PATCH": _append, "DELETE": _end}


def _body() -> Iterator[bytes]:
    """What comes, until it is all there or the connection breaks."""
    try:
        while piece := request.stream.read(PIECE):
            yield piece
    except (ClientDisconnected, OSError):
        return


def _state(found: OnItsWay) -> dict[str, str]:
    return {
        "Upload-Offset": str(found.offset),
        "Upload-Expires": http_date(found.upload.expires_at),
        "Cache-Control": "no-store",
    }


def _options() -> Response:
    headers = {
        "Tus-Resumable": tus.VERSION,
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(_limits().file),
        "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
    }
    return Response(status=204, headers=headers)


def _require_version() -> None:
    if request.headers.get("Tus-Resumable") != tus.VERSION:
        raise Unsupported(f"We speak version {tus.VERSION} of tus.", f"Send Tus-Resumable: {tus.VERSION}.")


def _limits() -> Limits:
    settings = here.settings()
    return Limits(file=settings.recording_bytes, person=settings.quota_bytes)
