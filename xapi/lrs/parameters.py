"""The parameters of the resources beside statements, read by the rules of the same values in a statement."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from xapi import actors, values
from xapi.faults import Fault, QueryFaults, Report
from xapi.identity import IDENTIFIERS, is_group

LONGEST_ID: Final = 2000
"""How many characters a stateId or profileId may have."""

Asked = Mapping[str, Any]
"""What is asked for, by the name of the parameter: an IRI, an agent (as it came), a UUID, an id, or a moment in UTC."""


def read(given: MultiDict[str, str], required: Collection[str], optional: Collection[str] = ()) -> Asked:
    """Return the parameters of a request, each checked. Raises QueryFaults that name every one that is wrong."""
    report: Report = []
    for name, values_given in given.lists():
        if name not in required and name not in optional:
            report.append(Fault(name, "is no parameter of this request"))
        elif len(values_given) > 1:
            report.append(Fault(name, "is given twice"))
    report.extend(Fault(name, "is missing") for name in required if name not in given)
    found = {name: _READERS[name](name, given[name], report) for name in (*required, *optional) if name in given}
    if report:
        raise QueryFaults(report)
    return found


def agent_only(agent: Mapping[str, Any]) -> None:
    """Refuse a group. Raises QueryFaults."""
    if is_group(agent):
        raise QueryFaults([Fault("agent", "is a group; give an agent, which may have the group's identifier")])


def identified(agent: Mapping[str, Any]) -> None:
    """Refuse a group that has no identifier: the next one with the same members would be it. Raises QueryFaults."""
    if not any(name in agent for name in IDENTIFIERS):
        raise QueryFaults([Fault("agent", f"has no identifier; give one of {', '.join(IDENTIFIERS)}")])


def _iri(name: str, text: str, report: Report) -> str:
    values.iri(text, name, report)
    return text


def _uuid(name: str, text: str, report: Report) -> UUID | None:
    before = len(report)
    values.uuid(text, name, report)
    return UUID(text) if len(report) == before else None


def _moment(name: str, text: str, report: Report) -> Any:
    values.timestamp(text, name, report)
    return values.instant(text)


def _agent(name: str, text: str, report: Report) -> Any:
    return actors.in_text(text, name, report)


def _document_id(name: str, text: str, report: Report) -> str:
    if not text:
        report.append(Fault(name, "is empty; leave it out, or give the document a name"))
    if len(text) > LONGEST_ID:
        report.append(Fault(name, f"is longer than {LONGEST_ID} characters"))
    if "\0" in text:
        report.append(Fault(name, "holds the character 0, which can't be kept"))
    return text


_READERS: Final[Mapping[str, Callable[[str, str, Report], Any]]] = {
    "activityId": _iri,
    "agent": _agent,
    "registration": _uuid,
    "stateId": _document_id,
    "profileId": _document_id,
    "since": _moment,
}
