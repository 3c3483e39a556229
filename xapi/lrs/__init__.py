"""The store over HTTP: a small Flask application of its own, with no cookies, sign-in or pages around it.

The application around it gives it a `Host` and mounts it with `beside`. It commits once a request, when the resource
has answered with a status below 400, and rolls back otherwise; only statements are committed before, with those of
other requests that wait (`together`). A body is read, checked and allowed before the write transaction begins.
"""

import logging
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import sqlalchemy.exc
from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from xapi import credentials
from xapi.lrs import about, alternate, documents, known, statements, wire
from xapi.lrs.wire import Call, Host
from xapi.promise import promise

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Host", "Lrs", "beside"]

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
"""Every method reaches its resource, which says itself what it does not do."""

RESOURCES: Final = {
    "statements": statements.resource,
    "activities": known.activity,
    "activities/state": documents.states,
    "activities/profile": documents.activity_profiles,
    "agents": known.person,
    "agents/profile": documents.agent_profiles,
}
"""Who answers at which address below the prefix, once the caller has proved who they are."""

HEARD_OUT: Final = 1024 * 1024
"""How many bytes that nobody wants any more are read of a refused body."""

_SLASHES: Final = re.compile("/{2,}")
_logger: Final = logging.getLogger(__name__)


class Lrs(Flask):
    """The resources of a Learning Record Store."""

    def __init__(self, host: Host) -> None:
        super().__init__("xapi.lrs", static_folder=None)
        self.host = host
        for path, resource in RESOURCES.items():
            self._at(path, self._called(resource))
        self._at("about", about.versions)
        self._at("profile.jsonld", about.profile)
        self._at("openapi.yaml", about.description)
        self._at("<path:rest>", about.missing)
        self.after_request(_heard_out)
        self.after_request(host.add_headers)
        self.after_request(alternate.without_body)
        for kind, handler in wire.HANDLERS.items():
            self.register_error_handler(kind, handler)

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer a request, and then see to what is due."""
        if request.method == "OPTIONS":
            return wire.preflight(METHODS)
        if refusal := request.environ.get(alternate.REFUSED):
            wire.speak_version()
            raise refusal
        try:
            return super().dispatch_request()
        finally:
            self._note_use()
            self._promise()

    def _note_use(self) -> None:
        """Write down that the caller's key was used, where that is due, in a short transaction of its own.

        Whatever the request did is over: committed, or rolled back. A database that is too busy is no fault.
        """
        credential, now = g.get("xapi_credential"), self.host.now()
        if credential is None or not self.host.uses.is_due(credential, now):
            return
        try:
            with self.host.sessions() as session:
                self.host.writing(session)
                credentials.note_use(session, credential, now)
                session.commit()
        except sqlalchemy.exc.OperationalError as error:
            _logger.info("the use of a key was not noted: %s", error.orig)

    def _promise(self) -> None:
        """Promise, where that is due, that whatever comes is stored later: the next answer says so.

        In a short transaction of its own; a database that is too busy, or only to be read, is no fault.
        """
        through = self.host.promise_due(self.host.now())
        if through is None or not self.host.promising.acquire(blocking=False):
            return
        try:
            with self.host.sessions() as session:
                self.host.writing(session)
                promise(session, through)
                session.commit()
        except sqlalchemy.exc.OperationalError as error:
            _logger.info("nothing was promised: %s", error.orig)
        finally:
            self.host.promising.release()

    def _at(self, path: str, view: Callable[..., Response]) -> None:
        self.add_url_rule(f"/{path}", path, view, methods=METHODS, provide_automatic_options=False)

    def _called(self, resource: Callable[[Call], Response]) -> Callable[[], Response]:
        """Return the view of a resource: one transaction, committed when it has answered. Its errors are answered."""

        def view() -> Response:
            with wire.calling(self.host) as call:
                response = resource(call)
                if response.status_code < 400 and call.opened is not None:
                    call.opened.commit()
                return response

        return view


def _heard_out(response: Response) -> Response:
    """Read the rest of a refused body: else the server closes the connection, and the sender may not hear why."""
    if response.status_code >= 400:
        with suppress(HTTPException, OSError, ValueError):
            request.stream.read(HEARD_OUT)
    return response


def beside(pages: "WSGIApplication", lrs: Lrs, prefix: str = "/xapi") -> "WSGIApplication":
    """Return an application that gives what lies below `prefix` to the store and everything else to `pages`.

    Clients put addresses together from parts: slashes too many, and one at the end, mean nothing below the prefix.
    """

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = _SLASHES.sub("/", environ.get("PATH_INFO", ""))
        if path != prefix and not path.startswith(f"{prefix}/"):
            return pages(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
        environ["PATH_INFO"] = path.removeprefix(prefix).rstrip("/") or "/"
        alternate.unfold(environ)
        return lrs(environ, start_response)

    return application
