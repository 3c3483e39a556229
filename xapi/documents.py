"""Documents: what clients keep in the store beside statements (xAPI 1.0.3, Communication 2.2; 2.0, 4.1.6).

A document is any bytes with a content type. It belongs to a context: an activity and an agent (a state, perhaps in one
registration), an activity (its profile), or an agent (its profile).

**Nothing is overwritten unseen.** A client names the state that it has seen by entity tags (`Preconditions`); they are
judged inside the write transaction, after every other writer of the document has ended: on SQLite because it has only
one writer, on PostgreSQL by an advisory lock for each document. So of two writers who saw the same, one is refused.

**Who may.** A credential with the scope `state` or `profile` is for all such documents. The standard limits it to the
activities and agents of the credential "to the extent it is possible to determine this relationship"; a key speaks for
another system, not for a person, so it is not. Keys share what is stored: a state is there to be found again from
another device or system.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, insert, select, text, update
from sqlalchemy.orm import Session

from xapi import jsontext, tables
from xapi.faults import Fault, Faults
from xapi.identity import indexed
from xapi.preconditions import Preconditions, Rule
from xapi.values import shown

MAX_BYTES: Final = jsontext.MAX_BYTES
"""How large a document may be."""

JSON: Final = "application/json"
"""The one content type whose documents can be merged."""

_LOCK: Final = 0x78444F43  # "xDOC": the class of the advisory locks of documents
_rows: Final = tables.document.c


class Kind(IntEnum):
    """What a document describes."""

    STATE = 1
    ACTIVITY_PROFILE = 2
    AGENT_PROFILE = 3


@dataclass(frozen=True, slots=True)
class Context:
    """Where a document belongs."""

    kind: Kind
    activity: str | None = None
    """The activity's IRI; none for an agent's profile."""
    agent: str | None = None
    """The agent's canonical key; none for an activity's profile."""
    registration: UUID | None = None
    """The registration of a state. Without one, a single state is one that has none, and all states are all."""

    @property
    def digest(self) -> str:
        """Return the kind, activity and agent as one key of a length that an index takes."""
        return hashlib.sha256(json.dumps([self.kind, self.activity, self.agent]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """What a document holds."""

    type: str
    """The media type, as its sender says."""
    data: bytes

    def __post_init__(self) -> None:
        """Raise TooLarge above `MAX_BYTES`."""
        if len(self.data) > MAX_BYTES:
            raise TooLarge

    @property
    def tag(self) -> str:
        """Return its SHA-1 in lower-case hexadecimal digits: so 1.0.3 wants entity tags (Communication 3.1)."""
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON."""
        return self.type.partition(";")[0].strip().lower() == JSON


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is stored."""

    content: Content
    tag: str
    """The SHA-1 of its content."""
    updated: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """What may be merged into the document that is there; `posted` makes it, before the write transaction."""

    content: Content
    members: Mapping[str, bytes] | None
    """The members of a JSON object, each with its own bytes; None for what is no JSON and can't be merged."""


class TooLarge(Exception):
    """A document, or what a merge would make of it, is larger than `MAX_BYTES`."""

    def __init__(self) -> None:
        super().__init__(f"a document is at most {MAX_BYTES // 1024 // 1024} MiB; store it in parts, or as a file")


class DocumentFaults(Faults):
    """What was sent can't be merged into a document; places are JSON paths."""


def get(session: Session, context: Context, document_id: str) -> Document | None:
    """Return a document, or None."""
    return _found(session, _place(context, document_id))


def ids(session: Session, context: Context, since: datetime | None = None) -> tuple[list[str], datetime | None]:
    """Return the ids of a context's documents, sorted, and when the newest of them was stored.

    Only those stored after `since`, where it is given. States without a registration in the context: those of all.
    """
    wanted = select(_rows.document_id, _rows.updated).where(*_all_in(context))
    found = session.execute(wanted.where(_rows.updated > since) if since else wanted).all()
    return sorted({row.document_id for row in found}), max((row.updated for row in found), default=None)


def put(
    session: Session,
    context: Context,
    document_id: str,
    content: Content,
    *,
    preconditions: Preconditions,
    rule: Rule,
    now: datetime,
) -> None:
    """Store a document in place of what is there. Needs a write transaction.

    Raises PreconditionFailed, and Unconditional where the rule wants preconditions and there are none.
    """
    there = _locked_tag(session, _place(context, document_id))
    preconditions.check_put(there, rule)
    _store(session, context, document_id, Document(content, content.tag, now), is_new=there is None)


def posted(content: Content) -> Posted:
    """Return content as `post` takes it. Raises DocumentFaults for JSON that is no object."""
    return Posted(content, _members(content, "the document that you sent") if content.is_json else None)


