"""Writing evidence: one door in, one fold behind it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, tuple_
from sqlalchemy.orm import Session

import xapi
from mentorcert.db import writing
from mentorcert.evidence import definers
from mentorcert.evidence import fold as folding
from mentorcert.evidence.fold import Key, Row, Value
from mentorcert.evidence.models import Progress
from mentorcert.evidence.receiving import Judge
from mentorcert.evidence.statements import system_agent
from mentorcert.evidence.trust import Verdict
from xapi import activities, reading
from xapi.rows import put_all

PAGE: Final = 1000
"""How many statements a rebuild reads at once."""

_NOTHING: Final[Row] = {}
_TABLE: Final = cast(Table, Progress.__table__)
_COLUMNS: Final = tuple(_TABLE.columns.keys())


class Door:
    """The one way in for evidence: what we record ourselves, and what the LRS stores, is folded by the same call."""

    def __init__(self, iri_base: str) -> None:
        self.iri_base: Final = iri_base
        self.authority: Final = xapi.Authority(
            agent=system_agent(iri_base).as_version("1.0.3"), system=True, voids_any=True
        )
        self.judge: Final = Judge(iri_base)
        """Says what a stored statement proves."""

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
        for one, verdict in zip(stored, self.judge.verdicts(session, stored), strict=True):
            if verdict.counts and not one.voided:
                said[folding.key_of(one.statement)].append(folding.row_of(one, verdict))
        self._merge(session, said, self._pairs_of_voided(session, stored))

    def refold(self, session: Session, registrations: Collection[UUID]) -> None:
        """Fold again what other systems may say of these enrolments: how its person is known elsewhere has changed.

        Nobody appends meanwhile, so what is being sent is judged by the facts before this transaction or after it.
        """
        writing(session)
        xapi.keep_others_out(session)
        session.flush()
        enrolled = self.judge.enrolled(session, registrations)
        self._merge(session, {}, {(each, lesson) for each, known in enrolled.items() for lesson in known.lessons})

    def _merge(self, session: Session, said: Mapping[Key, list[Row]], refold: AbstractSet[Key]) -> None:
        """Merge what was said into the rows of its pairs; the pairs of `refold` are made again from all there is."""
        keys = sorted(said.keys() | refold)
        if not keys:
            return
        connection = session.connection()
        known = _read(connection, keys)
        rows = {
            key: self._refold(session, key) if key in refold else folding.merged([known[key], *said[key]])
            for key in keys
        }
        _write(connection, rows)

    def rebuild(self, session: Session) -> int:
        """Throw progress away and fold every stored statement again; gives the number of rows.

        What is known of activities is made again too.
        """
        writing(session)
        xapi.keep_others_out(session)
        activities.rebuild(session, definers.standing_of(session, self.authority, self.iri_base))
        session.execute(delete(Progress))
        rows = self.folded(session)
        if rows:
            session.execute(
                insert(Progress), [_columns(key, row) for key, row in sorted(rows.items(), key=lambda r: r[0])]
            )
        return len(rows)

    def folded(self, session: Session) -> dict[Key, Row]:
        """What every stored statement says together, from nothing: what progress must be. Writes nothing."""
        rows: dict[Key, Row] = {}
        after = 0
        while page := xapi.every(session, after=after, limit=PAGE):
            self._add(session, page, rows)
            after = page[-1].sequence
        return rows

    def differing(self, session: Session, registrations: Collection[UUID]) -> set[Key]:
        """The pairs of these registrations whose progress is not what their statements say. Writes nothing."""
        rows: dict[Key, Row] = {}
        after = 0
        while page := reading.of_registrations(session, registrations, after=after, limit=PAGE):
            self._add(session, page, rows)
            after = page[-1].sequence
        found = session.execute(select(*Progress.__table__.columns).where(Progress.registration.in_(registrations)))
        held = {(row["registration"], row["activity"]): _row(row) for row in found.mappings()}
        return {key for key in rows.keys() | held.keys() if rows.get(key) != held.get(key)}

    def _add(self, session: Session, stored: Sequence[xapi.Stored], rows: dict[Key, Row]) -> None:
        """Add what statements say to the rows of their pairs."""
        for one, verdict in zip(stored, self.judge.verdicts(session, stored), strict=True):
            if verdict.counts and not one.voided:
                key = folding.key_of(one.statement)
                rows[key] = folding.merge(rows.get(key, {}), folding.row_of(one, verdict))

    def _pairs_of_voided(self, session: Session, stored: Sequence[xapi.Stored]) -> set[Key]:
        targets = [one.statement.voids for one in stored if one.statement.voids]
        if not targets:
            return set()
        return {
            folding.key_of(target.statement) for target, _ in self._counting(session, xapi.lookup(session, targets))
        }

    def _refold(self, session: Session, key: Key) -> Row:
        counting = self._counting(session, xapi.pair(session, *key))
        return folding.merged([folding.row_of(one, verdict) for one, verdict in counting])

    def _counting(self, session: Session, stored: Sequence[xapi.Stored]) -> list[tuple[xapi.Stored, Verdict]]:
        judged = zip(stored, self.judge.verdicts(session, stored), strict=True)
        return [(one, verdict) for one, verdict in judged if verdict.counts]


@cache
def door(iri_base: str) -> Door:
    """The door of the installation at `iri_base`."""
    return Door(iri_base)


_among: Final = tuple_(Progress.registration, Progress.activity).in_(bindparam("keys", expanding=True))
_known: Final = select(*_TABLE.columns).where(_among)
_forget: Final = delete(Progress).where(_among)


def _read(connection: Connection, keys: Sequence[Key]) -> dict[Key, Row]:
    """Read what the rows of all keys say; where there is no row, nothing is known.

    They need no lock: whoever folds has kept other appends out, so two folds never meet.
    """
    found = connection.execute(_known, {"keys": keys})
    known = {(row["registration"], row["activity"]): _row(row) for row in found.mappings()}
    return dict.fromkeys(keys, _NOTHING) | known


def _write(connection: Connection, rows: Mapping[Key, Row]) -> None:
    put_all(connection, _TABLE, (list(_columns(key, row).values()) for key, row in rows.items() if row))
    if gone := [key for key, row in rows.items() if not row]:
        connection.execute(_forget, {"keys": gone})


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
