"""Signed statements: a JSON Web Signature that travels with its statement as an attachment.

xAPI 1.0.3, Data 2.6; xAPI 2.0, 4.2.7. A signature whose header brings its certificates is checked with them. Without
one there is no key to check it with: then its form, its algorithm and what it signs are checked, as the standard says.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from xapi import jsontext, rules
from xapi.equivalence import equivalent
from xapi.faults import Fault, Faults, Report, StatementFaults
from xapi.values import shown

ALGORITHMS: Final = ("RS256", "RS384", "RS512")
LARGEST: Final = 2 * 1024 * 1024
"""How large a signature may be, in bytes: it repeats its statement."""
_CERTIFICATES: Final = 10
_LEAST_BITS, _MOST_BITS = 2048, 16384


class _Registry(jws.JWSRegistry):
    """joserfc's rules for headers, with room for a statement and a chain of certificates."""

    max_header_length = 128 * 1024
    max_payload_length = LARGEST
    max_signature_length = 4096


_registry: Final = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


def check(signature: bytes, statements: Mapping[str, Mapping[str, Any]], *, generation: int) -> None:
    """Check one signature of valid statements, by the paths where they name it as theirs; nearly always there is one.

    However many there are, it is read and verified once. Raises StatementFaults that name the path.
    """
    path = next(iter(statements))
    try:
        signed = _signed(signature, generation)
        for path in statements:
            _compare(signed, statements[path])
    except _Unsound as error:
        raise StatementFaults([Fault(path, f"is no valid signature: {error}")]) from error


class _Unsound(Exception):
    """Why a signature is not taken."""


def _signed(signature: bytes, generation: int) -> dict[str, Any]:
    """Return the statement that is signed."""
    if len(signature) > LARGEST:
        raise _Unsound(f"it is larger than {LARGEST // 1024 // 1024} MiB")
    try:
        read = jws.extract_compact(signature.strip(), registry=_registry)
        header = read.headers()
        if header["alg"] not in ALGORITHMS:
            raise _Unsound(f"its algorithm must be one of {', '.join(ALGORITHMS)}, not {shown(header['alg'])}")
        _registry.check_header(header)
        if "crit" in header:
            raise _Unsound("its header asks for extensions (crit) that the standard does not know")
        if not read.segments["signature"]:
            raise _Unsound("it holds nothing behind what it signs")
        if "x5c" in header and not jws.validate_compact(read, _key(header["x5c"]), registry=_registry):
            raise _Unsound("it was not made with the key of its certificate")
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _Unsound(f"it is not a JSON Web Signature in its compact form ({error})") from error
    return _statement(read.payload, generation)


def _statement(payload: bytes, generation: int) -> dict[str, Any]:
    try:
        signed: dict[str, Any] = jsontext.decode(payload)
    except Faults as error:
        raise _Unsound(f"what it signs is not the statement in JSON ({error.faults[0]})") from error
    report: Report = []
    rules.statement[generation](signed, "$", report)
    if report:
        raise _Unsound(f"what it signs is not a valid statement ({report[0]})")
    return signed


def _compare(signed: Mapping[str, Any], statement: Mapping[str, Any]) -> None:
    """Refuse a signature of another statement: its own attachment is the only thing that was added since."""
    given_id, given_time = signed.get("id", statement["id"]), signed.get("timestamp")
    same = given_id.lower() == statement["id"].lower() and (given_time is None) == ("timestamp" not in statement)
    if not same or not equivalent(_unsigned(signed), _unsigned(statement)):
        raise _Unsound("what it signs is not this statement")


def _unsigned(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement as it was before it was signed."""
    others = [each for each in statement.get("attachments", ()) if not rules.is_signature(each)]
    rest = {name: member for name, member in statement.items() if name != "attachments"}
    return {**rest, "attachments": others} if others else rest


def _key(chain: Any) -> RSAKey:
    """Return the key of the first certificate of a chain in which each one vouches for the one before it."""
    if not isinstance(chain, list) or not 0 < len(chain) <= _CERTIFICATES:
        raise _Unsound(f"x5c holds 1 to {_CERTIFICATES} certificates")
    try:
        certificates = [x509.load_der_x509_certificate(b64decode(each, validate=True)) for each in chain]
        for one, issuer in pairwise(certificates):
            one.verify_directly_issued_by(issuer)
        key = certificates[0].public_key()
    except InvalidSignature as error:
        raise _Unsound("a certificate in x5c was not issued by the next one") from error
    except (ValueError, TypeError, binascii.Error, x509.InvalidVersion) as error:
        raise _Unsound(f"x5c does not hold certificates ({error})") from error
    if not isinstance(key, RSAPublicKey) or not _LEAST_BITS <= key.key_size <= _MOST_BITS:
        raise _Unsound(f"its certificate must be for an RSA key of {_LEAST_BITS} bits or more")
    return RSAKey.import_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
