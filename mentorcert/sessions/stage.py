"""How far a live session is. Derived from what happened in it, never stored. Pure."""

from enum import StrEnum

from mentorcert.sessions.models import LiveSession


class Stage(StrEnum):
    """The stages of a session, in order; a cancelled one has none of the others."""

    CHECK_IN = "check-in"
    SCENARIO = "scenario"
    ROUNDS = "rounds"
    TALK = "talk"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def stage_of(live: LiveSession, here: int) -> Stage:
    """The stage of a session in which so many are here."""
    if live.cancelled_at is not None:
        return Stage.CANCELLED
    if live.closed_at is not None:
        return Stage.CLOSED
    if live.round > live.rounds:
        return Stage.TALK
    if live.round or live.revealed_at is not None:
        return Stage.ROUNDS
    return Stage.SCENARIO if here else Stage.CHECK_IN
