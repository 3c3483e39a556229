"""Pseudonyms: an agent in stored statements gets another identifier, everywhere and consistently, and loses its name.

It is the one case in which a stored statement is changed. The identifiers of the agent, its names, and a signature
that repeats them go; every other value keeps its bytes. What is derived from the text (columns, search rows, hash) is
made again with it, so that the statements stay valid and the self-check passes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from xapi import jsontext
from xapi.identity import IDENTIFIERS, agent_key
from xapi.rules import is_signature


@dataclass
class Rewriting:
    """One rewriting of some statements: who becomes whom, and what came of it."""

    given: Mapping[str, Mapping[str, str]]
    """By canonical agent key, the account that takes its place; with its own account it only loses its name."""
    keys: dict[str, str] = field(default_factory=dict)
    """The new key by the old one, of everybody who was met; groups without an identifier are known by their members."""
    signatures: list[str] = field(default_factory=list)
    """The SHA-2 of each signature that was taken out."""

    def statement(self, data: bytes) -> bytes:
        """Return a statement, or SubStatement, with the new identifiers; the same object when nobody was in it."""
        changed = self._members(data, _IN_STATEMENT)
        return data if changed is data else self._unsigned(changed)

    def agent(self, data: bytes) -> bytes:
        """Return an agent or group, and the members of a group."""
        before = json.loads(data)
        members = jsontext.members(data)
        after = dict(members)
        if account := self.given.get(agent_key(before)):
            stays = before.get("account") == account
            goes = {"name"} if stays else {"name", *IDENTIFIERS}
            after = {name: raw for name, raw in members.items() if name not in goes}
            if not stays:
                after["account"] = jsontext.encode(dict(account)).encode()
        if "member" in after:
            after["member"] = self._each(after["member"], Rewriting.agent)
        if after == members:
            return data
        changed = jsontext.from_members(after)
        self.keys[agent_key(before)] = agent_key(json.loads(changed))
        return changed

    def thing(self, data: bytes) -> bytes:
        """Return the object of a statement."""
        kind = json.loads(data).get("objectType")
        if kind in {"Agent", "Group"}:
            return self.agent(data)
        return self.statement(data) if kind == "SubStatement" else data

    def context(self, data: bytes) -> bytes:
        """Return a statement's context."""
        return self._members(data, _IN_CONTEXT)

    def agents(self, data: bytes) -> bytes:
        """Return a list of context agents or groups."""
        return self._each(data, lambda self, each: self._members(each, _IN_CONTEXT_AGENT))

    def _members(self, data: bytes, ways: "Mapping[str, Callable[[Rewriting, bytes], bytes]]") -> bytes:
        members = jsontext.members(data)
        changed = {name: ways[name](self, raw) if name in ways else raw for name, raw in members.items()}
        return data if changed == members else jsontext.from_members(changed)

    def _each(self, data: bytes, way: "Callable[[Rewriting, bytes], bytes]") -> bytes:
        before = jsontext.elements(data)
        after = [way(self, each) for each in before]
        return data if after == before else b"[" + b",".join(after) + b"]"

    def _unsigned(self, data: bytes) -> bytes:
        """Take signatures out: they hold the whole statement as it was, and prove nothing of the new one."""
        members = jsontext.members(data)
        given = [(json.loads(each), each) for each in jsontext.elements(members.get("attachments", b"[]"))]
        kept = [raw for value, raw in given if not is_signature(value)]
        if len(kept) == len(given):
            return data
        self.signatures += [value["sha2"] for value, _ in given if is_signature(value)]
        members["attachments"] = b"[" + b",".join(kept) + b"]"
        return jsontext.from_members({name: raw for name, raw in members.items() if kept or name != "attachments"})


_IN_STATEMENT: Final[Mapping[str, Callable[[Rewriting, bytes], bytes]]] = {
    "actor": Rewriting.agent,
    "object": Rewriting.thing,
    "context": Rewriting.context,
    "authority": Rewriting.agent,
}
_IN_CONTEXT: Final[Mapping[str, Callable[[Rewriting, bytes], bytes]]] = {
    "instructor": Rewriting.agent,
    "team": Rewriting.agent,
    "contextAgents": Rewriting.agents,
    "contextGroups": Rewriting.agents,
}
_IN_CONTEXT_AGENT: Final[Mapping[str, Callable[[Rewriting, bytes], bytes]]] = {
    "agent": Rewriting.agent,
    "group": Rewriting.agent,
}
