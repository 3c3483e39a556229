"""The store over HTTP, as a Flask blueprint that is given everything it needs.

It never commits: the application commits when the view has returned, and rolls back on an exception. A body is read,
checked and allowed before the write transaction begins.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from xapi import credentials, formats, jsontext, query, store, values
from xapi.credentials import Credential
from xapi.faults import SHOWN, Faults, QueryFaults, StatementFaults
from xapi.query import Query
from xapi.reading import BEGINNING, Stored, consistent_through
from xapi.statement import Statement, parse
from xapi.store import Authority, ConflictingStatement, ForbiddenVoid

VERSIONS: Final = ("2.0.0", "1.0.3")
"""The versions of the standard that are spoken, the newest first."""

_GENERATIONS: Final = (
    (re.compile(r"1\.0(\.\d+)?", re.ASCII), "1.0.3"),
    (re.compile(r"2\.0(\.\d+)?", re.ASCII), "2.0.0"),
)
_VERSION: Final = "X-Experience-API-Version"
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")


class Refusal(Exception):
    """A request that is refused, with its HTTP status and the reason."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def blueprint(
    *,
    session: Callable[[], Session],
    writing: Callable[[Session], None],
    on_stored: Callable[[Session, Sequence[Stored]], None],
    authority: Callable[[Credential], Authority],
    now: Callable[[], datetime],
    url_prefix: str = "/xapi",
) -> Blueprint:
    """Return the resources of a Learning Record Store.

    `session` gives the request's session, `writing` begins its write transaction, `on_stored` is told what is new in
    it, `authority` says for whom a credential speaks, `now` is the clock. The application leaves the blueprint out of
    its CSRF protection and its sign-in: requests prove themselves with Basic authentication.
    """
    resources = _Resources(session, writing, on_stored, authority, now)
    lrs = Blueprint("xapi", __name__, url_prefix=url_prefix)
    lrs.add_url_rule(
        "/statements", "statements", resources.statements, methods=_METHODS, provide_automatic_options=False
    )
    lrs.add_url_rule("/about", "about", resources.about)
    lrs.add_url_rule("/profile.jsonld", "profile", resources.profile)
    lrs.add_url_rule("/<path:rest>", "missing", resources.missing, methods=_METHODS, provide_automatic_options=False)
    lrs.after_request(resources.add_headers)
    for kind, handler in _HANDLERS.items():
        lrs.register_error_handler(kind, handler)
    return lrs


@dataclass
class _Resources:
    session: Callable[[], Session]
    writing: Callable[[Session], None]
    on_stored: Callable[[Session, Sequence[Stored]], None]
    authority: Callable[[Credential], Authority]
    now: Callable[[], datetime]
    consistent: datetime = BEGINNING
    """A known answer to "consistent through". An older one is as true as a newer one, so answers need not ask again."""

    def statements(self) -> Response:
        """Store and find statements."""
        _speak_version()
        credential = self._credential()
        if request.method in {"GET", "HEAD"}:
            return self._get(credential)
        if request.method == "POST":
            return self._post(credential)
        if request.method == "PUT":
            return self._put(credential)
        raise Refusal(405, "statements are stored by POST and PUT and read by GET; they are never changed or deleted")

    def about(self) -> Response:
        """Say which versions of the standard are spoken. Clients of the older one refuse to hear of a newer one."""
        g.xapi_version = _version(request.headers.get(_VERSION, "")) or VERSIONS[0]
        known = VERSIONS[1:] if g.xapi_version == VERSIONS[1] else VERSIONS
        return _json_response({"version": list(known), "extensions": {}})

    def profile(self) -> Response:
        """Give the xAPI Profile of our own concepts."""
        text = files("xapi").joinpath("profile.jsonld").read_text(encoding="utf-8")
        response = Response(text, mimetype="application/ld+json")
        return _conditional(response)

    def missing(self, rest: str) -> Response:
        """Answer for resources that there are none of."""
        _speak_version()
        raise Refusal(404, f"there is no resource {rest[:100]}; statements are at statements")

    def add_headers(self, response: Response) -> Response:
        """Add what the standard wants on every response."""
        response.headers[_VERSION] = g.get("xapi_version", VERSIONS[0])
        response.headers["X-Experience-API-Consistent-Through"] = values.written(self.consistent)
        return response

    def _credential(self) -> Credential:
        given = request.authorization
        if given is None or given.type != "basic" or given.username is None or given.password is None:
            raise Refusal(401, "send a key and its secret by Basic authentication")
        credential = credentials.check(self.session(), given.username, given.password, self.now())
        if credential is None:
            raise Refusal(401, "this key is unknown, or its secret is wrong, or it is no longer valid")
        return credential

    def _post(self, credential: Credential) -> Response:
        _allow(credential.may_write, "store statements")
        if request.args:
            raise Refusal(400, f"POST takes no parameters here: {', '.join(request.args)}")
        ids = self._append(credential, _parsed(self.now()))
        return _json_response([str(each) for each in ids])

    def _put(self, credential: Credential) -> Response:
        _allow(credential.may_write, "store statements")
        wanted = _statement_id()
        statements = _parsed(self.now(), wanted)
        if len(statements) != 1 or statements[0].id != wanted:
            raise Refusal(400, f"PUT takes one statement, and its id must be the statementId {wanted}")
        self._append(credential, statements)
        return Response(status=204)

    def _append(self, credential: Credential, statements: list[Statement]) -> list[UUID]:
        session, authority = self.session(), self.authority(credential)
        self.writing(session)
        session.connection()
        moment = self.now()  # taken when it is our turn to write, so that what is stored later says later
        ids = store.append(session, statements, authority=authority, on_stored=self.on_stored, now=moment)
        credentials.note_use(session, credential, moment)
        return ids

    def _get(self, credential: Credential) -> Response:
        _allow(credential.may_read, "read statements")
        session = self.session()
        self.consistent = consistent_through(session, self.now())
        asked = query.read(request.args.items(multi=True))
        if not credential.reads_all:
            asked = replace(asked, authority=self.authority(credential).key)
        page = query.find(session, asked)
        if asked.statement_id or asked.voided_statement_id:
            return _one_statement(page, asked)
        more = "" if page.more is None else _more(page.more)
        listed = ",".join(_formatted(text, asked) for text in page.texts)
        return _json_text(f'{{"statements":[{listed}],"more":{json.dumps(more)}}}')


