"""A real server: slow and broken clients leave room for others, and stopping it leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests import servers

SLOW = 12
"""With 2 processes of 4 threads each, so many slow uploads made a server deaf."""
PATIENCE = 30
"""Seconds; an answer takes some thousandths."""
MEGABYTE = 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with servers.running(["run"], folder) as address:
        yield address


def test_slow_uploads_do_not_keep_others_waiting(address: str) -> None:
    with ExitStack() as stack:
        uploads = [stack.enter_context(_begun_upload(address)) for _ in range(SLOW)]
        for _ in range(5):
            assert _get(address, "/healthz") == (200, "ok\n")
            status, page = _get(address, "/verify")
            assert (status, "<h1" in page) == (200, True)
        for upload in uploads:  # each is still waiting for the rest of its body: nothing was answered
            upload.setblocking(False)
            with pytest.raises(BlockingIOError):
                upload.recv(1)


def test_a_slow_upload_is_answered_when_it_comes_to_its_end(address: str) -> None:
    with _begun_upload(address) as upload:
        assert _get(address, "/healthz")[0] == 200
        upload.sendall(b"x" * (MEGABYTE - MEGABYTE // 4))
        assert upload.recv(12) == b"HTTP/1.1 400"  # it had no token


def test_a_request_that_is_cut_off_leaves_the_server_well(address: str, folder: Path) -> None:
    for _ in range(SLOW):
        with _begun_upload(address):
            pass
    assert _get(address, "/healthz") == (200, "ok\n")
    assert "Traceback" not in (folder / "server.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_stopping_the_server_stops_all_that_it_started(tmp_path: Path, told: signal.Signals) -> None:
    with servers.started(["run"], tmp_path) as (address, process):
        assert _get(address, "/healthz")[0] == 200
        _stop(process, told)
    assert "Traceback" not in (tmp_path / "server.log").read_text(encoding="utf-8")


def test_a_client_that_never_ends_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    with servers.started(["run"], tmp_path) as (address, process), _begun_upload(address):
        assert _get(address, "/healthz")[0] == 200
        _stop(process, signal.SIGINT)


def test_behind_a_proxy_each_client_has_its_own_tries(tmp_path: Path) -> None:
    port = servers.free_port()
    # As in docs/operating.md, with one process: each counts tries of its own.
    command = [_program("granian"), "--interface", "wsgi", "--blocking-threads", "32", "--port", str(port), "wsgi:app"]
    environ = {
        "MENTORCERT_SECRET_KEY": "a secret of thirty-two characters",
        "MENTORCERT_IRI_BASE": "https://mentors.example.org",
        "PYTHONPATH": str(ROOT),
    }
    own = {"MENTORCERT_DATA": str(tmp_path / "var"), **environ}
    subprocess.run([_program("mentorcert"), "db", "upgrade"], env=own, check=True, capture_output=True)
    with servers.serving(command, port, tmp_path, environ) as (address, _):
        assert [_try_to_sign_in(address, "203.0.113.7", number) for number in range(11)] == [400] * 10 + [429]
        assert _try_to_sign_in(address, "203.0.113.8", 11) == 400


def _try_to_sign_in(address: str, client: str, number: int) -> int:
    """Send a wrong password through a proxy on this machine, for another account each time."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    forwarded = {"X-Forwarded-For": client, "X-Forwarded-Proto": "https"}
    connection.request("GET", "/sign-in", headers=forwarded)
    page = connection.getresponse()
    cookie, found = (page.headers["Set-Cookie"] or "").split(";")[0], _TOKEN.search(page.read().decode())
    assert found
    form = urlencode({"email": f"{number}@example.org", "password": "wrong", "csrf_token": found[1]})
    kind = "application/x-www-form-urlencoded"
    connection.request("POST", "/sign-in", form, {**forwarded, "Cookie": cookie, "Content-Type": kind})
    answer = connection.getresponse()
    connection.close()
    return answer.status


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _stop(process: "subprocess.Popen[bytes]", told: signal.Signals) -> None:
    """Tell the whole group, as a terminal does, and see that nobody of it is left."""
    os.killpg(process.pid, told)
    assert process.wait(PATIENCE) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def _begun_upload(address: str) -> socket.socket:
    """Give a connection on which a megabyte is promised, a quarter of it sent, and then nothing more."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    upload = socket.create_connection((host, port), timeout=PATIENCE)
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Length: {MEGABYTE}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    upload.sendall(head.encode() + b"email=" + b"x" * (MEGABYTE // 4 - len("email=")))
    return upload


def _get(address: str, path: str) -> tuple[int, str]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
