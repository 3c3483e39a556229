"""What is asked for in the standard's parameters, and the statements that answer it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select, union
from sqlalchemy.orm import Session

from xapi import jsontext, tables, values
from xapi.actors import actor
from xapi.faults import Fault, Faults, QueryFaults, Report
from xapi.identity import agent_key, indexed
from xapi.reading import Stored, from_row, is_voided, select_stored
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

    rows: list[Row[*tuple[Any, ...]]]
    more: int | None
    """Where to go on (`Query.after`), or None at the end."""

    @property
    def texts(self) -> list[str]:
        """The statements as they are stored."""
        return [row.text for row in self.rows]

    @property
    def statements(self) -> list[Stored]:
        """The statements, read."""
        return [from_row(row) for row in self.rows]


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


def find(session: Session, query: Query) -> Page:
    """Return a page of what is asked for, by the order of storing. Voided statements are left out unless asked for."""
    if query.statement_id or query.voided_statement_id:
        return Page(list(session.execute(_one(query))), None)
    size = min(query.limit or PAGE, LARGEST_PAGE)
    rows = list(session.execute(_some(query, size + 1)))
    more = rows[size - 1].sequence if len(rows) > size else None
    return Page(rows[:size], more)


def count(session: Session, query: Query, most: int) -> int:
    """Return how many statements a list holds; `most` + 1 where there are more."""
    return session.scalar(select(func.count()).select_from(_some(query, most + 1).subquery())) or 0


def _one(query: Query) -> Select[Any]:
    rows = tables.statement.alias("found")
    voided = query.voided_statement_id is not None
    wanted = select_stored(rows).where(rows.c.id == (query.voided_statement_id or query.statement_id))
    wanted = wanted.where(is_voided(rows) if voided else ~is_voided(rows))
    return wanted.where(*_sent_by(rows, query))


def _some(query: Query, size: int) -> Select[Any]:
    if not (query.agent or query.verb or query.activity or query.registration):
        rows = tables.statement.alias("found")
        return _ordered(select_stored(rows).where(*_window(rows, query)), rows.c.sequence, query, size)
    # Two short lists instead of one condition with OR: each is read along an index and stops at the page's end.
    branches = [branch.subquery() for branch in (_matching(query, size), _referring(query, size))]
    either = union(*(select(branch.c.sequence) for branch in branches)).subquery()
    rows = tables.statement.alias("found")
    wanted = select_stored(rows).where(rows.c.sequence.in_(select(either.c.sequence)))
    return _ordered(wanted, rows.c.sequence, query, size)


def _matching(query: Query, size: int) -> Select[Any]:
    """Return the query for what matches itself."""
    rows = tables.statement.alias("matching")
    wanted = _matched(select(rows.c.sequence), rows, query).where(*_window(rows, query))
    return _ordered(wanted, rows.c.sequence, query, size)


def _referring(query: Query, size: int) -> Select[Any]:
    """Return the query for what refers to a statement that matches; that one may be voided or out of the window."""
    rows, target = tables.statement.alias("referring"), tables.statement.alias("target")
    wanted = select(rows.c.sequence).join(target, target.c.id == rows.c.refers).where(rows.c.refers.is_not(None))
    wanted = _matched(wanted, target, query).where(*_window(rows, query), *_sent_by(target, query))
    return _ordered(wanted, rows.c.sequence, query, size)


def _matched(wanted: Select[Any], rows: FromClause, query: Query) -> Select[Any]:
    if query.verb:
        wanted = wanted.where(rows.c.verb == indexed(query.verb))
    if query.registration:
        wanted = wanted.where(rows.c.registration == query.registration)
    if query.agent:
        kind = Relation.RELATED_AGENT if query.related_agents else Relation.AGENT
        wanted = _taking_part(wanted, rows, query.agent, kind)
    if query.activity:
        kind = Relation.RELATED_ACTIVITY if query.related_activities else Relation.ACTIVITY
        wanted = _taking_part(wanted, rows, query.activity, kind)
    return wanted


def _taking_part(wanted: Select[Any], rows: FromClause, key: str, kind: Relation) -> Select[Any]:
    part = tables.related.alias()
    same = (part.c.sequence == rows.c.sequence, part.c.key == indexed(key), part.c.kind == int(kind))
    return wanted.join(part, same[0] & same[1] & same[2])


def _window(rows: FromClause, query: Query) -> list[ColumnElement[bool]]:
    conditions = [*([] if query.with_voided else [~is_voided(rows)]), *_sent_by(rows, query)]
    if query.since:
        conditions.append(rows.c.stored > query.since)
    if query.until:
        conditions.append(rows.c.stored <= query.until)
    if query.after is not None:
        conditions.append(rows.c.sequence > query.after if query.ascending else rows.c.sequence < query.after)
    return conditions


def _sent_by(rows: FromClause, query: Query) -> list[ColumnElement[bool]]:
    return [rows.c.authority_key == indexed(query.authority)] if query.authority else []


def _ordered(wanted: Select[Any], sequence: ColumnElement[int], query: Query, size: int) -> Select[Any]:
    return wanted.order_by(sequence.asc() if query.ascending else sequence.desc()).limit(size)


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
    try:
        value = jsontext.decode(text.encode())
    except (Faults, UnicodeEncodeError):
        report.append(Fault(name, f"is not an agent in JSON: {values.shown(text)}"))
        return None
    before = len(report)
    actor(value, name, report)
    return agent_key(value) if len(report) == before else None


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
