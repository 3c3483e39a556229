"""The rules for agents and groups."""

from collections.abc import Mapping
from typing import Any, Final

from xapi import jsontext, values
from xapi.faults import Fault, Faults, Report
from xapi.identity import IDENTIFIERS, is_group
from xapi.shapes import array, constant, record
from xapi.values import Check

_account = record({"homePage": values.iri, "name": values.string}, required=("homePage", "name"))
_identified: Final[Mapping[str, Check]] = {
    "name": values.string,
    "mbox": values.mailto,
    "mbox_sha1sum": values.sha1,
    "openid": values.iri,
    "account": _account,
}
_agent_record = record({"objectType": constant("Agent"), **_identified})


def agent(value: Any, path: str, report: Report) -> None:
    """Check an agent: exactly one identifier."""
    _agent_record(value, path, report)
    if isinstance(value, dict):
        _check_identifiers(value, path, report, needed=True)


def _check_identifiers(value: Mapping[str, Any], path: str, report: Report, *, needed: bool) -> None:
    given = [name for name in IDENTIFIERS if name in value]
    if len(given) > 1:
        report.append(Fault(path, f"has {len(given)} identifiers ({', '.join(given)}); give one"))
    elif needed and not given:
        report.append(Fault(path, f"has no identifier; give one of {', '.join(IDENTIFIERS)}"))


_group_record = record(
    {"objectType": constant("Group"), "member": array(agent), **_identified}, required=("objectType",)
)


def group(value: Any, path: str, report: Report) -> None:
    """Check a group: at most one identifier, and members where it has none."""
    _group_record(value, path, report)
    if isinstance(value, dict):
        _check_identifiers(value, path, report, needed=False)
        if "member" not in value and not any(name in value for name in IDENTIFIERS):
            report.append(Fault(path, "is a group without an identifier and without members; give one of them"))


def actor(value: Any, path: str, report: Report) -> None:
    """Check an agent or a group, whichever its objectType says."""
    (group if isinstance(value, dict) and is_group(value) else agent)(value, path, report)


def authority(value: Any, path: str, report: Report) -> None:
    """Check an authority: an agent, or a group of exactly two agents without an identifier (three-legged OAuth)."""
    actor(value, path, report)
    if isinstance(value, dict) and is_group(value):
        members = value.get("member")
        if any(name in value for name in IDENTIFIERS) or not isinstance(members, list) or len(members) != 2:
            report.append(Fault(path, "is a group, so it must have exactly two members and no identifier"))


def in_text(text: str, path: str, report: Report) -> Any:
    """Return the agent or group that a parameter holds as JSON; None, with a fault, where it holds something else."""
    before = len(report)
    try:
        value = jsontext.decode(text.encode())
    except (Faults, UnicodeEncodeError):
        report.append(Fault(path, f"is not an agent in JSON: {values.shown(text)}"))
        return None
    actor(value, path, report)
    return value if len(report) == before else None
