"""The document resources over HTTP: what both versions of the standard want, and where they differ."""

import hashlib
import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.xapi.factories import AMARA, BEN, LESSON, REGISTRATION
from tests.xapi.lrs_app import Application, Client, make_key
from xapi import documents, tables

AGENT = json.dumps(AMARA)
STATE: Any = {"activityId": LESSON, "agent": AGENT, "stateId": "place"}
ACTIVITY: Any = {"activityId": LESSON, "profileId": "place"}
PERSON: Any = {"agent": AGENT, "profileId": "place"}
RESOURCES = {"activities/state": STATE, "activities/profile": ACTIVITY, "agents/profile": PERSON}
SINGLE = list(RESOURCES.items())
VERSIONS = ["1.0.3", "2.0.0"]
ONE, TWO = b'{"one": 1}', b'{"two": 2}'
NEW = {"If-None-Match": "*"}
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
each_resource = pytest.mark.parametrize(("path", "parameters"), SINGLE)
each_version = pytest.mark.parametrize("version", VERSIONS)


def tag(data: bytes) -> str:
    return f'"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"'


def without(parameters: Any, *names: str) -> Any:
    return {name: value for name, value in parameters.items() if name not in names}


def speaking(lrs: Client, version: str) -> Client:
    lrs.headers["X-Experience-API-Version"] = version
    return lrs


def contents(engine: Engine) -> list[bytes]:
    with Session(engine) as session:
        return list(session.scalars(select(tables.document.c.content)))


@each_version
@each_resource
def test_a_document_is_stored_given_and_deleted(lrs: Client, version: str, path: str, parameters: Any) -> None:
    speaking(lrs, version)
    data, kind = bytes(range(256)), "image/png"
    stored = lrs.send("PUT", path, data, headers={"Content-Type": kind, **NEW}, **parameters)
    assert (stored.status_code, stored.data, stored.headers["ETag"]) == (204, b"", tag(data))
    given = lrs.get(path, **parameters)
    assert (given.status_code, given.data, given.headers["Content-Type"]) == (200, data, kind)
    assert (given.headers["ETag"], given.headers["Last-Modified"]) == (tag(data), "Tue, 24 Nov 2026 14:00:00 GMT")
    assert given.headers["X-Experience-API-Version"] == version
    assert lrs.send("HEAD", path, **parameters).headers["Content-Length"] == "256"
    assert lrs.send("DELETE", path, **parameters).status_code == 204
    assert lrs.get(path, **parameters).status_code == 404
    assert lrs.send("DELETE", path, **parameters).status_code == 204


@one_kind
@each_resource
def test_posts_are_merged(lrs: Client, path: str, parameters: Any) -> None:
    statuses = [lrs.send("POST", path, data, **parameters).status_code for data in (ONE, TWO)]
    assert (statuses, lrs.get(path, **parameters).json) == ([204, 204], {"one": 1, "two": 2})
    refused = lrs.send("POST", path, b"text", headers={"Content-Type": "text/plain"}, **parameters)
    assert (refused.status_code, refused.json["faults"][0]["path"]) == (400, "$")
    assert lrs.get(path, **parameters).json == {"one": 1, "two": 2}


@one_kind
@pytest.mark.parametrize(
    ("version", "path", "there", "status"),
    [
        ("1.0.3", "activities/state", False, 204),
        ("1.0.3", "activities/state", True, 204),
        ("1.0.3", "activities/profile", False, 400),
        ("1.0.3", "activities/profile", True, 409),
        ("1.0.3", "agents/profile", False, 400),
        ("1.0.3", "agents/profile", True, 409),
        ("2.0.0", "activities/state", False, 204),
        ("2.0.0", "activities/state", True, 409),
        ("2.0.0", "activities/profile", False, 204),
        ("2.0.0", "activities/profile", True, 409),
        ("2.0.0", "agents/profile", False, 204),
        ("2.0.0", "agents/profile", True, 409),
    ],
)
def test_a_put_without_preconditions(
    lrs: Client, engine: Engine, version: str, path: str, there: bool, status: int
) -> None:
    if there:
        speaking(lrs, version).send("POST", path, ONE, **RESOURCES[path])
    response = speaking(lrs, version).send("PUT", path, TWO, **RESOURCES[path])
    before = [ONE] if there else []
    assert (response.status_code, contents(engine)) == (status, [TWO] if status == 204 else before)
    if status != 204:
        assert "Check its current state, then send If-Match" in response.json["error"]


