"""The tables of what was published. A row's content never changes; `current_since` alone may move."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from mentorcert.db import Base

HASH = String(64)


class Published:
    """What a published version of anything has."""

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(HASH, unique=True)
    """SHA-256 of the document, hexadecimal."""
    slug: Mapped[str] = mapped_column(index=True)
    """The id that the files gave it; all versions of one thing share it."""
    title: Mapped[str] = mapped_column()
    document: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=False)
    """Canonical JSON of everything in it. Large, so it is read only when it is asked for."""
    published_at: Mapped[datetime] = mapped_column()
    """When it was first published."""
    current_since: Mapped[datetime] = mapped_column()
    """When it last became the newest: later than `published_at` after a return to an earlier version."""


class ProgrammeVersion(Published, Base):
    """One version of a programme."""

    __tablename__ = "programme_version"

    rubrics: Mapped[dict[str, str]] = mapped_column(JSON)
    """Rubric id to the hash of the version that its requirements mean."""


class RubricVersion(Published, Base):
    """One version of a rubric."""

    __tablename__ = "rubric_version"


class MediaFile(Base):
    """A film, captions or picture that a programme version uses."""

    __tablename__ = "media_file"
    __table_args__ = (UniqueConstraint("version_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    path: Mapped[str] = mapped_column()
    """From the programme's folder, as lessons name it."""
    file_key: Mapped[str] = mapped_column()
    """Where the file is kept; the same content has the same key."""
    content_type: Mapped[str] = mapped_column()
    size: Mapped[int] = mapped_column()
    """In bytes."""


@event.listens_for(ProgrammeVersion, "before_update")
@event.listens_for(RubricVersion, "before_update")
@event.listens_for(MediaFile, "before_update")
def _refuse_change(_mapper: Mapper[Base], _connection: Connection, row: Base) -> None:
    changed = {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}
    if changed - {"current_since"}:
        raise RuntimeError("what was published never changes")


@event.listens_for(ProgrammeVersion, "before_delete")
@event.listens_for(RubricVersion, "before_delete")
@event.listens_for(MediaFile, "before_delete")
def _refuse_delete(_mapper: Mapper[Base], _connection: Connection, _row: Base) -> None:
    raise RuntimeError("what was published stays")
