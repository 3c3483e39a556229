"""What the worker does each night: let go what the rules say, clear what is long done, and check a slice of the rest.

It commits page by page: so nobody waits long for it, and what it did stays when the worker is stopped in between.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from mentorcert import outbox
from mentorcert.config import Settings
from mentorcert.db import writing
from mentorcert.evidence.service import Door, door
from mentorcert.files import Blobs, Files
from mentorcert.upkeep import checking, retention

logger: Final = logging.getLogger(__name__)


def run(session: Session, settings: Settings, files: Files, *, now: datetime | None = None) -> None:
    """Do it all; what goes wrong in one part is logged, and the others have their turn."""
    moment, mine = now or datetime.now(UTC), door(settings.iri_base)
    parts: dict[str, Callable[[], None]] = {
        "retention": lambda: _let_go(session, mine, settings, moment),
        "clearing": lambda: _clear(session, files, moment),
        "the self-check": lambda: _check(session, mine, Blobs(files), moment),
    }
    for name, part in parts.items():
        try:
            part()
        except Exception:  # whatever it is: the other parts have nothing to do with it
            session.rollback()
            logger.exception("%s did not come to its end", name)


def _let_go(session: Session, mine: Door, settings: Settings, now: datetime) -> None:
    for rule in retention.rules(settings):
        for _ in retention.pages(session, mine, rule, now=now):
            session.commit()
        session.rollback()


def _clear(session: Session, files: Files, now: datetime) -> None:
    writing(session)
    outbox.clear(session, now=now)
    session.commit()
    retention.clear_attachments(session, files, now=now)
    session.rollback()


def _check(session: Session, mine: Door, blobs: Blobs, now: datetime) -> None:
    result = checking.look(session, mine, blobs)
    checking.keep(session, result, now=now)
    session.commit()
    for line in result.fresh:
        logger.error("self-check: %s", line)
    if len(result.fresh) == checking.MOST_TOLD:
        logger.error("self-check: there may be more; `mentorcert lrs verify` names them all")
