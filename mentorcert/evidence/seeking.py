"""What somebody looks for, in their words, and what that is in the store: a key, a verb's or an activity's IRI.

A word may mean several things, or nothing: then `Unclear` says so, and what there is to choose from.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert.evidence.accounts import account_key
from mentorcert.evidence.agents import uuid_of
from mentorcert.evidence.sentences import PHRASES, in_english, word
from mentorcert.evidence.titles import published
from mentorcert.evidence.visible import short
from mentorcert.people import queries as people
from xapi import tables
from xapi.query import Query

MOST_VERBS: Final = 200
"""How many verbs are offered."""
MOST_CHOICES: Final = 20
"""How many things that a word may mean are offered."""

_KEY: Final = re.compile(r"(mbox:mailto|sha1|openid|account|anonymous):")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_MOST_DEFINITIONS: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Everything may stay empty."""

    agent: str = ""
    """A canonical agent key."""
    verb: str = ""
    activity: str = ""
    registration: UUID | None = None
    since: datetime | None = None
    """Only what was stored after this."""
    until: datetime | None = None
    """Only what was stored at this moment or before."""
    authority: str = ""
    """The canonical key of who sent it."""
    related: bool = False
    """Also where the agent or activity is only mentioned."""

    def query(self, *, limit: int, after: int | None = None, ascending: bool = False) -> Query:
        """The query for a page of it, voided statements too."""
        return Query(
            agent=self.agent or None,
            verb=self.verb or None,
            activity=self.activity or None,
            registration=self.registration,
            related_agents=self.related and bool(self.agent),
            related_activities=self.related and bool(self.activity),
            since=self.since,
            until=self.until,
            authority=self.authority or None,
            after=after,
            ascending=ascending,
            limit=limit,
            with_voided=True,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a word may mean: what it is called, what tells it from others, and its exact name."""

    label: str
    hint: str
    value: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """A word that means several things, or none that we know."""

    field: str
    text: str
    choices: tuple[Choice, ...] = ()


def agent_named(session: Session, text: str, iri_base: str) -> str | Unclear:
    """The key of whom a name, an address, a UUID or a canonical key means; empty for nobody in particular."""
    text = " ".join(text.split())
    if not text or _KEY.match(text):
        return text
    if uuid := uuid_of(text):
        return account_key(iri_base, str(uuid))
    fitting = people.directory(session, text=text)[0]
    exact = [each for each in fitting if text.casefold() in {each.name.casefold(), each.email}]
    chosen = exact if len(exact) == 1 else fitting
    if len(chosen) == 1:
        return account_key(iri_base, str(chosen[0].uuid))
    if not chosen and "@" in text:
        return f"mbox:mailto:{text.removeprefix('mailto:')}"
    return Unclear("who", text, tuple(Choice(each.name, each.email, str(each.uuid)) for each in chosen[:MOST_CHOICES]))


def verbs(session: Session) -> list[str]:
    """The verbs that occur, by what they are called. One query, which takes a step along the index for each."""
    column = tables.statement.c.verb
    known = select(func.min(column).label("verb")).cte("verbs", recursive=True)
    following = select(func.min(column)).where(column > known.c.verb).correlate(known).scalar_subquery()
    known = known.union_all(select(following).where(known.c.verb.is_not(None)))
    found = session.scalars(select(known.c.verb).where(known.c.verb.is_not(None)).limit(MOST_VERBS))
    return sorted((iri for iri in found if not iri.startswith("sha256:")), key=lambda iri: (word(iri).casefold(), iri))


def verb_named(text: str, occurring: Iterable[str]) -> str | Unclear:
    """The IRI of the verb that a word or an IRI means; empty for any."""
    text = " ".join(text.split())
    if not text or _IRI.fullmatch(text):
        return text
    wanted = text.casefold()
    known = dict.fromkeys([*occurring, *PHRASES])
    fitting = [iri for iri in known if wanted in {word(iri).casefold(), PHRASES.get(iri, "").casefold()}]
    if len(fitting) == 1:
        return fitting[0]
    return Unclear("verb", text, tuple(Choice(word(iri), iri, iri) for iri in fitting[:MOST_CHOICES]))


def activity_named(session: Session, text: str, iri_base: str) -> str | Unclear:
    """The IRI of the activity that a part of a name or an IRI means; empty for any."""
    text = text.strip()
    if not text or _IRI.fullmatch(text):
        return text
    wanted = text.casefold()
    titles = {**_defined(session, text), **published(session, iri_base)}
    fitting = {iri: name for iri, name in titles.items() if wanted in name.casefold()}
    exact = [iri for iri, name in fitting.items() if name.casefold() == wanted]
    chosen = exact if len(exact) == 1 else sorted(fitting, key=lambda iri: (fitting[iri].casefold(), iri))
    if len(chosen) == 1:
        return chosen[0]
    return Unclear("activity", text, tuple(Choice(fitting[iri], iri, iri) for iri in chosen[:MOST_CHOICES]))


def _defined(session: Session, text: str) -> dict[str, str]:
    """Names by IRI of activities whose definition holds a text. It reads definitions until it has enough of them."""
    table, needle = tables.activity, json.dumps(text, ensure_ascii=False)[1:-1]
    query = select(table.c.iri, table.c.definition).where(table.c.definition.icontains(needle, autoescape=True))
    found = session.execute(query.order_by(table.c.key).limit(_MOST_DEFINITIONS))
    return {row.iri: short(in_english(json.loads(row.definition).get("name", {}))) for row in found}
