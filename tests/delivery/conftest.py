"""What the tests of deliveries can ask for: our side, a store that does as it is told, a second instance."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from mentorcert.delivery.courier import Courier
from tests import databases
from tests.delivery.house import NO_BLOBS, SEAL, Clock, House, Second
from tests.xapi.lrs_app import Application, make_key
from tests.xapi.peer import HERE, Store, store_running
from xapi.delivery import Patience


@pytest.fixture
def house(engine: Engine, session: Session, now: datetime) -> House:
    clock = Clock(now)
    patience = Patience(connect=5, read=2, total=30)
    return House(session, Courier(engine, SEAL, NO_BLOBS, HERE, patience, clock, lambda: 1.0), clock)


@pytest.fixture
def store() -> Iterator[Store]:
    with store_running() as store:
        yield store


@pytest.fixture
def second(sqlite_template: Path, tmp_path: Path, now: datetime) -> Iterator[Second]:
    folder = tmp_path / "second"
    folder.mkdir()
    with databases.engine_for(databases.copy_template(sqlite_template, folder)) as engine:
        app = Application(engine)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Second(f"http://127.0.0.1:{server.port}/xapi", app, engine, make_key(engine, now, "all"))
        server.shutdown()
        thread.join()
        server.server_close()
