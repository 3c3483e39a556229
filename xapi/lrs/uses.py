"""Noting that keys are used: each once an hour at most, in a short transaction of its own, whatever was asked for."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy.exc
from sqlalchemy.orm import Session

from xapi import credentials
from xapi.credentials import Credential

_PATIENCE: Final = timedelta(minutes=1)
"""How long a process waits before it tries again: of many requests at once, one waits for the lock, not all."""
_logger: Final = logging.getLogger(__name__)


class Uses:
    """Notes the use of keys for one application; its threads share it."""

    def __init__(self) -> None:
        self._tried: dict[UUID, datetime] = {}

    def note(self, session: Session, writing: Callable[[Session], None], credential: Credential, now: datetime) -> None:
        """Write down a use where one is due. Whatever the session did before is over: committed, or rolled back.

        A database that is too busy is no fault: a later request notes it.
        """
        if not self._is_due(credential, now):
            return
        self._tried[credential.uuid] = now
        try:
            session.rollback()
            writing(session)
            credentials.note_use(session, credential, now)
            session.commit()
        except sqlalchemy.exc.OperationalError as error:
            session.rollback()
            _logger.info("the use of a key was not noted: %s", error.orig)

    def _is_due(self, credential: Credential, now: datetime) -> bool:
        tried = self._tried.get(credential.uuid)
        return credential.is_use_due(now) and (tried is None or tried <= now - _PATIENCE)
