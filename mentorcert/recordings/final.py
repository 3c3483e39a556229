"""The recorded conversation at the end of a programme: when it is due, and how far somebody is with it. Pure."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from mentorcert.catalog.programme import Final as FinalTask
from mentorcert.evidence.queries import Standing
from mentorcert.recordings.models import UNDER_WAY, Recording

_LAST_MINUTE: Final = time(23, 59)


class Stage(StrEnum):
    """How far a trainee is with the recording."""

    OPEN = "open"
    CHECKING = "checking"
    """Handed in; the worker has not yet looked into it."""
    WAITING = "waiting"
    GRADING = "grading"
    PASSED = "passed"
    SHORT = "short"
    """Graded, and not passed: another recording can be handed in."""


MAY_HAND_IN: Final = frozenset({Stage.OPEN, Stage.CHECKING, Stage.WAITING, Stage.SHORT})


def stage(recording: Recording | None, final: Standing) -> Stage:
    """How far it is, by the newest recording that was not refused, and by what the statements say of the final.

    One whose consent was taken back before it was graded asks for another one; one whose grade was appealed against is
    graded again.
    """
    if recording is None:
        return Stage.OPEN
    again = None if recording.consent_withdrawn_at else recording.appealed_at
    since = again or recording.submitted_at
    if final.last_success_at is not None and final.last_success_at >= since:
        return Stage.PASSED if final.last_success else Stage.SHORT
    if recording.consent_withdrawn_at:
        return Stage.OPEN
    if recording.grading_began_at:
        return Stage.GRADING
    return Stage.CHECKING if recording.state in UNDER_WAY else Stage.WAITING


def due_at(last_session: datetime | None, days: int, zone: str) -> datetime | None:
    """The end of the day, on the cohort's wall clock, so many days after the last live session; None without one."""
    if last_session is None:
        return None
    own = ZoneInfo(zone)
    day = last_session.astimezone(own).date() + timedelta(days=days)
    return datetime.combine(day, _LAST_MINUTE, tzinfo=own)


def is_short(task: FinalTask, seconds: int) -> bool:
    """Whether a recording is shorter than it was asked to be. Of a link (0 seconds) nobody knows."""
    return 0 < seconds < task.minutes_min * 60


def is_long(task: FinalTask, seconds: int) -> bool:
    """Whether a recording is longer than it was asked to be."""
    return seconds > task.minutes_max * 60
