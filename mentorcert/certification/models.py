"""The table of certificates."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mentorcert.cohorts.models import Enrolment
from mentorcert.db import Base, Identified


class Certificate(Identified, Base):
    """A decision to certify, with the reasons as they were on that day."""

    __tablename__ = "certificate"
    # One certificate in force an enrolment.
    __table_args__ = (
        Index(
            "uq_certificate_in_force",
            "enrolment_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    code: Mapped[str] = mapped_column(unique=True)
    """What a stranger types: two groups of four, without O, I, 0 and 1."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the certificate says: holder, title, programme and version, each requirement with what was done and when."""
    fingerprint: Mapped[str] = mapped_column()
    """SHA-256 in hex of the document as canonical JSON."""
    issued_at: Mapped[datetime] = mapped_column()
    valid_until: Mapped[datetime] = mapped_column()
    """The first instant at which it is no longer valid: the beginning of a day on the cohort's clock."""
    issued_by: Mapped[UUID] = mapped_column()
    """The person who decided."""
    revoked_at: Mapped[datetime | None] = mapped_column()
    revoked_reason: Mapped[str] = mapped_column(default="")

    enrolment: Mapped[Enrolment] = relationship(lazy="joined")

    @property
    def last_instant(self) -> datetime:
        """The last instant at which it is valid; its day is what people are told."""
        return self.valid_until - timedelta(microseconds=1)
