"""Sending a stored file, whole or a stretch of it, in pieces: what players need to jump about in a film."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from flask import Response, request
from werkzeug.http import is_resource_modified

from mentorcert.errors import NotFound
from mentorcert.files import Files

SANDBOX: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What a file may do when somebody opens it by itself: nothing. A drawing keeps its own colours."""


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
