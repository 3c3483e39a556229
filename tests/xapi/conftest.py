"""An application that holds nothing but the store, and a client that may do everything."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from tests.xapi.lrs_app import Application, Client, make_key


@pytest.fixture
def lrs_app(engine: Engine, now: datetime) -> Application:
    app = Application(engine)
    app.clock = now
    return app


@pytest.fixture
def lrs(lrs_app: Application, engine: Engine, now: datetime) -> Client:
    return Client(lrs_app.test_client(), make_key(engine, now, "all"))