@one_kind
@each_version
@each_resource
@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("PUT", {"If-Match": tag(ONE)}, 204),
        ("PUT", {"If-Match": tag(ONE).strip('"')}, 204),
        ("PUT", {"If-Match": f"{tag(TWO)}, {tag(ONE)}"}, 204),
        ("PUT", {"If-Match": "*"}, 204),
        ("PUT", {"If-Match": tag(TWO)}, 412),
        ("PUT", {"If-Match": f"W/{tag(ONE)}"}, 412),
        ("PUT", {"If-Match": ""}, 412),
        ("PUT", {"If-None-Match": "*"}, 412),
        ("PUT", {"If-None-Match": tag(ONE)}, 412),
        ("PUT", {"If-None-Match": f"W/{tag(ONE)}"}, 412),
        ("PUT", {"If-None-Match": tag(TWO)}, 204),
        ("POST", {"If-Match": tag(ONE)}, 204),
        ("POST", {"If-Match": tag(TWO)}, 412),
        ("POST", {"If-None-Match": "*"}, 412),
        ("DELETE", {"If-Match": tag(ONE)}, 204),
        ("DELETE", {"If-Match": tag(TWO)}, 412),
    ],
)
def test_preconditions(
    lrs: Client,
    engine: Engine,
    version: str,
    path: str,
    parameters: Any,
    method: str,
    headers: dict[str, str],
    status: int,
) -> None:
    speaking(lrs, version).send("POST", path, ONE, **parameters)
    response = lrs.send(method, path, TWO, headers=headers, **parameters)
    changed = {"PUT": [TWO], "POST": [b'{"one":1,"two":2}'], "DELETE": []}[method]
    left = [data.replace(b" ", b"") for data in contents(engine)]
    wanted = [data.replace(b" ", b"") for data in (changed if status == 204 else [ONE])]
    assert (response.status_code, left) == (status, wanted)


@one_kind
def test_what_is_not_there_matches_nothing(lrs: Client, engine: Engine) -> None:
    for method in ("PUT", "POST", "DELETE"):
        response = lrs.send(method, "activities/state", ONE, headers={"If-Match": "*"}, **STATE)
        assert (response.status_code, "there is no such document" in response.json["error"]) == (412, True)
    assert contents(engine) == []


@one_kind
def test_who_has_it_already_is_spared_the_body(lrs: Client) -> None:
    lrs.send("PUT", "activities/state", ONE, **STATE)
    same = lrs.get("activities/state", headers={"If-None-Match": tag(ONE)}, **STATE)
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag(ONE))


@each_resource
def test_ids_are_listed(lrs: Client, lrs_app: Application, now: datetime, path: str, parameters: Any) -> None:
    name = "stateId" if "stateId" in parameters else "profileId"
    context = without(parameters, name)
    empty = lrs.get(path, **context)
    assert (empty.status_code, empty.json, "Last-Modified" in empty.headers) == (200, [], False)
    for seconds, document_id in enumerate(("b", "a", "ä/ö?&=")):
        lrs_app.clock = now + timedelta(seconds=seconds)
        lrs.send("POST", path, ONE, **(context | {name: document_id}))
    listed = lrs.get(path, **context)
    assert listed.json == ["a", "b", "ä/ö?&="]
    assert (listed.headers["Last-Modified"], "ETag" in listed.headers) == ("Tue, 24 Nov 2026 14:00:02 GMT", True)
    assert lrs.get(path, since="2026-11-24T15:00:01+01:00", **context).json == ["ä/ö?&="]
    assert lrs.get(path, **(context | {name: "ä/ö?&="})).json == {"one": 1}


@one_kind
def test_states_are_kept_by_registration(lrs: Client) -> None:
    lrs.send("PUT", "activities/state", ONE, **STATE)
    lrs.send("PUT", "activities/state", TWO, **STATE, registration=REGISTRATION)
    context = without(STATE, "stateId")
    assert lrs.get("activities/state", **STATE).data == ONE
    assert lrs.get("activities/state", **STATE, registration=REGISTRATION.upper()).data == TWO
    assert lrs.send("DELETE", "activities/state", **context, registration=REGISTRATION).status_code == 204
    assert lrs.get("activities/state", **context).json == ["place"]
    assert lrs.send("DELETE", "activities/state", **context).status_code == 204
    assert lrs.get("activities/state", **context).json == []


