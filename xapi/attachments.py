"""What statements bring along: which attachments they name, what came for them, and where the bytes are kept.

xAPI 1.0.3, Data 2.4.11; xAPI 2.0, 4.2.2.6. Bytes are kept once, under their hash, in a place that the application
gives (`Blobs`). A row says that a statement came with these bytes: only with it are they given out again, so that
naming the hash of somebody else's file yields nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from xapi import signatures
from xapi.faults import Fault, StatementFaults
from xapi.multipart import PartFaults, Received
from xapi.reading import chunks
from xapi.rules import is_signature
from xapi.statement import Statement
from xapi.tables import attachment as table


class Blobs(Protocol):
    """A place for bytes by their hash."""

    def exists(self, sha2: str) -> bool:
        """Whether there is something under this hash."""

    def put(self, sha2: str, pieces: Iterator[bytes]) -> None:
        """Keep bytes, whole or not at all."""

    def pieces(self, sha2: str, length: int) -> Iterator[bytes]:
        """Give bytes in pieces of modest size; raises FileNotFoundError."""


@dataclass(frozen=True, slots=True)
class Named:
    """An attachment that a statement names."""

    statement: UUID
    path: str
    """Where it is named, as a JSON path."""
    told: Mapping[str, Any]
    """What the statement says of it."""
    signs: bool
    """Whether it is the signature of its statement."""

    @property
    def sha2(self) -> str:
        """The hash in lower case."""
        return str(self.told["sha2"]).lower()


def named(raw: Mapping[str, Any], path: str = "$") -> Iterator[Named]:
    """Give the attachments of a valid statement that has its id, and those of its SubStatement."""
    own = raw.get("attachments")
    about = raw["object"]
    if own is None and "attachments" not in about:
        return
    for index, told in enumerate(own or ()):
        yield Named(UUID(raw["id"]), f"{path}.attachments[{index}]", told, is_signature(told))
    if about.get("objectType") == "SubStatement":
        for index, told in enumerate(about.get("attachments", ())):
            yield Named(UUID(raw["id"]), f"{path}.object.attachments[{index}]", told, signs=False)


def named_in(statements: Sequence[Statement], *, batch: bool) -> list[Named]:
    """Return the attachments that statements name; their paths are those of a batch or of a single one."""
    return [
        each
        for index, statement in enumerate(statements)
        for each in named(statement.raw, f"$[{index}]" if batch else "$")
    ]


def refuse_missing(attachments: Sequence[Named], came: Collection[str]) -> None:
    """Refuse statements of which an attachment neither came nor can be had at a fileUrl. Raises StatementFaults."""
    faults = [
        Fault(each.path, _what_is_missing(each))
        for each in attachments
        if each.sha2 not in came and (each.signs or "fileUrl" not in each.told)
    ]
    if faults:
        raise StatementFaults(faults)


def _what_is_missing(each: Named) -> str:
    if each.signs:
        return "is a signature that did not come along; send it as a part of multipart/mixed"
    return "did not come along and has no fileUrl; send it as a part of multipart/mixed"


def check(statements: Sequence[Statement], attachments: Sequence[Named], received: Received, generation: int) -> None:
    """Check that attachments came, no others did, and signatures are sound. Raises StatementFaults and PartFaults.

    The `length` that a statement tells is not compared: the hash says the same and more, and senders get it wrong.
    """
    refuse_missing(attachments, received.parts.keys())
    if excess := received.parts.keys() - {each.sha2 for each in attachments}:
        raise PartFaults([Fault(f"the part {each}", "belongs to no attachment of a statement") for each in excess])
    by_id = {statement.id: statement.raw for statement in statements}
    signing: dict[str, dict[str, Mapping[str, Any]]] = {}
    for each in attachments:
        if each.signs:
            signing.setdefault(each.sha2, {})[each.path] = by_id[each.statement]
    for sha2, signed in signing.items():
        whole = received.parts[sha2].length <= signatures.LARGEST
        signatures.check(b"".join(received.pieces(sha2)) if whole else b"", signed, generation=generation)


def keep(blobs: Blobs, received: Received) -> None:
    """Keep what came, before anything in the database says that it is there.

    Also what is there: its new age tells whoever clears what nothing names any more that it is wanted again.
    """
    for sha2 in received.parts:
        blobs.put(sha2, received.pieces(sha2))


_rows: Final = table.c
_of: Final = select(_rows.statement, _rows.sha2, _rows.length).where(
    _rows.statement.in_(bindparam("ids", expanding=True))
)


def note(session: Session, attachments: Sequence[Named], received: Received, now: datetime) -> None:
    """Write down which statements came with what. Needs the write transaction in which they were stored."""
    wanted = {(each.statement, each.sha2) for each in attachments if each.sha2 in received.parts}
    known = {(one, sha2) for one, sha2, _ in _found(session, {one for one, _ in wanted})}
    rows = [
        {"statement": one, "sha2": sha2, "length": received.parts[sha2].length, "stored": now}
        for one, sha2 in sorted(wanted - known)
    ]
    if rows:
        session.execute(insert(table), rows)


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment that can be given out: its hash, how long it is, and what its statement calls it."""

    sha2: str
    length: int
    content_type: str


def kept(session: Session, statements: Sequence[Mapping[str, Any]]) -> list[Kept]:
    """Return what is kept of the attachments of statements, each hash once."""
    attachments = [each for raw in statements for each in named(raw)]
    lengths = {(one, sha2): length for one, sha2, length in _found(session, {each.statement for each in attachments})}
    found = {
        each.sha2: Kept(each.sha2, lengths[each.statement, each.sha2], each.told["contentType"])
        for each in attachments
        if (each.statement, each.sha2) in lengths
    }
    return list(found.values())


def _found(session: Session, ids: Collection[UUID]) -> Iterator[tuple[UUID, str, int]]:
    for some in chunks(sorted(ids)):
        yield from ((row.statement, row.sha2, row.length) for row in session.execute(_of, {"ids": some}))