def post(
    session: Session, context: Context, document_id: str, sent: Posted, *, preconditions: Preconditions, now: datetime
) -> Content:
    """Store a document, or merge it into the one that is there; return what is there now. Needs a write transaction.

    Merging is for JSON objects, one level deep. Raises DocumentFaults, TooLarge and PreconditionFailed.
    """
    place = _place(context, document_id)
    preconditions.check(_locked_tag(session, place))
    there = _found(session, place)
    content = sent.content if there is None else _merged(there.content, sent)
    _store(session, context, document_id, Document(content, content.tag, now), is_new=there is None)
    return content


def remove(session: Session, context: Context, document_id: str, *, preconditions: Preconditions) -> None:
    """Delete a document, if it is there. Needs a write transaction. Raises PreconditionFailed."""
    place = _place(context, document_id)
    preconditions.check(_locked_tag(session, place))
    session.execute(delete(tables.document).where(*_at(place)))


def remove_all(session: Session, context: Context) -> None:
    """Delete all documents of a context. Needs a write transaction. Without a registration: those of all."""
    session.execute(delete(tables.document).where(*_all_in(context)))


def forget(session: Session, agent_key: str) -> int:
    """Delete every document about an agent, by its canonical key; return how many. Needs a write transaction."""
    gone = delete(tables.document).where(_rows.agent_key == indexed(agent_key)).returning(_rows.name)
    return len(session.execute(gone).all())


def _merged(there: Content, sent: Posted) -> Content:
    """Return what is there with the members of what was sent put over its own."""
    if sent.members is None:
        raise _unmergeable(f"the document that you sent is {shown(sent.content.type)}, and POST merges {JSON}")
    if not there.is_json:
        raise _unmergeable(f"the document that is stored is {shown(there.type)}, and POST merges into {JSON}")
    members = {**_members(there, "the document that is stored"), **sent.members}
    return Content(sent.content.type, jsontext.from_members(members))


def _members(content: Content, which: str) -> dict[str, bytes]:
    """Return the members of a JSON object, each with its own bytes. Raises DocumentFaults; `which` is for its words."""
    try:
        value = jsontext.decode(content.data)
    except Faults as error:
        raise DocumentFaults(Fault(fault.path, f"{fault.what}, in {which}") for fault in error.faults) from error
    if not isinstance(value, dict):
        raise _unmergeable(f"{which} is JSON, but no object, and POST merges objects")
    return jsontext.members(content.data)


def _unmergeable(why: str) -> DocumentFaults:
    return DocumentFaults([Fault("$", f"{why}. Use PUT to replace the document")])


def _place(context: Context, document_id: str) -> dict[str, str]:
    """Return the primary key of a document."""
    registration = str(context.registration) if context.registration else ""
    return {"context": context.digest, "registration": registration, "name": indexed(document_id)}


def _at(place: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [_rows[name] == value for name, value in place.items()]


def _all_in(context: Context) -> list[ColumnElement[bool]]:
    conditions = [_rows.context == context.digest]
    if context.registration:
        conditions.append(_rows.registration == str(context.registration))
    return conditions


def _locked_tag(session: Session, place: Mapping[str, str]) -> str | None:
    """Wait for every other writer of a document, and return the tag of what is there then."""
    if session.connection().dialect.name == "postgresql":  # a row that is not there yet can't be locked
        which = zlib.crc32("\n".join(place.values()).encode()) - 2**31  # two that share a number wait for each other
        session.execute(text("SELECT pg_advisory_xact_lock(:kind, :which)"), {"kind": _LOCK, "which": which})
    return session.scalar(select(_rows.sha1).where(*_at(place)))


def _found(session: Session, place: Mapping[str, str]) -> Document | None:
    row = session.execute(select(tables.document).where(*_at(place))).one_or_none()
    return None if row is None else _document(row)


def _document(row: Row[*tuple[Any, ...]]) -> Document:
    return Document(Content(row.content_type, bytes(row.content)), row.sha1, row.updated)


def _store(session: Session, context: Context, document_id: str, document: Document, *, is_new: bool) -> None:
    place = _place(context, document_id)
    changed = {
        "content_type": document.content.type,
        "content": document.content.data,
        "sha1": document.tag,
        "updated": document.updated,
    }
    if not is_new:
        session.execute(update(tables.document).where(*_at(place)).values(changed))
        return
    about = {
        "kind": int(context.kind),
        "activity": context.activity,
        "agent_key": None if context.agent is None else indexed(context.agent),
        "document_id": document_id,
    }
    session.execute(insert(tables.document), {**place, **about, **changed})
