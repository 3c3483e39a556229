"""The statement resource: statements are stored by POST and PUT, found by GET, and never changed or deleted."""

import json
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Response

from xapi import activities, attachments, formats, jsontext, query
from xapi.asking import asking
from xapi.lrs import parts, wire
from xapi.lrs.parts import Sent
from xapi.lrs.wire import Call, Refusal
from xapi.query import Query

LANGUAGES: Final = 20
"""How many of the languages that a client asks for are looked for, the best first: each is compared with every text."""

_METHODS: Final = ("GET", "HEAD", "POST", "PUT")


def resource(call: Call) -> Response:
    """Store and find statements."""
    method = call.request.method
    if method in {"GET", "HEAD"}:
        return _get(call)
    if method == "POST":
        return _post(call)
    if method == "PUT":
        return _put(call)
    why = "statements are stored by POST and PUT and read by GET; they are never changed or deleted"
    raise Refusal(405, why, allowed=_METHODS)


def _post(call: Call) -> Response:
    wire.allow(call.credential.may_write, "store statements")
    if call.request.args:
        raise Refusal(400, f"POST takes no parameters here: {', '.join(call.request.args)}")
    with parts.sent(call) as sent:
        ids = _append(call, sent)
    return wire.json_response([str(each) for each in ids])


def _put(call: Call) -> Response:
    wire.allow(call.credential.may_write, "store statements")
    wanted = _statement_id(call)
    with parts.sent(call, wanted) as sent:
        if [each.id for each in sent.statements] != [wanted]:
            raise Refusal(400, f"PUT takes one statement, and its id must be the statementId {wanted}")
        _append(call, sent)
    return Response(status=204)


def _append(call: Call, sent: Sent) -> list[UUID]:
    sent.keep(call)
    return call.host.together.store(call.authority, sent.statements, sent.note)


def _get(call: Call) -> Response:
    wire.allow(call.credential.may_read, "read statements")
    asked = query.read(call.request.args.items(multi=True))
    if not call.credential.reads_all:
        asked = replace(asked, authority=call.authority.key)
    with asking(call.host.engine) as asker:
        page = query.find(asker, asked)
    if asked.statement_id or asked.voided_statement_id:
        return _one_statement(call, page, asked)
    more = "" if page.more is None else _more(call, page.more)
    listed = ",".join(_formatted(call, page.texts, asked))
    return _answer(call, f'{{"statements":[{listed}],"more":{json.dumps(more)}}}', page, asked)


def _statement_id(call: Call) -> UUID:
    args = call.request.args
    if list(args.keys()) != ["statementId"] or len(args.getlist("statementId")) != 1:
        raise Refusal(400, "PUT takes exactly one parameter, statementId")
    asked = query.read([("statementId", args["statementId"])]).statement_id
    if asked is None:
        raise Refusal(400, "statementId is missing")
    return asked


def _one_statement(call: Call, page: query.Page, asked: Query) -> Response:
    if not page.rows:
        raise Refusal(404, "there is no such statement, or not for this key")
    (text,) = _formatted(call, page.texts, asked)
    response = _answer(call, text, page, asked)
    response.last_modified = page.rows[0].stored
    return response if asked.attachments else wire.conditional(response)


def _answer(call: Call, text: str, page: query.Page, asked: Query) -> Response:
    if not asked.attachments:
        return wire.json_text(text)
    raws = [jsontext.reread(each) for each in page.texts]
    return parts.response(call, text, attachments.kept(call.session, raws))


def _formatted(call: Call, texts: list[str], asked: Query) -> list[str]:
    if asked.format == "exact":
        return texts
    raws = [jsontext.reread(text) for text in texts]
    if asked.format == "ids":
        return [jsontext.encode(formats.ids(raw)) for raw in raws]
    known = activities.canonical(call.session, {iri for raw in raws for iri in formats.activities_of(raw)})
    languages = list(call.request.accept_languages.values())[:LANGUAGES]
    return [jsontext.encode(formats.canonical(raw, languages, known)) for raw in raws]


def _more(call: Call, after: int) -> str:
    """Return the relative address of the next page: the same question, from there."""
    request = call.request
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{request.script_root}{request.path}?{urlencode([*kept, ('after', str(after))])}"
