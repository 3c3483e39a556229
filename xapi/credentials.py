"""Keys to the store: who may read and write, and for whom."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from xapi.tables import credential as table

SCOPES: Final = frozenset(
    {"statements/write", "statements/read/mine", "statements/read", "state", "define", "profile", "all/read", "all"}
)
"""What a credential may be for, in the standard's words."""

_NOTED: Final = timedelta(hours=1)
_NOBODY: Final = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


@dataclass(frozen=True, slots=True)
class Credential:
    """A key, without its secret: that is known only to whoever holds it."""

    uuid: UUID
    key: str
    label: str
    scopes: frozenset[str]
    programmes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    last_used: datetime | None

    @property
    def may_write(self) -> bool:
        """Whether it may store statements."""
        return not self.scopes.isdisjoint({"all", "statements/write"})

    @property
    def may_read(self) -> bool:
        """Whether it may read statements, if only its own."""
        return self.reads_all or "statements/read/mine" in self.scopes

    @property
    def reads_all(self) -> bool:
        """Whether it may read everybody's statements."""
        return not self.scopes.isdisjoint({"all", "all/read", "statements/read"})


def create(
    session: Session,
    *,
    label: str,
    scopes: Iterable[str],
    now: datetime,
    expires: datetime | None = None,
    programmes: Iterable[str] = (),
) -> tuple[Credential, str]:
    """Store a new credential and return it with its secret, which can't be had again.

    Raises ValueError for a scope that the standard doesn't know, or for none.
    """
    wanted = frozenset(scopes)
    if not wanted or not wanted <= SCOPES:
        unknown = ", ".join(sorted(wanted - SCOPES)) or "none given"
        raise ValueError(f"scopes are some of {', '.join(sorted(SCOPES))}: {unknown}")
    secret = secrets.token_urlsafe(32)
    made = Credential(
        uuid=uuid4(),
        key=secrets.token_hex(12),
        label=label,
        scopes=wanted,
        programmes=tuple(programmes),
        created=now,
        expires=expires,
        revoked=None,
        last_used=None,
    )
    session.execute(insert(table), _row(made, secret))
    return made, secret


def check(session: Session, key: str, secret: str, now: datetime) -> Credential | None:
    """Return the credential that this key and secret prove, or None: unknown, wrong, expired or revoked.

    A wrong secret takes as long as an unknown key.
    """
    row = session.execute(select(table).where(table.c.key == key)).one_or_none() if key.isprintable() else None
    expected = row.secret_sha256 if row is not None else _NOBODY
    proven = hmac.compare_digest(expected, _digest(secret))
    if row is None or not proven or row.revoked is not None or (row.expires is not None and row.expires <= now):
        return None
    return _credential(row)


def every(session: Session) -> list[Credential]:
    """Return all credentials, the newest first, revoked and expired ones too."""
    return [
        _credential(row) for row in session.execute(select(table).order_by(table.c.created.desc(), table.c.id.desc()))
    ]


def revoke(session: Session, uuid: UUID, now: datetime) -> bool:
    """Take a credential back for good. Returns whether there was one to take back."""
    taken = (
        update(table).where(table.c.uuid == uuid, table.c.revoked.is_(None)).values(revoked=now).returning(table.c.id)
    )
    return session.execute(taken).first() is not None


def note_use(session: Session, credential: Credential, now: datetime) -> None:
    """Write down that the credential was used, once an hour at most. Needs a write transaction."""
    if credential.last_used is None or credential.last_used <= now - _NOTED:
        session.execute(update(table).where(table.c.uuid == credential.uuid).values(last_used=now))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _row(made: Credential, secret: str) -> dict[str, Any]:
    return {
        "uuid": made.uuid,
        "key": made.key,
        "secret_sha256": _digest(secret),
        "label": made.label,
        "scopes": sorted(made.scopes),
        "programmes": list(made.programmes),
        "created": made.created,
        "expires": made.expires,
    }


def _credential(row: Row[*tuple[Any, ...]]) -> Credential:
    return Credential(
        uuid=row.uuid,
        key=row.key,
        label=row.label,
        scopes=frozenset(row.scopes),
        programmes=tuple(row.programmes),
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
        last_used=row.last_used,
    )
