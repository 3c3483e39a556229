"""The statement resource: statements are stored by POST and PUT, found by GET, and never changed or deleted."""

import json
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Response
from werkzeug.datastructures import LanguageAccept

from xapi import credentials, formats, jsontext, query, store, values
from xapi.lrs import wire
from xapi.lrs.wire import Call, Refusal
from xapi.query import Query
from xapi.statement import Statement, parse

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
    ids = _append(call, _parsed(call))
    return wire.json_response([str(each) for each in ids])


def _put(call: Call) -> Response:
    wire.allow(call.credential.may_write, "store statements")
    wanted = _statement_id(call)
    statements = _parsed(call, wanted)
    if len(statements) != 1 or statements[0].id != wanted:
        raise Refusal(400, f"PUT takes one statement, and its id must be the statementId {wanted}")
    _append(call, statements)
    return Response(status=204)


def _append(call: Call, statements: list[Statement]) -> list[UUID]:
    authority = call.authority
    moment = call.begin_writing()
    ids = store.append(call.session, statements, authority=authority, on_stored=call.host.on_stored, now=moment)
    credentials.note_use(call.session, call.credential, moment)
    return ids


def _get(call: Call) -> Response:
    wire.allow(call.credential.may_read, "read statements")
    call.host.ask_consistent(call.session)
    asked = query.read(call.request.args.items(multi=True))
    if not call.credential.reads_all:
        asked = replace(asked, authority=call.authority.key)
    page = query.find(call.session, asked)
    if asked.statement_id or asked.voided_statement_id:
        return _one_statement(call, page, asked)
    more = "" if page.more is None else _more(call, page.more)
    languages = call.request.accept_languages
    listed = ",".join(_formatted(text, asked, languages) for text in page.texts)
    return wire.json_text(f'{{"statements":[{listed}],"more":{json.dumps(more)}}}')


def _statement_id(call: Call) -> UUID:
    args = call.request.args
    if list(args.keys()) != ["statementId"] or len(args.getlist("statementId")) != 1:
        raise Refusal(400, "PUT takes exactly one parameter, statementId")
    asked = query.read([("statementId", args["statementId"])]).statement_id
    if asked is None:
        raise Refusal(400, "statementId is missing")
    return asked


def _parsed(call: Call, wanted: UUID | None = None) -> list[Statement]:
    """Return the valid statements of the request's body; one without an id gets the wanted one."""
    request = call.request
    if request.mimetype != "application/json":
        raise Refusal(400, f"send application/json, not {values.shown(request.mimetype)}; attachments by fileUrl only")
    request.max_content_length = jsontext.MAX_BYTES
    return parse(request.get_data(cache=False), now=call.host.now(), version=call.version, statement_id=wanted)


def _one_statement(call: Call, page: query.Page, asked: Query) -> Response:
    if not page.rows:
        raise Refusal(404, "there is no such statement, or not for this key")
    row = page.rows[0]
    response = wire.json_text(_formatted(row.text, asked, call.request.accept_languages))
    response.last_modified = row.stored
    return wire.conditional(response)


def _formatted(text: str, asked: Query, languages: LanguageAccept) -> str:
    if asked.format == "exact":
        return text
    raw = jsontext.reread(text)
    if asked.format == "ids":
        return jsontext.encode(formats.ids(raw))
    return jsontext.encode(formats.canonical(raw, list(languages.values())))


def _more(call: Call, after: int) -> str:
    """Return the relative address of the next page: the same question, from there."""
    request = call.request
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{request.script_root}{request.path}?{urlencode([*kept, ('after', str(after))])}"
