"""The courier: what the worker does to send statements on, a round at a time, and the loop around it.

No transaction is open while the network is used. What a round needs to know is in the database, so that any worker
can take the next one, and a killed one loses nothing.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from threading import Event
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mentorcert.config import Settings
from mentorcert.db import own_transaction
from mentorcert.delivery.sealing import Seal, Unreadable
from mentorcert.files import Blobs, Files
from xapi import delivery
from xapi.delivery import Answer, Outcome, Parcel, Patience, Peer, Reach, Target, Turn

LOOK_SECONDS: Final = 1.0
"""How often the worker looks for something to send: what an idle target lags at most."""
AT_ONCE: Final = 4
"""How many targets are served at the same time, so that a slow one holds nobody up."""
ROUNDS: Final = 50
"""How many parcels a target gets before another one may have its place."""

logger: Final = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Courier:
    """Sends statements on."""

    engine: Engine
    seal: Seal
    blobs: Blobs
    reach: Reach
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], datetime] = _now
    chance: Callable[[], float] = field(default=SystemRandom().random)

    def due(self) -> list[UUID]:
        """Return the targets that can be sent something now."""
        with Session(self.engine) as session:
            return delivery.due(session, self.clock())

    def deliver(self, target: UUID) -> bool:
        """Do one round for a target; gives whether the next one can follow at once."""
        with own_transaction(self.engine) as session:
            turn = delivery.claim(session, target, self.clock())
        if turn is None:
            return False
        with Session(self.engine) as session:
            parcel = delivery.next_parcel(session, turn.target)
        if parcel.weight and not self._extended(turn, parcel):
            return False
        answer = self._send(parcel, turn.target)
        with own_transaction(self.engine) as session:
            return delivery.settle(session, turn, parcel, answer, now=self.clock(), spread=self.chance())

    def _extended(self, turn: Turn, parcel: Parcel) -> bool:
        """Whether the turn is ours for as long as the attachments may take."""
        long = timedelta(seconds=self.patience.whole(parcel))
        with own_transaction(self.engine) as session:
            return delivery.extend(session, turn, self.clock() + delivery.LEASE + long)

    def _send(self, parcel: Parcel, target: Target) -> Answer:
        try:
            secret = self.seal.open(target.secret)
        except Unreadable:
            return Answer(Outcome.STOPPED, "Its secret can't be read any more: ours was changed. Enter it again.")
        peer = Peer(target.endpoint, target.version, target.key, secret)
        how: dict[str, Any] = {"blobs": self.blobs, "reach": self.reach, "patience": self.patience}
        return delivery.send(parcel, peer, **how, now=self.clock())


def courier(engine: Engine, files: Files, settings: Settings) -> Courier:
    """Return the courier of an installation."""
    return Courier(engine, Seal(settings.secret_key), Blobs(files), Reach.of(settings.delivery_networks))


def serve(mine: Courier, told: Event) -> None:
    """Send what there is to send until told to stop; parcels that are on their way then arrive."""
    desk = _Desk(mine, told)
    with ThreadPoolExecutor(AT_ONCE, "delivery") as threads:
        while not told.wait(LOOK_SECONDS):
            for target in desk.waiting():
                desk.busy.add(target)
                threads.submit(desk.serve, target)


@dataclass
class _Desk:
    """Which targets are being served, and whether the database could last be asked."""

    courier: Courier
    told: Event
    busy: set[UUID] = field(default_factory=set)
    away: bool = False

    def waiting(self) -> list[UUID]:
        """Return the targets that are due and that there is a thread for."""
        try:
            due = self.courier.due()
        except SQLAlchemyError as error:  # it comes back; once is enough to say it
            if not self.away:
                logger.warning("the database can't be asked what to deliver: %s", error)
            self.away = True
            return []
        self.away = False
        return [target for target in due if target not in self.busy][: AT_ONCE - len(self.busy)]

    def serve(self, target: UUID) -> None:
        """Send to one target for a while."""
        try:
            for _ in range(ROUNDS):
                if self.told.is_set() or not self.courier.deliver(target):
                    return
        except Exception:  # the others have their turn; the lease runs out, and this one is tried again
            logger.exception("delivery to %s failed", target)
        finally:
            self.busy.discard(target)
