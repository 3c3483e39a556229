"""What is asked for in the standard's parameters, and the statements that answer it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from xapi import actors, searching, values
from xapi.asking import Where
from xapi.faults import Fault, QueryFaults, Report
from xapi.identity import agent_key, indexed
from xapi.reading import Stored, from_text
from xapi.searching import Shape
from xapi.statement import Relation

PAGE: Final = 100
"""How many statements are given at once where nobody says."""
LARGEST_PAGE: Final = 500
"""How many are given at most."""

Format = Literal["exact", "ids", "canonical"]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. `read` makes one of request parameters; the application may make its own."""

    agent: str | None = None
    """A canonical agent key."""
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    """Only what was stored after this."""
    until: datetime | None = None
    """Only what was stored at this moment or before."""
    limit: int = 0
    """How many at once; 0 leaves it to the store."""
    ascending: bool = False
    """Oldest first."""
    statement_id: UUID | None = None
    voided_statement_id: UUID | None = None
    format: Format = "exact"
    attachments: bool = False
    after: int | None = None
    """Go on behind this sequence number, in the order asked for."""
    authority: str | None = None
    """Only what the authority with this canonical key sent. No parameter: permissions set it."""
    with_voided: bool = False
    """Voided statements too. No parameter: the standard leaves them out of every list."""


@dataclass(frozen=True)
class Page:
    """Some of the statements asked for."""

    rows: list[Any]
    """Each with its `sequence`, `text` and whether it is `voided`; a single one also says when it was `stored`."""
    more: int | None
    """Where to go on (`Query.after`), or None at the end."""

    @property
    def texts(self) -> list[str]:
        """The statements as they are stored."""
        return [row.text for row in self.rows]

    @property
    def statements(self) -> list[Stored]:
        """The statements, read."""
        return [from_text(row) for row in self.rows]


def read(parameters: Iterable[tuple[str, str]]) -> Query:
    """Return what request parameters ask for. Raises QueryFaults that name every parameter that is wrong."""
    report: Report = []
    given: dict[str, Any] = {}
    for name, text in parameters:
        if name not in _PARAMETERS:
            report.append(Fault(name, "is no parameter of this resource"))
        elif _PARAMETERS[name][0] in given:
            report.append(Fault(name, "is given twice"))
        else:
            field, reader = _PARAMETERS[name]
            given[field] = reader(name, text, report)
    report.extend(_contradictions(given))
    if report:
        raise QueryFaults(report)
    return Query(**given)


def find(where: Where, query: Query) -> Page:
    """Return a page of what is asked for, by the order of storing. Voided statements are left out unless asked for."""
    if query.statement_id or query.voided_statement_id:
        one = searching.one(voided=query.voided_statement_id is not None, of_authority=query.authority is not None)
        theirs = {"authority": _authority(query)} if query.authority else {}
        return Page(one.rows(where, id=query.voided_statement_id or query.statement_id, **theirs), None)
    size = min(query.limit or PAGE, LARGEST_PAGE)
    rows: list[Any] = []
    looked_at = size + 1
    while True:
        shape, given = _search(query, looked_at)
        found = searching.statements(shape).rows(where, **given)
        rows += [row for row in found if query.with_voided or not row.voided]
        if len(rows) > size:
            return Page(rows[:size], rows[size - 1].sequence)
        if len(found) < looked_at:
            return Page(rows, None)
        query, looked_at = replace(query, after=found[-1].sequence), LARGEST_PAGE  # voided ones stood in the way


def count(where: Where, query: Query, most: int) -> int:
    """Return how many statements a list holds; `most` + 1 where there are more."""
    shape, given = _search(query, most + 1)
    number: int = searching.amount(shape).one(where, **given).number
    return number


