"""What is the same statement sent again, and what is another one under the same id."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.factories import AMARA, BEN, COURSE, UNIT, a_full_statement, a_statement
from xapi import equivalent
from xapi.equivalence import frozen

Change = Callable[[dict[str, Any]], object]

SAME: dict[str, Change] = {
    "nothing": lambda s: None,
    "id": lambda s: s.update(id="11111111-6f0e-4d5c-8a39-9c6d2f5b7e10"),
    "stored": lambda s: s.update(stored="2026-11-24T14:00:00Z"),
    "authority": lambda s: s.update(authority=BEN),
    "version": lambda s: s.update(version="1.0.0"),
    "timestamp that only one has": lambda s: s.pop("timestamp"),
    "timestamp in another zone": lambda s: s.update(timestamp="2026-11-24T13:29:51.870000Z"),
    "duration beyond hundredths": lambda s: s["result"].update(duration="PT41.509S"),
    "duration with zeros": lambda s: s["result"].update(duration="P0DT041.50S"),
    "number": lambda s: s["result"]["score"].update(raw=1.0),
    "display": lambda s: s["verb"].update(display={"fr": "a répondu"}),
    "no display": lambda s: s["verb"].pop("display"),
    "definition": lambda s: s["object"].update(definition={}),
    "objectType left out": lambda s: s["object"].pop("objectType"),
    "group's name": lambda s: s["actor"].update(name="Other"),
    "member's name": lambda s: s["actor"]["member"][1].update(name="Benjamin"),
    "order of members": lambda s: s["actor"]["member"].reverse(),
    "list of one": lambda s: s["context"]["contextActivities"].update(parent={"id": UNIT}, grouping={"id": COURSE}),
    "definition in the context": lambda s: s["context"]["contextActivities"]["parent"][0].update(definition={}),
    "case of a UUID": lambda s: s["context"].update(registration=s["context"]["registration"].upper()),
    "attachment's words": lambda s: s["attachments"][0].update(display={}),
}
OTHER: dict[str, Change] = {
    "actor": lambda s: s.update(actor=AMARA),
    "member": lambda s: s["actor"]["member"].pop(),
    "verb": lambda s: s["verb"].update(id="http://adlnet.gov/expapi/verbs/asked"),
    "object": lambda s: s["object"].update(id="https://example.org/other"),
    "kind of object": lambda s: s.update(object={"objectType": "Agent", **BEN}),
    "timestamp": lambda s: s.update(timestamp="2026-11-24T14:29:51.871+01:00"),
    "score": lambda s: s["result"]["score"].update(scaled=0.51),
    "true for 1": lambda s: s["result"]["extensions"]["https://example.org/deep"].update(list=[True, None, {"a": "b"}]),
    "duration": lambda s: s["result"].update(duration="PT41.6S"),
    "success": lambda s: s["result"].update(success=True),
    "no result": lambda s: s.pop("result"),
    "extension": lambda s: s["context"]["extensions"].update({"https://example.org/x": None}),
    "registration": lambda s: s["context"].pop("registration"),
    "parent": lambda s: s["context"]["contextActivities"]["parent"].append({"id": COURSE}),
    "instructor": lambda s: s["context"].update(instructor=AMARA),
    "statement of the context": lambda s: s["context"].pop("statement"),
    "attachment": lambda s: s["attachments"][0].update(length=28),
    "language": lambda s: s["context"].update(language="en-US"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_the_same(change: Change) -> None:
    one, other = a_full_statement(), a_full_statement()
    change(other)
    assert (equivalent(one, other), equivalent(other, one)) == (True, True)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_another(change: Change) -> None:
    one, other = a_full_statement(), a_full_statement()
    change(other)
    assert (equivalent(one, other), equivalent(other, one)) == (False, False)


@pytest.mark.parametrize("change", [*SAME.values()], ids=SAME)
def test_two_changes_that_do_not_matter_do_not_matter(change: Change) -> None:
    one, other = a_full_statement(), a_full_statement()
    change(one)
    other["verb"]["display"] = {}
    assert equivalent(one, other)


def test_substatements_are_compared_by_what_they_say() -> None:
    sub = {**a_statement(timestamp="2026-11-24T14:00:00Z"), "objectType": "SubStatement"}
    later = {**sub, "timestamp": "2026-11-24T14:00:01Z"}
    named = {**sub, "verb": {"id": sub["verb"]["id"]}, "timestamp": "2026-11-24T15:00:00+01:00"}
    assert equivalent(a_statement(object=sub), a_statement(object=named))
    assert not equivalent(a_statement(object=sub), a_statement(object=later))
    assert not equivalent(a_statement(object=sub), a_statement(object={**sub, "actor": BEN}))


def test_people_in_the_context_have_no_order() -> None:
    people = [{"objectType": "contextAgent", "agent": each} for each in (AMARA, BEN)]
    one, other = a_statement(context={"contextAgents": people}), a_statement(context={"contextAgents": people[::-1]})
    assert equivalent(one, other)
    assert not equivalent(one, a_statement(context={"contextAgents": people[:1]}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False, width=16) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_extensions_equal_themselves_whatever_they_hold(value: object) -> None:
    extensions = {"https://example.org/x": value}
    statement = a_statement(result={"extensions": extensions})
    assert equivalent(statement, copy.deepcopy(statement))


@given(json_values, json_values)
def test_frozen_is_equality_of_json(one: object, other: object) -> None:
    assert (frozen(one) == frozen(other)) == same_json(one, other)


def same_json(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other
