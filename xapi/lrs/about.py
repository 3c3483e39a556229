"""What anybody may ask: which versions are spoken, what the resources take and give, and our own concepts."""

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
    return _file("profile.jsonld", "application/ld+json")


def description() -> Response:
    """Give the description of all resources (OpenAPI 3.1)."""
    return _file("openapi.yaml", "application/yaml")


def missing(rest: str) -> Response:
    """Answer for resources that there are none of."""
    wire.speak_version()
    raise Refusal(404, f"there is no resource {rest[:100]}; statements are at statements")


def _file(name: str, mimetype: str) -> Response:
    wire.only("GET", "HEAD")
    text = files("xapi").joinpath(name).read_text(encoding="utf-8")
    return wire.conditional(Response(text, mimetype=mimetype))
