"""Storing together: of all requests that wait for their turn to write, one stores what all of them bring.

A commit waits for the disk, and there is one writer at a time. So whoever has the turn takes along everybody who came
meanwhile: one transaction, one commit, and one append for all that have the same authority. Where anything in it is
refused or fails, each is stored by itself, so that nobody bears the consequences of what somebody else sent. A
request is answered when what it brought is committed.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from threading import Lock
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from xapi import store
from xapi.reading import Stored
from xapi.statement import Statement
from xapi.store import Authority

MOST: Final = 500
"""How many statements go together: others wait as long as all of them take."""


@dataclass
class _Brought:
    """What one request brings, and what became of it."""

    authority: Authority
    statements: Sequence[Statement]
    note: Callable[[Session, datetime], None]
    """Writes down what else came with the statements."""
    is_stored: bool = False
    error: Exception | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it is known what became of it."""
        return self.is_stored or self.error is not None


@dataclass
class Together:
    """The writer of a process: it stores for one request or for many."""

    sessions: Callable[[], Session]
    writing: Callable[[Session], None]
    on_stored: Callable[[Session, Sequence[Stored]], None]
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        self._turn = Lock()
        self._waiting: deque[_Brought] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return len(self._waiting)

    def store(
        self, authority: Authority, statements: Sequence[Statement], note: Callable[[Session, datetime], None]
    ) -> list[UUID]:
        """Store statements, alone or with those of others, commit, and return their ids. Raises what append raises."""
        mine = _Brought(authority, statements, note)
        self._waiting.append(mine)
        with self._turn:
            while not mine.is_settled:
                self._store_next(mine)
        if mine.error is not None:
            raise mine.error
        return [each.id for each in statements]

    def _store_next(self, mine: _Brought) -> None:
        """Wait until nobody else writes, and store what those who came until then bring."""
        some: Sequence[_Brought] = [mine]
        try:
            with self.sessions() as session:
                self._begin(session)
                some = self._next()
                self._write(session, some)
        except Exception as error:  # whatever it is: each must hear what became of its own
            self._settle(some, error)
        else:
            for each in some:
                each.is_stored = True

    def _settle(self, some: Sequence[_Brought], error: Exception) -> None:
        """Tell one alone what went wrong; of several, try each by itself."""
        if len(some) == 1:
            with suppress(ValueError):  # it was taken off the queue, unless others kept us from beginning at all
                self._waiting.remove(some[0])
            some[0].error = error
            return
        for each in some:
            try:
                with self.sessions() as session:
                    self._begin(session)
                    self._write(session, [each])
                    each.is_stored = True
            except Exception as own:  # as above
                each.error = own

    def _begin(self, session: Session) -> None:
        self.writing(session)
        store.keep_others_out(session)

    def _next(self) -> list[_Brought]:
        """Take those who came first off the queue: as many as go together, but one at least."""
        taken = [self._waiting.popleft()]
        room = MOST - len(taken[0].statements)
        while self._waiting and len(self._waiting[0].statements) <= room:
            taken.append(self._waiting.popleft())
            room -= len(taken[-1].statements)
        return taken

    def _write(self, session: Session, some: Sequence[_Brought]) -> None:
        moment = self.now()  # taken when it is our turn, so that what is stored later says so
        for authority, same in groupby(some, key=lambda each: each.authority):
            them = list(same)
            statements = [statement for each in them for statement in each.statements]
            store.append(session, statements, authority=authority, on_stored=self.on_stored, now=moment)
            for each in them:
                each.note(session, moment)
        session.commit()
