"""What all resources share: methods, other sites' scripts, compressed bodies, addresses written carelessly."""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.xapi.factories import AMARA, LESSON, a_statement
from tests.xapi.lrs_app import Application, Client
from xapi.values import written

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AGENT = json.dumps(AMARA)
RESOURCES = {
    "statements": {},
    "activities/state": {"activityId": LESSON, "agent": AGENT},
    "activities/profile": {"activityId": LESSON},
    "agents/profile": {"agent": AGENT},
    "activities": {"activityId": LESSON},
    "agents": {"agent": AGENT},
    "about": {},
}
each_resource = pytest.mark.parametrize(("path", "parameters"), RESOURCES.items(), ids=RESOURCES.keys())
ALLOWED = {
    **dict.fromkeys(RESOURCES, "GET, HEAD, PUT, POST, DELETE"),
    "statements": "GET, HEAD, POST, PUT",
    **dict.fromkeys(("about", "activities", "agents"), "GET, HEAD"),
}


@pytest.fixture
def stored(lrs: Client) -> str:
    """The id of a statement that is there."""
    (found,) = lrs.post(a_statement()).json
    return str(found)


def open_(lrs: Client, method: str, path: str, parameters: dict[str, str], **more: Any) -> Any:
    return lrs.client.open(f"/xapi/{path}", method=method, query_string=parameters, headers=lrs.headers, **more)


@each_resource
def test_every_answer_has_the_headers_of_the_standard(
    path: str, parameters: dict[str, str], stored: str, lrs: Client
) -> None:
    for given, status in ((parameters, 200), ({**parameters, "nonsense": "1"}, 200 if path == "about" else 400)):
        response = open_(lrs, "GET", path, given)
        assert (response.status_code, response.headers["X-Experience-API-Version"]) == (status, "1.0.3")
        assert response.headers["X-Experience-API-Consistent-Through"].endswith("Z")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in response.headers


@each_resource
def test_head_is_get_without_a_body(path: str, parameters: dict[str, str], stored: str, lrs: Client) -> None:
    got, head = (open_(lrs, method, path, parameters) for method in ("GET", "HEAD"))
    for answer in (got, head):
        answer.headers.pop("Date", None)  # the second may have changed in between
    assert (head.status_code, head.data, list(head.headers)) == (200, b"", list(got.headers))


@each_resource
def test_a_method_that_is_not_known_is_refused_with_those_that_are(
    path: str, parameters: dict[str, str], lrs: Client
) -> None:
    response = open_(lrs, "PATCH", path, parameters)
    assert response.status_code == 405
    assert sorted(response.headers["Allow"].split(", ")) == sorted(ALLOWED[path].split(", "))


@each_resource
def test_a_browser_asks_first_and_needs_no_key_for_it(
    path: str, parameters: dict[str, str], lrs_app: Application
) -> None:
    origin = {"Origin": "https://lms.example.org", "Access-Control-Request-Method": "PUT"}
    response = lrs_app.test_client().options(f"/xapi/{path}", headers=origin)
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "PUT", "POST", "DELETE"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "If-Match", "X-Experience-API-Version"} <= set(allowed)


def test_a_script_on_another_site_may_read_the_headers(stored: str, lrs: Client) -> None:
    response = lrs.get(statementId=stored, headers={"Origin": "https://lms.example.org"})
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Last-Modified", "X-Experience-API-Version", "X-Experience-API-Consistent-Through"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/xapi//statements", "/xapi/statements/", "/xapi///statements//"])
def test_slashes_too_many_mean_nothing(path: str, stored: str, lrs: Client) -> None:
    response = lrs.client.get(path, query_string={"statementId": stored}, headers=lrs.headers)
    assert (response.status_code, response.json["id"]) == (200, stored)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "GZIP", "gzip, identity"])
@pytest.mark.parametrize("path", ["statements", "activities/state"])
def test_compressed_bodies_are_not_opened(path: str, coding: str, lrs: Client) -> None:
    headers = {**lrs.headers, "Content-Encoding": coding}
    body = gzip.compress(json.dumps(a_statement()).encode())
    response = lrs.client.post(f"/xapi/{path}", data=body, headers=headers, content_type="application/json")
    assert (response.status_code, response.json["error"].partition(" (")[0]) == (415, "the body is compressed")


def test_a_body_as_it_is_may_say_so(lrs: Client) -> None:
    headers = {**lrs.headers, "Content-Encoding": "identity"}
    assert lrs.client.post("/xapi/statements", json=a_statement(), headers=headers).status_code == 200


@pytest.mark.parametrize("condition", [{"If-Match": '"x"'}, {"If-None-Match": "*"}])
def test_conditions_do_not_keep_a_statement_out(condition: dict[str, str], lrs: Client) -> None:
    response = lrs.client.post("/xapi/statements", json=a_statement(), headers={**lrs.headers, **condition})
    assert response.status_code == 200


def test_whoever_only_sends_is_told_how_far_the_store_is_consistent(lrs: Client, now: datetime) -> None:
    told = lrs.post(a_statement()).headers["X-Experience-API-Consistent-Through"]
    assert told == written(now - timedelta(minutes=2))
