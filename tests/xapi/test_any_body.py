"""Whatever is sent is taken or refused with its faults; nothing else ever happens."""

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.xapi.factories import a_full_statement, a_statement, a_void
from tests.xapi.lrs_app import Client
from xapi import Fault, Statement, StatementFaults, agent_key, equivalent, formats, jsontext, parse

JUNK: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, "", "x", "\x00", "\ud83d", "http://a", "PT1S", "2026-11-24T14:00:00Z",
    "Agent", "Group", "SubStatement", "StatementRef", "choice", [], {}, [[]], [{}], [None], {"": None}, {"id": "x"},
    {"id": "http://a"}, {"objectType": "Group"}, {"objectType": "Group", "member": [[]]}, {"mbox": "mailto:a@b.c"},
    {"objectType": []}, {"en": "x"}, {"http://a": 1}, "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10", a_statement(),
    {**a_statement(), "objectType": "SubStatement"},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of everything inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in inside:
        yield (*path, name)
        yield from places(member, (*path, name))


def spoil(statement: Any, chance: random.Random) -> None:
    """Put junk somewhere, take something away, or give something a member it should not have."""
    *outer, last = chance.choice(list(places(statement)))
    holder = statement
    for name in outer:
        holder = holder[name]
    act = chance.randrange(3)
    if act == 0:
        holder[last] = copy.deepcopy(chance.choice(JUNK))
    elif act == 1:
        del holder[last]
    elif isinstance(holder, dict):
        holder[chance.choice(["id", "objectType", "member", "extensions", "x", "mbox", "contextActivities"])] = (
            copy.deepcopy(chance.choice(JUNK))
        )


def parsed(body: bytes, version: str, now: datetime) -> tuple[list[Statement], tuple[Fault, ...]]:
    try:
        return parse(body, now=now, version=version), ()
    except StatementFaults as error:
        return [], error.faults


def taken_or_refused(body: bytes, version: str, now: datetime) -> bool:
    statements, faults = parsed(body, version, now)
    assert [fault for fault in faults if not (fault.path.startswith("$") and fault.what)] == []
    for each in statements:
        assert json.loads(each.text) == each.raw
        assert equivalent(each.raw, copy.deepcopy(each.raw))
        assert agent_key(formats.ids(each.raw)["actor"]) == each.actor_key
        assert jsontext.encode(formats.canonical(each.raw, ["en"]))
    return bool(statements)


def bodies(rounds: int, chance: random.Random) -> Iterator[bytes]:
    """Give statements and batches that are spoilt in one place or in several."""
    sub = {**a_full_statement(), "objectType": "SubStatement"}
    for name in ("id", "version"):
        del sub[name]
    starts = [a_full_statement(), a_statement(), a_void(a_full_statement()["id"]), a_statement(object=sub)]
    for _ in range(rounds):
        statement = copy.deepcopy(chance.choice(starts))
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            spoil(statement, chance)
            if not statement:
                break
        body = json.dumps(chance.choice([statement, [statement], [statement, a_statement()]])).encode()
        if chance.random() < 0.1:
            cut = chance.randrange(len(body))
            body = body[:cut] + bytes([chance.randrange(256)]) + body[cut + 1 :]
        yield body


def proof(rounds: int, seed: int, now: datetime) -> None:
    chance = random.Random(seed)
    spoilt = bodies(rounds, chance)
    taken = sum(taken_or_refused(body, chance.choice(["1.0.3", "2.0.0"]), now) for body in spoilt)
    assert 0 < taken < rounds


def proof_over_http(rounds: int, seed: int, lrs: Client) -> None:
    """Send spoilt bodies: what is refused names the place and the rule, and nothing fails."""
    chance = random.Random(seed)
    found: Counter[int] = Counter()
    for body in bodies(rounds, chance):
        version = {"X-Experience-API-Version": chance.choice(["1.0.3", "2.0.0"]), "Content-Type": "application/json"}
        answer = lrs.client.post("/xapi/statements", data=body, headers={**lrs.headers, **version})
        found[answer.status_code] += 1
        if answer.status_code == 400:
            assert [fault for fault in answer.json["faults"] if not fault["path"].startswith("$")] == []
    assert found.keys() <= {200, 400, 403, 409}
    assert found[200]
    assert found[400]


def test_a_thousand_spoilt_bodies(seed: int, now: datetime) -> None:
    proof(1_000, seed, now)


def test_three_hundred_spoilt_bodies_over_http(seed: int, lrs: Client) -> None:
    proof_over_http(300, seed, lrs)


@pytest.mark.soak
def test_a_hundred_thousand_spoilt_bodies(seed: int, now: datetime) -> None:
    proof(100_000, seed, now)


@pytest.mark.soak
def test_fifty_thousand_spoilt_bodies_over_http(seed: int, lrs: Client) -> None:
    """On each database, so a hundred thousand."""
    proof_over_http(50_000, seed, lrs)
