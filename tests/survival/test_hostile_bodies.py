"""Bodies that are made to hurt: each is refused with words, quickly, and the server's memory stays where it was."""

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.survival.conftest import Ground
from tests.survival.senders import PATIENCE, headers
from tests.xapi.factories import a_statement

MEGABYTE = 1024 * 1024
ROOM = 250 * MEGABYTE
"""How much more memory a process may have needed at its worst: some times the largest body that is taken."""

_deep = b'{"a":' * 200_000 + b"1" + b"}" * 200_000


def _many_keys(count: int) -> Iterator[bytes]:
    yield b'{"a":1'
    for start in range(0, count, 1000):
        yield b"".join(b',"key%d":1' % number for number in range(start, start + 1000))
    yield b"}"


BODIES = {
    "nested 200,000 deep": (_deep, 400),
    "arrays nested deep inside a statement": (
        json.dumps(a_statement(result={"extensions": {"http://a.b": 0}}))
        .encode()
        .replace(b": 0", b": " + b"[" * 100_000 + b"]" * 100_000),
        400,
    ),
    "a number of a million digits": (b'{"actor":' + b"9" * 1_000_000 + b"}", 400),
    "an exponent beyond all floats": (b'[{"result":{"score":{"raw":1e999999999}}}]', 400),
    "7 MiB of keys": (b"".join(_many_keys(500_000)), 400),
    "a key repeated 500,000 times": (b'{"a":1' + b',"a":1' * 500_000 + b"}", 400),
    "a million empty statements": (b"[" + b"{}," * 1_000_000 + b"{}]", 400),
    "a compressed bomb": (gzip.compress(b" " * 50 * MEGABYTE), 415),
    "not UTF-8": (b"\xff" * MEGABYTE, 400),
    "a hundred thousand times the same fault": (json.dumps([{"x": 1}] * 100_000).encode(), 400),
}


def _post(address: str, key: tuple[str, str], body: object, more: dict[str, str]) -> tuple[int, bytes]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request("POST", "/xapi/statements", body, {**headers(key), **more})  # type: ignore[arg-type]
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _peak(pid: int) -> int:
    """Return the most memory that a process ever held, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def _processes(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bodies_made_to_hurt(ground: Ground) -> None:
    with ground.serving() as (address, process):
        assert _post(address, ground.key, json.dumps(a_statement()), {})[0] == 200
        before = {pid: _peak(pid) for pid in _processes(process.pid)}
        found = {}
        for name, (body, _status) in BODIES.items():
            more = {"Content-Encoding": "gzip"} if name == "a compressed bomb" else {}
            status, answer = _post(address, ground.key, body, more)
            found[name] = status
            assert json.loads(answer)["error"], name
            assert len(answer) < 64 * 1024, name
        assert found == {name: status for name, (_, status) in BODIES.items()}
        assert _too_large(address, ground.key) == 413
        assert _post(address, ground.key, json.dumps(a_statement()), {})[0] == 200
        grown = {pid: _peak(pid) - size for pid, size in before.items()}
        assert max(grown.values()) < ROOM


def _too_large(address: str, key: tuple[str, str]) -> int:
    """Send 25 MB of keys in chunks, without saying how much it will be; the answer may come before the end."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    with suppress(BrokenPipeError, ConnectionResetError):  # it had heard enough
        connection.request("POST", "/xapi/statements", _many_keys(2_000_000), headers(key), encode_chunked=True)
    answer = connection.getresponse()
    connection.close()
    return answer.status
