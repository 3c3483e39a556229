"""The agents and activities resources over HTTP: what is known, and what is so even of strangers."""

import hashlib
import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.xapi.factories import AMARA, BEN, LESSON, a_statement, a_void
from tests.xapi.lrs_app import Application, Client, make_key

SHA1 = {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}
OPENID = {"openid": "https://amara.example.org"}
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def person(lrs: Client, agent: Any) -> Any:
    return lrs.get("agents", agent=json.dumps(agent)).json


def activity(lrs: Client, iri: str = LESSON) -> Any:
    return lrs.get("activities", activityId=iri).json


@one_kind
@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (BEN, {"name": ["Ben"], "mbox": ["mailto:ben@example.org"]}),
        (AMARA, {"account": [AMARA["account"]]}),
        (SHA1, {"mbox_sha1sum": [SHA1["mbox_sha1sum"]]}),
        (OPENID, {"openid": [OPENID["openid"]]}),
    ],
)
def test_a_stranger_is_who_was_asked_for(lrs: Client, agent: Any, told: Any) -> None:
    assert person(lrs, agent) == {"objectType": "Person", **told}


def test_an_agents_names_are_told_newest_first(lrs: Client) -> None:
    amy, amara = {**OPENID, "name": "Amy"}, {**OPENID, "name": "Amara"}
    lrs.post(a_statement(actor=amy))
    lrs.post(a_statement(actor={"objectType": "Group", "name": "Group 2", "member": [amara, BEN]}))
    lrs.post(a_statement(object={"objectType": "Agent", **amy}))
    lrs.post(a_statement(actor={**SHA1, "name": "Somebody"}))
    assert person(lrs, {**OPENID, "name": "A."}) == {
        "objectType": "Person",
        "name": ["A.", "Amy", "Amara"],
        "openid": [OPENID["openid"]],
    }


@one_kind
def test_names_are_told_only_to_who_may_read_everything(
    lrs: Client, lrs_app: Application, engine: Engine, now: datetime
) -> None:
    lrs.post(a_statement(actor=BEN))
    unnamed = {"mbox": BEN["mbox"]}
    names = {}
    for scope in ("statements/read", "statements/read/mine", "profile", "all/read"):
        key = Client(lrs_app.test_client(), make_key(engine, now, scope))
        names[scope] = person(key, unnamed).get("name")
    assert names == {"statements/read": ["Ben"], "statements/read/mine": None, "profile": None, "all/read": ["Ben"]}


@one_kind
@pytest.mark.parametrize(
    ("path", "parameters", "named"),
    [
        ("agents", {}, "agent"),
        ("agents", {"agent": "Ben"}, "agent"),
        ("agents", {"agent": "{}"}, "agent"),
        ("agents", {"agent": '{"objectType":"Group","mbox":"mailto:office@example.org"}'}, "agent"),
        ("agents", {"agent": '{"mbox":["mailto:ben@example.org"]}'}, "agent.mbox"),
        ("activities", {}, "activityId"),
        ("activities", {"activityId": "true"}, "activityId"),
        ("activities", {"activityId": LESSON, "agent": "{}"}, "agent"),
    ],
)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_is_wrong_with_parameters_is_named(
    lrs: Client, version: str, path: str, parameters: Any, named: str
) -> None:
    lrs.headers["X-Experience-API-Version"] = version
    response = lrs.get(path, **parameters)
    assert (response.status_code, response.json["faults"][0]["path"]) == (400, named)


def test_an_activity_is_all_that_was_said_of_it(lrs: Client) -> None:
    assert activity(lrs) == {"objectType": "Activity", "id": LESSON}
    english = {"name": {"en-US": "example"}, "description": {"en-US": "An example"}, "type": "http://example.org/t"}
    french = {"name": {"fr-FR": "exemple"}, "extensions": {"http://example.org/x": None}}
    statements = [a_statement(object={"id": LESSON, "definition": each}) for each in (english, french)]
    ids = lrs.post(statements).json
    lrs.post(a_void(ids[0]))
    assert activity(lrs) == {
        "objectType": "Activity",
        "id": LESSON,
        "definition": {
            **english,
            "name": {"en-US": "example", "fr-FR": "exemple"},
            "extensions": french["extensions"],
        },
    }


@one_kind
def test_a_key_that_may_not_define_sends_statements_all_the_same(
    lrs: Client, lrs_app: Application, engine: Engine, now: datetime
) -> None:
    said = {"id": LESSON, "definition": {"name": {"en": "Mine"}}}
    key = Client(lrs_app.test_client(), make_key(engine, now, "statements/write"))
    (stored,) = key.post(a_statement(object=said)).json
    assert (lrs.get(statementId=stored).json["object"], activity(lrs)) == (
        said,
        {"objectType": "Activity", "id": LESSON},
    )
    defining = Client(lrs_app.test_client(), make_key(engine, now, "statements/write", "define"))
    defining.post(a_statement(object=said))
    assert activity(lrs) == {"objectType": "Activity", **said}


@one_kind
@pytest.mark.parametrize(
    ("path", "asked"), [("agents", {"agent": json.dumps(BEN)}), ("activities", {"activityId": LESSON})]
)
def test_what_is_known_is_only_read(
    lrs: Client, lrs_app: Application, engine: Engine, now: datetime, path: str, asked: Any
) -> None:
    given = lrs.get(path, **asked)
    assert given.headers["ETag"] == f'"{hashlib.sha1(given.data, usedforsecurity=False).hexdigest()}"'
    assert lrs.send("HEAD", path, **asked).headers["ETag"] == given.headers["ETag"]
    assert lrs.get(path, headers={"If-None-Match": given.headers["ETag"]}, **asked).status_code == 304
    refused = lrs.send("PUT", path, b"{}", **asked)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    writing = Client(lrs_app.test_client(), make_key(engine, now, "statements/write", "define"))
    assert writing.get(path, **asked).status_code == 403
