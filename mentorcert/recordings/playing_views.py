"""Sending what a player asks for of a recording: film, still, captions. Whether they may, the caller has decided."""

from typing import Final

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mentorcert.errors import NotFound
from mentorcert.recordings import speakers, transcript
from mentorcert.recordings.models import Recording
from mentorcert.web import here
from mentorcert.web.ranges import SANDBOX, send_media, send_range

NOT_KEPT: Final = "private, no-store"
"""A recording stays in no cache: others may use the same computer."""


def send_film(found: Recording) -> ResponseReturnValue:
    """The file, whole or a stretch of it, sent by whom the settings name. Raises NotFound for a link."""
    if not found.file_key:
        raise NotFound(_("This recording is a link; there is no file."), _("Open the link from its page."))
    return send_media(
        here.files(),
        found.file_key,
        here.settings(),
        content_type=found.content_type,
        size=found.size,
        etag=found.sha256,
        cache_control=NOT_KEPT,
    )


def send_still(found: Recording) -> ResponseReturnValue:
    """A still of it; raises NotFound where there is none."""
    if not found.poster_key:
        raise NotFound(_("This recording has no still."), _("Play it."))
    key, files = found.poster_key, here.files()
    etag = key.rpartition("/")[2]
    return send_range(files, key, content_type="image/jpeg", size=files.size(key), etag=etag, cache_control=NOT_KEPT)


def send_captions(found: Recording, *, named: bool = False) -> ResponseReturnValue:
    """The transcript as WebVTT, with labels in place of names unless `named`; raises NotFound where there is none."""
    if not found.transcript:
        raise NotFound(_("This recording has no transcript."), _("Watch it without."))
    headers = {"Cache-Control": NOT_KEPT, "Content-Security-Policy": SANDBOX}
    words = found.transcript if named else transcript.written(speakers.shown(found))
    return Response(words, mimetype="text/vtt", headers=headers)