@one_kind
def test_an_agent_is_known_by_its_identifier_alone(lrs: Client) -> None:
    lrs.send("PUT", "activities/state", ONE, **{**STATE, "agent": json.dumps(BEN)})
    unnamed = json.dumps({"mbox": BEN["mbox"]})
    assert lrs.get("activities/state", **{**STATE, "agent": unnamed}).data == ONE


@one_kind
@pytest.mark.parametrize(
    ("agent", "statuses"),
    [
        ({"objectType": "Group", "mbox": "mailto:office@example.org"}, {"1.0.3": 400, "2.0.0": 204}),
        ({"objectType": "Group", "member": [AMARA]}, {"1.0.3": 400, "2.0.0": 400}),
        ({"mbox": "mailto:a@example.org", "openid": "https://a.example.org"}, {"1.0.3": 400, "2.0.0": 400}),
        ({"name": "Nobody"}, {"1.0.3": 400, "2.0.0": 400}),
        ([AMARA], {"1.0.3": 400, "2.0.0": 400}),
        (True, {"1.0.3": 400, "2.0.0": 400}),
    ],
)
def test_who_a_document_may_be_about(lrs: Client, agent: Any, statuses: dict[str, int]) -> None:
    asked: Any = {"profileId": "place", "agent": json.dumps(agent)}
    given = {
        version: speaking(lrs, version).send("POST", "agents/profile", ONE, **asked).status_code for version in VERSIONS
    }
    assert given == statuses


WRONG: list[tuple[str, str, Any, str]] = [
    *(
        (method, path, without(all_, name), name)
        for path, all_ in SINGLE
        for method in ("PUT", "POST")
        for name in all_
    ),
    *(
        ("GET", path, without(all_, name), name)
        for path, all_ in SINGLE
        for name in ("activityId", "agent")
        if name in all_
    ),
    ("DELETE", "activities/state", without(STATE, "agent"), "agent"),
    ("DELETE", "activities/profile", without(ACTIVITY, "profileId"), "profileId"),
    ("DELETE", "agents/profile", without(PERSON, "profileId"), "profileId"),
    ("DELETE", "activities/state", {**without(STATE, "stateId"), "since": "2026-11-24T14:00:00Z"}, "since"),
    ("GET", "activities/state", {**STATE, "since": "2026-11-24T14:00:00Z"}, "since"),
    ("GET", "activities/state", {**without(STATE, "stateId"), "since": "yesterday"}, "since"),
    ("GET", "activities/state", {**without(STATE, "stateId"), "since": "2026-11-24T14:00:00"}, "since"),
    ("GET", "activities/state", {**STATE, "registration": "true"}, "registration"),
    ("GET", "agents/profile", {**PERSON, "registration": REGISTRATION}, "registration"),
    ("GET", "activities/state", {**STATE, "StateId": "place"}, "StateId"),
    ("GET", "activities/state", {**STATE, "activityId": "no-iri"}, "activityId"),
    ("GET", "activities/state", {**STATE, "agent": "no JSON"}, "agent"),
    ("GET", "activities/state", {**STATE, "stateId": ""}, "stateId"),
    ("GET", "activities/state", {**STATE, "stateId": "a\0b"}, "stateId"),
    ("GET", "activities/state", {**STATE, "stateId": "x" * 2001}, "stateId"),
]


@one_kind
@pytest.mark.parametrize(("method", "path", "parameters", "named"), WRONG)
def test_what_is_wrong_with_parameters_is_named(
    lrs: Client, engine: Engine, method: str, path: str, parameters: Any, named: str
) -> None:
    response = lrs.send(method, path, ONE, headers=NEW if method == "PUT" else None, **parameters)
    assert (response.status_code, [fault["path"] for fault in response.json["faults"]]) == (400, [named])
    assert contents(engine) == []


@one_kind
def test_a_parameter_given_twice_is_refused(lrs: Client) -> None:
    response = lrs.client.get(f"/xapi/activities/profile?activityId={LESSON}&activityId={LESSON}", headers=lrs.headers)
    assert (response.status_code, response.json["faults"]) == (400, [{"path": "activityId", "what": "is given twice"}])


