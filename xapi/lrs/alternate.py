"""1.0.3's alternate request syntax: a request folded into a form, for browsers that could do no better.

xAPI 1.0.3, Communication 1.3: `POST …?method=PUT`, and in the form everything else: parameters, headers, `content`.
Version 2.0 knows it no more. The request is unfolded before it reaches the application, which sees an ordinary one.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from flask import Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from xapi import jsontext, values
from xapi.lrs.wire import VERSION, VERSIONS, Refusal, body, version

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REFUSED: Final = "xapi.refused"
"""Where in the environment a refusal waits for the application, which says it in the standard's form."""

_HEAD: Final = "xapi.folded-head"
"""Where in the environment it stands that a HEAD came in a form."""

_METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")
_HEADERS: Final[Mapping[str, str]] = {
    "Authorization": "HTTP_AUTHORIZATION",
    VERSION: "HTTP_X_EXPERIENCE_API_VERSION",
    "Content-Type": "CONTENT_TYPE",
    "If-Match": "HTTP_IF_MATCH",
    "If-None-Match": "HTTP_IF_NONE_MATCH",
}
"""The headers that may stand in the form beside Content-Length, and their names in the environment."""
_FIELDS: Final = 50
_FORM: Final = "application/x-www-form-urlencoded"


def unfold(environ: "WSGIEnvironment") -> None:
    """Put the request that is folded into a form in its place; leave every other request alone."""
    if environ["REQUEST_METHOD"] != "POST" or "method=" not in environ.get("QUERY_STRING", ""):
        return
    try:
        _unfold(environ)
    except Refusal as refusal:
        environ[REFUSED] = refusal


def without_body(response: Response) -> Response:
    """Take the body out of an answer to a HEAD in a form: on the way it answers a POST, whose length must be true."""
    if request.environ.get(_HEAD):
        response.set_data(b"")
    return response


def _unfold(environ: "WSGIEnvironment") -> None:
    method = _method(environ)
    form = _form(environ)
    wanted: str = form.get(VERSION) or environ.get("HTTP_X_EXPERIENCE_API_VERSION", "")
    if version(wanted) == VERSIONS[0]:
        raise Refusal(400, f"{VERSIONS[0]} knows no request in a form; send {method} itself, without ?method=")
    content = form.pop("content", "").encode("utf-8", "surrogatepass")
    length = form.pop("Content-Length", str(len(content)))
    if length != str(len(content)):
        raise Refusal(400, f"Content-Length is {values.shown(length)}, but the content has {len(content)} bytes")
    environ["CONTENT_TYPE"] = "application/json"
    if wrong := sorted(header for header in _HEADERS.keys() & form.keys() if not _can_be_header(form[header])):
        raise Refusal(400, f"{', '.join(wrong)} can't be a header: use printable ASCII characters")
    for header in _HEADERS.keys() & form.keys():
        environ[_HEADERS[header]] = form.pop(header)
    environ.update(REQUEST_METHOD=method, QUERY_STRING=urlencode(form), CONTENT_LENGTH=length)
    environ["wsgi.input"] = BytesIO(content)
    environ[_HEAD] = method == "HEAD"


def _method(environ: "WSGIEnvironment") -> str:
    query: str = environ["QUERY_STRING"]
    asked = parse_qsl(query, keep_blank_values=True)
    if len(asked) != 1 or asked[0][1] not in _METHODS:
        allowed = ", ".join(_METHODS)
        raise Refusal(400, f"method is one of {allowed}, and stands alone: put the other parameters into the form")
    return asked[0][1]


def _can_be_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _form(environ: "WSGIEnvironment") -> dict[str, str]:
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != _FORM:
        raise Refusal(400, f"with ?method= send a form ({_FORM})")
    try:
        fields = parse_qsl(body(Request(environ), jsontext.MAX_BYTES).decode(), True, max_num_fields=_FIELDS)
    except RequestEntityTooLarge as error:
        raise Refusal(413, f"the form is larger than {jsontext.MAX_BYTES // 1024 // 1024} MiB") from error
    except ValueError as error:  # too many fields, or no UTF-8
        raise Refusal(400, f"the form can't be read: {error}") from error
    form = dict(fields)
    if len(form) < len(fields):
        raise Refusal(400, "the form holds a field twice")
    return form
