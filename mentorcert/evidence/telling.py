"""Statements for people to look through: found, told in sentences, and what each did to somebody's progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

import xapi
from mentorcert.errors import NotFound
from mentorcert.evidence import fold, sentences
from mentorcert.evidence.models import Progress
from mentorcert.evidence.pretty import pretty
from mentorcert.evidence.sentences import Sentence, Telling
from mentorcert.evidence.service import door
from mentorcert.evidence.trust import Verdict
from mentorcert.people import queries as people
from xapi import credentials, query
from xapi.query import Query
from xapi.reading import BEGINNING

PAGE: Final = 50
MOST_COUNTED: Final = 10_000
LONGEST_SHOWN: Final = 20_000
"""Characters of a statement in a list; alone on its page it is shown whole."""


@dataclass(frozen=True, slots=True)
class Told:
    """A statement as the page shows it."""

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
class Sources:
    """Who may tell: ourselves, and the holders of keys, by their canonical agent key."""

    system: str
    labels: Mapping[str, str]


def sources(session: Session, iri_base: str) -> Sources:
    """Everybody who may send statements. One query."""
    labels = {_key(iri_base, f"key:{each.uuid}"): each.label for each in credentials.every(session)}
    return Sources(_key(iri_base, "system"), labels)


def person_key(iri_base: str, person: UUID) -> str:
    """How statements of ours name a person, as a canonical agent key."""
    return _key(iri_base, str(person))


def midnight(day: date) -> datetime:
    """The moment before a day begins in UTC: what was stored after it was stored on that day or later."""
    return datetime.combine(max(day, BEGINNING.date()), time(), UTC) - timedelta(microseconds=1)


def find(session: Session, asked: Query, known: Sources, iri_base: str) -> Found:
    """A page of statements, newest first, voided ones too. Five queries at most."""
    page = query.find(session, asked)
    total = (
        query.count(session, replace(asked, after=None), MOST_COUNTED) if page.more or asked.after else len(page.rows)
    )
    return Found(tell(session, page.statements, known, iri_base), page.more, total)


def one(session: Session, wanted: UUID, known: Sources, iri_base: str) -> Told:
    """A single statement, whole; raises NotFound."""
    found = xapi.lookup(session, [wanted])
    if not found:
        raise NotFound("There is no statement with this id.", "Go back to the list and choose one.")
    return tell(session, found, known, iri_base, whole=True)[0]


def standing(session: Session, pair: fold.Key) -> Progress | None:
    """What the statements say of a registration and an activity."""
    query = select(Progress).where(Progress.registration == pair[0], Progress.activity == pair[1])
    return session.scalar(query)


def tell(
    session: Session, stored: Sequence[xapi.Stored], known: Sources, iri_base: str, *, whole: bool = False
) -> list[Told]:
    """Tell statements in sentences. Two queries: for names, and for what they did to progress."""
    judged = dict(
        zip((one.statement.id for one in stored), door(iri_base).judge.verdicts(session, stored), strict=True)
    )
    pairs = {one.statement.id: fold.key_of(one.statement) for one in stored if judged[one.statement.id].counts}
    names = people.named(session, {each for one in stored for each in sentences.people_in(one.statement, iri_base)})
    progress = _progress(session, set(pairs.values()))
    told = []
    for each in stored:
        row = progress.get(pairs[each.statement.id]) if each.statement.id in pairs else None
        telling = Telling(iri_base, names, first=row is not None and row.first_success_id == each.statement.id)
        effect = _effect(each, judged[each.statement.id], row)
        told.append(_told(each, telling, known, effect, pairs.get(each.statement.id), whole=whole))
    return told


def _told(
    stored: xapi.Stored, telling: Telling, known: Sources, effect: str, pair: fold.Key | None, *, whole: bool
) -> Told:
    statement = stored.statement
    cut = not whole and len(statement.text) > LONGEST_SHOWN
    return Told(
        id=statement.id,
        stored=stored.stored,
        happened=statement.timestamp,
        sentence=sentences.sentence(statement, telling),
        facts=sentences.facts(statement, telling),
        source="" if stored.authority_key == known.system else _source(stored, telling, known),
        voided=stored.voided,
        json=Markup("") if cut else pretty(statement.text),
        bytes=len(statement.text.encode()),
        cut=cut,
        effect=effect,
        pair=None if stored.voided else pair,
    )


def _source(stored: xapi.Stored, telling: Telling, known: Sources) -> str:
    label = known.labels.get(stored.authority_key)
    return sentences.short(label, 40) if label else sentences.agent(stored.statement.raw["authority"], telling)


def _effect(stored: xapi.Stored, verdict: Verdict, row: Progress | None) -> str:
    """What a statement did to progress, in a sentence."""
    statement = stored.statement
    if stored.voided:
        return "None: it was taken back."
    if statement.voids:
        return f"Takes back statement {statement.voids}."
    if not verdict.counts or row is None:
        return f"None: {verdict.why}"
    if row.completed_id == statement.id:
        return "Completed it."
    return "Counts for what is known of it." if row.completed_at else "It is begun, and not complete yet."


def _progress(session: Session, pairs: set[fold.Key]) -> dict[fold.Key, Progress]:
    if not pairs:
        return {}
    query = select(Progress).where(tuple_(Progress.registration, Progress.activity).in_(sorted(pairs)))
    return {(row.registration, row.activity): row for row in session.scalars(query)}


def _key(iri_base: str, name: str) -> str:
    return xapi.agent_key({"account": {"homePage": iri_base, "name": name}})
