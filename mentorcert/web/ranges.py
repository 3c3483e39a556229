"""Sending a stored file, whole or a stretch of it: what players need to jump about in a film.

`send_media` hands that to nginx or to the store of files where the settings say so; `send_range` does it itself.
"""

import logging
import re
from collections.abc import Iterator
from itertools import chain
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.http import is_resource_modified

from mentorcert.config import Settings
from mentorcert.errors import NotFound
from mentorcert.files import Files

SENT: Final = 64 * 1024
"""How many bytes are handed to the server at once. It holds a dozen of them for somebody who reads slowly."""
SANDBOX: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What a file may do when somebody opens it by itself: nothing. A drawing keeps its own colours."""


_ONE_STRETCH: Final = re.compile(r"bytes=[ \t]*([0-9]{0,40})-([0-9]{0,40})[ \t]*", re.IGNORECASE)
SIGNED_SECONDS: Final = 300
"""How long an address that the store of files is asked at holds; a player that jumps later is given another one."""

logger: Final = logging.getLogger(__name__)


def send_media(
    files: Files, key: str, settings: Settings, *, content_type: str, size: int, etag: str, cache_control: str
) -> ResponseReturnValue:
    """Answer for a large file that this person may have: the access is decided, and somebody else sends the bytes.

    nginx where `accel` names its internal location, the store itself where `media_origin` is where it answers; else we.
    """
    if settings.accel:
        headers = _headers(content_type, etag, cache_control, "")
        del headers["Accept-Ranges"]  # nginx says so itself
        headers["X-Accel-Redirect"] = f"{settings.accel}/{quote(key)}"
        return Response(headers=headers)
    if settings.media_origin and (address := _signed(files, key, settings.media_origin)):
        answer = redirect(address)
        answer.headers["Cache-Control"] = cache_control
        return answer
    return send_range(files, key, content_type=content_type, size=size, etag=etag, cache_control=cache_control)


def _signed(files: Files, key: str, origin: str) -> str:
    """An address at the store; nothing when that lies elsewhere than browsers are told to expect it."""
    address = urlsplit(files.signed(key, SIGNED_SECONDS))
    if f"{address.scheme}://{address.netloc}" == origin:
        return address.geturl()
    logger.warning("the files are at %s://%s, not at MENTORCERT_MEDIA_ORIGIN", address.scheme, address.netloc)
    return ""


def send_range(
    files: Files,
    key: str,
    *,
    content_type: str,
    size: int,
    etag: str,
    cache_control: str = "private, no-cache",
    download_name: str = "",
) -> Response:
    """Answer a GET or HEAD for the file under `key`, of `size` bytes, whose content `etag` names.

    200 for the whole, 206 for one stretch, 304 for who has it already, 416 for a stretch that it does not have. Asked
    for several stretches, it sends the whole (RFC 9110, 14.2). Raises NotFound when the file is gone.
    """
    headers = _headers(content_type, etag, cache_control, download_name)
    if not is_resource_modified(request.environ, etag=etag):
        return Response(status=304, headers=headers)
    asked = _asked(etag)
    stretch = (0, size) if asked is None else _stretch(size, *asked)
    if stretch is None:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status=416, headers=headers)
    start, end = stretch
    headers["Content-Length"] = str(end - start)
    status = 200 if asked is None else 206
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = iter(()) if request.method == "HEAD" else _pieces(files, key, start, end)
    return Response(body, status=status, headers=headers, direct_passthrough=True)


def _headers(content_type: str, etag: str, cache_control: str, download_name: str) -> dict[str, str]:
    text = content_type.startswith("text/")
    headers = {
        "Content-Type": f"{content_type}; charset=utf-8" if text else content_type,
        "ETag": f'"{etag}"',
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }
    if download_name:
        headers["Content-Disposition"] = f'attachment; filename="{download_name}"'
    return headers


def _asked(etag: str) -> tuple[str, str] | None:
    """The first and last byte of the one stretch that is asked for, as they stand there, of the content there is."""
    condition = request.headers.get("If-Range")  # compared as it is: a weak name (W/"…") is none to rely on
    if request.method != "GET" or condition not in {None, f'"{etag}"'}:
        return None
    said = _ONE_STRETCH.fullmatch(request.headers.get("Range", ""))
    if said is None or said[1] == said[2] == "" or (said[1] and said[2] and int(said[2]) < int(said[1])):
        return None
    return said[1], said[2]


def _stretch(size: int, first: str, last: str) -> tuple[int, int] | None:
    """The bytes to send, the end not included; None for a stretch that the file does not have (RFC 9110, 14.1.2)."""
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    else:
        start, end = max(0, size - int(last)), size
    return (start, end) if start < end else None


def _pieces(files: Files, key: str, start: int, end: int) -> Iterator[bytes]:
    """The file's pieces. The first is read at once: a file that is gone must be a page, not a broken film."""
    pieces = files.stream(key, start, end)
    try:
        first = next(pieces, b"")
    except FileNotFoundError:
        raise NotFound("This file is gone.", "Tell your programme manager which page it was on.") from None
    return (piece[at : at + SENT] for piece in chain((first,), pieces) for at in range(0, len(piece), SENT))
