"""Another store, on a real port: it takes statements as one should, until a test tells it what to do instead."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from xapi.delivery import Peer, Reach

HERE = Reach.of(["127.0.0.0/8"])
SECRET = "between-us"


@dataclass(frozen=True)
class Reply:
    """An answer in full."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Act = Callable[["Handler", list[dict[str, Any]]], None]


class Store(ThreadingHTTPServer):
    """What it was sent, and what it does next."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[list[dict[str, Any]]] = []
        """Every batch that came, as it came."""
        self.texts: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.stored: dict[str, dict[str, Any]] = {}
        """What it holds, by id, in the order in which it came first."""
        self.script: deque[Act] = deque()
        """What it does with the next requests; after that it takes what comes."""
        self.refused: dict[str, int] = {}
        """Ids that it does not want, and the status that it says so with."""
        self.most = 10_000
        """How many statements it takes at once."""
        self.wanted = 0
        """How many statements it waits for."""
        self.complete = Event()
        """Set once it holds them."""
        self.closing = Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def peer(self, **others: Any) -> Peer:
        return Peer(**{"endpoint": f"{self.address}/xapi", "version": "1.0.3", "key": "k", "secret": SECRET, **others})

    @property
    def ids(self) -> list[str]:
        """The ids that it holds, in the order in which they came first."""
        return list(self.stored)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        batch = json.loads(text)
        self.server.texts.append(text)
        self.server.requests.append(batch)
        self.server.headers.append({"path": self.path, **dict(self.headers)})
        act = self.server.script.popleft() if self.server.script else take
        act(self, batch)

    def do_GET(self) -> None:
        wanted = parse_qs(urlsplit(self.path).query)["statementId"][0]
        found = self.server.stored.get(wanted)
        self.answer(Reply(404) if found is None else Reply(200, json.dumps(found).encode()))

    def answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def take(handler: Handler, batch: list[dict[str, Any]]) -> None:
    """Store a batch, or refuse all of it, as a store does."""
    store = handler.server
    if len(batch) > store.most:
        return handler.answer(Reply(413, b'{"error": "too large"}'))
    for each in batch:
        if status := store.refused.get(each["id"]):
            return handler.answer(Reply(status, b'{"error": "not this one"}'))
    for each in batch:
        store.stored.setdefault(each["id"], each)
    if len(store.stored) >= store.wanted:
        store.complete.set()
    return handler.answer(Reply(200, json.dumps([each["id"] for each in batch]).encode()))


def say(status: int, body: bytes = b"", **headers: str) -> Act:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _batch: handler.answer(Reply(status, body, named))


def hang(handler: Handler, _batch: list[dict[str, Any]]) -> None:
    """Say nothing until the test is over."""
    handler.server.closing.wait(30)
    handler.close_connection = True


def drip(handler: Handler, _batch: list[dict[str, Any]]) -> None:
    """Go on talking, a byte at a time, and never come to an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    try:
        while not handler.server.closing.wait(0.02):
            handler.wfile.write(b" ")
    except OSError:
        pass
    handler.close_connection = True


def store_and_drop(handler: Handler, batch: list[dict[str, Any]]) -> None:
    """Take a batch and go away without a word."""
    for each in batch:
        handler.server.stored.setdefault(each["id"], each)
    handler.close_connection = True


@contextmanager
def store_running() -> Iterator[Store]:
    with Store() as store:
        thread = Thread(target=store.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield store
        finally:
            store.closing.set()
            store.shutdown()
            thread.join()
