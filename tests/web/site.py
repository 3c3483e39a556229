"""A site of one page with our static files, which answers what scripts send as a test tells it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.web import rendering

FILM = (
    rendering.WEB.parents[1] / "content" / "mentor-development" / "units" / "04-questions" / "media" / "question.webm"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
POLICY = {"Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'"}
WAIT_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What is answered to a POST or a poll; with status 0 the connection just ends, as when the network is lost."""

    status: int = 200
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)


LOST = Answer(status=0)


def said(status: int = 200, **values: Any) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(values), {"Content-Type": "application/json"})


def fresh(body: str, etag: str) -> Answer:
    """An answer in HTML with its ETag."""
    return Answer(200, body, {"Content-Type": "text/html", "ETag": etag})


@dataclass(frozen=True)
class Heard:
    """One POST or poll."""

    path: str
    fields: dict[str, list[str]]
    token: str
    etag: str


@dataclass
class Site:
    """What the server shows and says, and what it heard."""

    html: str = ""
    answers: list[Answer] = field(default_factory=lambda: [said()])
    heard: "Queue[Heard]" = field(default_factory=Queue)

    def next(self) -> Heard:
        """The next thing heard; waits for it. Raises queue.Empty when nothing comes."""
        return self.heard.get(timeout=WAIT_SECONDS)

    def answer(self) -> Answer:
        """The next of `answers`; the last one stands for all that follow."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """Serve the site on a port of its own; give its address."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            self._send(200, self.site.html.encode(), {"Content-Type": "text/html; charset=utf-8", **POLICY})
        elif path == "/film.webm":
            self._film()
        elif path.startswith("/static/"):
            file = rendering.WEB / path.lstrip("/")
            self._send(200, file.read_bytes(), {"Content-Type": TYPES[file.suffix]})
        else:
            self._dynamic(path, b"")

    def do_POST(self) -> None:
        self._dynamic(urlsplit(self.path).path, self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def _dynamic(self, path: str, body: bytes) -> None:
        fields = parse_qs(body.decode(), keep_blank_values=True)
        token, etag = self.headers.get("X-CSRFToken", ""), self.headers.get("If-None-Match", "")
        self.site.heard.put(Heard(path, fields, token, etag))
        told = self.site.answer()
        if told.status:
            self._send(told.status, told.body.encode() if told.status != 304 else b"", told.headers)

    def _film(self) -> None:
        whole = FILM.read_bytes()
        first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        part = {"Content-Range": f"bytes {first}-{len(whole) - 1}/{len(whole)}", "Accept-Ranges": "bytes"}
        self._send(206, whole[first:], {"Content-Type": "video/webm", **part})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        try:
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # browsers drop a film's connection when they have enough
