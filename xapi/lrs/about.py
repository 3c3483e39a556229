"""What anybody may ask: which versions of the standard are spoken, and the profile of our own concepts."""

from importlib.resources import files

from flask import Response, g, request

from xapi.lrs import wire
from xapi.lrs.wire import Refusal


def versions() -> Response:
    """Say which versions of the standard are spoken. Clients of the older one refuse to hear of a newer one."""
    wire.only("GET", "HEAD")
    g.xapi_version = wire.version(request.headers.get(wire.VERSION, "")) or wire.VERSIONS[0]
    known = wire.VERSIONS[1:] if g.xapi_version == wire.VERSIONS[1] else wire.VERSIONS
    return wire.json_response({"version": list(known), "extensions": {}})


def profile() -> Response:
    """Give the xAPI Profile of our own concepts."""
    wire.only("GET", "HEAD")
    text = files("xapi").joinpath("profile.jsonld").read_text(encoding="utf-8")
    return wire.conditional(Response(text, mimetype="application/ld+json"))


def missing(rest: str) -> Response:
    """Answer for resources that there are none of."""
    wire.speak_version()
    raise Refusal(404, f"there is no resource {rest[:100]}; statements are at statements")
