"""Bodies whose length was not said, or was said wrongly: nothing that is cut short is stored as if it were whole."""

import json
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.xapi.factories import AMARA, LESSON, a_statement
from tests.xapi.lrs_app import Client
from xapi import count, documents, jsontext

ADDRESS = {"activityId": LESSON, "agent": json.dumps(AMARA), "stateId": "bookmark"}


def send(lrs: Client, path: str, method: str, body: bytes, length: int | None, parameters: dict[str, str]) -> int:
    """Send a body as a server gives it to us that ends the stream itself; `length` is what its header says."""
    environ: dict[str, Any] = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    headers = {**lrs.headers, "Content-Type": "application/json"}
    address = f"/xapi/{path}"
    answer = lrs.client.open(
        address, method=method, query_string=parameters, headers=headers, environ_overrides=environ
    )
    return int(answer.status_code)


def test_a_body_without_a_length_is_taken(lrs: Client, engine: Engine) -> None:
    assert send(lrs, "statements", "POST", json.dumps(a_statement()).encode(), None, {}) == 200
    with Session(engine) as session:
        assert count(session) == 1


def test_a_body_without_a_length_may_not_be_longer_than_others(lrs: Client) -> None:
    assert send(lrs, "statements", "POST", b" " * (jsontext.MAX_BYTES + 1), None, {}) == 413
    assert send(lrs, "activities/state", "PUT", b" " * (documents.MAX_BYTES + 1), None, ADDRESS) == 413


@pytest.mark.parametrize("said", [101, documents.MAX_BYTES])
def test_a_body_that_was_cut_off_is_refused(lrs: Client, said: int) -> None:
    assert send(lrs, "activities/state", "PUT", b'"' + b"x" * 98 + b'"', said, ADDRESS) == 400
    assert lrs.get("activities/state", None, **ADDRESS).status_code == 404
