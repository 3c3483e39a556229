"""Recordings as trainees hand them in: tiny real files, a transcript, a consent."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.evidence.service import Door, door
from mentorcert.files import Files, open_files
from mentorcert.recordings import service
from mentorcert.recordings.models import Recording, State
from mentorcert.recordings.service import Found
from mentorcert.recordings.wishes import HandIn
from mentorcert.sessions.models import LiveSession
from tests.factories import NOW

FOLDER: Final = Path(__file__).parent / "files"
"""Made by ffmpeg: two seconds of one colour and one tone."""
TRANSCRIPT: Final = b"""WEBVTT

00:00:00.000 --> 00:00:01.000
<v Amara Okafor>What brings you here?

00:00:01.100 --> 00:00:02.000
<v Dana>Time & <i>money</i>.
"""
WRITTEN: Final = """WEBVTT

00:00:00.000 --> 00:00:01.000
<v Amara Okafor>What brings you here?

00:00:01.100 --> 00:00:02.000
<v Dana>Time &amp; money.
"""
DOOR: Final[Door] = door("https://mentors.example.org")


def content(name: str) -> bytes:
    """The bytes of a file in `FOLDER`."""
    return (FOLDER / name).read_bytes()


def wish(name: str = "ok.mp4", **changes: Any) -> HandIn:
    """What a trainee hands in: a whole file with all that is asked for, or what is changed of it."""
    usual: dict[str, Any] = {"mentee_name": "Dana", "uses": ["grading"], "transcript": TRANSCRIPT}
    source = {"source": BytesIO(content(name))} if name else {}
    return HandIn(**(usual | source | changes))


def hand_in(
    session: Session,
    enrolment: Enrolment,
    wanted: HandIn | None = None,
    files: Files | None = None,
    *,
    now: datetime = NOW,
) -> Recording:
    """Hand a recording in, have it found good, and commit."""
    made = send(session, enrolment, wanted or wish(), files or memory(), now=now)
    if made.state == State.RECEIVED:
        service.accept(session, DOOR, made.uuid, found(made), now=now)
        session.commit()
    return made


def send(
    session: Session,
    enrolment: Enrolment,
    wanted: HandIn,
    files: Files,
    *,
    now: datetime = NOW,
    room: int | None = None,
) -> Recording:
    """Hand a recording in that nobody has looked into yet, and commit."""
    who = enrolment.person.uuid
    made = service.hand_in(session, DOOR, files, enrolment.uuid, wanted, who=who, now=now, room=room)
    session.commit()
    return made


def found(recording: Recording, **changes: Any) -> Found:
    """What the worker finds in each file of `FOLDER` that it takes, or what is changed of it."""
    kind = "video/webm" if recording.size == len(content("ok.webm")) else "video/mp4"
    usual: dict[str, Any] = {"content_type": kind, "seconds": 2, "waveform": (0, 40, 100, 60)}
    return Found(**(usual | changes))


def memory() -> Files:
    """A place for files that is empty and forgets."""
    return open_files("memory://", Path())


def hold_session(session: Session, enrolment: Enrolment, at: datetime, *, number: int = 1) -> LiveSession:
    """Make a live session of the enrolment's cohort."""
    writing(session)
    held = LiveSession(
        cohort_id=enrolment.cohort_id,
        number=number,
        unit="start",
        title="The last",
        starts_at=at,
        minutes=60,
        prework_due_at=at - timedelta(hours=18),
    )
    session.add(held)
    session.commit()
    return held
