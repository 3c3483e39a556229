"""One statement, whole: what it says, where it came from, what it is tied to, and what it changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import xapi
from mentorcert.errors import NotFound
from mentorcert.evidence import effects, fold
from mentorcert.evidence.agents import uuid_of
from mentorcert.evidence.meaning import enrolled
from mentorcert.evidence.pretty import pretty
from mentorcert.evidence.sentences import Sentence, in_english, sentence
from mentorcert.evidence.telling import Sources, Told, progress_of, tell, telling_of
from mentorcert.evidence.visible import revealed, short
from mentorcert.people import queries as people
from xapi import tables
from xapi.reading import from_row, select_stored

MOST_TIED: Final = 20
"""How many statements that refer to one are shown."""


@dataclass(frozen=True, slots=True)
class Tied:
    """Another statement that this one is tied to: it may not be here (yet)."""

    id: UUID
    sentence: Sentence | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a statement says of a file that belongs to it."""

    name: str
    usage: str
    content_type: str
    length: int
    sha2: str
    file_url: str
    """Where its sender keeps it; empty when it came with the statement."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who sent a statement."""

    label: str
    """What the key is called; empty when it was we."""
    owner: str
    """Who answers for the key: a name, or nothing."""
    key: str
    """The name of the key, as it stands in the authority."""
    authority: str
    """The authority's canonical key."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One statement with everything that we know of it."""

    told: Told
    sequence: int
    version: str
    actor: str
    """The actor's canonical key."""
    verb: str
    activity: str
    """The IRI of the activity that it is about; empty where it is about something else."""
    registration: UUID | None
    enrolled: str
    """Whose enrolment the registration is: the person's name, where it is one of ours."""
    source: Source
    refers_to: list[Tied]
    voided_by: list[Tied]
    referred_by: list[Tied]
    attachments: list[Attachment]
    gave: list[str]
    """What is known from this statement, and from no other."""
    raw: str
    """The JSON as it is stored, hidden characters as escapes."""
    exact: bool
    """Whether `raw` is that byte for byte: there are no hidden characters."""


def whole(session: Session, wanted: UUID, known: Sources) -> Whole:
    """A single statement, whole; raises NotFound."""
    found = xapi.lookup(session, [wanted])
    if not found:
        raise NotFound("There is no statement with this id.", "Go back to the list and choose one.")
    stored, raw = found[0], found[0].statement.raw
    told = replace(tell(session, found, known)[0], cut=False, json=pretty(stored.statement.text))
    back = _referring(session, stored)
    ahead = _referred(session, raw)
    tied = _told_of(session, [*ahead.values(), *back], known)
    shown = revealed(stored.statement.text)
    about = stored.statement
    return Whole(
        told=told,
        sequence=stored.sequence,
        version=raw.get("version", ""),
        actor=about.actor_key,
        verb=about.verb,
        activity=about.object_id if about.object_type == "Activity" else "",
        registration=about.registration,
        enrolled=enrolled(session, about.registration),
        source=_source(session, stored, told, known),
        refers_to=[Tied(id, tied.get(id)) for id in _targets(raw)],
        voided_by=[Tied(each.statement.id, tied[each.statement.id]) for each in back if _voids(each, stored)],
        referred_by=[Tied(each.statement.id, tied[each.statement.id]) for each in back if not _voids(each, stored)],
        attachments=[_attachment(each) for each in _attachments(raw)],
        gave=effects.gave(about, _progress(session, told.pair)),
        raw=shown,
        exact=shown == about.text,
    )


def text(session: Session, wanted: UUID) -> str:
    """A statement as it is stored, byte for byte; raises NotFound."""
    found: str | None = session.scalar(select(tables.statement.c.text).where(tables.statement.c.id == wanted))
    if found is None:
        raise NotFound("There is no statement with this id.", "Go back to the list and choose one.")
    return found


def _targets(raw: Mapping[str, Any]) -> list[UUID]:
    """The ids of the statements that one refers to: as its object, in its context, or in its SubStatement."""
    about, found = raw["object"], []
    if about.get("objectType") == "StatementRef":
        found.append(UUID(about["id"]))
    if about.get("objectType") == "SubStatement":
        found.extend(_targets(about))
    if "statement" in raw.get("context", {}):
        found.append(UUID(raw["context"]["statement"]["id"]))
    return list(dict.fromkeys(found))


def _referred(session: Session, raw: Mapping[str, Any]) -> dict[UUID, xapi.Stored]:
    wanted = _targets(raw)
    return {each.statement.id: each for each in xapi.lookup(session, wanted)} if wanted else {}


def _referring(session: Session, stored: xapi.Stored) -> list[xapi.Stored]:
    """The first statements whose object is this one, what voids it before the others."""
    rows = tables.statement.alias("found")
    query = select_stored(rows).where(rows.c.refers == stored.statement.id)
    found = session.execute(query.order_by(rows.c.voiding.desc(), rows.c.sequence).limit(MOST_TIED))
    return [from_row(row) for row in found]


def _voids(each: xapi.Stored, target: xapi.Stored) -> bool:
    return each.statement.voids == target.statement.id and target.voided


def _told_of(session: Session, stored: Sequence[xapi.Stored], known: Sources) -> dict[UUID, Sentence]:
    if not stored:
        return {}
    telling = telling_of(session, [each.statement for each in stored], known)
    return {each.statement.id: sentence(each.statement, telling) for each in stored}


def _source(session: Session, stored: xapi.Stored, told: Told, known: Sources) -> Source:
    credential = known.keys.get(stored.authority_key)
    if credential is None:
        return Source(told.source, "", "", stored.authority_key)
    owner = uuid_of(credential.owner)
    name = people.named(session, [owner]).get(owner, "") if owner else ""
    return Source(told.source, name or short(credential.owner), credential.key, stored.authority_key)


def _progress(session: Session, pair: fold.Key | None) -> Any:
    return progress_of(session, {pair}).get(pair) if pair else None


def _attachments(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from raw.get("attachments", ())
    if raw["object"].get("objectType") == "SubStatement":
        yield from raw["object"].get("attachments", ())


def _attachment(raw: Mapping[str, Any]) -> Attachment:
    return Attachment(
        name=short(in_english(raw["display"])),
        usage=short(raw["usageType"]),
        content_type=short(raw["contentType"]),
        length=raw["length"],
        sha2=short(raw["sha2"]),
        file_url=short(raw.get("fileUrl", "")),
    )
