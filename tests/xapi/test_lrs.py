"""The store over HTTP: what it takes, what it gives, what it refuses and how it says so."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import COMPLETED, LESSON, a_full_statement, a_statement, a_void
from tests.xapi.lrs_app import HOME, Application, Client, make_key
from xapi import count, credentials, jsontext
from xapi.lrs import statements

FULL = a_full_statement()
ID = FULL["id"]
OTHER = "11111111-6b0a-4c59-9b5d-0b5a2f1f7a01"
CONSISTENT = "X-Experience-API-Consistent-Through"
VERSION = "X-Experience-API-Version"
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def stored(engine: Engine) -> int:
    with Session(engine) as session:
        return count(session)


def test_a_statement_comes_back_as_it_came(lrs: Client, now: datetime) -> None:
    assert lrs.post(FULL).json == [ID]
    given = lrs.get(statementId=ID)
    authority = {"account": {"homePage": HOME, "name": given.json["authority"]["account"]["name"]}}
    assert given.json == {**FULL, "stored": "2026-11-24T14:00:00.000000Z", "authority": authority}
    assert given.mimetype == "application/json"
    assert given.headers["Last-Modified"] == "Tue, 24 Nov 2026 14:00:00 GMT"


def test_a_batch_is_stored_in_its_order(lrs: Client, lrs_app: Application) -> None:
    ids = lrs.post([a_statement(), a_statement(), FULL]).json
    assert [str(each.statement.id) for each in lrs_app.heard] == ids
    assert [each["id"] for each in lrs.get(ascending="true").json["statements"]] == ids


def test_put_stores_one_under_its_id(lrs: Client) -> None:
    response = lrs.put(a_statement(), statementId=OTHER)
    assert (response.status_code, response.data) == (204, b"")
    assert lrs.get(statementId=OTHER).json["id"] == OTHER


def test_put_takes_the_id_in_any_case(lrs: Client) -> None:
    assert lrs.put(FULL, statementId=ID.upper()).status_code == 204


def test_sent_again_it_is_stored_once(lrs: Client, lrs_app: Application, engine: Engine) -> None:
    statuses = [lrs.post(FULL).status_code, lrs.post(FULL).status_code, lrs.put(FULL, statementId=ID).status_code]
    assert (statuses, stored(engine), len(lrs_app.heard)) == ([200, 200, 204], 1, 1)


def test_a_batch_with_one_fault_is_not_stored_and_says_where(lrs: Client, engine: Engine) -> None:
    response = lrs.post([FULL, a_statement(result={"score": {"scaled": 2}})])
    assert response.status_code == 400
    assert response.json == {
        "error": "$[1].result.score.scaled: is not within -1 and 1: 2",
        "faults": [{"path": "$[1].result.score.scaled", "what": "is not within -1 and 1: 2"}],
    }
    assert stored(engine) == 0


def test_of_very_many_faults_the_first_are_told(lrs: Client) -> None:
    response = lrs.post([1] * 1000)
    assert (response.status_code, len(response.json["faults"])) == (400, 50)
    assert response.json["error"].endswith("\nand 950 more")


def test_a_conflict_stores_nothing(lrs: Client, engine: Engine) -> None:
    lrs.post(FULL)
    response = lrs.post([a_statement(), a_statement(id=ID)])
    assert response.status_code == 409
    assert response.json["error"].startswith(f"statement {ID} is stored already and says something else")
    assert stored(engine) == 1


def test_a_void_hides_its_target_and_is_shown_itself(lrs: Client) -> None:
    lrs.post(FULL)
    (void,) = lrs.post(a_void(ID)).json
    assert lrs.get(statementId=ID).status_code == 404
    assert lrs.get(voidedStatementId=ID).json["id"] == ID
    assert [each["id"] for each in lrs.get().json["statements"]] == [void]


def test_a_void_of_what_another_sent_is_refused(lrs: Client, engine: Engine, now: datetime) -> None:
    lrs.post(FULL)
    stranger = Client(lrs.client, make_key(engine, now, "all"))
    assert stranger.post([a_statement(), a_void(ID)]).status_code == 403
    assert stored(engine) == 1


def test_more_leads_through_all_pages(lrs: Client) -> None:
    ids = lrs.post([a_statement() for _ in range(5)]).json
    found: list[str] = []
    page = lrs.get(limit="2", verb=COMPLETED, ascending="true")
    addresses = []
    while True:
        found += [each["id"] for each in page.json["statements"]]
        if not page.json["more"]:
            break
        addresses.append(page.json["more"].partition("?")[0])
        page = lrs.client.get(page.json["more"], headers=lrs.headers)
    assert (found, addresses) == (ids, ["/xapi/statements"] * 2)


def test_more_knows_where_the_application_is(lrs: Client) -> None:
    lrs.post([a_statement(), a_statement()])
    page = lrs.client.get("/xapi/statements?limit=1", headers=lrs.headers, base_url="http://localhost/mentors")
    assert page.json["more"] == "/mentors/xapi/statements?limit=1&after=2"


def test_formats(lrs: Client) -> None:
    lrs.post(FULL)
    assert lrs.get(statementId=ID, format="ids").json["object"] == {"id": f"{LESSON}#question"}
    german = lrs.get(statementId=ID, format="canonical", headers={"Accept-Language": "fr, de;q=0.8, en;q=0.3"})
    assert german.json["verb"]["display"] == {"de": "beantwortete"}
    listed = lrs.get(format="canonical", headers={"Accept-Language": "en"}).json["statements"]
    assert [each["verb"]["display"] for each in listed] == [{"en-GB": "answered"}]


@one_kind
def test_of_very_many_languages_the_best_are_looked_for(lrs: Client) -> None:
    lrs.post(FULL)
    others = [f"x-{n};q=0.9" for n in range(statements.LANGUAGES)]
    for wanted, tag in (("en-GB", "en-GB"), ("en-GB;q=0.1", "de")):
        found = lrs.get(statementId=ID, format="canonical", headers={"Accept-Language": ", ".join([*others, wanted])})
        assert list(found.json["verb"]["display"]) == [tag]


@one_kind
@pytest.mark.parametrize("path", ["statements", "about", "nothing"])
def test_no_answer_can_do_anything_in_a_browser(path: str, lrs: Client) -> None:
    headers = lrs.get(path).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"


@one_kind
def test_head_is_get_without_its_body(lrs: Client) -> None:
    lrs.post(FULL)
    got = lrs.get(statementId=ID)
    head = lrs.client.head("/xapi/statements", query_string={"statementId": ID}, headers=lrs.headers)
    assert (head.status_code, head.data, list(head.headers)) == (200, b"", list(got.headers))


@one_kind
def test_what_one_has_already_is_not_sent_again(lrs: Client) -> None:
    lrs.post(FULL)
    first = lrs.get(statementId=ID)
    again = lrs.get(statementId=ID, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@one_kind
@pytest.mark.parametrize(
    ("spoken", "answered"), [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.9", "1.0.3"), ("2.0.0", "2.0.0")]
)
def test_versions_that_are_spoken(spoken: str, answered: str, lrs: Client) -> None:
    response = lrs.get(headers={VERSION: spoken})
    assert (response.status_code, response.headers[VERSION]) == (200, answered)


@one_kind
@pytest.mark.parametrize("version", [None, "", "0.95", "1.1.0", "2.1.0", "3.0", "1.0.x"])
@pytest.mark.parametrize("path", ["statements", "activities/state"])
def test_versions_that_are_not(path: str, version: str | None, lrs: Client) -> None:
    lrs.headers.pop(VERSION)
    response = lrs.get(path, headers={} if version is None else {VERSION: version})
    assert response.status_code == 400
    assert VERSION in response.json["error"]


@one_kind
def test_who_names_no_version_is_answered_in_the_one_that_they_spoke_last(lrs: Client) -> None:
    spoken = lrs.headers.pop(VERSION)
    answers = [lrs.get()]
    for version in (spoken, "2.0.0"):
        answers += [lrs.get(headers={VERSION: version}), lrs.get()]
    assert [each.status_code for each in answers] == [400, 200, 400, 200, 400]
    assert [each.headers[VERSION] for each in answers] == ["2.0.0", "1.0.3", "1.0.3", "2.0.0", "2.0.0"]


@one_kind
def test_what_the_newer_standard_knows_the_older_one_refuses(lrs: Client) -> None:
    statement = a_statement(context={"contextAgents": []})
    assert lrs.post(statement).json["faults"][0]["path"] == "$.context.contextAgents"
    lrs.headers[VERSION] = "2.0.0"
    assert lrs.post(statement).status_code == 200


@one_kind
def test_about_needs_no_key_and_no_version(lrs_app: Application) -> None:
    response = Client(lrs_app.test_client(), None, None).get("about")
    assert (response.status_code, response.json) == (200, {"version": ["2.0.0", "1.0.3"], "extensions": {}})


@one_kind
def test_about_tells_older_clients_only_what_they_know(lrs: Client) -> None:
    assert lrs.get("about").json["version"] == ["1.0.3"]
    assert lrs.get("about", headers={VERSION: "2.0.0"}).json["version"] == ["2.0.0", "1.0.3"]


@one_kind
def test_the_profile_is_for_everybody(lrs_app: Application) -> None:
    anybody = Client(lrs_app.test_client(), None, None)
    response = anybody.get("profile.jsonld")
    assert (response.status_code, response.mimetype) == (200, "application/ld+json")
    assert json.loads(response.data)["type"] == "Profile"
    assert anybody.get("profile.jsonld", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@one_kind
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Basic"}, 401),
        ({"Authorization": "Basic !!!"}, 401),
        ({"Authorization": "Basic bm9ib2R5"}, 401),
        ({"Authorization": "Basic bm9ib2R5Om5vdGhpbmc="}, 401),
        ({"Authorization": "Basic /zr/"}, 401),
        ({"Authorization": "Basic ADoA"}, 401),
        ({"Authorization": "Bearer x"}, 401),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_who_proves_nothing_gets_nothing(
    method: str, headers: dict[str, str], status: int, lrs_app: Application
) -> None:
    client = lrs_app.test_client()
    response = client.open("/xapi/statements", method=method, headers={VERSION: "1.0.3", **headers}, json=FULL)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (status, 'Basic realm="xAPI"')


@one_kind
@pytest.mark.parametrize(
    ("scope", "statuses"),
    [
        ("all", (200, 200)),
        ("all/read", (403, 200)),
        ("statements/read", (403, 200)),
        ("statements/read/mine", (403, 200)),
        ("statements/write", (200, 403)),
        ("state", (403, 403)),
    ],
)
def test_scopes(scope: str, statuses: tuple[int, int], lrs: Client, engine: Engine, now: datetime) -> None:
    client = Client(lrs.client, make_key(engine, now, scope))
    assert (client.post(a_statement()).status_code, client.get().status_code) == statuses
    assert client.put(a_statement(), statementId=OTHER).status_code == (204 if statuses[0] == 200 else 403)


def test_who_reads_its_own_sees_no_others(lrs: Client, engine: Engine, now: datetime) -> None:
    lrs.post([FULL, a_statement()])
    client = Client(lrs.client, make_key(engine, now, "statements/write", "statements/read/mine"))
    own = client.post(a_statement()).json
    assert [each["id"] for each in client.get().json["statements"]] == own
    assert client.get(statementId=ID).status_code == 404


def test_a_key_that_was_taken_back_is_refused(lrs: Client, engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        writing(session)
        (credential,) = credentials.every(session)
        credentials.revoke(session, credential.uuid, now)
        session.commit()
    assert lrs.get().status_code == 401


def test_the_use_of_a_key_is_noted(lrs: Client, engine: Engine, now: datetime) -> None:
    lrs.post(a_statement())
    with Session(engine) as session:
        assert [each.last_used for each in credentials.every(session)] == [now]


@one_kind
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("POST", "statements", b"{", 400, "$: is not JSON"),
        ("POST", "statements", b"", 400, "$: is not JSON"),
        ("POST", "statements", b"[]x", 400, "$: is not JSON"),
        ("POST", "statements", b'{"id":1,"id":1}', 400, "$.id: stands twice"),
        ("POST", "statements", b"\xff", 400, "$: is not UTF-8"),
        ("POST", "statements", b"[" * 100_000, 400, "$: is n"),
        ("POST", f"statements?statementId={OTHER}", b"{}", 400, "POST takes no parameters here: statementId"),
        ("PUT", "statements", b"{}", 400, "PUT takes exactly one parameter, statementId"),
        ("PUT", "statements?statementId=x", b"{}", 400, 'statementId: is not a UUID: "x"'),
        ("PUT", f"statements?statementid={OTHER}", b"{}", 400, "PUT takes exactly one parameter, statementId"),
        ("PUT", f"statements?statementId={OTHER}&x=1", b"{}", 400, "PUT takes exactly one parameter, statementId"),
        ("PUT", f"statements?statementId={OTHER}", json.dumps(FULL).encode(), 400, "PUT takes one statement"),
        (
            "PUT",
            f"statements?statementId={ID}",
            json.dumps([FULL, a_statement()]).encode(),
            400,
            "PUT takes one statement",
        ),
        ("PUT", f"statements?statementId={ID}", b"[]", 400, "PUT takes one statement"),
        ("GET", "statements?foo=1", None, 400, "foo: is no parameter of this resource"),
        ("GET", f"statements?statementId={OTHER}", None, 404, "there is no such statement"),
        ("GET", f"statements?statementId={OTHER}&limit=1", None, 400, "statementId: can't be combined with limit"),
        ("GET", "nothing/here", None, 404, "there is no resource nothing/here"),
        ("DELETE", "statements", None, 405, "statements are stored by POST and PUT"),
        ("PATCH", "statements", b"{}", 405, "statements are stored by POST and PUT"),
    ],
)
def test_what_is_refused(method: str, path: str, body: bytes | None, status: int, told: str, lrs: Client) -> None:
    response = lrs.client.open(
        f"/xapi/{path}", method=method, data=body, headers=lrs.headers, content_type="application/json"
    )
    assert response.status_code == status
    assert response.json["error"].startswith(told)
    assert (response.headers[VERSION], CONSISTENT in response.headers) == ("1.0.3", True)


@one_kind
@pytest.mark.parametrize("kind", ["text/plain", "multipart/mixed; boundary=x", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(kind: str, lrs: Client, engine: Engine) -> None:
    response = lrs.client.post("/xapi/statements", data=json.dumps(FULL), headers=lrs.headers, content_type=kind)
    assert (response.status_code, stored(engine)) == (400, 0)


@one_kind
def test_json_may_name_its_encoding(lrs: Client) -> None:
    kind = "application/json; charset=utf-8"
    response = lrs.client.post("/xapi/statements", data=json.dumps(FULL), headers=lrs.headers, content_type=kind)
    assert response.status_code == 200


@one_kind
def test_a_body_without_end_is_not_read(lrs: Client) -> None:
    body = b" " * (jsontext.MAX_BYTES + 1)
    response = lrs.client.post("/xapi/statements", data=body, headers=lrs.headers, content_type="application/json")
    assert (response.status_code, response.json["error"].partition(";")[0]) == (413, "the body is larger than 8 MiB")


def test_how_far_the_store_is_consistent(lrs: Client, lrs_app: Application, now: datetime) -> None:
    lrs_app.clock = now - timedelta(hours=1)
    before = lrs.get().headers[CONSISTENT]
    lrs_app.clock = now
    lrs.post(FULL)
    after = lrs.get().headers[CONSISTENT]
    refused = lrs.get(foo="1").headers[CONSISTENT]
    assert (before, after, refused) == ("2026-11-24T12:58:00.000000Z", *["2026-11-24T14:00:00.000000Z"] * 2)


def test_where_nothing_comes_a_client_need_not_wait_long(lrs: Client, lrs_app: Application, now: datetime) -> None:
    answers = [lrs.get().headers[CONSISTENT], lrs.get().headers[CONSISTENT]]
    lrs_app.clock = now + timedelta(seconds=0.9)
    answers.append(lrs.get().headers[CONSISTENT])
    assert answers == ["2026-11-24T13:58:00.000000Z", *["2026-11-24T13:59:59.500000Z"] * 2]


def test_what_was_promised_is_kept_whatever_the_clock_says(lrs: Client, lrs_app: Application, now: datetime) -> None:
    lrs.get()
    lrs_app.clock = now - timedelta(seconds=90)  # another machine's clock, or somebody who waited for their turn
    lrs.get()
    (sent,) = lrs.post(a_statement()).json
    assert lrs.get(statementId=sent).json["stored"] == "2026-11-24T13:59:59.500001Z"


def test_since_the_last_answer_nothing_is_missed(lrs: Client) -> None:
    seen: list[Any] = []
    sent: list[Any] = []
    since = "2026-01-01T00:00:00Z"
    for _ in range(3):
        sent += lrs.post([a_statement(), a_statement()]).json
        page = lrs.get(ascending="true", since=since)
        seen += [each["id"] for each in page.json["statements"]]
        since = page.headers[CONSISTENT]
    assert seen == sent


def test_a_listener_that_fails_leaves_nothing_behind(lrs: Client, lrs_app: Application, engine: Engine) -> None:
    lrs_app.heard = None  # type: ignore[assignment]
    assert lrs.post(FULL).status_code == 500
    assert stored(engine) == 0
