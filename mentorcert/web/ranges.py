"""Sending a stored file, whole or a stretch of it: what players need to jump about in a film.

`send_media` hands that to nginx or to the store of files where the settings say so; `send_range` does it itself.
"""

import logging
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

SANDBOX: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What a file may do when somebody opens it by itself: nothing. A drawing keeps its own colours."""


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
    stretch = _stretch(size, etag)
    if stretch is None:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status=416, headers=headers)
    start, end = stretch
    headers["Content-Length"] = str(end - start)
    status = 200
    if (start, end) != (0, size) or _asks(etag):
        status, headers["Content-Range"] = 206, f"bytes {start}-{end - 1}/{size}"
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


def _asks(etag: str) -> bool:
    """Whether one stretch is asked for, of the content that there is."""
    asked = request.range
    if request.method != "GET" or asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return False
    condition = request.if_range
    if condition.date is not None:
        return False
    return condition.etag is None or condition.etag == etag


def _stretch(size: int, etag: str) -> tuple[int, int] | None:
    """The bytes to send, the end not included; None for a stretch that the file does not have."""
    if not _asks(etag) or request.range is None:
        return 0, size
    return request.range.range_for_length(size)


def _pieces(files: Files, key: str, start: int, end: int) -> Iterator[bytes]:
    """The file's pieces. The first is read at once: a file that is gone must be a page, not a broken film."""
    pieces = files.stream(key, start, end)
    try:
        first = next(pieces, b"")
    except FileNotFoundError:
        raise NotFound("This file is gone.", "Tell your programme manager which page it was on.") from None
    return chain((first,), pieces)
