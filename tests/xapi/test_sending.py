"""One parcel over the network: what each answer means, and that no answer does harm."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from mentorcert.files import Blobs, open_files
from tests.servers import free_port
from tests.xapi.factories import VOIDED, a_statement, a_void
from tests.xapi.peer import HERE, SECRET, Act, Store, drip, hang, say, store_and_drop, store_running
from xapi.attachments import Kept
from xapi.delivery import Answer, Outcome, Parcel, Patience, Reach, send

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LONG = Patience()
SHORT = Patience(connect=5, read=0.5, total=1)
NO_BLOBS = Blobs(open_files("memory://", Path()))
TAKEN, LATER, REFUSED, STOPPED = Outcome.TAKEN, Outcome.LATER, Outcome.REFUSED, Outcome.STOPPED


@pytest.fixture
def store() -> Iterator[Store]:
    with store_running() as store:
        yield store


def parcel(*statements: dict[str, Any]) -> Parcel:
    made = [{"id": str(uuid4()), **each} for each in statements]
    ids = tuple(UUID(each["id"]) for each in made)
    return Parcel(ids, tuple(json.dumps(each) for each in made), 0, len(made))


def sent(store: Store, what: Parcel, reach: Reach = HERE, patience: Patience = LONG, **others: Any) -> Answer:
    return send(what, store.peer(**others), blobs=NO_BLOBS, reach=reach, patience=patience, now=NOW)


def test_a_batch_goes_as_it_is_stored_with_the_key_and_the_version(store: Store) -> None:
    text = '{"id": "8a3c1d1e-6b0a-4c59-9b5d-0b5a2f1f7a01",  "x": 1.0, "actor":null }'
    odd = Parcel((UUID("8a3c1d1e-6b0a-4c59-9b5d-0b5a2f1f7a01"),), (text,), 0, 1)
    assert sent(store, odd) == Answer(TAKEN, status=200)
    assert store.texts == [f"[{text}]"]
    headers = store.headers[0]
    names = ("path", "X-Experience-API-Version", "Content-Type", "Authorization", "Host")
    host = store.address.removeprefix("http://")
    assert [headers[name] for name in names] == [
        "/xapi/statements",
        "1.0.3",
        "application/json",
        "Basic azpiZXR3ZWVuLXVz",
        host,
    ]


def test_nothing_to_send_needs_no_network(store: Store) -> None:
    assert sent(store, Parcel((), (), 3, 9)) == Answer(TAKEN)
    assert store.requests == []


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (say(400), REFUSED),
        (say(409), REFUSED),
        (say(413), REFUSED),
        (say(422), REFUSED),
        (say(408), LATER),
        (say(429), LATER),
        (say(500), LATER),
        (say(503), LATER),
        (hang, LATER),
        (drip, LATER),
        (store_and_drop, LATER),
        (say(401), STOPPED),
        (say(403), STOPPED),
        (say(404), STOPPED),
        (say(405), STOPPED),
        (say(302, Location="http://127.0.0.1:1/elsewhere"), STOPPED),
        (say(200, b"<html>Welcome</html>"), STOPPED),
        (say(200, b"[]"), STOPPED),
        (say(200, b"[1, null]"), STOPPED),
        (say(200, b"[" * 100_000), STOPPED),
        (say(204), STOPPED),
        (say(500, x_long="x" * 200_000), LATER),
        (say(200, b" " * 5_000_000), STOPPED),
    ],
)
def test_what_an_answer_means(store: Store, act: Act, outcome: Outcome) -> None:
    store.script.append(act)
    patience = SHORT if act in {hang, drip} else LONG
    assert sent(store, parcel(a_statement(), a_statement()), patience=patience).outcome is outcome
    assert len(store.requests) == 1


def test_attachments_have_the_time_that_they_need() -> None:
    heavy = replace(parcel(a_statement()), attachments=(Kept("0" * 64, 20_000_000, "video/webm"),))
    assert [LONG.whole(each) for each in (parcel(a_statement()), heavy)] == [60, 160]


def test_nobody_there_is_for_later() -> None:
    with store_running() as store:
        gone = store.peer(endpoint=f"http://127.0.0.1:{free_port()}/xapi")
        answer = send(parcel(a_statement()), gone, blobs=NO_BLOBS, reach=HERE, now=NOW)
    assert answer.outcome is LATER


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 24 Nov 2026 14:05:00 GMT", timedelta(minutes=5)),
        ("soon", None),
        ("-5", None),
        ("9" * 400, timedelta(seconds=999_999_999)),
    ],
)
def test_how_long_it_asks_us_to_wait(store: Store, given: str, wait: timedelta | None) -> None:
    store.script.append(say(429, b"busy", Retry_After=given))
    assert sent(store, parcel(a_statement())) == Answer(LATER, "It answered 429: busy", 429, wait)


def test_a_conflict_over_what_it_holds_already_is_a_success(store: Store) -> None:
    what = parcel(a_statement())
    store.stored[str(what.ids[0])] = json.loads(what.texts[0]) | {"stored": "2026-11-24T14:00:00Z", "version": "1.0.0"}
    store.script.append(say(409))
    assert sent(store, what) == Answer(TAKEN, status=409)


def test_a_conflict_over_another_statement_is_a_refusal(store: Store) -> None:
    what = parcel(a_statement())
    store.stored[str(what.ids[0])] = {**json.loads(what.texts[0]), "verb": {"id": "https://example.org/other"}}
    store.script.append(say(409, b"known"))
    assert sent(store, what) == Answer(REFUSED, "It holds another statement with this id. It said: known", 409)


def test_a_void_that_is_forbidden_is_refused_alone(store: Store) -> None:
    """403 stops a target; but a store says it too of a void of what another sent."""
    store.script.extend([say(403, b"not yours"), say(403)])
    refused = sent(store, parcel(a_void(uuid4())))
    assert refused == Answer(REFUSED, "Our key may not void that statement there. It said: not yours", 403)
    assert sent(store, parcel(a_statement(verb={"id": VOIDED + "x"}))).outcome is STOPPED


def test_a_newer_statement_that_an_older_store_refuses_says_why(store: Store) -> None:
    what = parcel(a_statement(version="2.0.0"))
    store.refused[str(what.ids[0])] = 400
    said = 'The statement is of version 2.0, and this store is spoken to in 1.0.3. It said: {"error": "not this one"}'
    assert sent(store, what) == Answer(REFUSED, said, 400)


def test_what_it_says_is_cut_and_does_not_give_the_secret_away(store: Store) -> None:
    echo = f"Basic azpiZXR3ZWVuLXVz is {SECRET}\x1b[31m\u202e\r\n\0 and " + "x" * 1000
    store.script.append(say(500, echo.encode()))
    said = sent(store, parcel(a_statement())).said
    assert said.startswith("It answered 500: Basic … is … [31m and xxx")
    assert len(said) == len("It answered 500: ") + 300


@pytest.mark.parametrize(
    ("endpoint", "reach"),
    [
        ("http://127.0.0.1:1/xapi", []),
        ("http://localhost:1/xapi", ["10.0.0.0/8"]),
        ("http://[::1]:1/xapi", ["127.0.0.0/8"]),
        ("http://[::ffff:127.0.0.1]:1/xapi", []),
        ("http://169.254.169.254/latest", []),
        ("https://10.1.2.3/xapi", ["10.1.2.4"]),
        ("https://[2002:7f00:1::]/xapi", []),
        ("https://[fec0::1]/xapi", []),
        ("https://[64:ff9b::a00:1]/xapi", []),
        ("https://[::7f00:1]/xapi", []),
        ("http://8.8.8.8/xapi", []),
        ("https://nowhere.invalid/xapi", []),
    ],
)
def test_what_is_out_of_reach_is_not_knocked_at(store: Store, endpoint: str, reach: list[str]) -> None:
    """Private addresses only where the operator names them; public ones only by https."""
    assert sent(store, parcel(a_statement()), Reach.of(reach), endpoint=endpoint).outcome is STOPPED


def test_an_address_that_is_named_is_reached_whatever_its_name(store: Store) -> None:
    endpoint = store.address.replace("127.0.0.1", "localhost")
    assert sent(store, parcel(a_statement()), endpoint=endpoint) == Answer(TAKEN, status=200)
    assert store.headers[0]["Host"] == endpoint.removeprefix("http://")
