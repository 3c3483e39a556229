"""The front door: sends each person to the page that they need most; and whether we are alive."""

from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from mentorcert.permissions import Permission, Role, needs
from mentorcert.web import here

blueprint: Final = Blueprint("home", __name__)

FIRST_PAGES: Final = (
    (Role.TRAINEE, "trainee.home"),
    (Role.COACH, "grading.queue"),
    (Role.FACILITATOR, "reports.cohorts"),
    (Role.MANAGER, "reports.cohorts"),
    (Role.ADMINISTRATOR, "evidence.statements"),
)


@blueprint.get("/")
@needs(Permission.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The first page of whoever looks, by the role that they act in most."""
    roles = here.viewer().roles()
    for role, endpoint in FIRST_PAGES:
        if role in roles:
            return redirect(url_for(endpoint))
    return render_template("home/nothing.html")


@blueprint.get("/healthz")
@needs(Permission.PUBLIC)
def health() -> ResponseReturnValue:
    """Whether the application and its database answer."""
    here.session().execute(text("SELECT 1"))
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
