"""The forms in which statements are given: identifiers only, or in one language."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from xapi.identity import IDENTIFIERS
from xapi.rules import COMPONENT_LISTS

Part = dict[str, Any]
_IDENTITY: Final[tuple[str, ...]] = ("objectType", *IDENTIFIERS)


def ids(statement: Mapping[str, Any]) -> Part:
    """Return a statement with no more of its agents, verb and activities than identifies them."""
    return _changed(statement, _short_agent, _short_activity, lambda verb: {"id": verb["id"]})


def activities_of(statement: Mapping[str, Any]) -> set[str]:
    """Return the IRIs of all activities in a statement."""
    found: set[str] = set()

    def noted(activity: Part) -> Part:
        found.add(activity["id"])
        return activity

    _changed(statement, lambda agent: agent, noted, lambda verb: verb)
    return found


def canonical(
    statement: Mapping[str, Any],
    languages: Sequence[str],
    definitions: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Part:
    """Return a statement whose activities and verb speak one language: the best of `languages`, or else the first.

    Activities have the definitions that are given here by IRI, where there is one: what all statements together say.
    """

    def chosen(language_map: Mapping[str, str]) -> dict[str, str]:
        tag = _best(list(language_map), languages)
        return {} if tag is None else {tag: language_map[tag]}

    def verb(value: Part) -> Part:
        return {**value, "display": chosen(value["display"])} if "display" in value else value

    def activity(value: Part) -> Part:
        definition = definitions.get(value["id"]) or value.get("definition")
        return {**value, "definition": _in_one(definition, chosen)} if definition is not None else value

    return _changed(statement, lambda agent: agent, activity, verb)


def _changed(
    statement: Mapping[str, Any],
    agent: Callable[[Part], Part],
    activity: Callable[[Part], Part],
    verb: Callable[[Part], Part],
) -> Part:
    """Return a statement or SubStatement with each agent, activity and verb in it put into its new form."""
    about = statement["object"]
    kind = about.get("objectType", "Activity")
    objects: Mapping[str, Callable[[Part], Part]] = {
        "Activity": activity,
        "Agent": agent,
        "Group": agent,
        "StatementRef": lambda value: value,
        "SubStatement": lambda value: _changed(value, agent, activity, verb),
    }
    changed = {**statement, "actor": agent(statement["actor"]), "verb": verb(statement["verb"])}
    changed["object"] = objects[kind](about)
    if "authority" in statement:
        changed["authority"] = agent(statement["authority"])
    if "context" in statement:
        changed["context"] = _changed_context(statement["context"], agent, activity)
    return changed


def _changed_context(context: Part, agent: Callable[[Part], Part], activity: Callable[[Part], Part]) -> Part:
    changed = dict(context)
    changed.update({name: agent(context[name]) for name in ("instructor", "team") if name in context})
    for name, kind in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in context:
            changed[name] = [{**each, kind: agent(each[kind])} for each in context[name]]
    if "contextActivities" in context:
        changed["contextActivities"] = {
            kind: [activity(each) for each in given] for kind, given in context["contextActivities"].items()
        }
    return changed


def _short_agent(agent: Part) -> Part:
    short = {name: agent[name] for name in _IDENTITY if name in agent}
    if not any(name in agent for name in IDENTIFIERS):
        short["member"] = [_short_agent(member) for member in agent.get("member", ())]
    return short


def _short_activity(activity: Part) -> Part:
    return {"id": activity["id"]}


def _in_one(definition: Mapping[str, Any], chosen: Callable[[Mapping[str, str]], dict[str, str]]) -> Part:
    changed = dict(definition)
    changed.update({name: chosen(definition[name]) for name in ("name", "description") if name in definition})
    for name in COMPONENT_LISTS:
        if name in definition:
            changed[name] = [
                {**each, "description": chosen(each["description"])} if "description" in each else each
                for each in definition[name]
            ]
    return changed


def _best(tags: Sequence[str], languages: Sequence[str]) -> str | None:
    """Return the tag that suits the first language that any suits: itself, or a variety of it, or what it is one of."""
    for language in languages:
        wanted = language.lower()
        for suits in (_is_same, _is_variety, _is_origin):
            for tag in tags:
                if suits(tag.lower(), wanted):
                    return tag
    return tags[0] if tags else None


def _is_same(tag: str, wanted: str) -> bool:
    return tag == wanted


def _is_variety(tag: str, wanted: str) -> bool:
    return tag.startswith(f"{wanted}-")


def _is_origin(tag: str, wanted: str) -> bool:
    return wanted.startswith(f"{tag}-")