@one_kind
def test_all_states_are_not_deleted_under_a_condition(lrs: Client, engine: Engine) -> None:
    lrs.send("PUT", "activities/state", ONE, **STATE)
    response = lrs.send("DELETE", "activities/state", headers={"If-Match": tag(TWO)}, **without(STATE, "stateId"))
    assert (response.status_code, contents(engine)) == (400, [ONE])


@one_kind
@each_resource
def test_what_is_too_large_is_told(lrs: Client, engine: Engine, path: str, parameters: Any) -> None:
    large = b" " * (documents.MAX_BYTES + 1)
    for method in ("PUT", "POST"):
        response = lrs.send(method, path, large, headers=NEW if method == "PUT" else None, **parameters)
        assert (response.status_code, response.json["error"][:28]) == (413, "a document is at most 8 MiB;")
    assert contents(engine) == []


@one_kind
@pytest.mark.parametrize("kind", ["JSON", "text/plain; ä", "text/plain; \x1f"])
def test_a_content_type_that_is_none_is_refused(kind: str, lrs: Client, engine: Engine) -> None:
    response = lrs.send("PUT", "activities/state", ONE, headers={"Content-Type": kind}, **STATE)
    assert (response.status_code, response.json["faults"][0]["path"], contents(engine)) == (400, "Content-Type", [])


@one_kind
def test_a_document_of_unknown_length_is_refused_as_its_end_may_be_missing(lrs: Client, engine: Engine) -> None:
    cut_off = {"wsgi.input": BytesIO(b"the beginn"), "wsgi.input_terminated": True}
    headers = {**lrs.headers, "Transfer-Encoding": "chunked"}
    response = lrs.client.put("/xapi/activities/state", query_string=STATE, headers=headers, environ_overrides=cut_off)
    assert (response.status_code, contents(engine)) == (411, [])


@one_kind
def test_without_a_content_type_it_is_bytes(lrs: Client) -> None:
    lrs.client.put("/xapi/activities/state", data=ONE, headers=lrs.headers, query_string=STATE)
    assert lrs.get("activities/state", **STATE).headers["Content-Type"] == "application/octet-stream"


@one_kind
def test_a_form_is_a_document_like_any_other(lrs: Client) -> None:
    lrs.send(
        "PUT", "activities/state", b"a=1&b=2", headers={"Content-Type": "application/x-www-form-urlencoded"}, **STATE
    )
    assert lrs.get("activities/state", **STATE).data == b"a=1&b=2"


@one_kind
def test_a_page_that_somebody_stored_can_do_nothing_in_a_browser(lrs: Client) -> None:
    script = b"<script>alert(1)</script>"
    lrs.send("PUT", "activities/state", script, headers={"Content-Type": "text/html"}, **STATE)
    given = lrs.get("activities/state", **STATE)
    assert given.data == script
    assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert given.headers["X-Content-Type-Options"] == "nosniff"


@one_kind
@each_resource
def test_other_methods_are_refused(lrs: Client, path: str, parameters: Any) -> None:
    response = lrs.send("PATCH", path, ONE, **parameters)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, PUT, POST, DELETE")


@one_kind
@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (["all"], set(RESOURCES), set(RESOURCES)),
        (["all/read"], set(RESOURCES), set()),
        (["state"], {"activities/state"}, {"activities/state"}),
        (["profile"], {"activities/profile", "agents/profile"}, {"activities/profile", "agents/profile"}),
        (["statements/write", "statements/read", "define"], set(), set()),
    ],
)
def test_scopes(
    lrs: Client,
    lrs_app: Application,
    engine: Engine,
    now: datetime,
    scopes: list[str],
    reads: set[str],
    writes: set[str],
) -> None:
    key = Client(lrs_app.test_client(), make_key(engine, now, *scopes))
    for path, parameters in SINGLE:
        lrs.send("POST", path, ONE, **parameters)
        read = 200 if path in reads else 403
        write = 204 if path in writes else 403
        assert [key.send(method, path, TWO, **parameters).status_code for method in ("GET", "POST", "DELETE")] == [
            read,
            write,
            write,
        ]
