"""What the worker does each hour: recordings whose time is over, uploads that nobody goes on with, files without a row.

It commits recording by recording: what it did stays when the worker is stopped in between.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from mentorcert.files import Files
from mentorcert.recordings import keeping, letting_go, uploads
from mentorcert.upkeep import ended

logger: Final = logging.getLogger(__name__)


def run(session: Session, files: Files, *, now: datetime | None = None) -> None:
    """Do it all; what goes wrong in one part is logged, and the others have their turn."""
    moment = now or datetime.now(UTC)
    parts: dict[str, Callable[[], None]] = {
        "letting recordings go": lambda: _let_go(session, moment),
        "emptying gradings that ended": lambda: _empty_ended(session, moment),
        "letting uploads go": lambda: _clear_uploads(session, moment),
        "removing files without a row": lambda: _clear_files(session, files, moment),
    }
    for name, part in parts.items():
        try:
            part()
        except Exception:  # whatever it is: the other parts have nothing to do with it
            session.rollback()
            logger.exception("%s did not come to its end", name)


def _let_go(session: Session, now: datetime) -> None:
    for _ in letting_go.run(session, now=now):
        session.commit()
    session.rollback()


def _empty_ended(session: Session, now: datetime) -> None:
    ended.clear(session, now=now)
    session.commit()


def _clear_uploads(session: Session, now: datetime) -> None:
    uploads.clear(session, now=now)
    session.commit()


def _clear_files(session: Session, files: Files, now: datetime) -> None:
    keeping.clear(session, files, now=now)
    session.rollback()
