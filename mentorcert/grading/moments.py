"""Moments of a recording that a coach marks as evidence, each tied to a criterion, with a note.

Whoever marks one names it by a UUID of their own making, so that what is sent twice over a bad network is there once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import nan
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.grading import queries, service
from mentorcert.grading.feedback import Evidence
from mentorcert.grading.models import Assessment, Moment

LONGEST: Final = 500
"""Characters of a note."""
MOST: Final = 200
"""Moments of one assessment."""
DAY: Final = 24 * 3600
"""Seconds; the length of a recording that is a link is not known."""

_TIME: Final = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5})(?:\.\d{1,6})?", re.ASCII)
_PARTS: Final = ("at", "of", "note")
_FIELD: Final = re.compile(r"mark-note-([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class Typed:
    """A moment as a form holds it, whatever it holds."""

    uuid: UUID
    at: str
    criterion: str
    note: str
    is_new: bool = False
    """Typed by its time, and never saved."""


def seconds_of(text: str) -> int | None:
    """The seconds of 12:26, 1:02:03 or 746; None of anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def number(text: str) -> float:
    """The seconds that a script sends, with fractions; not a number when it sends anything else."""
    try:
        return float(text[:30])
    except ValueError:
        return nan


def uuid_of(text: str) -> UUID | None:
    """The UUID that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_form(posted: Mapping[str, str]) -> Iterator[Typed]:
    """The moments that the bench's form holds, the new one that is typed by hand among them."""
    for name in posted:
        if (found := _FIELD.fullmatch(name)) and (uuid := uuid_of(found[1])):
            at, of, note = (posted.get(f"mark-{part}-{found[1]}", "").strip() for part in _PARTS)
            yield Typed(uuid, at, of, note)
    if posted.get("mark-at", "").strip():
        at, of, note = (posted.get(f"mark-{part}", "").strip() for part in _PARTS)
        yield Typed(uuid4(), at, of, note, is_new=True)


def changed(typed: Iterable[Typed], kept: Sequence[Moment]) -> list[Evidence]:
    """What of a form is new, or not as it is kept. Raises Invalid with a fault for each time that can't be read."""
    known, found, faults = {each.uuid: each for each in kept}, [], []
    for each in typed:
        old, at = known.get(each.uuid), seconds_of(each.at)
        if at is None:
            faults.append(Fault("mark", f"“{each.at}” is no time.", "Write it like 12:26."))
            continue
        exact = old.at if old is not None and int(old.at) == at else float(at)
        if old is None or (old.at, old.criterion, old.note) != (exact, each.criterion, each.note):
            found.append(Evidence(exact, each.criterion, each.note, each.uuid))
    if faults:
        raise Invalid("A moment can’t be saved.", "Correct what is named here.", faults)
    return found


def shown(assessment: Assessment) -> list[Evidence]:
    """The moments of an assessment as they are read."""
    return [Evidence(each.at, each.criterion, each.note, each.uuid) for each in assessment.moments]


def put(session: Session, uuid: UUID, wishes: Sequence[Evidence], *, who: UUID, now: datetime) -> Assessment:
    """Keep moments of an assessment, by their UUIDs: those that are there are changed.

    Raises Invalid with a fault for each that can't be kept, and what `service.hold` raises.
    """
    found = _held(session, uuid, who, now)
    known = {each.uuid: each for each in found.moments}
    _require_sound(session, found, wishes, len(known.keys() | {each.uuid for each in wishes}))
    for wish in wishes:
        row = known.get(wish.uuid or uuid4())
        if row is None:
            row = Moment(uuid=_free(session, wish.uuid))
            found.moments.append(row)
        row.at, row.criterion, row.note = wish.at, wish.criterion, _plain(wish.note)
    found.saved_at = now
    session.flush()
    return found


def remove(session: Session, uuid: UUID, moment: UUID, *, who: UUID, now: datetime) -> Assessment:
    """Take a moment away; one that is gone already is no fault. Raises what `service.hold` raises."""
    found = _held(session, uuid, who, now)
    for each in [each for each in found.moments if each.uuid == moment]:
        session.delete(each)
    found.saved_at = now
    session.flush()
    session.expire(found, ["moments"])
    return found


def merged(kept: Sequence[Evidence], typed: Iterable[Typed]) -> list[Evidence]:
    """The moments that a page shows again after a fault: as they were typed where that can be read."""
    found = {each.uuid: each for each in kept}
    for each in typed:
        old, at = found.get(each.uuid), seconds_of(each.at)
        if old is not None:
            found[each.uuid] = replace(old, at=old.at if at is None else at, criterion=each.criterion, note=each.note)
    return sorted(found.values(), key=lambda each: each.at)


def _held(session: Session, uuid: UUID, who: UUID, now: datetime) -> Assessment:
    """The coach's own open assessment. Its recording is locked first: a grade may be submitted with its moments."""
    service.lock_recording(session, uuid)
    return service.hold(session, uuid, who=who, now=now)


def _require_sound(session: Session, found: Assessment, wishes: Sequence[Evidence], count: int) -> None:
    criteria = {each.id for each in queries.rubric_of(session, found).criteria} | {""}
    longest = found.recording.seconds + 1 if found.recording.seconds else DAY
    faults = [fault for wish in wishes for fault in _faults(wish, criteria, longest)]
    if count > MOST:
        faults.append(Fault("mark", f"{MOST} moments are marked already.", "Remove one that you don’t need."))
    if faults:
        raise Invalid("A moment can’t be saved.", "Correct what is named here.", faults)


def _faults(wish: Evidence, criteria: set[str], longest: float) -> Iterator[Fault]:
    if not 0 <= wish.at <= longest:
        yield Fault("mark", "A moment lies outside the recording.", "Choose a time between its beginning and its end.")
    if wish.criterion not in criteria:
        yield Fault("mark", "A moment names a criterion that this rubric has not.", "Choose one of those shown.")
    if len(wish.note) > LONGEST:
        what = f"The note of a moment has {len(wish.note)} characters; {LONGEST} fit."
        yield Fault("mark", what, "Shorten it.")


def _free(session: Session, uuid: UUID | None) -> UUID:
    """A UUID that no other assessment's moment has."""
    if uuid is not None and session.scalar(select(Moment.id).where(Moment.uuid == uuid)) is not None:
        raise Conflict("This moment belongs to another assessment.", "Reload the page, and mark it again.")
    return uuid or uuid4()


def _plain(note: str) -> str:
    return " ".join(note.replace("\0", "").split())
