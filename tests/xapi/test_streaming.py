"""Large attachments go through a real server without passing through its memory."""

import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.databases import engine_for
from tests.servers import free_port, serving
from tests.xapi.bodies import BOUNDARY, MIXED, an_attachment, joined, part
from tests.xapi.factories import a_statement
from tests.xapi.lrs_app import make_key

MEGABYTE = 1024 * 1024
GROWTH = 64
"""By how many megabytes no process may grow."""
CONTENT = bytes(range(256)) * (MEGABYTE // 256)
PATIENCE = 60


def parts(megabytes: int, statement: dict[str, object]) -> Iterator[bytes]:
    """A body with one attachment of that size, piece by piece."""
    told = str(statement["sha2"])
    empty = joined(
        [({"Content-Type": "application/json"}, json.dumps(a_statement(attachments=[statement])).encode())], b""
    )
    headers, _ = part(b"", X_Experience_API_Hash=told)
    yield empty
    yield b"\r\n" + b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items()) + b"\r\n"
    for _ in range(megabytes):
        yield CONTENT
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def an_attachment_of(megabytes: int) -> dict[str, object]:
    digest = sha256()
    for _ in range(megabytes):
        digest.update(CONTENT)
    return an_attachment(b"", sha2=digest.hexdigest(), length=megabytes * MEGABYTE)


def peaks(process: int) -> dict[int, int]:
    """The most memory that each process below one has held so far, in bytes."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    found = {}
    for child in map(int, children):
        status = Path(f"/proc/{child}/status").read_text(encoding="ascii")
        found[child] = int(status.partition("VmHWM:")[2].split()[0]) * 1024
        found.update(peaks(child))
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("megabytes", [20, pytest.param(100, marks=pytest.mark.soak)])
def test_large_attachments_do_not_pass_through_memory(
    megabytes: int, database_url: str, tmp_path: Path, now: datetime
) -> None:
    with engine_for(database_url) as engine:
        key = make_key(engine, now, "all")
    environ = {
        "MENTORCERT_DATABASE_URL": database_url,
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
    }
    port = free_port()
    command = [sys.executable, "-c", f"from mentorcert import serving; serving.serve({port})"]
    headers = {
        "X-Experience-API-Version": "2.0.0",
        "Authorization": f"Basic {b64encode(':'.join(key).encode()).decode()}",
    }
    with serving(command, port, tmp_path, environ) as (address, process):
        connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        assert there_and_back(connection, headers, 1) == MEGABYTE  # loads what is needed
        before = peaks(process.pid)
        assert there_and_back(connection, headers, megabytes) == megabytes * MEGABYTE
        after = peaks(process.pid)
        connection.close()
    grown = {pid: (after[pid] - before[pid]) // MEGABYTE for pid in after}
    assert {pid: megabytes for pid, megabytes in grown.items() if megabytes >= GROWTH} == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_refused_while_still_sending_hears_why_and_may_go_on(database_url: str, tmp_path: Path) -> None:
    environ = {
        "MENTORCERT_DATABASE_URL": database_url,
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
    }
    port = free_port()
    command = [sys.executable, "-c", f"from mentorcert import serving; serving.serve({port})"]
    with serving(command, port, tmp_path, environ) as (address, _process):
        connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        connection.connect()
        connection.auto_open = 0  # one that was closed stays closed
        assert [refused(connection) for _ in range(20)] == [401] * 20
        connection.close()


def refused(connection: HTTPConnection) -> int:
    """Send the headers of a request with an unknown key, then half a megabyte; return what it was answered with."""
    connection.putrequest("POST", "/xapi/statements")
    headers = {"X-Experience-API-Version": "2.0.0", "Authorization": "Basic YTpi", "Content-Length": str(MEGABYTE // 2)}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(bytes(MEGABYTE // 2))
    answer = connection.getresponse()
    answer.read()
    return answer.status


def there_and_back(connection: HTTPConnection, headers: dict[str, str], megabytes: int) -> int:
    """Send a statement with a large attachment, ask for it, and return how many bytes of content came back."""
    body = parts(megabytes, an_attachment_of(megabytes))
    connection.request("POST", "/xapi/statements", body, {**headers, "Content-Type": MIXED}, encode_chunked=True)
    (stored,) = json.loads(connection.getresponse().read())
    connection.request("GET", f"/xapi/statements?statementId={stored}&attachments=true", headers=headers)
    answer = connection.getresponse()
    length = 0
    while piece := answer.read(MEGABYTE):
        length += len(piece)
    return length // MEGABYTE * MEGABYTE  # but for the statement and the headers of the parts
