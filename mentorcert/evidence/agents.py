"""Who takes part in a statement: by name where we know one, else as its sender names them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

import xapi
from mentorcert.evidence.accounts import SYSTEM
from mentorcert.evidence.visible import short
from xapi.identity import IDENTIFIERS

Names = Mapping[UUID, str]
"""Names of people by UUID; who is gone has none."""

NAMED_OF_GROUP: Final = 3
"""How many of a group's members a sentence names."""


def agent(raw: Mapping[str, Any], iri_base: str, names: Names) -> str:
    """Who an agent or group is: by the name that we know, else by what it says of itself, else by its identifier."""
    account = raw.get("account", {})
    if account.get("homePage") == iri_base:
        name = account["name"]
        return "MentorCert" if name == SYSTEM else names.get(uuid_of(name) or UUID(int=0), short(name))
    name = short(raw.get("name", ""))
    if members := raw.get("member"):
        return f"{name or 'a group'} ({_members(members, iri_base, names)})"
    return name or identifier(raw).removeprefix("mailto:")


def identifier(raw: Mapping[str, Any]) -> str:
    """How a statement itself names an agent or group."""
    if "account" in raw:
        return short(f"{raw['account']['name']} at {raw['account']['homePage']}")
    return next((short(str(raw[name])) for name in IDENTIFIERS if name in raw), "no identifier")


def people_in(statement: xapi.Statement, iri_base: str) -> Iterator[UUID]:
    """The people whom a statement names in our own way, wherever it does."""
    for each in agents_in(statement.raw):
        account = each.get("account", {})
        if account.get("homePage") == iri_base and (uuid := uuid_of(account["name"])):
            yield uuid


def agents_in(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every agent and group of a statement, and the first members of groups; those of a SubStatement too."""
    about, context = raw["object"], raw.get("context", {})
    yield from _with_members(raw["actor"])
    if about.get("objectType") in {"Agent", "Group"}:
        yield from _with_members(about)
    if about.get("objectType") == "SubStatement":
        yield from agents_in(about)
    for name in ("instructor", "team"):
        if name in context:
            yield from _with_members(context[name])
    for _kind, each, _types in also_there(context):
        yield from _with_members(each)
    if "authority" in raw:
        yield from _with_members(raw["authority"])


def also_there(context: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], list[str]]]:
    """The context agents and context groups of xAPI 2.0: agent or group, whom, and the types that say in what role."""
    for name, kind in (("contextAgents", "agent"), ("contextGroups", "group")):
        for each in context.get(name, ()):
            yield kind, each[kind], each.get("relevantTypes", [])


def agent_of(key: str) -> dict[str, Any] | None:
    """The agent whose canonical key this is; None for a group that is known by its members alone."""
    kind, _colon, rest = key.partition(":")
    if kind == "account":
        home, _bar, name = rest.partition("|")
        return {"account": {"homePage": unquote(home), "name": unquote(name)}}
    names = {"mbox": "mbox", "sha1": "mbox_sha1sum", "openid": "openid"}
    return {names[kind]: rest} if kind in names else None


def uuid_of(text: str) -> UUID | None:
    """The UUID that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _members(members: list[Mapping[str, Any]], iri_base: str, names: Names) -> str:
    told = [agent(each, iri_base, names) for each in members[:NAMED_OF_GROUP]]
    if left := len(members) - len(told):
        return f"{', '.join(told)} and {left} more"
    return " and ".join([*([", ".join(told[:-1])] if told[1:] else []), told[-1]])


def _with_members(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield raw
    yield from raw.get("member", ())[:NAMED_OF_GROUP]
