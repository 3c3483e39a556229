"""Reading targets: how each stands, how far it is behind, and what it refused."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert.errors import NotFound
from xapi.delivery import Lag, Target, letters, targets


class Standing(StrEnum):
    """How a target stands, as people are told."""

    COMPLETE = "complete"
    UNDER_WAY = "under way"
    WAITING = "waiting"
    """It could not be reached, and is tried again by itself."""
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Post:
    """A target as the pages show it."""

    target: Target
    lag: Lag
    refused: int
    """How many dead letters there are."""
    rate: int
    """How many statements it took within the last hour."""

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if self.target.state is not targets.State.RUNNING:
            return Standing(self.target.state.value)
        if self.target.failures:
            return Standing.WAITING
        return Standing.UNDER_WAY if self.lag.statements else Standing.COMPLETE


def every(session: Session, now: datetime) -> list[Post]:
    """Return all targets by name. Four queries, however many there are."""
    return _told(session, targets.every(session), now)


def post(session: Session, uuid: UUID, now: datetime) -> Post:
    """Return one target; raises NotFound."""
    return _told(session, [target(session, uuid)], now)[0]


def target(session: Session, uuid: UUID) -> Target:
    """Return what the store knows of a target; raises NotFound."""
    found = targets.one(session, uuid)
    if found is None:
        raise NotFound("There is no such delivery.", "Go back to the list of deliveries and choose one.")
    return found


def _told(session: Session, known: Collection[Target], now: datetime) -> list[Post]:
    lag = targets.lag(session, list(known))
    refused = letters.counts(session)
    return [Post(each, lag[each.uuid], refused.get(each.id, 0), each.rate(now)) for each in known]
