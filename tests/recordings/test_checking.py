"""What the worker does with a file that was handed in, with the real ffmpeg; on both databases."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

import xapi.tables
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.files import Files, open_files
from mentorcert.outbox import OutboxRow
from mentorcert.recordings import consent, keeping, probing, programs, queries, service, uploads
from mentorcert.recordings.checking import WAITING, Checker
from mentorcert.recordings.final import Stage
from mentorcert.recordings.models import Recording, State, Upload, UploadPart
from tests.factories import NOW, make_enrolment
from tests.recordings.factories import DOOR, content, send, wish

ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files("", tmp_path / "data")


@pytest.fixture
def checker(engine: Engine, files: Files, tmp_path: Path) -> Checker:
    return Checker(engine, files, DOOR, tmp_path / "work", lambda: NOW)


@pytest.fixture
def enrolment(session: Session) -> Enrolment:
    return make_enrolment(session)


def checked(session: Session, checker: Checker, made: Recording) -> Recording:
    checker.check(made.uuid)
    session.rollback()
    return queries.recording(session, made.uuid)


def kept(files: Files) -> set[str]:
    return {key for key, _ in files.listed(keeping.FOLDER)}


def statement_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(xapi.tables.statement)) or 0


def test_what_can_be_played_becomes_ready(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    made = send(session, enrolment, wish("ok.webm"), files)
    assert (made.state, made.statement_id, statement_count(session)) == (State.RECEIVED, None, 0)
    assert queries.desk(session, enrolment.uuid, DOOR.iri_base).stage is Stage.CHECKING
    found = checked(session, checker, made)
    assert (found.state, found.content_type, found.seconds) == (State.READY, "video/webm", 2)
    assert (files.read(found.file_key), found.size) == (content("ok.webm"), len(content("ok.webm")))
    assert files.read(found.poster_key).startswith(b"\xff\xd8\xff")
    assert (len(found.waveform), max(found.waveform)) == (400, 100)
    assert (statement_count(session), found.statement_id is not None) == (1, True)
    assert queries.desk(session, enrolment.uuid, DOOR.iri_base).stage is Stage.WAITING
    assert list(checker.work.iterdir()) == []


def test_checking_it_again_changes_nothing(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    made = checked(session, checker, send(session, enrolment, wish(), files))
    before = (made.poster_key, made.statement_id, kept(files))
    again = checked(session, checker, made)
    assert (again.poster_key, again.statement_id, kept(files)) == before
    assert statement_count(session) == 1


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("endless.webm", "video/webm"), ("ok.mkv", "video/webm"), ("ok.mov", "video/mp4")],
)
@ONE_KIND
def test_what_players_can_not_jump_about_in_is_put_in_order(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment, name: str, content_type: str
) -> None:
    made = send(session, enrolment, wish(name), files)
    handed_in = made.file_key
    found = checked(session, checker, made)
    assert (found.state, found.content_type, found.seconds) == (State.READY, content_type, 2)
    assert kept(files) == {found.file_key, found.poster_key}
    assert handed_in not in kept(files)
    data = files.read(found.file_key)
    assert (found.size, found.sha256) == (len(data), sha256(data).hexdigest())
    path = files.path(found.file_key)
    assert path is not None
    assert not probing.judged(path).must_be_remade


def test_what_can_not_be_played_is_refused_in_words(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    made = checked(session, checker, send(session, enrolment, wish("silent.mp4"), files))
    assert (made.state, made.statement_id) == (State.REFUSED, None)
    assert made.refusal == ("We can’t take this file: it has no sound. Export it again with audio, as MP4 or WebM.")
    desk = queries.desk(session, enrolment.uuid, DOOR.iri_base)
    assert (desk.recording, desk.refused, desk.stage, desk.may_hand_in) == (None, made, Stage.OPEN, True)
    [mail] = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail"))
    assert mail.payload["to"] == enrolment.person.email
    assert mail.payload["values"]["why"] == made.refusal
    assert statement_count(session) == 0


@pytest.mark.parametrize("earlier_is_checked", [True, False])
def test_what_it_took_the_place_of_counts_again(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment, earlier_is_checked: bool
) -> None:
    first = send(session, enrolment, wish(), files)
    if earlier_is_checked:
        checked(session, checker, first)
    second = send(session, enrolment, wish("silent.mp4"), files)
    third = send(session, enrolment, wish("old-codec.mp4"), files)
    assert queries.newest(session, enrolment) == third
    for each in (third, first, second):
        checker.check(each.uuid)
    session.rollback()
    desk = queries.desk(session, enrolment.uuid, DOOR.iri_base)
    assert (desk.recording, desk.refused, desk.stage) == (first, third, Stage.WAITING)
    assert (first.replaced_at, first.state, statement_count(session)) == (None, State.READY, 1)


def upload(session: Session, files: Files, enrolment: Enrolment, data: bytes, *, claimed: str = "") -> Upload:
    """A file that came in three parts."""
    writing(session)
    made = Upload(
        enrolment_id=enrolment.id, name="talk.mp4", length=len(data), sha256=claimed, created_at=NOW,
        expires_at=NOW + uploads.KEPT,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for start in range(0, len(data), -(-len(data) // 3)):
        part = data[start : start + -(-len(data) // 3)]
        key = f"{keeping.FOLDER}/{made.uuid}-{start}"
        files.put(key, part)
        named = {"upload_id": made.id, "start": start, "size": len(part), "file_key": key}
        session.add(UploadPart(**named, sha256=sha256(part).hexdigest()))
    session.commit()
    return made


def test_parts_are_joined(session: Session, checker: Checker, files: Files, enrolment: Enrolment) -> None:
    data = content("ok.mp4")
    whole = upload(session, files, enrolment, data, claimed=sha256(data).hexdigest())
    made = send(session, enrolment, wish("", upload=whole.uuid), files)
    assert (made.state, made.file_key, made.size) == (State.RECEIVED, "", len(data))
    found = checked(session, checker, made)
    assert (found.state, files.read(found.file_key)) == (State.READY, data)
    assert (found.sha256, found.size) == (sha256(data).hexdigest(), len(data))
    assert session.scalars(select(Upload)).all() == []
    [leftover] = session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB))
    assert kept(files) == {found.file_key, found.poster_key, *leftover.payload["keys"]}


def test_a_file_that_is_not_what_was_sent_is_refused(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    whole = upload(session, files, enrolment, content("ok.mp4"), claimed=sha256(b"another").hexdigest())
    found = checked(session, checker, send(session, enrolment, wish("", upload=whole.uuid), files))
    assert found.state == State.REFUSED
    assert found.refusal == "We can’t take this file: it did not arrive as it was sent. Choose it again."


@ONE_KIND
def test_a_part_that_was_changed_in_the_store_is_found_out(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    whole = upload(session, files, enrolment, content("ok.mp4"))
    made = send(session, enrolment, wish("", upload=whole.uuid), files)
    [second] = session.scalars(select(UploadPart.file_key).order_by(UploadPart.start).offset(1).limit(1))
    files.put(second, b"something else")
    assert checked(session, checker, made).refusal == "Part 2 of this file is damaged. Choose the recording again."


@ONE_KIND
def test_a_file_that_is_gone_is_asked_for_again(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    made = send(session, enrolment, wish(), files)
    files.delete(made.file_key)
    assert checked(session, checker, made).refusal == "We can’t take this file: it is not here. Choose it again."


@ONE_KIND
def test_a_file_in_a_store_elsewhere_is_copied_to_be_looked_at(
    session: Session, engine: Engine, enrolment: Enrolment, tmp_path: Path
) -> None:
    files = open_files("memory://", tmp_path)
    checker = Checker(engine, files, DOOR, tmp_path / "work", lambda: NOW)
    found = checked(session, checker, send(session, enrolment, wish("endless.webm"), files))
    assert (found.state, found.seconds, kept(files)) == (State.READY, 2, {found.file_key, found.poster_key})
    assert list(checker.work.iterdir()) == []


@ONE_KIND
def test_without_ffmpeg_it_waits_and_says_so(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(session, enrolment, wish(), files)
    with monkeypatch.context() as without:
        without.setenv("PATH", "/nowhere")
        with pytest.raises(programs.Missing, match="ffprobe is not installed on this machine: install ffmpeg"):
            checker.check(made.uuid)
    session.rollback()
    assert (made.state, made.refusal) == (State.CHECKING, WAITING)
    found = checked(session, checker, made)
    assert (found.state, found.refusal) == (State.READY, "")


@ONE_KIND
def test_what_is_settled_meanwhile_stays_so_and_leaves_no_file(
    session: Session, engine: Engine, files: Files, enrolment: Enrolment, tmp_path: Path
) -> None:
    made = send(session, enrolment, wish("endless.webm"), files)
    checker = Checker(engine, Faster(files, session, made.uuid), DOOR, tmp_path / "work", lambda: NOW)
    found = checked(session, checker, made)
    assert (found.state, found.seconds) == (State.READY, 7)
    assert kept(files) == {found.file_key}


@ONE_KIND
def test_what_is_let_go_while_its_parts_are_joined_leaves_no_file(
    session: Session, engine: Engine, files: Files, enrolment: Enrolment, tmp_path: Path
) -> None:
    whole = upload(session, files, enrolment, content("ok.mp4"))
    made = send(session, enrolment, wish("", upload=whole.uuid), files)
    checker = Checker(engine, Ending(files, session, made), DOOR, tmp_path / "work", lambda: NOW)
    found = checked(session, checker, made)
    [leftover] = session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB))
    assert (found.state, found.file_key, kept(files)) == (State.REFUSED, "", set(leftover.payload["keys"]))


class Ending(Files):
    """A place for files in which consent ends while a file is put there that was joined."""

    def __init__(self, files: Files, session: Session, made: Recording) -> None:
        super().__init__(files._store)
        self.session, self.made = session, made

    def adopt(self, key: str, path: Path, content_type: str = "") -> None:
        super().adopt(key, path, content_type)
        consent.withdraw(self.session, self.made.uuid, ["grading"], who=consent.MENTEE, now=NOW)
        self.session.commit()


class Faster(Files):
    """A place for files in which another worker settles a recording while this one stores what it made."""

    def __init__(self, files: Files, session: Session, uuid: UUID) -> None:
        super().__init__(files._store)
        self.session, self.uuid = session, uuid

    def put(self, key: str, source: object, content_type: str = "") -> None:
        super().put(key, source, content_type)  # type: ignore[arg-type]
        if content_type == "image/jpeg":
            service.accept(self.session, DOOR, self.uuid, service.Found("video/webm", 7), now=NOW)
            self.session.commit()


def test_a_link_is_ready_at_once(session: Session, enrolment: Enrolment, files: Files) -> None:
    made = send(session, enrolment, wish("", link="https://meet.example/rec/1", transcript=b""), files)
    assert (made.state, statement_count(session)) == (State.READY, 1)
    assert session.scalars(select(OutboxRow)).all() == []


@ONE_KIND
def test_the_transcript_of_another_recording_is_refused(
    session: Session, checker: Checker, files: Files, enrolment: Enrolment
) -> None:
    words = b"WEBVTT\n\n00:20:00.000 --> 00:20:02.000\nGoodbye, then.\n"
    found = checked(session, checker, send(session, enrolment, wish(transcript=words), files))
    assert (found.state, statement_count(session)) == (State.REFUSED, 0)
    assert found.refusal.startswith("This transcript is 20 minutes longer than the recording: is it of another one?")
    assert found.poster_key == ""
