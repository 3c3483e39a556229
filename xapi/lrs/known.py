"""What is known of an agent and of an activity (xAPI 1.0.3, Communication 2.4 and 2.5; 2.0, 4.1.6.3 and 4.1.6.4).

Of somebody or something that it has never heard of, a store gives back what it was asked for.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response

from xapi import activities, jsontext, query
from xapi.identity import IDENTIFIERS, agent_key, is_group
from xapi.lrs import parameters, wire
from xapi.lrs.wire import Call
from xapi.query import Query

LOOKED_AT: Final = 20
"""In how many of an agent's newest statements its names are looked for."""

_READING: Final = frozenset({"statements/read", "statements/read/mine", "state", "profile", "all/read", "all"})


def person(call: Call) -> Response:
    """Give a Person: an agent's identifier, and the names it goes by, to whoever may read everybody's statements."""
    _admit(call)
    agent = parameters.read(call.request.args, ("agent",))["agent"]
    parameters.agent_only(agent)
    names = [agent["name"]] if "name" in agent else []
    if call.credential.reads_all:
        newest = query.find(call.session, Query(agent=agent_key(agent), limit=LOOKED_AT))
        names += [name for text in newest.texts for name in _names(jsontext.reread(text), agent_key(agent))]
    known = {"name": list(dict.fromkeys(names)), **{name: [agent[name]] for name in IDENTIFIERS if name in agent}}
    said = {name: values for name, values in known.items() if values}
    return wire.conditional(wire.json_response({"objectType": "Person", **said}))


def activity(call: Call) -> Response:
    """Give an activity with its canonical definition."""
    _admit(call)
    iri = parameters.read(call.request.args, ("activityId",))["activityId"]
    definition = activities.canonical(call.session, [iri]).get(iri)
    told = {"definition": definition} if definition else {}
    return wire.conditional(wire.json_response({"objectType": "Activity", "id": iri, **told}))


def _admit(call: Call) -> None:
    wire.only("GET", "HEAD")
    wire.allow(not call.credential.scopes.isdisjoint(_READING), "read anything")


def _names(statement: Mapping[str, Any], key: str) -> Iterator[str]:
    """Give the names that the actor and the object of a statement have, where they are this agent."""
    for who in (statement["actor"], statement["object"]):
        for each in (who, *who.get("member", ())):
            if "name" in each and not is_group(each) and _is(each, key):
                yield each["name"]


def _is(who: Mapping[str, Any], key: str) -> bool:
    return any(name in who for name in IDENTIFIERS) and agent_key(who) == key
