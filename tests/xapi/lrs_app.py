"""The store over HTTP in the smallest application that can hold it: it commits and rolls back as the real one does."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from xapi import Authority, Stored, credentials, lrs
from xapi.credentials import Credential

HOME = "https://mentors.example.org"


class Application(Flask):
    """Commits once a request; `heard` is what `on_stored` was told."""

    engine: Engine
    clock: datetime | None = None

    def __init__(self, engine: Engine) -> None:
        super().__init__(__name__)
        self.engine = engine
        self.heard: list[Stored] = []

    def dispatch_request(self) -> Any:
        with Session(self.engine) as session:
            g.session = session
            response = super().dispatch_request()
            session.commit()
            return response

    def now(self) -> datetime:
        return self.clock or datetime.now(UTC)


def make_app(engine: Engine) -> Application:
    app = Application(engine)

    def listen(_session: Session, stored: Sequence[Stored]) -> None:
        app.heard.extend(stored)

    def speaks_for(credential: Credential) -> Authority:
        return Authority({"account": {"homePage": HOME, "name": credential.key}})

    app.register_blueprint(
        lrs.blueprint(session=lambda: g.session, writing=writing, on_stored=listen, authority=speaks_for, now=app.now)
    )
    return app


def make_key(engine: Engine, now: datetime, *scopes: str) -> tuple[str, str]:
    """Return the key and secret of a new credential."""
    with Session(engine) as session:
        writing(session)
        credential, secret = credentials.create(session, label="A client", scopes=scopes, now=now)
        session.commit()
        return credential.key, secret


class Lrs:
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
