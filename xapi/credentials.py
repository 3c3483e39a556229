"""Keys to the store: who may read and write, and for whom.

What a credential may do is fixed when it is made: statements that it sent must stay explained. What people call it and
who answers for it may change, its end may come earlier, and it may be revoked.

Checking one costs microseconds, on purpose: a secret of 256 random bits can't be guessed, so it needs no slow hash.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Select, Text, bindparam, cast, insert, or_, select, update
from sqlalchemy.orm import Session

from xapi.asking import Question, Where
from xapi.tables import credential as table

SCOPES: Final = frozenset(
    {"statements/write", "statements/read/mine", "statements/read", "state", "define", "profile", "all/read", "all"}
)
"""What a credential may be for, in the standard's words."""

_NOTED: Final = timedelta(hours=1)
_NOBODY: Final = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
_NO_KEY: Final = ""
"""What no credential is called: looked up in place of what a database can't be asked for."""

_OTHERS: Final = [each for each in table.c if each.name not in {"id", "scopes", "programmes"}]
_all: Final[Select[Any]] = select(
    *_OTHERS, cast(table.c.scopes, Text).label("scopes"), cast(table.c.programmes, Text).label("programmes")
)
BY_KEY: Final[Select[Any]] = _all.where(table.c.key == bindparam("wanted"))
"""What must be known to prove a key; who asks it may ask for more at once."""
_by_key: Final = Question(BY_KEY)
_by_uuid: Final = Question(_all.where(table.c.uuid == bindparam("wanted")))
_newest_first: Final = _all.order_by(table.c.created.desc(), table.c.id.desc())
_use: Final = (
    update(table)
    .where(table.c.uuid == bindparam("of"), or_(table.c.last_used.is_(None), table.c.last_used <= bindparam("before")))
    .values(last_used=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A key, without its secret: that is known only to whoever holds it."""

    uuid: UUID
    key: str
    label: str
    owner: str
    """Who answers for it; ours to interpret."""
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
    def may_define(self) -> bool:
        """Whether what its statements say of activities and agents becomes what the store says of them."""
        return not self.scopes.isdisjoint({"all", "define"})

    @property
    def may_read(self) -> bool:
        """Whether it may read statements, if only its own."""
        return self.reads_all or "statements/read/mine" in self.scopes

    @property
    def reads_all(self) -> bool:
        """Whether it may read everybody's statements."""
        return not self.scopes.isdisjoint({"all", "all/read", "statements/read"})

    @property
    def writes_state(self) -> bool:
        """Whether it may keep and delete state documents."""
        return not self.scopes.isdisjoint({"all", "state"})

    @property
    def reads_state(self) -> bool:
        """Whether it may read state documents."""
        return self.writes_state or "all/read" in self.scopes

    @property
    def writes_profiles(self) -> bool:
        """Whether it may keep and delete the profile documents of activities and agents."""
        return not self.scopes.isdisjoint({"all", "profile"})

    @property
    def reads_profiles(self) -> bool:
        """Whether it may read the profile documents of activities and agents."""
        return self.writes_profiles or "all/read" in self.scopes

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything: it was not revoked, and has not expired."""
        return self.revoked is None and (self.expires is None or self.expires > now)

    def is_use_due(self, now: datetime) -> bool:
        """Whether a use of it now is worth writing down: the last one was an hour ago or longer."""
        return self.last_used is None or self.last_used <= now - _NOTED


def create(
    session: Session,
    *,
    label: str,
    scopes: Iterable[str],
    now: datetime,
    owner: str = "",
    expires: datetime | None = None,
    programmes: Iterable[str] = (),
    uuid: UUID | None = None,
) -> tuple[Credential, str]:
    """Store a new credential and return it with its secret, which can't be had again.

    Whoever gives it a `uuid` makes sure that no credential has it. Raises ValueError for a scope that the standard
    doesn't know, or for none.
    """
    wanted = frozenset(scopes)
    if not wanted or not wanted <= SCOPES:
        unknown = ", ".join(sorted(wanted - SCOPES)) or "none given"
        raise ValueError(f"scopes are some of {', '.join(sorted(SCOPES))}: {unknown}")
    secret = secrets.token_urlsafe(32)
    made = Credential(
        uuid=uuid or uuid4(),
        key=secrets.token_hex(12),
        label=label,
        owner=owner,
        scopes=wanted,
        programmes=tuple(programmes),
        created=now,
        expires=expires,
        revoked=None,
        last_used=None,
    )
    session.execute(insert(table), _row(made, secret))
    return made, secret


def check(where: Where, key: str, secret: str, now: datetime) -> Credential | None:
    """Return the credential that this key and secret prove, or None: unknown, wrong, expired or revoked.

    One indexed select and one digest, whatever the answer will be.
    """
    return proved(_by_key.one(where, wanted=askable(key)), secret, now)


def askable(key: str) -> str:
    """Return the key as a database may be asked for it."""
    return key if key.isprintable() else _NO_KEY


def proved(row: Any, secret: str, now: datetime) -> Credential | None:
    """Return the credential of what `BY_KEY` found, or None: nothing, or this secret does not prove it, or not now."""
    proven = hmac.compare_digest(_NOBODY if row is None else row.secret_sha256, _digest(secret))
    if row is None or not proven:
        return None
    found = _credential(row)
    return found if found.is_valid(now) else None


def one(session: Session, uuid: UUID) -> Credential | None:
    """Return the credential of that UUID, also a revoked or expired one."""
    row = _by_uuid.one(session, wanted=uuid)
    return None if row is None else _credential(row)


def every(session: Session) -> list[Credential]:
    """Return all credentials, the newest first, revoked and expired ones too."""
    return [_credential(row) for row in session.connection().execute(_newest_first)]


def change(session: Session, uuid: UUID, *, label: str, owner: str, expires: datetime | None) -> bool:
    """Give a credential another label, owner or an earlier end. Returns whether that was done.

    With a later end than it has, or with none where it has one, nothing is changed.
    """
    endless = table.c.expires.is_(None)
    no_later = endless if expires is None else or_(endless, table.c.expires >= expires)
    changed = update(table).where(table.c.uuid == uuid, no_later).values(label=label, owner=owner, expires=expires)
    return session.execute(changed.returning(table.c.id)).first() is not None


def revoke(session: Session, uuid: UUID, now: datetime) -> bool:
    """Take a credential back for good. Returns whether there was one to take back."""
    taken = (
        update(table).where(table.c.uuid == uuid, table.c.revoked.is_(None)).values(revoked=now).returning(table.c.id)
    )
    return session.execute(taken).first() is not None


def note_use(session: Session, credential: Credential, now: datetime) -> None:
    """Write down that the credential was used, once an hour at most. Needs a write transaction."""
    if credential.is_use_due(now):
        session.connection().execute(_use, {"of": credential.uuid, "at": now, "before": now - _NOTED})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    """Return a stored list; few credentials differ in theirs, so most are read once in a process."""
    return tuple(json.loads(text))


def _row(made: Credential, secret: str) -> dict[str, Any]:
    return {
        "uuid": made.uuid,
        "key": made.key,
        "secret_sha256": _digest(secret),
        "label": made.label,
        "owner": made.owner,
        "scopes": sorted(made.scopes),
        "programmes": list(made.programmes),
        "created": made.created,
        "expires": made.expires,
    }


def _credential(row: Any) -> Credential:
    return Credential(
        uuid=row.uuid,
        key=row.key,
        label=row.label,
        owner=row.owner,
        scopes=frozenset(_words(row.scopes)),
        programmes=_words(row.programmes),
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
        last_used=row.last_used,
    )
