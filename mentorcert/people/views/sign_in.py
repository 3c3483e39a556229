"""Signing in and out."""

from flask import render_template
from flask.typing import ResponseReturnValue

from mentorcert.people.views.door import blueprint
from mentorcert.permissions import Permission, needs


@blueprint.get("/sign-in")
@needs(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The page to sign in on."""
    return render_template("people/sign_in.html")
