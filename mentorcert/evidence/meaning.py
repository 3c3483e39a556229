"""What the exact words of a question mean to people: names for UUIDs, titles for addresses."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from mentorcert.evidence import identifiers
from mentorcert.evidence.accounts import account_key
from mentorcert.evidence.agents import uuid_of
from mentorcert.evidence.seeking import Wanted
from mentorcert.evidence.titles import titles
from mentorcert.evidence.visible import short
from mentorcert.people import queries as people
from mentorcert.people.models import Person, PersonIdentifier


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is looked for, in words; empty where nothing of it is asked for, or nothing is known."""

    who: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()
    """How other systems name that person: canonical key, and in words. Their statements are found by these."""
    activity: str = ""
    enrolled: str = ""
    """Whose enrolment the registration is."""


def meaning(session: Session, wanted: Wanted, iri_base: str) -> Meaning:
    """What a question means. A query for each of its parts, at most two."""
    name = wanted.agent.removeprefix(account_key(iri_base, ""))
    person = uuid_of(name) if name != wanted.agent else None
    return Meaning(
        who=people.named(session, [person]).get(person, "") if person else short(identifiers.in_words(name)),
        elsewhere=_elsewhere(session, person),
        activity=_title(session, wanted.activity, iri_base),
        enrolled=enrolled(session, wanted.registration),
    )


def enrolled(session: Session, registration: UUID | None) -> str:
    """The name of the person whose enrolment a registration is; empty where it is none of ours."""
    if registration is None:
        return ""
    query = select(Person.name).join(Enrolment, Enrolment.person_id == Person.id)
    return session.scalar(query.where(Enrolment.uuid == registration)) or ""


def _elsewhere(session: Session, person: UUID | None) -> tuple[tuple[str, str], ...]:
    if person is None:
        return ()
    query = select(PersonIdentifier.ifi_key).join(Person, PersonIdentifier.person_id == Person.id)
    keys = session.scalars(query.where(Person.uuid == person).order_by(PersonIdentifier.ifi_key))
    return tuple((key, short(identifiers.in_words(key))) for key in keys)


def _title(session: Session, activity: str, iri_base: str) -> str:
    return titles(session, [activity] if activity else [], iri_base).get(activity, "")
