"""Attachments (1.0.3, Data 2.4.11 and Communication 1.5; 2.0, 4.1.3): what is taken, refused, kept and given back."""

from hashlib import sha224, sha384, sha512
from json import dumps, loads
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.xapi.bodies import BOUNDARY, MIXED, Mixed, an_attachment, apart, joined, part
from tests.xapi.factories import a_statement
from tests.xapi.lrs_app import ATTACHMENT_BYTES, Application, Client
from xapi import count, multipart
from xapi.rules import SIGNATURE
from xapi.tables import attachment

ONE, TWO = b"What was said\r\n", b"\x00\xff\r\n--" + BOUNDARY[:5].encode()
ID = "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10"
FILE = "https://example.org/notes.txt"
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def send(lrs: Client, body: Mixed | bytes, method: str = "POST", kind: str = MIXED, **parameters: str) -> Any:
    return lrs.client.open(
        "/xapi/statements",
        method=method,
        data=bytes(body),
        headers=lrs.headers,
        content_type=kind,
        query_string=parameters,
    )


def with_attachments(*contents: bytes, **members: Any) -> dict[str, Any]:
    return a_statement(attachments=[an_attachment(each) for each in contents], **members)


def answered(response: Any) -> tuple[Any, dict[str, tuple[dict[str, str], bytes]]]:
    """The JSON of an answer, and its attachments by their hash."""
    first, *others = apart(response.data, response.mimetype_params["boundary"])
    return loads(first[1]), {headers["X-Experience-API-Hash"]: (headers, body) for headers, body in others}


def test_what_came_with_a_statement_comes_with_it_again(lrs: Client, lrs_app: Application) -> None:
    assert send(lrs, Mixed(with_attachments(ONE, TWO, id=ID), [ONE, TWO])).json == [ID]
    response = lrs.get(statementId=ID, attachments="true")
    statement, found = answered(response)
    assert (response.status_code, response.mimetype, statement["id"]) == (200, "multipart/mixed", ID)
    assert [body for _, body in found.values()] == [ONE, TWO]
    assert [headers for headers, _ in found.values()] == [part(ONE)[0], part(TWO)[0]]
    assert len(list(lrs_app.files.listed("attachments"))) == 2


def test_without_being_asked_for_they_stay(lrs: Client) -> None:
    send(lrs, Mixed(with_attachments(ONE, id=ID), [ONE]))
    assert [lrs.get(statementId=ID).mimetype, lrs.get(attachments="false").mimetype] == ["application/json"] * 2


def test_a_list_brings_each_attachment_once(lrs: Client) -> None:
    ids = send(lrs, Mixed([with_attachments(ONE), with_attachments(ONE, TWO)], [ONE, TWO])).json
    lrs.post(a_statement())
    listed, found = answered(lrs.get(attachments="true", ascending="true"))
    assert [each["id"] for each in listed["statements"]][:2] == ids
    assert [body for _, body in found.values()] == [ONE, TWO]


@one_kind
def test_a_list_without_attachments_is_multipart_all_the_same(lrs: Client) -> None:
    listed, found = answered(lrs.get(attachments="true"))
    assert (listed, found) == ({"statements": [], "more": ""}, {})


@one_kind
def test_head_says_what_get_would(lrs: Client) -> None:
    send(lrs, Mixed(with_attachments(ONE, id=ID), [ONE]))
    head = lrs.client.head(f"/xapi/statements?statementId={ID}&attachments=true", headers=lrs.headers)
    assert (head.status_code, head.mimetype, head.data) == (200, "multipart/mixed", b"")


def test_put_takes_them_and_a_repetition_is_no_conflict(lrs: Client, engine: Engine) -> None:
    body = Mixed(with_attachments(ONE), [ONE])
    assert [send(lrs, body, "PUT", statementId=ID).status_code for _ in range(2)] == [204, 204]
    with Session(engine) as session:
        assert [row.length for row in session.execute(select(attachment))] == [len(ONE)]


