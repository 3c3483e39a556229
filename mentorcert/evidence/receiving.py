"""What statements of other systems can prove: the facts that `trust` asks for, found with few queries.

What never changes is kept in the process: which programmes a key names, whose enrolment a registration is and which
lessons its version has. What is unknown is never kept: it may be known a moment later. How other systems name a person
can change, and is asked each time. Statements of our own system cost nothing here.

A registration is drawn at random when the enrolment is made, so no statement can have named it earlier: who enrols
somebody has nothing to fold again. Who changes how a person is known elsewhere has; see `identifiers`.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.evidence import trust
from mentorcert.evidence.accounts import KEY, account_key, system_key
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.trust import Enrolled, Verdict
from mentorcert.people.models import Person, PersonIdentifier
from xapi.identity import indexed
from xapi.tables import credential

MOST_KEYS: Final = 1_000
MOST_ENROLMENTS: Final = 20_000
MOST_VERSIONS: Final = 100
_AT_ONCE: Final = 500
"""How many values one query asks for."""

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The newest of many values that never change; the one that was asked for least recently goes first."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._values: Final[OrderedDict[K, V]] = OrderedDict()
        self._lock: Final = Lock()

    def of(self, keys: Collection[K], find: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """The values of all keys that have one; `find` is asked for those that are not kept."""
        with self._lock:
            known = {key: self._values[key] for key in keys if key in self._values}
            for key in known:
                self._values.move_to_end(key)
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if missing:
            known.update(self._keep(find(missing)))
        return known

    def _keep(self, found: Mapping[K, V]) -> Mapping[K, V]:
        with self._lock:
            self._values.update(found)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return found


class Judge:
    """Says of stored statements what they prove, for the installation at `iri_base`."""

    def __init__(self, iri_base: str) -> None:
        self.iri_base: Final = iri_base
        self.system: Final = indexed(system_key(iri_base))
        """The authority key of our own system."""
        self._accounts: Final = account_key(iri_base, "")
        self._programmes: Final[Kept[UUID, tuple[str, ...]]] = Kept(MOST_KEYS)
        self._enrolments: Final[Kept[UUID, Enrolled]] = Kept(MOST_ENROLMENTS)
        self._lessons: Final[Kept[str, Mapping[str, frozenset[str]]]] = Kept(MOST_VERSIONS)

    def verdicts(self, session: Session, stored: Sequence[xapi.Stored]) -> list[Verdict]:
        """What each statement proves, whether it was voided or not.

        None of them ours: two queries at most when keys and enrolments are known, and one for a few hundred actors.
        """
        outside = [one for one in stored if one.authority_key != self.system]
        judged = self._received(session, outside) if outside else {}
        return [judged.get(one.statement.id) or _own(one.statement) for one in stored]

    def enrolled(self, session: Session, registrations: Collection[UUID]) -> dict[UUID, Enrolled]:
        """What never changes of the enrolments with these registrations; what is none is left out."""
        return self._enrolments.of(registrations, lambda missing: self._find_enrolments(session, missing))

    def _received(self, session: Session, outside: Sequence[xapi.Stored]) -> dict[UUID, Verdict]:
        programmes = self._programmes_of(session, {one.authority_key for one in outside})
        judged: dict[UUID, Verdict] = {}
        open_ones: list[xapi.Stored] = []
        for one in outside:
            refused = trust.refused(one.statement, programmes.get(one.authority_key, ()), self.iri_base)
            if refused:
                judged[one.statement.id] = refused
            else:
                open_ones.append(one)
        if open_ones:
            judged.update(self._settled(session, open_ones, programmes))
        return judged

    def _settled(
        self, session: Session, stored: Sequence[xapi.Stored], programmes: Mapping[str, tuple[str, ...]]
    ) -> Iterator[tuple[UUID, Verdict]]:
        enrolled = self.enrolled(session, {one.statement.registration for one in stored if one.statement.registration})
        known = [one for one in stored if one.statement.registration in enrolled]
        persons = self._persons(session, {_agent(one.statement) for one in known} - {""})
        for one in stored:
            statement, named = one.statement, programmes[one.authority_key]
            enrolment = enrolled.get(statement.registration) if statement.registration else None
            yield statement.id, trust.settled(statement, named, enrolment, persons.get(_agent(statement)))

    def _programmes_of(self, session: Session, authorities: Collection[str]) -> dict[str, tuple[str, ...]]:
        keys = {each: uuid for each in authorities if (uuid := _uuid(each.removeprefix(f"{self._accounts}{KEY}")))}

        def find(missing: list[UUID]) -> dict[UUID, tuple[str, ...]]:
            query = select(credential.c.uuid, credential.c.programmes)
            return {uuid: tuple(named) for uuid, named in _found(session, query, credential.c.uuid, missing)}

        named = self._programmes.of(set(keys.values()), find)
        return {each: named[uuid] for each, uuid in keys.items() if uuid in named}

    def _find_enrolments(self, session: Session, missing: list[UUID]) -> dict[UUID, Enrolled]:
        query = (
            select(Enrolment.uuid, Person.uuid, ProgrammeVersion.slug, ProgrammeVersion.hash)
            .join(Person, Enrolment.person_id == Person.id)
            .join(Cohort, Enrolment.cohort_id == Cohort.id)
            .join(ProgrammeVersion, Cohort.version_id == ProgrammeVersion.id)
        )
        return {
            registration: Enrolled(person, slug, self._lessons_of(session, slug, version))
            for registration, person, slug, version in _found(session, query, Enrolment.uuid, missing)
        }

    def _lessons_of(self, session: Session, slug: str, version: str) -> Mapping[str, frozenset[str]]:
        def find(_missing: list[str]) -> dict[str, Mapping[str, frozenset[str]]]:
            return {version: trust.lessons(Iris(self.iri_base, slug), catalog.programme(session, version))}

        return self._lessons.of([version], find)[version]

    def _persons(self, session: Session, agents: Collection[str]) -> dict[str, UUID]:
        """Who actors are: by our own account, or as another system names somebody whom we know."""
        ours = {each: uuid for each in agents if (uuid := _uuid(each.removeprefix(self._accounts)))}
        theirs = [each for each in agents if each not in ours and len(each) <= xapi.identity.INDEXED]
        if not theirs:
            return ours
        query = select(PersonIdentifier.ifi_key, Person.uuid).join(Person, PersonIdentifier.person_id == Person.id)
        return {**ours, **dict(_found(session, query, PersonIdentifier.ifi_key, theirs))}


def _own(statement: xapi.Statement) -> Verdict:
    about_a_step = statement.object_type == "Activity" and statement.registration is not None
    return Verdict.OURS if about_a_step else Verdict.NO_STEP


def _agent(statement: xapi.Statement) -> str:
    """The key of a single person; empty for a group, which is nobody, even under somebody's identifier."""
    return "" if statement.raw["actor"].get("objectType") == "Group" else statement.actor_key


def _uuid(text: str) -> UUID | None:
    """The UUID that a text is, written as we write it; None for any other text."""
    try:
        uuid = UUID(text)
    except ValueError:
        return None
    return uuid if str(uuid) == text else None


def _found(session: Session, query: Select[*tuple[Any, ...]], column: Any, values: Sequence[Any]) -> Iterator[Any]:
    """The rows whose column has one of the values."""
    for start in range(0, len(values), _AT_ONCE):
        yield from session.execute(query.where(column.in_(values[start : start + _AT_ONCE])))
