"""1.0.3's requests in a form (Communication 1.3), which 2.0 knows no more."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.xapi.factories import AMARA, LESSON, a_statement
from tests.xapi.lrs_app import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ID = "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10"
VERSION = "X-Experience-API-Version"
FORM = "application/x-www-form-urlencoded"
CONTENT = json.dumps(a_statement(result={"response": "ä & b=c"}))
PUT = {"statementId": ID, "content": CONTENT}
STATE = {"activityId": LESSON, "agent": json.dumps(AMARA), "stateId": "place"}


def folded(
    lrs: Client,
    method: str,
    form: dict[str, str] | bytes,
    path: str = "statements",
    kind: str = FORM,
    headers: dict[str, str] | None = None,
) -> Any:
    data = form if isinstance(form, bytes) else urlencode(form)
    sent = lrs.headers if headers is None else headers
    return lrs.client.post(f"/xapi/{path}?method={method}", data=data, content_type=kind, headers=sent)


def test_put_and_get(lrs: Client) -> None:
    assert folded(lrs, "PUT", PUT).status_code == 204
    found = folded(lrs, "GET", {"statementId": ID})
    assert (found.status_code, found.json["result"]) == (200, {"response": "ä & b=c"})


def test_post_of_a_batch(lrs: Client) -> None:
    response = folded(lrs, "POST", {"content": f"[{CONTENT}]"})
    assert (response.status_code, len(response.json)) == (200, 1)


def test_more_leads_on_from_a_request_in_a_form(lrs: Client) -> None:
    lrs.post([a_statement(), a_statement()])
    page = folded(lrs, "GET", {"limit": "1", "activity": LESSON})
    onward = lrs.client.get(page.json["more"], headers=lrs.headers)
    assert (len(onward.json["statements"]), onward.json["more"]) == (1, "")


def test_headers_may_stand_in_the_form_and_win(lrs: Client) -> None:
    form = {**PUT, **lrs.headers, "Content-Type": "application/json; charset=utf-8"}
    wrong = {VERSION: "0.95", "Authorization": "Basic eDp5"}
    response = folded(lrs, "PUT", form, headers=wrong)
    assert (response.status_code, response.headers[VERSION]) == (204, "1.0.3")


def test_documents_are_kept_with_their_preconditions(lrs: Client) -> None:
    put = {**STATE, "content": "page 3", "Content-Type": "text/plain", "If-None-Match": "*"}
    assert [folded(lrs, "PUT", put, "activities/state").status_code for _ in range(2)] == [204, 412]
    found = folded(lrs, "GET", STATE, "activities/state")
    assert (found.data, found.mimetype) == (b"page 3", "text/plain")
    assert folded(lrs, "DELETE", STATE, "activities/state").status_code == 204


def test_head_has_no_body(lrs: Client) -> None:
    folded(lrs, "PUT", PUT)
    head = folded(lrs, "HEAD", {"statementId": ID})
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "0")


REFUSED: dict[str, tuple[str, dict[str, str] | bytes, str, str]] = {
    "a parameter in the address": (f"PUT&statementId={ID}", PUT, FORM, "method is one of"),
    "two methods": ("PUT&method=GET", PUT, FORM, "method is one of"),
    "no method": ("", PUT, FORM, "method is one of"),
    "an unknown method": ("PATCH", PUT, FORM, "method is one of"),
    "a method in small letters": ("put", PUT, FORM, "method is one of"),
    "no form": ("PUT", PUT, "application/json", "with ?method= send a form"),
    "no content": ("PUT", {"statementId": ID}, FORM, "$: is not JSON"),
    "JSON instead": ("PUT", json.dumps(PUT).encode(), FORM, "PUT takes exactly one parameter, statementId"),
    "no UTF-8": ("PUT", b"content=%ff&x=\xff", FORM, "the form can't be read"),
    "a field twice": ("PUT", b"content=1&content=2", FORM, "the form holds a field twice"),
    "very many fields": ("PUT", b"&".join(b"a%d=" % n for n in range(99)), FORM, "the form can't be read"),
    "something unknown": ("PUT", {**PUT, "x": "1"}, FORM, "PUT takes exactly one parameter, statementId"),
    "another version": ("PUT", {**PUT, VERSION: "0.8"}, FORM, "X-Experience-API-Version is one of"),
    "a shorter content": ("PUT", {**PUT, "Content-Length": "9999"}, FORM, 'Content-Length is "9999", but the content'),
    "a header of two lines": ("PUT", {**PUT, "Content-Type": "a/b\r\n;X: 1"}, FORM, "Content-Type can't be a header"),
    "a header beyond ASCII": ("PUT", {**PUT, "Authorization": "Basic €"}, FORM, "Authorization can't be a header"),
    "a longer content": ("PUT", {**PUT, "Content-Length": "1"}, FORM, 'Content-Length is "1", but the content has'),
}


@pytest.mark.parametrize(("method", "form", "kind", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(method: str, form: dict[str, str] | bytes, kind: str, told: str, lrs: Client) -> None:
    response = folded(lrs, method, form, kind=kind)
    assert (response.status_code, response.json["error"][: len(told)]) == (400, told)


def test_a_content_of_the_said_length_is_taken(lrs: Client) -> None:
    assert folded(lrs, "PUT", {**PUT, "Content-Length": str(len(CONTENT.encode()))}).status_code == 204


def test_only_a_post_unfolds(lrs: Client) -> None:
    response = lrs.client.put(f"/xapi/statements?method=POST&statementId={ID}", json=a_statement(), headers=lrs.headers)
    assert response.status_code == 400


def test_a_form_has_a_limit(lrs: Client) -> None:
    assert folded(lrs, "PUT", b"content=" + b"x" * 9 * 1024 * 1024).status_code == 413


def test_without_a_key_nothing_is_unfolded_into_an_answer(lrs: Client) -> None:
    assert folded(lrs, "GET", {}, headers={VERSION: "1.0.3"}).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_the_newer_standard_knows_it_no_more(method: str, lrs: Client) -> None:
    lrs.headers[VERSION] = "2.0.0"
    response = folded(lrs, method, PUT)
    assert (response.status_code, response.headers[VERSION]) == (400, "2.0.0")
    assert response.json["error"].startswith("2.0.0 knows no request in a form")
