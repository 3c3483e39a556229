"""The document resources: states, activity profiles and agent profiles.

xAPI 1.0.3, Communication 2.2, 2.3, 2.6 and 2.7; xAPI 2.0, 4.1.6.2, 4.1.6.5 and 4.1.6.6. They differ in what a document
belongs to, and in what a PUT without preconditions may do; everything else is the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from flask import Response
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_etags

from xapi import documents, values
from xapi.credentials import Credential
from xapi.documents import Content, Context, Kind, TooLarge
from xapi.faults import QueryFaults, Report
from xapi.identity import agent_key
from xapi.lrs import parameters, wire
from xapi.lrs.parameters import Asked
from xapi.lrs.wire import Call, Refusal
from xapi.preconditions import ANY, PreconditionFailed, Preconditions, Rule, Unconditional

METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")


@dataclass(frozen=True)
class _Resource:
    kind: Kind
    named_by: str
    """The parameter that names one document."""
    belongs_to: tuple[str, ...]
    """The parameters that say what documents belong to."""
    reads: Callable[[Credential], bool]
    writes: Callable[[Credential], bool]
    rules: Mapping[str, Rule]
    """What a PUT without preconditions may do, by the version that is spoken."""
    narrowed_by: tuple[str, ...] = ()
    """Parameters that may say more of what documents belong to."""


_STATES: Final = _Resource(
    Kind.STATE,
    "stateId",
    belongs_to=("activityId", "agent"),
    reads=attrgetter("reads_state"),
    writes=attrgetter("writes_state"),
    rules={"1.0.3": Rule.FREE, "2.0.0": Rule.NEW},
    narrowed_by=("registration",),
)
_ACTIVITY_PROFILES: Final = _Resource(
    Kind.ACTIVITY_PROFILE,
    "profileId",
    belongs_to=("activityId",),
    reads=attrgetter("reads_profiles"),
    writes=attrgetter("writes_profiles"),
    rules={"1.0.3": Rule.NEVER, "2.0.0": Rule.NEW},
)
_AGENT_PROFILES: Final = replace(_ACTIVITY_PROFILES, kind=Kind.AGENT_PROFILE, belongs_to=("agent",))


def states(call: Call) -> Response:
    """Keep what agents left behind in activities."""
    return _answer(call, _STATES)


def activity_profiles(call: Call) -> Response:
    """Keep documents about activities."""
    return _answer(call, _ACTIVITY_PROFILES)


def agent_profiles(call: Call) -> Response:
    """Keep documents about agents."""
    return _answer(call, _AGENT_PROFILES)


def _answer(call: Call, resource: _Resource) -> Response:
    wire.only(*METHODS)
    if call.request.method in {"GET", "HEAD"}:
        wire.allow(resource.reads(call.credential), "read these documents")
    else:
        wire.allow(resource.writes(call.credential), "store or delete these documents")
    try:
        return _ANSWERS[call.request.method](call, resource)
    except PreconditionFailed as error:
        raise Refusal(412, str(error)) from error
    except Unconditional as error:
        raise Refusal(409 if error.exists else 400, str(error)) from error
    except (TooLarge, RequestEntityTooLarge) as error:
        raise Refusal(413, str(TooLarge())) from error


def _get(call: Call, resource: _Resource) -> Response:
    if resource.named_by not in call.request.args:
        return _ids(call, resource)
    asked = _asked(call, resource)
    document = documents.get(call.session, _context(resource, asked), asked[resource.named_by])
    if document is None:
        raise Refusal(404, f"there is no document with this {resource.named_by} here")
    response = Response(document.content.data, content_type=document.content.type)
    response.last_modified = document.updated
    response.set_etag(document.tag)
    response.make_conditional(call.request)
    return response


def _ids(call: Call, resource: _Resource) -> Response:
    asked = _asked(call, resource, one=False, optional=("since",))
    found, newest = documents.ids(call.session, _context(resource, asked), asked.get("since"))
    response = wire.json_response(found)
    if newest is not None:
        response.last_modified = newest
    return wire.conditional(response)


def _put(call: Call, resource: _Resource) -> Response:
    asked, conditions, content = _asked(call, resource), _preconditions(call), _content(call)
    documents.put(
        call.session,
        _context(resource, asked),
        asked[resource.named_by],
        content,
        preconditions=conditions,
        rule=resource.rules[call.version],
        now=call.begin_writing(),
    )
    return _stored(content)


def _post(call: Call, resource: _Resource) -> Response:
    asked, conditions, sent = _asked(call, resource), _preconditions(call), documents.posted(_content(call))
    content = documents.post(
        call.session,
        _context(resource, asked),
        asked[resource.named_by],
        sent,
        preconditions=conditions,
        now=call.begin_writing(),
    )
    return _stored(content)


def _delete(call: Call, resource: _Resource) -> Response:
    conditions = _preconditions(call)
    if resource is _STATES and resource.named_by not in call.request.args:
        return _delete_all(call, resource, conditions)
    asked = _asked(call, resource)
    call.begin_writing()
    documents.remove(call.session, _context(resource, asked), asked[resource.named_by], preconditions=conditions)
    return Response(status=204)


def _delete_all(call: Call, resource: _Resource, conditions: Preconditions) -> Response:
    if conditions != Preconditions():
        raise Refusal(400, f"If-Match and If-None-Match are for one document; name it by {resource.named_by}")
    asked = _asked(call, resource, one=False)
    call.begin_writing()
    documents.remove_all(call.session, _context(resource, asked))
    return Response(status=204)


def _asked(call: Call, resource: _Resource, *, one: bool = True, optional: tuple[str, ...] = ()) -> Asked:
    """Return the parameters of a request for one document, or for those of a context. Raises QueryFaults."""
    required = (*resource.belongs_to, *([resource.named_by] if one else []))
    asked = parameters.read(call.request.args, required, (*resource.narrowed_by, *optional))
    if "agent" in asked:
        check = parameters.agent_only if call.version == "1.0.3" else parameters.identified
        check(asked["agent"])
    return asked


def _context(resource: _Resource, asked: Asked) -> Context:
    return Context(
        resource.kind,
        activity=asked.get("activityId"),
        agent=agent_key(asked["agent"]) if "agent" in asked else None,
        registration=asked.get("registration"),
    )


def _preconditions(call: Call) -> Preconditions:
    """Return what the request says of the document that is there. A weak tag never matches for writing (RFC 9110)."""
    return Preconditions(_tags(call, "If-Match"), _tags(call, "If-None-Match"))


def _tags(call: Call, header: str) -> frozenset[str] | None:
    if header not in call.request.headers:
        return None
    tags = parse_etags(call.request.headers[header])
    if tags.star_tag:
        return frozenset({ANY})
    return frozenset(tags.as_set(include_weak=header == "If-None-Match"))


def _content(call: Call) -> Content:
    """Return the body, whole. No transaction is open while it comes in.

    The server does not tell where a chunked body was cut off, and any bytes are a document.
    """
    if call.request.content_length is None and "Transfer-Encoding" in call.request.headers:
        raise Refusal(411, "say how long the document is: send Content-Length instead of Transfer-Encoding")
    data = wire.body(call.request, documents.MAX_BYTES)
    given = call.request.headers.get("Content-Type") or "application/octet-stream"
    report: Report = []
    values.media_type(given, "Content-Type", report)
    if report:
        raise QueryFaults(report)
    return Content(given, data)


def _stored(content: Content) -> Response:
    response = Response(status=204)
    response.set_etag(content.tag)
    return response


_ANSWERS: Final[Mapping[str, Callable[[Call, _Resource], Response]]] = {
    "GET": _get,
    "HEAD": _get,
    "PUT": _put,
    "POST": _post,
    "DELETE": _delete,
}
