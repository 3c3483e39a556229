"""Sixty-four clients at once: nothing is lost, nothing is refused for no reason, and one id is stored once."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.survival.conftest import Ground
from tests.survival.senders import PATIENCE, headers, sending
from tests.xapi.factories import a_statement
from xapi import lookup

CLIENTS = 64


def _there(engine: Engine, ids: Sequence[UUID]) -> set[UUID]:
    with Session(engine) as session:
        return {each.statement.id for each in lookup(session, ids)}


@pytest.mark.timeout(180)
def test_sixty_four_clients_lose_nothing(ground: Ground, engine: Engine, seed: int) -> None:
    with (
        ground.serving() as (address, _),
        sending(address, ground.key, ground.statement, clients=CLIENTS, most=10, seed=seed) as sent,
    ):
        sent.wait_for_more(2_000)
    assert (sent.other, sent.unknown) == ([], [])
    assert set(sent.stored) - _there(engine, sent.stored) == set()


def _put(address: str, key: tuple[str, str], body: dict[str, Any], together: Barrier) -> int:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    connection.connect()
    together.wait(PATIENCE)
    connection.request("PUT", f"/xapi/statements?statementId={body['id']}", json.dumps(body), headers(key))
    status = connection.getresponse().status
    connection.close()
    return status


def test_of_two_writers_of_one_id_one_stores_and_the_other_is_told(ground: Ground) -> None:
    """204 where both say the same, 409 where they differ; which of the two was first is nobody's business."""
    with ground.serving() as (address, _), ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            together = Barrier(2)
            one = a_statement(id=str(uuid4()))
            same = list(pool.map(lambda body: _put(address, ground.key, body, together), [one, one]))  # noqa: B023
            assert same == [204, 204]
            two = a_statement(id=str(uuid4()))
            other = {**two, "result": {"success": True}}
            differ = list(pool.map(lambda body: _put(address, ground.key, body, together), [two, other]))  # noqa: B023
            assert Counter(differ) == {204: 1, 409: 1}