@one_kind
@pytest.mark.parametrize("algorithm", [sha224, sha384, sha512])
def test_every_sha2_is_known_in_any_case(algorithm: Any, lrs: Client) -> None:
    digest = algorithm(ONE).hexdigest()
    statement = a_statement(id=ID, attachments=[an_attachment(ONE, sha2=digest.upper())])
    body = joined([Mixed(statement).parts()[0], part(ONE, X_Experience_API_Hash=digest.capitalize())])
    assert send(lrs, body).status_code == 200
    assert list(answered(lrs.get(statementId=ID, attachments="true"))[1]) == [digest]


@one_kind
def test_a_substatement_may_have_them(lrs: Client) -> None:
    inner = {"objectType": "SubStatement", **with_attachments(ONE)}
    assert send(lrs, Mixed(a_statement(id=ID, object=inner), [ONE])).status_code == 200
    assert [body for _, body in answered(lrs.get(statementId=ID, attachments="true"))[1].values()] == [ONE]


@one_kind
def test_a_statement_without_attachments_may_come_as_multipart(lrs: Client) -> None:
    assert send(lrs, Mixed(a_statement())).status_code == 200


@one_kind
def test_a_file_elsewhere_need_not_come(lrs: Client) -> None:
    elsewhere = a_statement(attachments=[an_attachment(ONE, fileUrl=FILE)])
    assert [lrs.post(elsewhere).status_code, send(lrs, Mixed(elsewhere)).status_code] == [200, 200]


@one_kind
def test_the_length_is_not_compared(lrs: Client) -> None:
    """The hash says it already, and ADL's suite tells a wrong one."""
    statement = a_statement(attachments=[an_attachment(ONE, length=1)])
    assert send(lrs, Mixed(statement, [ONE])).status_code == 200


@one_kind
def test_who_names_the_hash_of_a_file_does_not_get_it(lrs: Client) -> None:
    send(lrs, Mixed(with_attachments(ONE), [ONE]))
    assert lrs.post(with_attachments(ONE)).status_code == 400
    (named,) = lrs.post(a_statement(attachments=[an_attachment(ONE, fileUrl=FILE)])).json
    assert answered(lrs.get(statementId=named, attachments="true"))[1] == {}


@one_kind
@pytest.mark.parametrize("kind", ["text/plain; x\rX-Evil: 1", "text/plain\r\n;X-Evil: 1", "text/plain; ä"])
def test_a_media_type_puts_no_line_into_an_answer(kind: str, lrs: Client) -> None:
    told = an_attachment(ONE, contentType=kind)
    response = send(lrs, Mixed(a_statement(id=ID, attachments=[told]), [ONE]))
    assert (response.status_code, response.json["faults"][0]["path"]) == (400, "$.attachments[0].contentType")
    assert f"Content-Type: {kind}".encode() not in b"".join(multipart.written("b", "{}", [("0", kind, [])]))


