"""Our side of a delivery, and a second instance of ourselves on the other."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.delivery.courier import Courier
from mentorcert.delivery.sealing import Seal
from mentorcert.files import Blobs, open_files
from tests.xapi.factories import a_statement
from tests.xapi.lrs_app import Application
from tests.xapi.peer import SECRET
from tests.xapi.stores import store as store_here
from xapi.delivery import Filter, Target, targets
from xapi.reading import every

SEAL = Seal("a secret of thirty-two characters")
NO_BLOBS = Blobs(open_files("memory://", Path()))


class Clock:
    """Time that passes when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """Our side: a store, a courier, and the time."""

    session: Session
    courier: Courier
    clock: Clock

    def target(
        self, endpoint: str, key: str = "k", secret: str = SECRET, version: str = "1.0.3", **wanted: Any
    ) -> UUID:
        writing(self.session)
        options: dict[str, Any] = {"name": "B", "endpoint": endpoint, "version": version, "key": key, "history": True}
        sealed = SEAL.close(secret)
        made = targets.create(self.session, secret=sealed, wanted=Filter(**wanted), now=self.clock.now, **options)
        self.session.commit()
        return made.uuid

    def look(self, uuid: UUID) -> Target:
        found = targets.one(self.session, uuid)
        assert found is not None
        self.session.rollback()
        return found

    def store(self, count: int, **members: Any) -> list[str]:
        return self.store_these([a_statement(version="1.0.0", **members) for _ in range(count)])

    def store_these(self, statements: list[dict[str, Any]]) -> list[str]:
        return [str(each.statement.id) for each in store_here(self.session, statements, self.clock.now)]

    def deliver(self, uuid: UUID) -> Target:
        """Send all that can be sent now."""
        while self.courier.deliver(uuid):
            pass
        return self.look(uuid)

    def wait_for(self, uuid: UUID) -> Target:
        """Let the time pass until the target may be tried again, and try it."""
        self.clock.now = max(self.clock.now, self.look(uuid).next_at)
        return self.deliver(uuid)

    def settled(self, uuid: UUID) -> bool:
        it = self.look(uuid)
        lag = targets.lag(self.session, [it])[uuid]
        self.session.rollback()
        return lag.statements == 0


@dataclass
class Second:
    """A second instance of ourselves."""

    address: str
    app: Application
    engine: Engine
    key: tuple[str, str]

    def stored(self) -> list[dict[str, Any]]:
        with Session(self.engine) as session:
            return [each.statement.raw for each in every(session)]
