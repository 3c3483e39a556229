"""Taking a live session to change it: one at a time, and only while it is open."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.db import writing
from mentorcert.errors import Conflict, NotFound
from mentorcert.sessions.models import LiveSession


def hold(session: Session, uuid: UUID) -> LiveSession:
    """The session, locked until the transaction ends; what it says is what was committed last. Raises NotFound.

    Whoever holds one may count on nobody else changing it, so that two who press the same button do it once.
    """
    writing(session)
    query = select(LiveSession).where(LiveSession.uuid == uuid).with_for_update(of=LiveSession)
    found = session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound("There is no such session.", "Go to your sessions and choose one.")
    return found


def hold_open(session: Session, uuid: UUID) -> LiveSession:
    """The same for one that is neither closed nor cancelled; raises Conflict for one that is."""
    live = hold(session, uuid)
    if live.closed_at is not None:
        raise Conflict(
            f"Session {live.number} is closed; its attendance is recorded.",
            "If somebody's attendance is wrong, correct it on the session's page.",
        )
    if live.cancelled_at is not None:
        raise Conflict(f"Session {live.number} is cancelled.", "Bring it back in the schedule first.")
    return live


def touch(live: LiveSession) -> None:
    """Say that something in a session changed, so that live pages ask for it again."""
    live.revision += 1
