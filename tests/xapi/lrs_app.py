"""The store over HTTP in the smallest application that can hold it, and a client for it."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from obstore.store import MemoryStore
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.files import Blobs, Files
from xapi import Authority, Stored, credentials
from xapi.credentials import Credential
from xapi.lrs import Host, Lrs, beside

HOME = "https://mentors.example.org"
ATTACHMENT_BYTES = 20 * 1024 * 1024


class Application(Flask):
    """Has no pages, only the store; `heard` is what `on_stored` was told."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(__name__)
        self.clock: datetime | None = None
        self.heard: list[Stored] = []
        self.files = Files(MemoryStore())
        self.lrs = Lrs(
            Host(
                engine=engine,
                sessions=lambda: Session(engine),
                writing=writing,
                on_stored=lambda _session, stored: self.heard.extend(stored),
                authority=speaks_for,
                now=lambda: self.clock or datetime.now(UTC),
                blobs=Blobs(self.files),
                attachment_bytes=ATTACHMENT_BYTES,
            )
        )

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        return beside(super().wsgi_app, self.lrs)(environ, start_response)


def speaks_for(credential: Credential) -> Authority:
    """Return who vouches for what a credential sends."""
    return Authority({"account": {"homePage": HOME, "name": credential.key}}, defines=credential.may_define)


def make_key(engine: Engine, now: datetime, *scopes: str) -> tuple[str, str]:
    """Return the key and secret of a new credential."""
    with Session(engine) as session:
        writing(session)
        credential, secret = credentials.create(session, label="A client", scopes=scopes, now=now)
        session.commit()
        return credential.key, secret


class Client:
    """A client with a key, speaking one version. It gives test responses; Any, so that their JSON needs no casts."""

    def __init__(self, client: FlaskClient, key: tuple[str, str] | None, version: str | None = "1.0.3") -> None:
        self.client: Any = client
        self.headers = {} if version is None else {"X-Experience-API-Version": version}
        if key is not None:
            self.headers["Authorization"] = "Basic " + b64encode(":".join(key).encode()).decode()

    def get(self, /, path: str = "statements", headers: dict[str, str] | None = None, **parameters: str) -> Any:
        return self.client.get(f"/xapi/{path}", query_string=parameters, headers={**self.headers, **(headers or {})})

    def post(self, body: object, **parameters: str) -> Any:
        return self.client.post("/xapi/statements", json=body, headers=self.headers, query_string=parameters)

    def put(self, body: object, **parameters: str) -> Any:
        return self.client.put("/xapi/statements", json=body, headers=self.headers, query_string=parameters)

    def send(
        self, method: str, path: str, data: bytes = b"", *, headers: dict[str, str] | None = None, **parameters: str
    ) -> Any:
        """Send any request; a body is JSON unless the headers say otherwise."""
        sent = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        return self.client.open(f"/xapi/{path}", method=method, query_string=parameters, data=data, headers=sent)
