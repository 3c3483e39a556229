"""Renaming agents in the store: their statements are rewritten, with all that is derived from them, in one transaction.

Only for erasing somebody. Texts change, so whoever holds copies of them holds another thing from then on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from xapi import chains, jsontext, tables
from xapi.identity import indexed
from xapi.pseudonyms import Rewriting
from xapi.statement import Statement, read
from xapi.store import keep_others_out
from xapi.verify import columns

_PAGE: Final = 500
_rows: Final = tables.statement.c
_parts: Final = tables.related.c


@dataclass(frozen=True, slots=True)
class Renamed:
    """What was changed."""

    statements: tuple[UUID, ...]
    """The ids of the statements that were rewritten, in the order of storing."""
    signatures: tuple[str, ...]
    """The SHA-2 of each signature that was taken out of them."""


def rename(session: Session, given: Mapping[str, Mapping[str, str]]) -> Renamed:
    """Give agents, by canonical key, other accounts in every stored statement. Needs a write transaction.

    Done again it finds nothing to do. Nobody appends meanwhile.
    """
    keep_others_out(session)
    rewriting, ids = Rewriting(given), []
    numbers = holding(session, given)
    for start in range(0, len(numbers), _PAGE):
        some = numbers[start : start + _PAGE]
        rows = session.execute(select(tables.statement).where(_rows.sequence.in_(some)).order_by(_rows.sequence))
        ids += _rewrite(session, rows.all(), rewriting)
    return Renamed(tuple(ids), tuple(rewriting.signatures))


def holding(session: Session, keys: Iterable[str]) -> list[int]:
    """Return the numbers of the statements that hold one of these agents, by canonical key, anywhere."""
    found = select(_parts.about).where(_parts.key.in_([indexed(key) for key in keys])).distinct()
    return sorted(session.scalars(found))


def mailboxes(session: Session, address: str) -> list[str]:
    """Return the keys of stored agents whose mailbox is this address, in any case of (ASCII) letters. Takes a while."""
    wanted = f"mbox:mailto:{address}".lower()
    known = session.scalars(select(_parts.key).where(_parts.key >= "mbox:", _parts.key < "mbox;").distinct())
    return [key for key in known if key.lower() == wanted]


def _rewrite(session: Session, rows: Sequence[Row[Any]], rewriting: Rewriting) -> list[UUID]:
    changed = {}
    for row in rows:
        data, signed = row.text.encode(), len(rewriting.signatures)
        if (new := rewriting.statement(data)) is not data:
            before = read(jsontext.reread(row.text), row.text, row.timestamp)
            after = read(jsontext.reread(new.decode()), new.decode(), row.timestamp)
            changed[row.sequence] = (before, after)
            _let_go(session, row.id, rewriting.signatures[signed:])
    if not changed:
        return []
    session.execute(_update, [_columns(number, after) for number, (_, after) in changed.items()])
    chains.exchange(session.connection(), changed)
    return [after.id for _, after in changed.values()]


def _let_go(session: Session, statement: UUID, signatures: Sequence[str]) -> None:
    """No longer have the bytes of a statement's signatures; whoever keeps files removes what nothing names."""
    gone = tables.attachment.c
    if signatures:
        which = gone.sha2.in_([each.lower() for each in signatures])
        session.execute(delete(tables.attachment).where(gone.statement == statement, which))


_update: Final = (
    update(tables.statement)
    .where(_rows.sequence == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in ("actor_key", "object_id", "authority_key", "text", "sha256")})
)


def _columns(number: int, after: Statement) -> dict[str, Any]:
    derived = columns(after)
    return {
        "number": number,
        "new_actor_key": derived["actor_key"],
        "new_object_id": derived["object_id"],
        "new_authority_key": derived["authority_key"],
        "new_text": after.text,
        "new_sha256": jsontext.digest(after.text),
    }
