"""Statements for people to look through: found, told in sentences, and what each did to somebody's progress."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

import xapi
from mentorcert.evidence import effects, fold, sentences
from mentorcert.evidence.accounts import credential_key, system_key
from mentorcert.evidence.agents import people_in
from mentorcert.evidence.facts import facts
from mentorcert.evidence.models import Progress
from mentorcert.evidence.pretty import pretty
from mentorcert.evidence.seeking import Wanted
from mentorcert.evidence.sentences import Sentence, Telling, has_name
from mentorcert.evidence.service import door
from mentorcert.evidence.titles import titles
from mentorcert.evidence.visible import short
from mentorcert.people import queries as people
from xapi import credentials, query
from xapi.credentials import Credential

PAGE: Final = 50
MOST_COUNTED: Final = 10_000
LONGEST_SHOWN: Final = 20_000
"""Characters of a statement in a list; alone on its page it is shown whole."""


@dataclass(frozen=True, slots=True)
class Told:
    """A statement as a list shows it."""

    id: UUID
    stored: datetime
    happened: datetime
    sentence: Sentence
    facts: list[tuple[str, str]]
    source: str
    """Who sent it, when that was not us."""
    voided: bool
    json: Markup
    bytes: int
    cut: bool
    """Whether the JSON is left out, since it is very long."""
    effect: str
    pair: fold.Key | None
    """The registration and activity that it is evidence for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was looked for."""

    told: list[Told]
    older: int | None
    """Where to go on."""
    count: int
    """How many there are altogether; above `MOST_COUNTED` there are more than that."""


@dataclass(frozen=True, slots=True)
class Newer:
    """What came since somebody looked."""

    told: list[Told]
    changed: list[Told]
    """What was taken back by it."""
    through: int
    """The sequence number up to which nothing is missing."""
    too_many: bool
    """Whether there is more than a page of it; then nothing is told."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Who may tell: ourselves, and the holders of keys, by their canonical agent key."""

    iri_base: str
    system: str
    keys: Mapping[str, Credential]
    labels: Mapping[str, str]
    """What people call the keys; where several are called the same, with the beginning of each."""


def sources(session: Session, iri_base: str) -> Sources:
    """Everybody who may send statements. One query."""
    keys = {credential_key(iri_base, each.uuid): each for each in credentials.every(session)}
    return Sources(iri_base, system_key(iri_base), keys, _labels(keys))


def _labels(keys: Mapping[str, Credential]) -> dict[str, str]:
    called = {key: short(each.label, 40) or each.key for key, each in keys.items()}
    often = Counter(called.values())
    return {key: label if often[label] == 1 else f"{label} ({keys[key].key[:6]})" for key, label in called.items()}


def find(session: Session, wanted: Wanted, known: Sources, *, after: int | None) -> Found:
    """A page of statements, newest first, voided ones too. Six queries at most."""
    asked = wanted.query(limit=PAGE, after=after)
    page = query.find(session, asked)
    total = query.count(session, replace(asked, after=None), MOST_COUNTED) if page.more or after else len(page.rows)
    return Found(tell(session, page.statements, known), page.more, total)


def newer(session: Session, wanted: Wanted, *, above: int, through: int, iri_base: str) -> Newer:
    """What came after the sequence number `above`, newest first; `through` was the number of the newest just now."""
    page = query.find(session, wanted.query(limit=PAGE, after=above, ascending=True))
    if page.more or not page.rows:
        return Newer([], [], through, page.more is not None)
    known, stored = sources(session, iri_base), page.statements
    voided = [one.statement.voids for one in stored if one.statement.voids]
    changed = tell(session, xapi.lookup(session, voided), known) if voided else []
    return Newer(tell(session, stored, known)[::-1], changed, max(through, stored[-1].sequence), too_many=False)


def standing(session: Session, pair: fold.Key) -> Progress | None:
    """What the statements say of a registration and an activity."""
    query = select(Progress).where(Progress.registration == pair[0], Progress.activity == pair[1])
    return session.scalar(query)


def tell(session: Session, stored: Sequence[xapi.Stored], known: Sources) -> list[Told]:
    """Tell statements in sentences.

    A few queries: what they refer to, names, titles that they lack, what they did to progress; and what it takes to
    judge other systems'.
    """
    telling = telling_of(session, [one.statement for one in stored], known)
    verdicts = door(known.iri_base).judge.verdicts(session, stored)
    pairs = {
        one.statement.id: fold.key_of(one.statement) for one, fate in zip(stored, verdicts, strict=True) if fate.counts
    }
    progress = progress_of(session, set(pairs.values()))
    told = []
    for one, verdict in zip(stored, verdicts, strict=True):
        pair = pairs.get(one.statement.id)
        row = progress.get(pair) if pair else None
        own = replace(telling, first=row is not None and row.first_success_id == one.statement.id)
        told.append(_told(one, own, known, effects.effect(one, verdict, row), pair))
    return told


def telling_of(session: Session, statements: Sequence[xapi.Statement], known: Sources) -> Telling:
    """What sentences need to know of statements: those that they refer to, names, and titles. Four queries at most."""
    wanted = {each.refers for each in statements if each.refers}
    targets = {one.statement.id: one.statement for one in xapi.lookup(session, wanted)} if wanted else {}
    told = [*statements, *targets.values()]
    uuids = {uuid for each in told for uuid in people_in(each, known.iri_base)}
    nameless = {each.object_id for each in told if each.object_type == "Activity" and not has_name(each.raw["object"])}
    names = people.named(session, uuids) if uuids else {}
    return Telling(known.iri_base, names, targets, titles(session, nameless, known.iri_base))


def progress_of(session: Session, pairs: Collection[fold.Key]) -> dict[fold.Key, Progress]:
    """Progress by pair. One query."""
    if not pairs:
        return {}
    query = select(Progress).where(tuple_(Progress.registration, Progress.activity).in_(sorted(pairs)))
    return {(row.registration, row.activity): row for row in session.scalars(query)}


def source(stored: xapi.Stored, telling: Telling, known: Sources) -> str:
    """Who sent a statement: what the key is called, or the authority's own words; empty when it was us."""
    if stored.authority_key == known.system:
        return ""
    return known.labels.get(stored.authority_key) or telling.agent(stored.statement.raw["authority"])


def _told(stored: xapi.Stored, telling: Telling, known: Sources, effect: str, pair: fold.Key | None) -> Told:
    statement = stored.statement
    cut = len(statement.text) > LONGEST_SHOWN
    return Told(
        id=statement.id,
        stored=stored.stored,
        happened=statement.timestamp,
        sentence=sentences.sentence(statement, telling),
        facts=facts(statement, telling),
        source=source(stored, telling, known),
        voided=stored.voided,
        json=Markup("") if cut else pretty(statement.text),
        bytes=len(statement.text.encode()),
        cut=cut,
        effect=effect,
        pair=None if stored.voided else pair,
    )
