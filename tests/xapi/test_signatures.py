"""Signed statements (1.0.3, Data 2.6; 2.0, 4.2.7): which signatures are taken, and what forgers try."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from hmac import new as hmac
from json import dumps
from time import process_time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.xapi.bodies import (
    MIXED,
    Mixed,
    a_key,
    an_attachment,
    another_key,
    certificate,
    joined,
    part,
    signature,
    signed,
)
from tests.xapi.factories import BEN, a_statement
from tests.xapi.lrs_app import Client
from xapi import signatures
from xapi.rules import SIGNATURE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ID = "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10"
TIME = "2026-11-24T14:29:51.870Z"
STATEMENT = a_statement(id=ID, timestamp=TIME)
PAYLOAD = dumps(STATEMENT).encode()


def send(lrs: Client, body: Mixed | bytes) -> Any:
    return lrs.client.post("/xapi/statements", data=bytes(body), headers=lrs.headers, content_type=MIXED)


def b64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def handmade(header: object, payload: bytes = PAYLOAD, sign: Callable[[bytes], bytes] = lambda _: b"x") -> bytes:
    """A signature that no library would make."""
    start = b64(dumps(header).encode()) + b"." + b64(payload)
    return start + b"." + b64(sign(start))


def by_public_key(data: bytes) -> bytes:
    """HS256 with what everybody knows as its secret."""
    public = a_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hmac(public, data, sha256).digest()


Make = Callable[[], bytes]
"""Keys are made in tests, not while they are looked for: that takes a while."""


def chain() -> list[str]:
    return [certificate(a_key(), another_key()), certificate(another_key(), another_key(), "root")]


def strangers() -> list[str]:
    return [chain()[0], certificate(a_key(), a_key(), "root")]


NOTES = an_attachment(b"notes", fileUrl="https://example.org/notes.txt")

GOOD: dict[str, tuple[Make, dict[str, Any]]] = {
    "RS256": (lambda: signature(PAYLOAD), STATEMENT),
    "RS384": (lambda: signature(PAYLOAD, {"alg": "RS384"}), STATEMENT),
    "RS512": (lambda: signature(PAYLOAD, {"alg": "RS512"}), STATEMENT),
    "with its certificate": (lambda: signature(PAYLOAD, {"x5c": chain()[:1]}), STATEMENT),
    "with a chain": (lambda: signature(PAYLOAD, {"x5c": chain()}), STATEMENT),
    "with headers that nobody asked for": (
        lambda: signature(PAYLOAD, {"typ": "JWS", "kid": "1", "hint": "x"}),
        STATEMENT,
    ),
    "the same in other words": (
        lambda: signature(dumps({**STATEMENT, "id": ID.upper(), "timestamp": "2026-11-24T15:29:51.87+01:00"}).encode()),
        STATEMENT,
    ),
    "before the store gave it an id": (lambda: signature(dumps(a_statement()).encode()), a_statement()),
    "with another attachment": (
        lambda: signature(dumps({**STATEMENT, "attachments": [NOTES]}).encode()),
        {**STATEMENT, "attachments": [NOTES]},
    ),
}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize(("make", "statement"), GOOD.values(), ids=GOOD.keys())
def test_good_signatures(make: Make, statement: dict[str, Any], version: str, lrs: Client) -> None:
    lrs.headers["X-Experience-API-Version"] = version
    made = make()
    told = an_attachment(made, usageType=SIGNATURE, contentType="application/octet-stream")
    body = Mixed({**statement, "attachments": [*statement.get("attachments", ()), told]}, [made])
    assert send(lrs, body).status_code == 200


def test_many_statements_with_one_signature_cost_little_more_than_one(lrs: Client) -> None:
    made = signature(dumps(a_statement()).encode() + b" " * 1_000_000, {"x5c": chain()})
    told = an_attachment(made, usageType=SIGNATURE, contentType="application/octet-stream")

    def seconds(many: int) -> float:
        began = process_time()
        assert send(lrs, Mixed([a_statement(attachments=[told])] * many, [made])).status_code == 200
        return process_time() - began

    assert seconds(200) < 40 * seconds(1)


def test_of_many_statements_with_one_signature_the_one_is_named_that_it_is_not_of(lrs: Client) -> None:
    made = signature(dumps(a_statement()).encode())
    told = an_attachment(made, usageType=SIGNATURE, contentType="application/octet-stream")
    said = [a_statement(attachments=[told]), a_statement(actor=BEN, attachments=[told])]
    response = send(lrs, Mixed(said, [made]))
    assert (response.status_code, [each["path"] for each in response.json["faults"]]) == (400, ["$[1].attachments[0]"])


BAD: dict[str, tuple[Make, str]] = {
    "not at all": (lambda: b"hello", "it is not a JSON Web Signature"),
    "nothing": (lambda: b"", "it is not a JSON Web Signature"),
    "four parts": (lambda: signature(PAYLOAD) + b".x", "it is not a JSON Web Signature"),
    "no JSON in its header": (lambda: b64(b"{") + b"." + b64(PAYLOAD) + b".eA", "it is not a JSON Web Signature"),
    "a header that is a list": (lambda: handmade(["alg"]), "it is not a JSON Web Signature"),
    "a header that is text": (lambda: handmade("alg"), "it is not a JSON Web Signature"),
    "a header without algorithm": (lambda: handmade({}), "it is not a JSON Web Signature"),
    "no algorithm": (
        lambda: handmade({"alg": "none"}, sign=lambda _: b""),
        "its algorithm must be one of RS256, RS384, RS512",
    ),
    "No algorithm": (lambda: handmade({"alg": "NonE"}), "its algorithm must be one of"),
    "a public key as a secret": (
        lambda: handmade({"alg": "HS256"}, sign=by_public_key),
        "its algorithm must be one of",
    ),
    "the same, with the certificate": (
        lambda: handmade({"alg": "HS256", "x5c": chain()}, sign=by_public_key),
        "its algorithm must be one of",
    ),
    "algorithms in a list": (lambda: handmade({"alg": ["RS256"]}), "it"),
    "another family": (lambda: handmade({"alg": "PS256"}), "its algorithm must be one of"),
    "nothing signed": (lambda: handmade({"alg": "RS256"}, sign=lambda _: b""), "it holds nothing behind what it signs"),
    "an extension": (lambda: handmade({"alg": "RS256", "crit": ["b64"], "b64": False}), "it"),
    "made by somebody else": (
        lambda: signature(PAYLOAD, {"x5c": chain()}, another_key()),
        "it was not made with the key of its",
    ),
    "with another's chain": (
        lambda: signature(PAYLOAD, {"x5c": strangers()}),
        "a certificate in x5c was not issued by the next",
    ),
    "no certificates": (lambda: signature(PAYLOAD, {"x5c": []}), "x5c holds 1 to 10 certificates"),
    "many certificates": (lambda: signature(PAYLOAD, {"x5c": chain()[:1] * 11}), "x5c holds 1 to 10 certificates"),
    "a certificate that is none": (lambda: signature(PAYLOAD, {"x5c": ["eA=="]}), "x5c does not hold certificates"),
    "a certificate not in base64": (lambda: signature(PAYLOAD, {"x5c": ["!"]}), "x5c does not hold certificates"),
    "certificates in no list": (lambda: handmade({"alg": "RS256", "x5c": chain()[0]}), "it"),
    "another statement": (
        lambda: signature(dumps({**STATEMENT, "object": {"id": "https://e.org/x"}}).encode()),
        "what it signs is",
    ),
    "another id": (
        lambda: signature(dumps({**STATEMENT, "id": ID.replace("0", "1")}).encode()),
        "what it signs is not this",
    ),
    "another time": (
        lambda: signature(dumps({**STATEMENT, "timestamp": "2026-11-24T14:29:52Z"}).encode()),
        "what it signs is n",
    ),
    "no time": (lambda: signature(dumps(a_statement(id=ID)).encode()), "what it signs is not this statement"),
    "another attachment": (
        lambda: signature(dumps({**STATEMENT, "attachments": [NOTES]}).encode()),
        "what it signs is not this",
    ),
    "no JSON": (lambda: signature(PAYLOAD.replace(b'"', b"'", 1)), "what it signs is not the statement in JSON"),
    "no statement": (lambda: signature(b"{}"), "what it signs is not a valid statement"),
    "a list": (lambda: signature(b"[]"), "what it signs is not a valid statement"),
    "too large": (lambda: b"x" * (signatures.LARGEST + 1), "it"),
}


@pytest.mark.parametrize(("make", "told"), BAD.values(), ids=BAD.keys())
def test_bad_signatures(make: Make, told: str, lrs: Client) -> None:
    response = send(lrs, signed(make(), STATEMENT))
    start = f"$.attachments[0]: is no valid signature: {told}"
    assert (response.status_code, response.json["error"][: len(start)]) == (400, start)


def test_a_small_key_proves_nothing(lrs: Client) -> None:
    small = rsa.generate_private_key(65537, 1024)
    made = handmade({"alg": "RS256", "x5c": [certificate(small, another_key())]})
    assert "must be for an RSA key of 2048 bits or more" in send(lrs, signed(made, STATEMENT)).json["error"]


def test_a_key_of_another_kind_proves_nothing(lrs: Client) -> None:
    curve: Any = ec.generate_private_key(ec.SECP256R1())
    made = handmade({"alg": "RS256", "x5c": [certificate(curve, another_key())]})
    assert "must be for an RSA key of 2048 bits or more" in send(lrs, signed(made, STATEMENT)).json["error"]


def test_in_a_batch_each_signature_is_of_its_own_statement(lrs: Client) -> None:
    one, two = (a_statement(id=each) for each in (ID, ID.replace("0", "1")))
    made = [signature(dumps(each).encode()) for each in (one, two)]
    told = [an_attachment(each, usageType=SIGNATURE, contentType="application/octet-stream") for each in made]
    right = Mixed([{**one, "attachments": told[:1]}, {**two, "attachments": told[1:]}], made)
    wrong = Mixed([{**one, "attachments": told[1:]}, {**two, "attachments": told[:1]}], made)
    refused = send(lrs, wrong)
    assert (refused.status_code, refused.json["faults"][0]["path"]) == (400, "$[0].attachments[0]")
    assert send(lrs, right).status_code == 200


def test_a_part_of_another_type_is_bytes_all_the_same(lrs: Client) -> None:
    made = signature(PAYLOAD)
    statement = signed(made, STATEMENT).parts()[0]
    assert send(lrs, joined([statement, part(made, Content_Type="application/octet-stream")])).status_code == 200
