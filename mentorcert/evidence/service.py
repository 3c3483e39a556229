"""Writing evidence: one door in, one fold behind it (DESIGN §2)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import xapi
from mentorcert.db import writing
from mentorcert.evidence import fold as folding
from mentorcert.evidence.fold import Key, Row, Value
from mentorcert.evidence.models import Progress
from mentorcert.evidence.statements import system_agent

PAGE: Final = 1000
"""How many statements a rebuild reads at once."""

_COLUMNS: Final = tuple(Progress.__table__.columns.keys())


class Door:
    """The one way in for evidence: what we record ourselves, and what the LRS stores, is folded by the same call."""

    def __init__(self, iri_base: str) -> None:
        self.iri_base: Final = iri_base
        self.authority: Final = xapi.Authority(
            agent=system_agent(iri_base).as_version("1.0.3"), system=True, voids_any=True
        )

    def record(self, session: Session, statements: Sequence[bytes], *, now: datetime) -> list[UUID]:
        """Validate, store and fold statements that we make; gives their ids."""
        writing(session)
        parsed = [one for body in statements for one in xapi.parse(body, now=now)]
        return xapi.append(session, parsed, authority=self.authority, on_stored=self.fold, now=now)

    def fold(self, session: Session, stored: Sequence[xapi.Stored]) -> None:
        """Merge stored statements into progress, in the same transaction.

        An ordinary statement merges into its pair's row. A void refolds its target's pair from all that is left; a
        statement that was voided before it came says nothing.
        """
        said: dict[Key, list[Row]] = defaultdict(list)
        for one in stored:
            key = folding.key_of(one, self.authority.key)
            if key and not one.voided:
                said[key].append(folding.row_of(one))
        refold = self._pairs_of_voided(session, stored)
        keys = sorted(said.keys() | refold)
        if not keys:
            return
        known = _lock(session, keys)
        rows = {
            key: self._refold(session, key) if key in refold else folding.merged([known[key], *said[key]])
            for key in keys
        }
        _write(session, rows)

    def rebuild(self, session: Session) -> int:
        """Throw progress away and fold every stored statement again; gives the number of rows."""
        writing(session)
        session.execute(delete(Progress))
        rows: dict[Key, Row] = {}
        after = 0
        while page := xapi.every(session, after=after, limit=PAGE):
            for one in page:
                key = folding.key_of(one, self.authority.key)
                if key and not one.voided:
                    rows[key] = folding.merge(rows.get(key, {}), folding.row_of(one))
            after = page[-1].sequence
        if rows:
            session.execute(
                insert(Progress), [_columns(key, row) for key, row in sorted(rows.items(), key=lambda r: r[0])]
            )
        return len(rows)

    def _pairs_of_voided(self, session: Session, stored: Sequence[xapi.Stored]) -> set[Key]:
        targets = [one.statement.voids for one in stored if one.statement.voids]
        if not targets:
            return set()
        keys = (folding.key_of(target, self.authority.key) for target in xapi.lookup(session, targets))
        return {key for key in keys if key}

    def _refold(self, session: Session, key: Key) -> Row:
        of_us = [one for one in xapi.pair(session, *key) if one.authority_key == self.authority.key]
        return folding.merged([folding.row_of(one) for one in of_us])


@cache
def door(iri_base: str) -> Door:
    """The door of the installation at `iri_base`."""
    return Door(iri_base)


def _lock(session: Session, keys: Collection[Key]) -> dict[Key, Row]:
    """Make sure that a row is there for each key, lock them in key order, and read what they say.

    On PostgreSQL a row can be deleted (a void left nothing of it) while we wait for its lock; then we make it again.
    """
    known: dict[Key, Row] = {}
    while missing := [key for key in keys if key not in known]:
        empty = [{"registration": registration, "activity": activity} for registration, activity in missing]
        session.execute(_dialect(session).insert(Progress).on_conflict_do_nothing(), empty)
        found = session.execute(
            select(*Progress.__table__.columns)
            .where(_among(missing))
            .order_by(Progress.registration, Progress.activity)
            .with_for_update()
        )
        known.update({(row["registration"], row["activity"]): _row(row) for row in found.mappings()})
    return known


def _write(session: Session, rows: Mapping[Key, Row]) -> None:
    upsert = _dialect(session).insert(Progress)
    values = {name: upsert.excluded[name] for name in _COLUMNS if name not in {"registration", "activity"}}
    upsert = upsert.on_conflict_do_update(index_elements=["registration", "activity"], set_=values)
    if full := [_columns(key, row) for key, row in rows.items() if row]:
        session.execute(upsert, full)
    if gone := [key for key, row in rows.items() if not row]:
        session.execute(delete(Progress).where(_among(gone)))


def _dialect(session: Session) -> Any:
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def _among(keys: Collection[Key]) -> ColumnElement[bool]:
    return tuple_(Progress.registration, Progress.activity).in_(keys)


def _columns(key: Key, row: Row) -> dict[str, Any]:
    columns: dict[str, Any] = dict.fromkeys(_COLUMNS)
    columns["registration"], columns["activity"] = key
    for name, value in row.items():
        columns[f"{name}_at"], columns[f"{name}_id"] = value.at, value.id
        if name in columns:
            columns[name] = value.value
    return columns


def _row(columns: Mapping[Any, Any]) -> Row:
    return {
        name: Value(columns[f"{name}_at"], columns[f"{name}_id"], columns.get(name, True))
        for name in folding.POLICIES
        if columns[f"{name}_at"] is not None
    }