def _search(query: Query, size: int) -> tuple[Shape, dict[str, Any]]:
    """Return the search for a list: its shape, and the values."""
    keys = list(_keys(query))
    authority = _authority(query)
    if authority and not keys:  # then the authority is what is searched by, and nothing is found for another's sake
        keys, authority = [(authority, (Relation.AUTHORITY,))], None
    limits = {"since": query.since, "until": query.until, "after": query.after, "authority": authority}
    given = {name: value for name, value in limits.items() if value is not None}
    shape = Shape(
        keys=tuple(relations for _, relations in keys),
        size=size,
        ascending=query.ascending,
        with_voided=query.with_voided,
        **{name: name in given for name in limits},
    )
    return shape, given | {f"key{place}": key for place, (key, _) in enumerate(keys)}


def _authority(query: Query) -> str | None:
    return indexed(query.authority) if query.authority else None


def _keys(query: Query) -> Iterator[tuple[str, tuple[Relation, ...]]]:
    """Give the keys that are searched by and in what relations, the one that is likely to be rarest first."""
    if query.registration:
        yield str(query.registration), (Relation.REGISTRATION,)
    if query.agent:
        related = (Relation.RELATED_AGENT, Relation.AUTHORITY) if query.related_agents else ()
        yield indexed(query.agent), (Relation.AGENT, *related)
    if query.activity:
        also = (Relation.RELATED_ACTIVITY,) if query.related_activities else ()
        yield indexed(query.activity), (Relation.ACTIVITY, *also)
    if query.verb:
        yield indexed(query.verb), (Relation.VERB,)


def _contradictions(given: Mapping[str, Any]) -> Report:
    singles = [name for name in ("statement_id", "voided_statement_id") if name in given]
    if not singles:
        return []
    beside = set(given) - {singles[0], "format", "attachments"}
    return [Fault(_NAMES[singles[0]], f"can't be combined with {_NAMES[each]}") for each in sorted(beside)]


def _checked(check: values.Check, convert: Callable[[str], Any] = str) -> Callable[[str, str, Report], Any]:
    """Return a reader for a parameter that follows the rules of the same value in a statement."""

    def reader(name: str, text: str, report: Report) -> Any:
        before = len(report)
        check(text, name, report)
        return convert(text) if len(report) == before else None

    return reader


def _one_of(*words: str) -> values.Check:
    def check(value: Any, path: str, report: Report) -> None:
        if value not in words:
            report.append(Fault(path, f"is not one of {', '.join(words)}: {values.shown(value)}"))

    return check


def _count(value: Any, path: str, report: Report) -> None:
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        report.append(Fault(path, f"is not a whole number, 0 or above: {values.shown(value)}"))


def _read_agent(name: str, text: str, report: Report) -> str | None:
    agent = actors.in_text(text, name, report)
    return None if agent is None else agent_key(agent)


def _boolean(name: str, text: str, report: Report) -> bool:
    """Read true or false. Python's clients, tincan among them, write True and False."""
    _one_of("true", "false")(text.lower(), name, report)
    return text.lower() == "true"


_PARAMETERS: Final[Mapping[str, tuple[str, Callable[[str, str, Report], Any]]]] = {
    "statementId": ("statement_id", _checked(values.uuid, UUID)),
    "voidedStatementId": ("voided_statement_id", _checked(values.uuid, UUID)),
    "agent": ("agent", _read_agent),
    "verb": ("verb", _checked(values.iri)),
    "activity": ("activity", _checked(values.iri)),
    "registration": ("registration", _checked(values.uuid, UUID)),
    "related_agents": ("related_agents", _boolean),
    "related_activities": ("related_activities", _boolean),
    "since": ("since", _checked(values.timestamp, values.instant)),
    "until": ("until", _checked(values.timestamp, values.instant)),
    "limit": ("limit", _checked(_count, int)),
    "format": ("format", _checked(_one_of("exact", "ids", "canonical"))),
    "attachments": ("attachments", _boolean),
    "ascending": ("ascending", _boolean),
    "after": ("after", _checked(_count, int)),
}
_NAMES: Final = {field: name for name, (field, _) in _PARAMETERS.items()}
