"""Bodies of multipart/mixed, put together by hand, so that any part of them can be wrong."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from json import dumps
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.xapi.factories import a_statement
from xapi.rules import SIGNATURE

BOUNDARY = "abcABC0123'()+_,-./:=?"
MIXED = f'multipart/mixed; boundary="{BOUNDARY}"'


def an_attachment(content: bytes, **members: Any) -> dict[str, Any]:
    return {
        "usageType": "https://example.org/usage/notes",
        "display": {"en": "Notes"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": sha256(content).hexdigest(),
        **members,
    }


@dataclass
class Mixed:
    """A body: the statements, then parts; each is its headers and its bytes."""

    statements: object
    contents: list[bytes] = field(default_factory=list)
    kind: str = "application/json"

    def parts(self) -> list[tuple[dict[str, str], bytes]]:
        return [({"Content-Type": self.kind}, dumps(self.statements).encode()), *(part(each) for each in self.contents)]

    def __bytes__(self) -> bytes:
        return joined(self.parts())


def part(content: bytes, **changed: str) -> tuple[dict[str, str], bytes]:
    """An attachment's part; a header's dashes are underscores in `changed`, and empty ones are left out."""
    headers = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha256(content).hexdigest(),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    return {name: value for name, value in headers.items() if value}, content


def joined(parts: list[tuple[dict[str, str], bytes]], end: bytes = b"--\r\n") -> bytes:
    line = f"--{BOUNDARY}".encode()
    written = [
        b"".join([line, b"\r\n", *(f"{name}: {value}\r\n".encode() for name, value in headers.items()), b"\r\n", body])
        for headers, body in parts
    ]
    return b"\r\n".join([*written, line]) + end


def apart(body: bytes, boundary: str) -> list[tuple[dict[str, str], bytes]]:
    """Take an answer apart again."""
    pieces = body.split(f"--{boundary}".encode())
    found = []
    for each in pieces[1:-1]:
        head, _, content = each.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        found.append((headers, content.removesuffix(b"\r\n")))
    return found


@cache
def a_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def another_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(key: rsa.RSAPrivateKey, issuer: rsa.RSAPrivateKey, name: str = "mentor", by: str = "root") -> str:
    """A certificate in base64, as `x5c` holds it."""
    now = datetime(2026, 11, 24, tzinfo=UTC)

    def named(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365))
        .sign(issuer, SHA256())
    )
    return b64encode(made.public_bytes(Encoding.DER)).decode()


def jose(key: rsa.RSAPrivateKey) -> RSAKey:
    return RSAKey.import_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def signature(payload: bytes, header: dict[str, Any] | None = None, key: rsa.RSAPrivateKey | None = None) -> bytes:
    given = {"alg": "RS256", **(header or {})}
    registry = jws.JWSRegistry(algorithms=[given["alg"]], strict_check_header=False)
    return jws.serialize_compact(given, payload, jose(key or a_key()), registry=registry).encode()


def signed(signature: bytes, statement: dict[str, Any] | None = None, **members: Any) -> Mixed:
    """A statement with a signature as its attachment."""
    told = an_attachment(signature, usageType=SIGNATURE, contentType="application/octet-stream", **members)
    return Mixed({**(statement or a_statement()), "attachments": [told]}, [signature])
