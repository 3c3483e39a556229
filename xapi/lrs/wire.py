"""What all resources share: who calls and in which version, refusals, and answers with the standard's headers."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Any, Final
from uuid import UUID

import sqlalchemy.exc
from flask import Request, Response, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from xapi import credentials, jsontext, values
from xapi.asking import Asker, Question, asking
from xapi.attachments import Blobs
from xapi.credentials import Credential
from xapi.faults import SHOWN, Faults
from xapi.lrs.together import Together
from xapi.lrs.uses import Uses
from xapi.reading import BEGINNING, NEWEST, Stored, consistent
from xapi.store import Authority, ConflictingStatement, ForbiddenVoid

VERSION: Final = "X-Experience-API-Version"
VERSIONS: Final = ("2.0.0", "1.0.3")
"""The versions of the standard that are spoken, the newest first."""

SANDBOX: Final = "default-src 'none'; sandbox"
"""What a browser may do with an answer: whoever has a key can store a page or a script, as document or attachment."""

_CONSISTENT: Final = "X-Experience-API-Consistent-Through"
_EXPOSED: Final = f"ETag, Last-Modified, Allow, Retry-After, WWW-Authenticate, {VERSION}, {_CONSISTENT}"
"""What a script on another site may read of an answer. It may ask whatever it has a key for: no cookie helps it."""
_SENT: Final = f"Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, {VERSION}"
_ASK_AGAIN: Final = "86400"
_LAG: Final = timedelta(seconds=0.5)
"""How far behind the clock a promise is, so that what is stored at the same moment need not be put after it."""
_GENERATIONS: Final = (
    (re.compile(r"1\.0(\.\d+)?", re.ASCII), "1.0.3"),
    (re.compile(r"2\.0(\.\d+)?", re.ASCII), "2.0.0"),
)
_known: Final = Question(credentials.BY_KEY.add_columns(NEWEST.scalar_subquery().label("newest")))
_logger: Final = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that is refused, with its HTTP status, the reason, and the methods that are allowed (status 405)."""

    def __init__(self, status: int, why: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.status = status
        self.allowed = allowed


@dataclass
class Host:
    """What the application around gives to the store's resources."""

    engine: Engine
    """The database."""
    sessions: Callable[[], Session]
    """Opens a session; it is closed at the end of the request."""
    writing: Callable[[Session], None]
    """Begins a session's write transaction."""
    on_stored: Callable[[Session, Sequence[Stored]], None]
    """Is told what is new, inside the write transaction."""
    authority: Callable[[Credential], Authority]
    """Says for whom a credential speaks."""
    now: Callable[[], datetime]
    blobs: Blobs
    """Keeps the bytes of attachments."""
    attachment_bytes: int
    """How large a request with attachments may be."""
    consistent: datetime = BEGINNING
    """A known answer to "consistent through". An older one is as true as a newer one, so answers need not ask again."""
    promising: Lock = field(default_factory=Lock)
    """Held by who promises: one at a time will do."""
    spoken: dict[UUID, str] = field(default_factory=dict)
    """The version of the standard that each credential spoke last."""
    together: Together = field(init=False)
    """Stores what requests bring."""
    uses: Uses = field(default_factory=Uses)
    """Says when the use of a key is to be written down."""

    def __post_init__(self) -> None:
        self.together = Together(self.sessions, self.writing, self.on_stored, self.now)

    def promise_due(self, now: datetime) -> datetime | None:
        """Return what is to be promised to who asked in this request, where nothing came for a moment.

        Clients wait for what they sent to be visible; in a store to which nobody sends anything they would wait long.
        """
        is_read = request.endpoint == "statements" and request.method in {"GET", "HEAD"} and "xapi_credential" in g
        return now - _LAG if is_read and self.consistent < now - 2 * _LAG else None

    def add_headers(self, response: Response) -> Response:
        """Add what the standard wants on every response."""
        response.headers[VERSION] = g.get("xapi_version", VERSIONS[0])
        response.headers[_CONSISTENT] = values.written(self.consistent)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = SANDBOX
        response.headers["Cache-Control"] = "no-store"
        return response


@dataclass(frozen=True)
class Call:
    """One request to a resource, by somebody who has proved who they are."""

    host: Host
    request: Request
    version: str
    """The version of the standard that is spoken: one of `VERSIONS`."""
    credential: Credential

    @property
    def authority(self) -> Authority:
        """For whom the caller's credential speaks."""
        return self.host.authority(self.credential)

    @cached_property
    def session(self) -> Session:
        """The session of the request, opened when it is first asked for: most requests for statements need none."""
        return self.host.sessions()

    @property
    def opened(self) -> Session | None:
        """The session, if anybody has asked for it."""
        return self.__dict__.get("session")

    def close(self) -> None:
        """Give back what the request holds; what was not committed is rolled back."""
        if self.opened is not None:
            self.opened.close()

    def begin_writing(self) -> datetime:
        """Begin the write transaction and return the moment at which it is our turn: that is when it is stored."""
        self.host.writing(self.session)
        self.session.connection()
        return self.host.now()


def preflight(methods: Sequence[str]) -> Response:
    """Answer a browser that asks whether a script on another site may send a request (OPTIONS)."""
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = _SENT
    response.headers["Access-Control-Max-Age"] = _ASK_AGAIN
    return response


@contextmanager
def calling(host: Host) -> Iterator[Call]:
    """Give the call that the current request makes. Raises Refusal."""
    call = _call(host)
    try:
        yield call
    finally:
        call.close()


def _call(host: Host) -> Call:
    if VERSION not in request.headers:
        _recall_version(host)
    version = speak_version()
    if request.headers.get("Content-Encoding", "identity") != "identity":
        told = values.shown(request.headers["Content-Encoding"])
        raise Refusal(415, f"the body is compressed (Content-Encoding {told}); send it as it is")
    with asking(host.engine) as asker:
        credential = _credential(host, asker)
    host.spoken[credential.uuid] = version
    return Call(host, request, version, credential)


def _recall_version(host: Host) -> None:
    """Answer who names no version in the one that their key spoke last; each standard wants to hear its own."""
    with suppress(Refusal), asking(host.engine) as asker:
        credential = _credential(host, asker)
        g.xapi_version = host.spoken.get(credential.uuid, VERSIONS[0])


def speak_version() -> str:
    """Agree on a version of the standard for this request, or refuse."""
    wanted = request.headers.get(VERSION)
    if wanted is None:
        raise Refusal(400, f"the header {VERSION} is missing; send one of {', '.join(VERSIONS)}")
    spoken = version(wanted)
    if spoken is None:
        raise Refusal(400, f"{VERSION} is one of {', '.join(VERSIONS)}, not {values.shown(wanted)}")
    g.xapi_version = spoken
    return spoken


def version(wanted: str) -> str | None:
    """Return the version that is spoken with who wants this one, or None."""
    return next((spoken for pattern, spoken in _GENERATIONS if pattern.fullmatch(wanted)), None)


def only(*methods: str) -> None:
    """Refuse a request by any other method."""
    if request.method not in methods:
        raise Refusal(405, f"this is asked for by {', '.join(methods)}", allowed=methods)


def allow(allowed: bool, what: str) -> None:
    """Refuse what the caller's key is not for."""
    if not allowed:
        raise Refusal(403, f"this key may not {what}; ask for one with that scope")


def body(sent: Request, most: int) -> bytes:
    """Return a request's whole body. Raises RequestEntityTooLarge above `most` bytes, Refusal when its end is missing.

    Of a body that does not say how long it is, Werkzeug would return the first `most` bytes as if they were all.
    """
    sent.max_content_length = most + 1
    data = sent.get_data(cache=False)
    if len(data) > most:
        raise RequestEntityTooLarge
    if sent.content_length is not None and len(data) != sent.content_length:
        raise Refusal(400, f"the body ended after {len(data)} of {sent.content_length} bytes; send it again")
    return data


def conditional(response: Response) -> Response:
    """Give the response its ETag; the body is left out when the client has it already.

    xAPI 1.0.3, Communication 3.1, wants the SHA-1 of the content in hexadecimal digits.
    """
    response.set_etag(hashlib.sha1(response.get_data(), usedforsecurity=False).hexdigest())
    response.make_conditional(request)
    return response


def json_response(value: object, status: int = 200) -> Response:
    """Answer with a value as JSON."""
    return json_text(jsontext.encode(value), status)


def json_text(text: str, status: int = 200) -> Response:
    """Answer with text that is JSON."""
    return Response(text, status=status, mimetype="application/json")


def _credential(host: Host, asker: Asker) -> Credential:
    """Return whose key came with the request; up to when nothing is missing is asked for with the same question."""
    given, now = request.authorization, host.now()
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise Refusal(401, "send a key and its secret by Basic authentication")
    row = _known.one(asker, wanted=credentials.askable(given.username))
    credential = credentials.proved(row, given.password, now)
    if credential is None:
        raise Refusal(401, "this key is unknown, or its secret is wrong, or it is no longer valid")
    host.consistent = consistent(row.newest, now)
    g.xapi_credential = credential
    return credential


def _refused(error: Refusal) -> Response:
    response = json_response({"error": str(error)}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI"'
    if error.allowed:
        response.headers["Allow"] = ", ".join(error.allowed)
    return response


def _faulty(error: Faults) -> Response:
    told = [{"path": fault.path, "what": fault.what} for fault in error.faults[:SHOWN]]
    return json_response({"error": str(error), "faults": told}, 400)


def _conflicting(error: ConflictingStatement) -> Response:
    return json_response({"error": str(error)}, 409)


def _forbidden_void(error: ForbiddenVoid) -> Response:
    return json_response({"error": str(error)}, 403)


def _too_large(_error: RequestEntityTooLarge) -> Response:
    limit = jsontext.MAX_BYTES // 1024 // 1024
    return json_response({"error": f"the body is larger than {limit} MiB; send the statements in parts"}, 413)


def _http(error: HTTPException) -> Response:
    return json_response({"error": error.description or error.name}, error.code or 500)


def _busy(error: sqlalchemy.exc.OperationalError) -> Response:
    _logger.warning("the database did not answer: %s", error.orig)
    response = json_response({"error": "the database is busy; nothing was stored, send the same again"}, 503)
    response.headers["Retry-After"] = "1"
    return response


def _failed(error: Exception) -> Response:
    _logger.error("a request failed", exc_info=error)
    return json_response({"error": "something went wrong on our side; nothing was stored"}, 500)


HANDLERS: Final[Mapping[type[Exception], Callable[[Any], Response]]] = {
    Refusal: _refused,
    Faults: _faulty,
    ConflictingStatement: _conflicting,
    ForbiddenVoid: _forbidden_void,
    RequestEntityTooLarge: _too_large,
    HTTPException: _http,
    sqlalchemy.exc.OperationalError: _busy,
    Exception: _failed,
}
"""How an error is answered."""
