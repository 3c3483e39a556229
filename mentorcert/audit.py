"""The audit log: append-only, written in the same transaction as the act it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from mentorcert.db import Base


class AuditEntry(Base):
    """Who did what to what, when, why, and what it was before and after."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column()
    """The UUID of a person, or the name of a process such as `cli`."""
    action: Mapped[str] = mapped_column()
    """A dotted name such as `certificate.revoke`."""
    subject: Mapped[str] = mapped_column(index=True)
    """What it was done to, as `kind:uuid`."""
    reason: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    session: Session,
    *,
    now: datetime,
    who: object,
    action: str,
    subject: str,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the transaction of `session`; it is kept if and only if the act itself is."""
    entry = AuditEntry(at=now, who=str(who), action=action, subject=subject, reason=reason, before=before, after=after)
    session.add(entry)


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: Mapper[AuditEntry], _connection: Connection, _entry: AuditEntry) -> None:
    raise RuntimeError("the audit log is append-only")
