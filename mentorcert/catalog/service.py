"""Publishing: what the folders hold becomes versions that never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.catalog.document import ProgrammeDocument, encode, hash_of
from mentorcert.catalog.faults import CatalogFaults
from mentorcert.catalog.models import MediaFile, ProgrammeVersion, RubricVersion
from mentorcert.catalog.programme import Media, Programme
from mentorcert.catalog.queries import V, latest
from mentorcert.catalog.reader import Reading, read
from mentorcert.catalog.rubric import Rubric
from mentorcert.db import writing
from mentorcert.files import Files


@dataclass(frozen=True, slots=True)
class Publication:
    """The versions that the folders' content has now, whether they are new or were there."""

    programmes: tuple[ProgrammeVersion, ...]
    rubrics: tuple[RubricVersion, ...]


def publish(
    session: Session, files: Files, content: Path, rubrics: Path, now: datetime, *, who: object = "cli"
) -> Publication:
    """Publish every programme and rubric of the two folders, each under the hash of all that is in it.

    The same content again makes no new version; an earlier content becomes the newest again. Raises CatalogFaults
    when anything is wrong anywhere; then nothing is published.
    """
    return publish_reading(session, files, read(content, rubrics), now, who=who)


def publish_reading(
    session: Session, files: Files, reading: Reading, now: datetime, *, who: object = "cli"
) -> Publication:
    """The same for what was read of the folders before."""
    if reading.faults:
        raise CatalogFaults(reading.faults)
    # Before the transaction: no file is written while others wait to write.
    _store_media(files, reading)
    writing(session)
    kept = {rubric.id: _publish_rubric(session, rubric, who, now) for rubric in reading.rubrics}
    pins = {name: version.hash for name, version in kept.items()}
    programmes = tuple(_publish_programme(session, each, pins, who, now) for each in reading.programmes)
    return Publication(programmes, tuple(kept.values()))


def _store_media(files: Files, reading: Reading) -> None:
    for programme in reading.programmes:
        for each in programme.media:
            if not files.exists(each.key):
                files.put(each.key, reading.media[programme.id][each.path])


def _publish_rubric(session: Session, rubric: Rubric, who: object, now: datetime) -> RubricVersion:
    document = encode(rubric)
    version = RubricVersion(slug=rubric.id, title=rubric.title, document=document, hash=hash_of(document))
    return _publish(session, version, who, now)


def _publish_programme(
    session: Session, programme: Programme, pins: Mapping[str, str], who: object, now: datetime
) -> ProgrammeVersion:
    rubrics = {name: pins[name] for name in programme.rubric_ids}
    document = encode(ProgrammeDocument(programme, rubrics))
    fresh = ProgrammeVersion(
        slug=programme.id, title=programme.title, document=document, hash=hash_of(document), rubrics=rubrics
    )
    version = _publish(session, fresh, who, now)
    if version is fresh:
        session.add_all(_media_file(version, each) for each in programme.media)
        session.flush()
    return version


def _publish(session: Session, fresh: V, who: object, now: datetime) -> V:
    """The stored version of the same content, or `fresh` when there is none; it is the newest of its slug then."""
    kind = type(fresh)
    current = latest(session, kind, fresh.slug)
    if current is not None and current.hash == fresh.hash:
        return current
    version = session.scalar(select(kind).where(kind.hash == fresh.hash)) or fresh
    if version is fresh:
        fresh.published_at = now
        session.add(fresh)
    version.current_since = now
    session.flush()
    before = {"version": current.hash} if current is not None else None
    subject, after = f"{kind.__tablename__}:{version.slug}", {"version": version.hash}
    audit.record(session, now=now, who=who, action="catalog.publish", subject=subject, before=before, after=after)
    return version


def _media_file(version: ProgrammeVersion, media: Media) -> MediaFile:
    return MediaFile(
        version_id=version.id, path=media.path, file_key=media.key, content_type=media.content_type, size=media.size
    )
