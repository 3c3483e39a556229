"""The store keeps to its own description, and survives requests that don't (schemathesis makes both)."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.xapi.lrs_app import Application, Client

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def operations(app: Application) -> Iterator[Any]:
    """Give every operation of the description that the store serves."""
    described = schemathesis.openapi.from_wsgi("/xapi/openapi.yaml", app=app)
    for result in described.get_all_operations():
        assert isinstance(result, Ok), result.err()
        yield result.ok()


def proof(lrs: Client, app: Application, examples: int, seed: int) -> None:
    """Send requests that keep to the description, and requests that break it somewhere."""
    for operation in operations(app):
        _send_many(lrs, operation, GenerationMode.POSITIVE, examples, seed)
        if operation.headers:  # else it takes nothing: there is nothing to break
            _send_many(lrs, operation, GenerationMode.NEGATIVE, examples, seed)


def _send_many(lrs: Client, operation: Any, mode: GenerationMode, examples: int, seed: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        headers = {**lrs.headers, **(case.headers or {})}
        case.headers = {name: value for name, value in headers.items() if isinstance(value, str)}
        case.validate_response(case.call(), checks=CHECKS)

    send()


@one_kind
def test_the_store_keeps_to_its_description(lrs: Client, lrs_app: Application, seed: int) -> None:
    proof(lrs, lrs_app, 5, seed)


@pytest.mark.soak
@one_kind
def test_the_store_keeps_to_its_description_for_long(lrs: Client, lrs_app: Application, seed: int) -> None:
    proof(lrs, lrs_app, 200, seed)