STATEMENT = Mixed(with_attachments(ONE)).parts()[0]
WRONG: dict[str, tuple[bytes, str]] = {
    "a part is missing": (bytes(Mixed(with_attachments(ONE, TWO), [ONE])), "$.attachments[1]: did not come along"),
    "one of a batch": (bytes(Mixed([a_statement(), with_attachments(ONE)])), "$[1].attachments[0]: did not come"),
    "one of a SubStatement": (
        bytes(Mixed(a_statement(object={"objectType": "SubStatement", **with_attachments(ONE)}))),
        "$.object.attachments[0]: did not come along",
    ),
    "a part too many": (bytes(Mixed(with_attachments(ONE), [ONE, TWO])), f"the part {an_attachment(TWO)['sha2']}: "),
    "no hash": (joined([STATEMENT, part(ONE, X_Experience_API_Hash="")]), "part 2: needs the header X-Exp"),
    "another hash": (joined([STATEMENT, part(ONE, X_Experience_API_Hash="0" * 64)]), "part 2: is not what its"),
    "no such hash": (joined([STATEMENT, part(ONE, X_Experience_API_Hash="x" * 64)]), "part 2: needs the header X-Exp"),
    "no binary": (joined([STATEMENT, part(ONE, Content_Transfer_Encoding="")]), "part 2: needs the header Content-T"),
    "base64": (joined([STATEMENT, part(ONE, Content_Transfer_Encoding="base64")]), "part 2: needs the header Conte"),
    "statements of another type": (bytes(Mixed(with_attachments(ONE), [ONE], "text/plain")), "part 1: must be the st"),
    "statements without a type": (joined([({}, b"{}"), part(ONE)]), "part 1: must be the statements as application"),
    "statements apart": (
        joined([STATEMENT, ({"Content-Type": "application/json"}, b"{}"), part(ONE)]),
        "part 2: needs the header Content-Transfer-Encoding",
    ),
    "statements that are none": (joined([(STATEMENT[0], b"{"), part(ONE)]), "$: is not JSON"),
    "cut off": (joined([STATEMENT, part(ONE)], end=b""), "part 2: ends before the last boundary"),
    "cut off inside": (joined([STATEMENT, part(ONE)])[:-60], "part 2: ends before the last boundary"),
    "no boundary": (dumps(with_attachments(ONE)).encode(), "the body: is not as multipart/mixed has it"),
    "nothing": (b"", "the body: ends before the last boundary"),
    "endless headers": (joined([({"X": "x" * 9000}, b"")]), "part 1: is not as multipart/mixed has it"),
    "many headers": (joined([({f"X{n}": "" for n in range(99)}, b"")]), "part 1: is not as multipart/mixed has it"),
    "many parts": (joined([STATEMENT, *[part(b"")] * multipart.PARTS]), "part 1002: is one too many"),
}


@one_kind
@pytest.mark.parametrize(("body", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_is_refused(body: bytes, told: str, lrs: Client, lrs_app: Application, engine: Engine) -> None:
    response = send(lrs, body)
    assert (response.status_code, response.json["error"][: len(told)]) == (400, told)
    with Session(engine) as session:
        assert (count(session), list(lrs_app.files.listed("attachments"))) == (0, [])


@one_kind
@pytest.mark.parametrize(
    "kind", ["multipart/mixed", "multipart/mixed; boundary=", f"multipart/mixed; boundary={'x' * 71}"]
)
def test_a_boundary_is_needed(kind: str, lrs: Client) -> None:
    response = send(lrs, Mixed(with_attachments(ONE), [ONE]), kind=kind)
    assert (response.status_code, response.json["faults"][0]["path"]) == (400, "Content-Type")


@one_kind
def test_form_data_is_another_thing(lrs: Client) -> None:
    kind = MIXED.replace("mixed", "form-data")
    assert send(lrs, Mixed(with_attachments(ONE), [ONE]), kind=kind).status_code == 400


@one_kind
@pytest.mark.parametrize("usage", ["https://example.org/usage/notes", SIGNATURE])
def test_as_json_every_attachment_needs_an_address_and_a_signature_must_come(usage: str, lrs: Client) -> None:
    told = an_attachment(ONE, usageType=usage, contentType="application/octet-stream")
    wanted = [400, 400 if usage == SIGNATURE else 200]
    assert [
        lrs.post(a_statement(attachments=[{**told, **more}])).status_code for more in ({}, {"fileUrl": FILE})
    ] == wanted


@one_kind
def test_more_than_the_limit_is_refused(lrs: Client, lrs_app: Application) -> None:
    large = b"x" * ATTACHMENT_BYTES
    response = send(lrs, Mixed(with_attachments(large), [large]))
    assert (response.status_code, response.json["error"].partition(";")[0]) == (413, "the body is larger than 20 MiB")
    assert list(lrs_app.files.listed("attachments")) == []


@one_kind
def test_statements_have_their_own_limit(lrs: Client) -> None:
    long = joined([(STATEMENT[0], b" " * 9 * 1024 * 1024)])
    assert send(lrs, long).json["error"].startswith("part 1: holds statements of more than 8 MiB")
