"""Reading what was published. What is not there raises NotFound."""

from collections import Counter
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.catalog.document import decode_programme, decode_rubric
from mentorcert.catalog.models import MediaFile, ProgrammeVersion, RubricVersion
from mentorcert.catalog.programme import Programme
from mentorcert.catalog.rubric import Rubric
from mentorcert.errors import NotFound

MOST_KEPT: Final = 64
"""How many decoded versions of each kind a process keeps."""

T = TypeVar("T")
V = TypeVar("V", ProgrammeVersion, RubricVersion)

# A hash names its content for good, so what was decoded once holds for every database and transaction.
_programmes: dict[str, Programme] = {}
_rubrics: dict[str, Rubric] = {}


def programme(session: Session, wanted: str) -> Programme:
    """The programme of a version's hash; only the first call in a process reads the database."""
    return _kept(_programmes, wanted, lambda: decode_programme(version(session, wanted).document).programme)


def rubric(session: Session, wanted: str) -> Rubric:
    """The rubric of a version's hash; only the first call in a process reads the database."""
    return _kept(_rubrics, wanted, lambda: decode_rubric(rubric_version(session, wanted).document))


def version(session: Session, wanted: str) -> ProgrammeVersion:
    """The programme version of a hash."""
    return _found(session.scalar(select(ProgrammeVersion).where(ProgrammeVersion.hash == wanted)), "programme version")


def rubric_version(session: Session, wanted: str) -> RubricVersion:
    """The rubric version of a hash."""
    return _found(session.scalar(select(RubricVersion).where(RubricVersion.hash == wanted)), "rubric version")


def newest(session: Session, slug: str) -> ProgrammeVersion:
    """The version of a programme that new cohorts start on."""
    return _found(latest(session, ProgrammeVersion, slug), f'programme "{slug}"')


def newest_rubric(session: Session, slug: str) -> RubricVersion:
    """The version of a rubric that was published last."""
    return _found(latest(session, RubricVersion, slug), f'rubric "{slug}"')


def latest(session: Session, kind: type[V], slug: str) -> V | None:
    """The version of that slug that was published last, or None when there is none."""
    order = kind.current_since.desc(), kind.id.desc()
    return session.scalar(select(kind).where(kind.slug == slug).order_by(*order).limit(1))


def versions(session: Session) -> list[ProgrammeVersion]:
    """Every programme version, the newest of each programme before its older ones."""
    order = ProgrammeVersion.slug, ProgrammeVersion.current_since.desc(), ProgrammeVersion.id.desc()
    return list(session.scalars(select(ProgrammeVersion).order_by(*order)))


def current(session: Session) -> list[ProgrammeVersion]:
    """The newest version of every programme, by slug."""
    newest_first = reversed(versions(session))
    return sorted({each.slug: each for each in newest_first}.values(), key=lambda each: each.slug)


def pinned_rubric(session: Session, wanted: str, rubric_id: str) -> RubricVersion:
    """The version of a rubric that the programme version of that hash was published with."""
    pinned = version(session, wanted).rubrics.get(rubric_id)
    return rubric_version(session, _found(pinned, f'rubric "{rubric_id}" in this programme'))


def rubric_versions(session: Session, slug: str) -> list[RubricVersion]:
    """Every version of a rubric, the newest first."""
    order = RubricVersion.current_since.desc(), RubricVersion.id.desc()
    return list(session.scalars(select(RubricVersion).where(RubricVersion.slug == slug).order_by(*order)))


def current_rubrics(session: Session) -> list[tuple[RubricVersion, int]]:
    """The newest version of every rubric and how many versions it has, by title."""
    order = RubricVersion.current_since, RubricVersion.id
    versions = list(session.scalars(select(RubricVersion).order_by(*order)))
    newest, counts = {each.slug: each for each in versions}, Counter(each.slug for each in versions)
    return sorted(((each, counts[slug]) for slug, each in newest.items()), key=lambda pair: pair[0].title)


def pinning(session: Session, slug: str) -> dict[str, list[int]]:
    """The programme versions (integer keys) that were published with each version of a rubric, by its hash."""
    found: dict[str, list[int]] = {}
    for key, rubrics in session.execute(select(ProgrammeVersion.id, ProgrammeVersion.rubrics)):
        if slug in rubrics:
            found.setdefault(rubrics[slug], []).append(key)
    return found


def media(session: Session, wanted: str, path: str) -> MediaFile:
    """A media file of the programme version of that hash, by its path from the programme's folder."""
    query = select(MediaFile).join(ProgrammeVersion, MediaFile.version_id == ProgrammeVersion.id)
    return _found(session.scalar(query.where(ProgrammeVersion.hash == wanted, MediaFile.path == path)), "media file")


def _found(thing: T | None, noun: str) -> T:
    if thing is None:
        raise NotFound(f"There is no {noun}.", "Check the address, or publish it first.")
    return thing


def _kept(kept: dict[str, T], wanted: str, load: Callable[[], T]) -> T:
    found = kept.get(wanted)
    if found is None:
        found = kept[wanted] = load()
        while len(kept) > MOST_KEPT:
            kept.pop(next(iter(kept)), None)
    return found