def _speak_version() -> None:
    """Agree on a version of the standard for this request, or refuse."""
    wanted = request.headers.get(_VERSION)
    if wanted is None:
        raise Refusal(400, f"the header {_VERSION} is missing; send one of {', '.join(VERSIONS)}")
    version = _version(wanted)
    if version is None:
        raise Refusal(400, f"{_VERSION} is one of {', '.join(VERSIONS)}, not {values.shown(wanted)}")
    g.xapi_version = version


def _version(wanted: str) -> str | None:
    """Return the version that is spoken with who wants this one, or None."""
    return next((version for pattern, version in _GENERATIONS if pattern.fullmatch(wanted)), None)


def _allow(allowed: bool, what: str) -> None:
    if not allowed:
        raise Refusal(403, f"this key may not {what}; ask for one with that scope")


def _statement_id() -> UUID:
    names = list(request.args.keys())
    if names != ["statementId"] or len(request.args.getlist("statementId")) != 1:
        raise Refusal(400, "PUT takes exactly one parameter, statementId")
    asked = query.read([("statementId", request.args["statementId"])]).statement_id
    if asked is None:
        raise Refusal(400, "statementId is missing")
    return asked


def _parsed(now: datetime, wanted: UUID | None = None) -> list[Statement]:
    """Return the valid statements of the request's body; one without an id gets the wanted one."""
    if request.mimetype != "application/json":
        raise Refusal(400, f"send application/json, not {values.shown(request.mimetype)}; attachments by fileUrl only")
    request.max_content_length = jsontext.MAX_BYTES
    return parse(request.get_data(cache=False), now=now, version=g.xapi_version, statement_id=wanted)


def _one_statement(page: query.Page, asked: Query) -> Response:
    if not page.rows:
        raise Refusal(404, "there is no such statement, or not for this key")
    row = page.rows[0]
    response = _json_text(_formatted(row.text, asked))
    response.last_modified = row.stored
    return _conditional(response)


def _conditional(response: Response) -> Response:
    """Give the response its ETag; the body is left out when the client has it already."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.make_conditional(request)
    return response


def _formatted(text: str, asked: Query) -> str:
    if asked.format == "exact":
        return text
    raw = jsontext.reread(text)
    if asked.format == "ids":
        return jsontext.encode(formats.ids(raw))
    return jsontext.encode(formats.canonical(raw, list(request.accept_languages.values())))


def _more(after: int) -> str:
    """Return the relative address of the next page: the same question, from there."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{request.script_root}{request.path}?{urlencode([*kept, ('after', str(after))])}"


def _json_response(value: object, status: int = 200) -> Response:
    return _json_text(jsontext.encode(value), status)


def _json_text(text: str, status: int = 200) -> Response:
    return Response(text, status=status, mimetype="application/json")


def _refused(error: Refusal) -> Response:
    response = _json_response({"error": str(error)}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI"'
    if error.status == 405:
        response.headers["Allow"] = "GET, HEAD, POST, PUT"
    return response


def _faulty(error: Faults) -> Response:
    told = [{"path": fault.path, "what": fault.what} for fault in error.faults[:SHOWN]]
    return _json_response({"error": str(error), "faults": told}, 400)


def _conflicting(error: ConflictingStatement) -> Response:
    return _json_response({"error": str(error)}, 409)


def _forbidden_void(error: ForbiddenVoid) -> Response:
    return _json_response({"error": str(error)}, 403)


def _too_large(_error: RequestEntityTooLarge) -> Response:
    limit = jsontext.MAX_BYTES // 1024 // 1024
    return _json_response({"error": f"the body is larger than {limit} MiB; send the statements in parts"}, 413)


_HANDLERS: Final[Mapping[type[Exception], Callable[[Any], Response]]] = {
    Refusal: _refused,
    StatementFaults: _faulty,
    QueryFaults: _faulty,
    ConflictingStatement: _conflicting,
    ForbiddenVoid: _forbidden_void,
    RequestEntityTooLarge: _too_large,
}
