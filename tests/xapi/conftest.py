"""An application that holds nothing but the store, and a client that may do everything."""

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine
from tincan import RemoteLRS
from werkzeug.serving import make_server

from tests.xapi.lrs_app import Application, Client, make_key


@pytest.fixture
def lrs_app(engine: Engine, now: datetime) -> Application:
    app = Application(engine)
    app.clock = now
    return app


@pytest.fixture
def lrs(lrs_app: Application, engine: Engine, now: datetime) -> Client:
    return Client(lrs_app.test_client(), make_key(engine, now, "all"))


@pytest.fixture
def remote(engine: Engine, now: datetime) -> Iterator[RemoteLRS]:
    """A client that is not ours, on a server of its own."""
    key, secret = make_key(engine, now, "all")
    server = make_server("127.0.0.1", 0, Application(engine), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield RemoteLRS(endpoint=f"http://127.0.0.1:{server.server_port}/xapi/", username=key, password=secret)
    server.shutdown()
    thread.join()
    server.server_close()
