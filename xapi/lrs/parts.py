"""Bodies of statements, with and without attachments, as they come in and go out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from xapi import attachments, jsontext, multipart, values
from xapi.attachments import Kept, Named
from xapi.lrs import wire
from xapi.lrs.wire import Call, Refusal
from xapi.multipart import Received
from xapi.statement import Statement, parse

_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """The valid statements of a request, and what came with them."""

    statements: list[Statement]
    named: Sequence[Named] = ()
    received: Received | None = None

    def keep(self, call: Call) -> None:
        """Keep the bytes of attachments, before the write transaction: no file is written inside."""
        if self.received is not None:
            attachments.keep(call.host.blobs, self.received)

    def note(self, session: Session, now: datetime) -> None:
        """Write down what came with which statement, inside the write transaction."""
        if self.received is not None:
            attachments.note(session, self.named, self.received, now)


@contextmanager
def sent(call: Call, wanted: UUID | None = None) -> Iterator[Sent]:
    """Give what a request sends; a statement without an id gets the wanted one. Temporary files last for the block.

    No transaction is open while the body comes in.
    """
    kind = call.request.mimetype
    if kind == "application/json":
        yield _without_attachments(call, wanted)
    elif kind == "multipart/mixed":
        with _received(call) as received:
            yield _with_attachments(call, received, wanted)
    else:
        told = values.shown(kind)
        raise Refusal(400, f"send application/json, or multipart/mixed with attachments, not {told}")


def _without_attachments(call: Call, wanted: UUID | None) -> Sent:
    body = wire.body(call.request, jsontext.MAX_BYTES)
    statements = parse(body, now=call.host.now(), version=call.version, statement_id=wanted)
    attachments.refuse_missing(attachments.named_in(statements, batch=_is_batch(body)), ())
    return Sent(statements)


def _received(call: Call) -> Received:
    limit = call.host.attachment_bytes
    call.request.max_content_length = limit
    try:
        return multipart.read(call.request.stream, multipart.boundary_of(call.request.mimetype_params))
    except RequestEntityTooLarge as error:
        why = f"the body is larger than {limit // _MEBIBYTE} MiB; send fewer attachments at once, or a fileUrl"
        raise Refusal(413, why) from error


def _with_attachments(call: Call, received: Received, wanted: UUID | None) -> Sent:
    body = received.statements
    statements = parse(body, now=call.host.now(), version=call.version, statement_id=wanted)
    named = attachments.named_in(statements, batch=_is_batch(body))
    attachments.check(statements, named, received, 1 if call.version == "1.0.3" else 2)
    return Sent(statements, named, received)


def _is_batch(body: bytes) -> bool:
    return body.lstrip()[:1] == b"["


def response(call: Call, text: str, found: Sequence[Kept]) -> Response:
    """Answer with statements and the attachments that are kept of them, one after the other."""
    boundary = multipart.new_boundary()
    pieces = ((each.sha2, each.content_type, call.host.blobs.pieces(each.sha2, each.length)) for each in found)
    body = multipart.written(boundary, text, pieces)
    return Response(body, content_type=f'multipart/mixed; boundary="{boundary}"')
