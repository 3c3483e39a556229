"""The self-check: whether what is stored is what was stored, and whether progress is what the statements say.

A check reads page by page, each in a transaction of its own, and writes nothing. The worker does a slice a night, and
goes on where it stopped; the shell does it all at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import Door
from mentorcert.files import Blobs
from mentorcert.upkeep.models import SelfCheck
from xapi import reading, verify
from xapi.tables import attachment
from xapi.verify import Seen

SLICE: Final = 100_000
"""How many statements the worker looks at in a night."""
MOST_TOLD: Final = 50
"""How many faults a check keeps in words; it counts all."""
PURGED: Final = "statements.purge"
"""The action under which the audit log knows what retention removed."""
_REGISTRATIONS: Final = 20
_HASHES: Final = 500


@dataclass
class Result:
    """How far a check is, and what it found."""

    seen: Seen
    faults: int = 0
    told: list[str] = field(default_factory=list)
    finished: bool = False
    fresh: list[str] = field(default_factory=list)
    """The first of those that were found since it was gone on with."""

    def note(self, lines: Sequence[str]) -> None:
        """Count faults, and keep the first."""
        self.faults += len(lines)
        self.told = [*self.told, *lines][:MOST_TOLD]
        self.fresh = [*self.fresh, *lines][:MOST_TOLD]


def pages(session: Session, seen: Seen) -> Iterator[tuple[Seen, list[str]]]:
    """Look at statement after statement behind `seen`; give after each page how far it is, and what was found."""
    while True:
        _snapshot(session)
        after, found = verify.page(session, seen)
        if after.sequence == seen.sequence:
            session.rollback()
            return
        seen = after
        yield seen, [str(each) for each in found]


def conclusions(session: Session, door: Door, blobs: Blobs, seen: Seen, *, thorough: bool = False) -> Iterator[str]:
    """Give what only a check of everything can find, once it has come to the end as `seen`.

    A thorough one reads every attachment and compares its hash; another one sees only whether it is there.
    """
    _snapshot(session)
    yield from map(str, verify.whole(session, seen))
    missing, purged = verify.missing(session, seen.sequence), _purged(session)
    if missing != purged:
        yield (
            f"statement numbers: {missing} are missing, and retention removed {purged}. "
            "Somebody wrote to the table, or a back-up was put back over newer statements. Compare it with one."
        )
    yield from progress_faults(session, door)
    yield from attachment_faults(session, blobs, thorough=thorough)


def progress_faults(session: Session, door: Door) -> Iterator[str]:
    """Compare progress with what the statements say, a few enrolments at a time; give what differs."""
    after: UUID | None = None
    while True:
        _snapshot(session)
        registrations = _registrations(session, after)
        if not registrations:
            session.rollback()
            return
        for registration, activity in sorted(door.differing(session, registrations)):
            yield (
                f"progress of registration {registration}, activity {activity}: it is not what the statements say. "
                "Run `mentorcert rebuild`."
            )
        after = registrations[-1]


def attachment_faults(session: Session, blobs: Blobs, *, thorough: bool) -> Iterator[str]:
    """Give the attachments whose bytes are not there, or are others than those that came."""
    after = ""
    while True:
        held = session.scalars(_hashes.where(attachment.c.sha2 > after).limit(_HASHES)).all()
        session.rollback()  # no transaction is open while files are read
        if not held:
            return
        for sha2 in held:
            if what := _attachment_fault(blobs, sha2, thorough=thorough):
                yield f"attachment {sha2}: {what} Put the file back from a back-up."
        after = held[-1]


def _attachment_fault(blobs: Blobs, sha2: str, *, thorough: bool) -> str:
    if not blobs.exists(sha2):
        return "its file is not there."
    if thorough and blobs.digest(sha2, _ALGORITHMS[len(sha2)]) != sha2:
        return "its file is not what came: the hash is another."
    return ""


_hashes: Final = select(attachment.c.sha2).distinct().order_by(attachment.c.sha2)
_ALGORITHMS: Final = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
"""By the number of hexadecimal digits."""


def look(session: Session, door: Door, blobs: Blobs, *, most: int = SLICE) -> Result:
    """Go on with the check that is under way, or begin one, for `most` statements or a few more. Writes nothing."""
    under_way = _under_way(session)
    result = _result(under_way) if under_way else Result(verify.begin(session))
    end = result.seen.checked + most
    for seen, lines in pages(session, result.seen):
        result.seen = seen
        result.note(lines)
        if seen.checked >= end:
            return result
    result.note(list(conclusions(session, door, blobs, result.seen)))
    result.finished = True
    return result


def keep(session: Session, result: Result, *, now: datetime, anew: bool = False) -> SelfCheck:
    """Write down how far the check is that is under way, or that was just begun; `anew` is one of its own."""
    writing(session)
    row = None if anew else _under_way(session)
    if row is None:
        row = SelfCheck(began_at=now, told=[])
        session.add(row)
    row.seen_at, row.finished_at = now, now if result.finished else None
    seen = result.seen
    row.sequence, row.newest, row.checked = seen.sequence, seen.newest, seen.checked
    row.search_rows, row.faults, row.told = seen.search_rows, result.faults, result.told
    session.flush()
    return row


def latest(session: Session) -> SelfCheck | None:
    """Return the newest check that came to its end."""
    query = select(SelfCheck).where(SelfCheck.finished_at.is_not(None)).order_by(SelfCheck.id.desc())
    return session.scalar(query.limit(1))


def faults(session: Session) -> int:
    """Return how many faults the newest whole check found, or the one under way if that found more already."""
    known = (latest(session), _under_way(session))
    return max((each.faults for each in known if each is not None), default=0)


def _under_way(session: Session) -> SelfCheck | None:
    query = select(SelfCheck).where(SelfCheck.finished_at.is_(None)).order_by(SelfCheck.id.desc())
    return session.scalar(query.limit(1))


def _result(row: SelfCheck) -> Result:
    seen = Seen(row.sequence, row.newest, row.checked, row.search_rows)
    return Result(seen, row.faults, list(row.told))


def _snapshot(session: Session) -> None:
    """Begin a transaction in which all reads see the same, also on PostgreSQL."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _purged(session: Session) -> int:
    entries = session.scalars(select(AuditEntry.after).where(AuditEntry.action == PURGED))
    return sum(entry["statements"] for entry in entries if entry)


def _registrations(session: Session, after: UUID | None) -> list[UUID]:
    """The next registrations that statements or progress name, in the order of the database."""
    told = reading.registrations(session, after, _REGISTRATIONS)
    query = select(Progress.registration).distinct().order_by(Progress.registration).limit(_REGISTRATIONS)
    folded = session.scalars(query if after is None else query.where(Progress.registration > after))
    return sorted({*told, *folded})[:_REGISTRATIONS]
