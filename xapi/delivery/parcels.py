"""What goes to a target next: a parcel of statements, as they are stored, in the order of storing.

A void goes after what it voids, and only where it does void that: a target knows us by one key, and would let that
key void what somebody else sent here. So a void that came before its target waits until that one is delivered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from xapi import attachments, jsontext
from xapi.attachments import Kept
from xapi.delivery import letters
from xapi.delivery.targets import Filter, Target
from xapi.statement import Relation, read
from xapi.tables import attachment as kept_ones
from xapi.tables import statement as table

BYTES: Final = 1024 * 1024
"""How large a parcel gets; one statement, with its attachments, may be larger."""
PART: Final = 4096
"""What an attachment counts for besides its bytes, so that there are not too many in one request."""
SCANNED: Final = 500
"""How many statements are looked at for one parcel where most are left out."""

_COLUMNS: Final = (
    table.c.sequence,
    table.c.id,
    table.c.verb,
    table.c.authority_key,
    table.c.refers,
    table.c.voiding,
    table.c.voids_any,
    table.c.timestamp,
    table.c.text,
)
_Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Statements to send in one request."""

    ids: tuple[UUID, ...]
    texts: tuple[str, ...]
    start: int
    """The target's cursor that it was made for."""
    through: int
    """Where the cursor stands once the parcel is delivered."""
    attachments: tuple[Kept, ...] = ()
    """What the statements bring along."""
    owed: tuple[UUID, ...] = ()
    """What must go once it is delivered: voids that came before what they void."""
    at_end: bool = False
    """Whether nothing was left behind it."""
    retried: UUID | None = None
    """The statement of the dead letter that this is about, instead of what comes next."""

    @property
    def settled(self) -> tuple[UUID, ...]:
        """The statements that are no dead letters any more once it is delivered. One that is gone is no letter."""
        return self.ids if self.retried is None else (self.retried,)

    @property
    def weight(self) -> int:
        """How many bytes its attachments have."""
        return sum(each.length for each in self.attachments)

    def is_newer_than(self, version: str) -> bool:
        """Whether it holds a statement of 2.0, and this version of the standard knows only 1.0."""
        versions = (str(jsontext.reread(text).get("version", "")) for text in self.texts)
        return version.startswith("1.") and any(each.startswith("2.") for each in versions)

    @property
    def body(self) -> str:
        """The statements as a batch."""
        return f"[{','.join(self.texts)}]"


def next_parcel(session: Session, target: Target) -> Parcel:
    """Return what to send next: a dead letter that somebody wants retried, else what follows the cursor.

    A parcel without statements moves the cursor over what the target does not get.
    """
    if (retried := letters.waiting(session, target)) is not None:
        found = session.execute(select(*_COLUMNS).where(table.c.id == retried)).all()
        return _parcel(session, target, found, target.cursor, retried=retried)
    filtered = target.filter != Filter()
    most = SCANNED if filtered else target.size
    following = select(*_COLUMNS).where(table.c.sequence > target.cursor).order_by(table.c.sequence).limit(most)
    rows = session.execute(following).all()
    chosen = _wanted(session, target.filter, rows)
    loads = _loads(session, [row.id for row in rows if row.sequence in chosen])
    packed = list(_packed([row for row in rows if row.sequence in chosen], loads, target.size))
    if len(packed) < len(chosen):
        return _parcel(session, target, packed, packed[-1].sequence)
    return _parcel(session, target, packed, rows[-1].sequence if rows else target.cursor, at_end=len(rows) < most)


def _parcel(session: Session, target: Target, rows: Sequence[_Line], through: int, **others: Any) -> Parcel:
    ids, texts = tuple(row.id for row in rows), tuple(row.text for row in rows)
    loads = _loads(session, ids)
    kept = attachments.kept(session, [jsontext.reread(row.text) for row in rows if row.id in loads])
    return Parcel(ids, texts, target.cursor, through, tuple(kept), _owed(session, ids), **others)


def _owed(session: Session, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Return the voids of statements that were here before them."""
    about = table.alias()
    may = or_(table.c.voids_any, table.c.authority_key == about.c.authority_key)
    voids = select(table.c.id).join(about, table.c.refers == about.c.id).order_by(table.c.sequence)
    early = (table.c.voiding, ~about.c.voiding, table.c.sequence < about.c.sequence, may)
    return tuple(session.scalars(voids.where(about.c.id.in_(ids), *early)))


def _packed(rows: Sequence[_Line], loads: Mapping[UUID, int], most: int) -> Iterator[_Line]:
    """Give rows from the front, as many as fit: one at least."""
    weight = 0
    for count, row in enumerate(rows):
        weight += len(row.text.encode()) + loads.get(row.id, 0)
        if count and (count == most or weight > BYTES):
            return
        yield row


def _loads(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many bytes the attachments of statements have, for those that brought some."""
    of_them = kept_ones.c.statement.in_(ids)
    load = func.sum(kept_ones.c.length) + func.count() * PART
    rows = session.execute(select(kept_ones.c.statement, load).where(of_them).group_by(kept_ones.c.statement))
    return {row[0]: int(row[1]) for row in rows}


def _wanted(session: Session, wanted: Filter, rows: Sequence[_Line]) -> set[int]:
    """Return the numbers of what the target gets.

    That is what fits its filter, and what refers to something that fits: voids above all, if they void it.
    """
    referred = {row.refers for row in rows if row.refers}
    found = session.execute(select(*_COLUMNS).where(table.c.id.in_(referred))) if referred else ()
    targets: Mapping[UUID, _Line] = {row.id: row for row in found}
    chosen = set()
    for row in rows:
        about = targets.get(row.refers)
        if row.voiding and (about is None or not _voids(row, about)):
            continue
        fits = _fits(wanted, row) or (about is not None and _fits(wanted, about))
        if fits and row.authority_key != wanted.skips:
            chosen.add(row.sequence)
    return chosen


def _voids(void: _Line, about: _Line) -> bool:
    may = void.voids_any or void.authority_key == about.authority_key
    return may and not about.voiding and about.sequence < void.sequence


def _fits(wanted: Filter, row: _Line) -> bool:
    if wanted.verbs and row.verb not in wanted.verbs:
        return False
    return not wanted.activities or any(_is_below(iri, wanted.activities) for iri in _activities(row))


def _activities(row: _Line) -> Iterator[str]:
    related = read(jsontext.reread(row.text), row.text, row.timestamp).related
    return (key for kind, key in related if kind in {Relation.ACTIVITY, Relation.RELATED_ACTIVITY})


def _is_below(iri: str, roots: Sequence[str]) -> bool:
    return any(iri == root or iri.startswith(f"{root}/") for root in roots)
