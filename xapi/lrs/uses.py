"""When the use of a key is worth writing down: once an hour at most, and by one request of many at once."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from xapi.credentials import Credential

_PATIENCE: Final = timedelta(minutes=1)
"""How long a process waits before it tries again: of many requests at once, one waits for the lock, not all."""


class Uses:
    """What one application has tried to write down; its threads share it."""

    def __init__(self) -> None:
        self._tried: dict[UUID, datetime] = {}

    def is_due(self, credential: Credential, now: datetime) -> bool:
        """Whether a use of the credential is to be written down by who asks; for a minute nobody else is told so."""
        tried = self._tried.get(credential.uuid)
        if not credential.is_use_due(now) or (tried is not None and tried > now - _PATIENCE):
            return False
        self._tried[credential.uuid] = now
        return True
