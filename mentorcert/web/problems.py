"""How an error becomes a page, or JSON for a script: what went wrong, and what to do about it."""

import logging
from collections.abc import Sequence
from typing import Final

import sqlalchemy.exc
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from mentorcert.errors import Fault, Invalid, Problem
from mentorcert.web import here

logger: Final = logging.getLogger(__name__)

TEXTS: Final = {
    400: ("This request can't be understood.", "Go back, and try it from the page again."),
    403: ("This is not yours to see.", "If you think that it should be, ask your programme manager."),
    404: ("There is nothing at this address.", "Check the address, or start from your home page."),
    405: ("This can't be done at this address.", "Go back, and try it from the page."),
    413: ("This is too large.", "Send a smaller file."),
    429: ("That was a lot of tries in a short time.", "Wait a few minutes, then try again."),
    500: ("Something went wrong on our side.", "Nothing was changed. Try again; if it stays, tell your administrator."),
    503: ("The database is busy.", "Nothing was changed. Wait a moment and try again."),
}


def register(app: Flask) -> None:
    """Give the application a page for every error."""
    app.register_error_handler(Problem, _problem_page)
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(sqlalchemy.exc.IntegrityError, _conflict_page)
    app.register_error_handler(sqlalchemy.exc.OperationalError, _busy_page)
    app.register_error_handler(Exception, _fault_page)


def _problem_page(problem: Problem) -> ResponseReturnValue:
    faults = problem.faults if isinstance(problem, Invalid) else ()
    return _error(problem.status, problem.title, problem.todo, faults)


def _http_page(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, CSRFError):
        title, todo = _("This page was open for too long."), _("Go back, load it again, and send it once more.")
    elif isinstance(error, RequestEntityTooLarge):
        limit = here.settings().upload_bytes // (1024 * 1024)
        title, todo = TEXTS[413][0], _("We take up to %(limit)s MB in one file.", limit=limit)
    else:
        title, todo = TEXTS.get(error.code, TEXTS[400])
    response = make_response(_error(error.code, title, todo))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _conflict_page(_error_: sqlalchemy.exc.IntegrityError) -> ResponseReturnValue:
    title = _("Somebody changed this at the same moment.")
    return _error(409, title, _("Nothing of yours was kept. Go back, load the page again, and repeat what you did."))


def _busy_page(error: sqlalchemy.exc.OperationalError) -> ResponseReturnValue:
    logger.warning("the database did not answer: %s", error.orig)
    return _error(503, *TEXTS[503])


def _fault_page(error: Exception) -> ResponseReturnValue:
    logger.error("a request failed", exc_info=error)
    return _error(500, *TEXTS[500])


def _error(status: int, title: str, todo: str, faults: Sequence[Fault] = ()) -> ResponseReturnValue:
    """The page of an error, or its JSON for a script that asked for JSON."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return {"error": title, "todo": todo, "faults": [str(fault) for fault in faults]}, status
    problem = {"title": title, "todo": todo}
    return render_template("problem.html", status=status, problem=problem, faults=faults), status
