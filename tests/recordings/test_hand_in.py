"""Handing in, on both databases: what is taken, what is refused, and that nothing is left behind."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from obstore.store import MemoryStore
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import xapi.tables
from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.statements import Thing
from mentorcert.files import Files
from mentorcert.recordings import queries, service
from mentorcert.recordings.final import Stage
from mentorcert.recordings.models import Recording, State
from mentorcert.recordings.wishes import HandIn
from tests.factories import NOW, make_enrolment
from tests.recordings.factories import DOOR, WRITTEN, content, hand_in, hold_session, memory, send, wish
from xapi import vocabulary as v

BASE = DOOR.iri_base


def faults(wanted: HandIn, session: Session, files: Files) -> dict[str, str]:
    enrolment = make_enrolment(session)
    with pytest.raises(Invalid) as refused:
        service.hand_in(session, DOOR, files, enrolment.uuid, wanted, who=enrolment.person.uuid, now=NOW)
    assert session.scalar(select(func.count(Recording.id))) == 0
    return {fault.where: fault.what for fault in refused.value.faults}


def statement_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(xapi.tables.statement)) or 0


def test_a_file_is_kept_as_what_it_is(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    made = hand_in(session, enrolment, wish("ok.webm", uses=["teaching", "grading", "world"]), files)
    data = content("ok.webm")
    assert (made.content_type, made.seconds, made.size) == ("video/webm", 2, len(data))
    assert (made.sha256, files.read(made.file_key)) == (sha256(data).hexdigest(), data)
    assert (made.number, made.transcript, made.mentee_name) == (1, WRITTEN, "Dana")
    assert (made.consent_uses, made.consent_at, made.link) == (["grading", "teaching"], NOW, "")


def test_it_is_told_once_and_audited(session: Session) -> None:
    enrolment = make_enrolment(session)
    made = hand_in(session, enrolment)
    assert statement_count(session) == 1
    assert made.statement_id is not None
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "recording.submit"))
    assert (entry.who, entry.subject) == (str(enrolment.person.uuid), f"recording:{made.uuid}")
    desk = queries.desk(session, enrolment.uuid, BASE)
    assert (desk.recording, desk.stage, desk.may_hand_in) == (made, Stage.WAITING, True)


def test_a_link_needs_no_transcript(session: Session) -> None:
    link = "https://meet.example/rec/1?pwd=x"
    made = hand_in(session, make_enrolment(session), wish("", link=f" {link} ", passcode=" 12 ", transcript=b""))
    assert (made.link, made.passcode, made.file_key, made.transcript) == (link, "12", "", "")
    assert (made.seconds, made.size, made.sha256) == (0, 0, "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"uses": ["teaching"]}, "consent", "We can’t take a recording without the consent of the person on it."),
        ({"mentee_name": "  "}, "mentee_name", "Whose conversation is it?"),
        ({"mentee_name": "x" * 121}, "mentee_name", "This is longer than 120 characters."),
        ({"source": None}, "file", "There is no recording yet."),
        ({"link": "https://x.example"}, "link", "There is a file and a link."),
        ({"source": None, "link": "http://x.example"}, "link", "This is not an https address."),
        ({"source": None, "link": "javascript:alert(1)"}, "link", "This is not an https address."),
        ({"source": None, "link": "https://"}, "link", "This is not an https address."),
        ({"source": None, "link": "https://[x"}, "link", "This is not an https address."),
        ({"source": None, "link": "https://x.example/" + "y" * 2000}, "link", "This is longer than 2000 characters."),
        ({"source": BytesIO()}, "file", "We can’t take this file: it is empty."),
        (
            {"source": BytesIO(b"%PDF-1.4")},
            "file",
            "We can’t take this file: by its content it is PDF, whatever its name says.",
        ),
        (
            {"transcript": b""},
            "transcript",
            "A file needs its transcript: coaches find the moments in it, and some can’t hear the recording.",
        ),
        (
            {"transcript": b"WEBVTT\n\n00:02.000 --> 00:01.000\nx\n"},
            "transcript",
            "The transcript has times that can’t be right. Line 3: it ends before it starts. "
            "Put the earlier time first.",
        ),
    ],
)
def test_a_refusal_names_its_field(session: Session, changes: dict[str, Any], where: str, what: str) -> None:
    assert faults(replace(wish(), **changes), session, memory()) == {where: what}


def test_every_fault_is_named_at_once_and_no_file_is_stored(session: Session) -> None:
    wanted = wish("", source=BytesIO(b"MZ"), uses=[], mentee_name="", transcript=b"")
    files = Remembering()
    assert list(faults(wanted, session, files)) == ["mentee_name", "consent", "transcript", "file"]
    assert files.keys == []


def test_until_a_coach_takes_it_another_one_takes_its_place(session: Session) -> None:
    enrolment = make_enrolment(session)
    first = hand_in(session, enrolment)
    second = hand_in(session, enrolment, wish("ok.webm"))
    assert (first.replaced_at, second.replaced_at, second.number) == (NOW, None, 2)
    assert queries.newest(session, enrolment) == second
    writing(session)
    service.begin_grading(session, second, now=NOW)
    session.commit()
    with pytest.raises(Conflict, match="begun to grade recording 2"):
        hand_in(session, enrolment)


@pytest.mark.parametrize(("passed", "again"), [(True, False), (False, True)])
def test_after_a_grade_only_who_fell_short_hands_in_again(session: Session, passed: bool, again: bool) -> None:
    enrolment = make_enrolment(session)
    first = hand_in(session, enrolment)
    writing(session)
    service.begin_grading(session, first, now=NOW)
    release(session, first, passed)
    later = NOW + timedelta(days=1)
    if not again:
        with pytest.raises(Conflict, match="You have passed"):
            hand_in(session, enrolment, now=later)
        return
    second = hand_in(session, enrolment, now=later)
    assert (first.replaced_at, queries.desk(session, enrolment.uuid, BASE).stage) == (None, Stage.WAITING)
    assert queries.newest(session, enrolment) == second


def release(session: Session, recording: Recording, passed: bool) -> None:
    whose = about(recording.enrolment, BASE)
    final = Thing(whose.iris.final, v.ASSESSMENT, "A recording")
    grade = statements.Grade(recording.uuid, [recording.uuid], "x")
    graded = statements.grade_released(whose, final, grade, percent=50, passed=passed, levels={}, at=NOW)
    DOOR.record(session, [graded], now=NOW)
    session.commit()


def test_a_closed_enrolment_takes_nothing(session: Session) -> None:
    enrolment = make_enrolment(session)
    writing(session)
    enrolment.archived_at = NOW
    session.commit()
    with pytest.raises(Conflict, match="This enrolment is closed"):
        hand_in(session, enrolment)


def test_a_file_whose_row_is_not_committed_is_removed(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    who = enrolment.person.uuid
    lost = service.hand_in(session, DOOR, files, enrolment.uuid, wish(), who=who, now=NOW)
    key = lost.file_key
    assert files.exists(key)
    session.rollback()
    assert not files.exists(key)


def test_a_file_whose_row_is_committed_stays(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    made = hand_in(session, enrolment, files=files)
    session.scalar(select(func.count(Recording.id)))
    session.rollback()
    assert files.exists(made.file_key)


def test_of_one_person_only_so_much_is_kept_however_it_comes(session: Session) -> None:
    enrolment, files = make_enrolment(session), Remembering()
    room = 2 * len(content("ok.mp4"))
    hand_in(session, enrolment, files=files)
    hand_in(session, enrolment, files=files)
    with pytest.raises(Invalid) as refused:
        send(session, enrolment, wish(), files, room=room)
    session.rollback()
    assert [(each.where, each.what) for each in refused.value.faults] == [
        ("file", "We keep 0 MB of recordings for each person; 0 MB of yours are here.")
    ]
    assert [files.exists(key) for key in files.keys] == [True, True, False]
    link = wish("", link="https://meet.example/rec/1", transcript=b"")
    assert send(session, enrolment, link, files, room=room - 1).state == State.READY


class Remembering(Files):
    """A place for files that remembers every key it was given."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.keys: list[str] = []

    def put(self, key: str, source: Any, content_type: str = "") -> None:
        self.keys.append(key)
        super().put(key, source, content_type)


def test_a_file_is_removed_when_its_row_can_not_be_written(session: Session) -> None:
    files, enrolment = Remembering(), make_enrolment(session)
    nothing: Any = None
    with pytest.raises(IntegrityError):
        service.hand_in(session, DOOR, files, enrolment.uuid, wish(), who=enrolment.person.uuid, now=nothing)
    assert [files.exists(key) for key in files.keys] == [False]


def test_when_it_is_due(session: Session) -> None:
    enrolment = make_enrolment(session)
    assert queries.due_at(session, enrolment.cohort) is None
    hold_session(session, enrolment, NOW)
    last = hold_session(session, enrolment, NOW + timedelta(days=7), number=2)
    called_off = hold_session(session, enrolment, NOW + timedelta(days=14), number=3)
    writing(session)
    called_off.cancelled_at = NOW
    session.commit()
    due = queries.due_at(session, enrolment.cohort)
    assert due is not None
    assert due.date() == (last.starts_at + timedelta(days=14)).date()
