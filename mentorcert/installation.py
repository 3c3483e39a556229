"""What an installation is for good: the address that its IRIs start with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from mentorcert.db import Base, writing
from mentorcert.errors import Invalid


class Installation(Base):
    """The one row that says who we are."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    iri_base: Mapped[str] = mapped_column()
    made_at: Mapped[datetime] = mapped_column()


def hold(session: Session, iri_base: str, *, now: datetime) -> None:
    """Keep the base address at the first start; raise Invalid at a start with another one.

    Nothing happens before the tables are there.
    """
    if not inspect(session.connection()).has_table(Installation.__tablename__):
        return
    kept = session.scalar(select(Installation.iri_base)) or _first(session, iri_base, now)
    if kept != iri_base:
        title = f"This database belongs to {kept}; MENTORCERT_IRI_BASE says {iri_base}."
        raise Invalid(
            title, f"Every statement in it names {kept}. Set MENTORCERT_IRI_BASE to that, or use another database."
        )


def _first(session: Session, iri_base: str, now: datetime) -> str:
    """Keep the address, unless another process that starts at the same moment was first; return what is kept."""
    writing(session)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"id": 1, "iri_base": iri_base, "made_at": now}
    session.execute(insert(Installation).values(row).on_conflict_do_nothing())
    return session.scalars(select(Installation.iri_base)).one()
