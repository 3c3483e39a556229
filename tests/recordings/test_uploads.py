"""Uploads as the service keeps them, on both databases: parts, races, room, and what is let go."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound, Problem
from mentorcert.files import Files
from mentorcert.outbox import OutboxRow
from mentorcert.recordings import beginning, keeping, quota, uploads
from mentorcert.recordings.models import Recording, Upload, UploadPart
from mentorcert.recordings.quota import Limits
from mentorcert.recordings.tus import Metadata
from mentorcert.recordings.uploads import Gone, TooLarge
from tests.factories import NOW, make_cohort, make_enrolment
from tests.recordings.factories import hand_in, memory, wish

ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is the same on every database."""
ROOMY = Limits(file=10**9, person=10**10)


def begin(
    session: Session, enrolment: Enrolment, length: int = 6, *, name: str = "a.mp4", limits: Limits = ROOMY
) -> Upload:
    who, told = enrolment.person.uuid, Metadata(name)
    made = beginning.begin(session, enrolment.uuid, length, told, limits, who=who, now=NOW)
    session.commit()
    return made


def add(session: Session, files: Files, upload: UUID, start: int, data: bytes) -> int:
    """Send a part, as a request does; gives how much is there then."""
    uploads.announced(session, upload, start, len(data), now=NOW)
    kept = uploads.store(files, [data], len(data), None)
    found = uploads.append(session, files, upload, start, kept, now=NOW)
    session.commit()
    return found.offset


def count(session: Session, table: type[Upload | UploadPart]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def stored(files: Files) -> list[bytes]:
    return sorted(files.read(key) for key, _ in files.listed(keeping.FOLDER))


def let_go(session: Session, files: Files) -> None:
    """Do what the worker does with rows that ask for files to be removed."""
    for row in session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB)):
        keeping.delete(files, row.payload["keys"])
    session.rollback()


def together(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Do things at the same moment; gives what became of each, by the name of its error."""
    line = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        line.wait()
        try:
            act()
        except Problem as problem:
            return type(problem).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_parts_are_joined_in_their_order(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    assert [add(session, files, upload, 0, b"abc"), add(session, files, upload, 3, b"def")] == [3, 6]
    found = uploads.progress(session, upload, now=NOW)
    assert (found.is_whole, found.parts, b"".join(uploads.pieces(session, files, found.upload))) == (True, 2, b"abcdef")


def test_a_part_that_does_not_fit_is_not_taken(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    add(session, files, upload, 0, b"abc")
    for start in (0, 2, 4, 10**12):
        with pytest.raises(Conflict, match="3 bytes are here"):
            uploads.announced(session, upload, start, 1, now=NOW)
        kept = uploads.store(files, [b"x"], 1, None)
        with pytest.raises(Conflict, match="3 bytes are here"):
            uploads.append(session, files, upload, start, kept, now=NOW)
        session.rollback()
    assert stored(files) == [b"abc"]


@ONE_KIND
def test_more_than_was_announced_is_not_taken(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    with pytest.raises(TooLarge, match="more than the 6 bytes announced"):
        uploads.announced(session, upload, 0, 7, now=NOW)
    kept = uploads.store(files, [b"abcdefg"], 6, None)
    with pytest.raises(TooLarge):
        uploads.append(session, files, upload, 0, kept, now=NOW)
    assert stored(files) == []


def test_of_two_parts_for_the_same_place_one_is_taken(engine: Engine, session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    ready = [uploads.store(files, [data], 3, None) for data in (b"abc", b"xyz", b"123", b"789")]

    def send(kept: keeping.Kept) -> None:
        with Session(engine) as own:
            uploads.append(own, files, upload, 0, kept, now=NOW)
            own.commit()

    told = together([lambda kept=kept: send(kept) for kept in ready])  # type: ignore[misc]
    assert told == ["Conflict", "Conflict", "Conflict", "done"]
    session.rollback()
    [part] = session.scalars(select(UploadPart))
    assert stored(files) == [files.read(part.file_key)]
    assert (part.start, part.size) == (0, 3)


def test_giving_up_and_a_part_at_the_same_moment_leave_nothing(engine: Engine, session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload, who = begin(session, enrolment).uuid, enrolment.person.uuid
    add(session, files, upload, 0, b"abc")
    kept = uploads.store(files, [b"def"], 3, None)

    def send() -> None:
        with Session(engine) as own:
            uploads.append(own, files, upload, 3, kept, now=NOW)
            own.commit()

    def end() -> None:
        with Session(engine) as own:
            uploads.give_up(own, upload, who=who, now=NOW)
            own.commit()

    assert together([send, end]) in (["NotFound", "done"], ["done", "done"])
    let_go(session, files)
    assert (count(session, Upload), count(session, UploadPart), stored(files)) == (0, 0, [])


def test_a_part_whose_upload_was_given_up_meanwhile_is_removed(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    uploads.announced(session, upload, 0, 3, now=NOW)
    kept = uploads.store(files, [b"abc"], 3, None)
    assert uploads.give_up(session, upload, who=enrolment.person.uuid, now=NOW) == enrolment.uuid
    session.commit()
    with pytest.raises(NotFound):
        uploads.append(session, files, upload, 0, kept, now=NOW)
    assert stored(files) == []


@ONE_KIND
def test_a_part_whose_row_is_not_committed_is_removed(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    kept = uploads.store(files, [b"abc"], 3, None)
    uploads.append(session, files, upload, 0, kept, now=NOW)
    session.rollback()
    assert (stored(files), uploads.progress(session, upload, now=NOW).offset) == ([], 0)


@ONE_KIND
def test_a_connection_that_breaks_leaves_what_came(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    kept = uploads.store(files, iter([b"ab"]), 6, None)
    assert uploads.append(session, files, upload, 0, kept, now=NOW).offset == 2
    session.commit()
    assert add(session, files, upload, 2, b"cdef") == 6


def test_a_handed_in_upload_takes_nothing_more_and_is_finished_once(engine: Engine, session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    add(session, files, upload, 0, b"abcdef")
    recording = hand_in(session, enrolment)
    taken = uploads.take(session, upload, enrolment, now=NOW)
    taken.recording_id = recording.id
    session.commit()
    assert uploads.of_recording(session, recording) == taken
    for act in (
        lambda: uploads.announced(session, upload, 6, 1, now=NOW),
        lambda: uploads.give_up(session, upload, who=enrolment.person.uuid, now=NOW),
    ):
        with pytest.raises(Gone, match="This file is handed in"):
            act()
        session.rollback()
    assert refusal(session, upload, enrolment) == "This file is handed in."

    def finish() -> None:
        with Session(engine) as own:
            for found in own.scalars(select(Upload)).all():
                uploads.finish(own, found, now=NOW)
            own.commit()

    assert together([finish, finish]) == ["done", "done"]
    let_go(session, files)
    assert (count(session, Upload), stored(files)) == (0, [])


def refusal(session: Session, upload: UUID, enrolment: Enrolment) -> str:
    with pytest.raises(Invalid) as refused:
        uploads.take(session, upload, enrolment, now=NOW)
    session.rollback()
    [fault] = refused.value.faults
    assert fault.where == "file"
    return fault.what


def test_only_one_s_own_whole_file_can_be_handed_in(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    other = make_enrolment(session, make_cohort(session), enrolment.person)
    upload = begin(session, enrolment).uuid
    add(session, files, upload, 0, b"abc")
    assert refusal(session, upload, enrolment) == "Some of this file is still missing."
    add(session, files, upload, 3, b"def")
    assert refusal(session, upload, other) == "There is no such upload."
    assert refusal(session, uuid4(), enrolment) == "There is no such upload."
    assert uploads.take(session, upload, enrolment, now=NOW).uuid == upload


@ONE_KIND
def test_a_part_that_was_changed_in_its_store_is_found(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment)
    add(session, files, upload.uuid, 0, b"abcdef")
    [part] = session.scalars(select(UploadPart))
    files.put(part.file_key, b"abcdeX")
    with pytest.raises(Invalid, match="Part 1 of this file is damaged"):
        list(uploads.pieces(session, files, upload))


def test_what_nobody_goes_on_with_is_let_go(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    old, fresh = begin(session, enrolment).uuid, begin(session, enrolment, name="b.mp4").uuid
    for upload in (old, fresh):
        add(session, files, upload, 0, b"abc")
    later = NOW + timedelta(days=1)
    kept = uploads.store(files, [b"def"], 3, None)
    uploads.append(session, files, fresh, 3, kept, now=later)
    session.commit()
    over = NOW + uploads.KEPT
    with pytest.raises(Gone, match="was given up"):
        uploads.progress(session, old, now=over)
    assert uploads.clear(session, now=over) == 1
    session.commit()
    let_go(session, files)
    assert (count(session, Upload), stored(files)) == (1, [b"abc", b"def"])
    assert uploads.clear(session, now=over) == 0


@ONE_KIND
def test_a_part_that_no_row_names_goes_after_an_hour(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    add(session, files, begin(session, enrolment).uuid, 0, b"abc")
    lost = uploads.store(files, [b"lost"], 4, None)
    stored_at = files.modified(lost.key)
    assert keeping.clear(session, files, now=stored_at + timedelta(minutes=59)) == 0
    assert keeping.clear(session, files, now=stored_at + timedelta(minutes=61)) == 1
    assert stored(files) == [b"abc"]


def test_each_person_has_so_much_room(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    elsewhere = make_enrolment(session, make_cohort(session), enrolment.person)
    size = hand_in(session, elsewhere, wish(), files).size
    begin(session, elsewhere, 100)
    assert quota.used(session, enrolment, NOW) == size + 100
    tight = Limits(file=10**9, person=size + 200)
    with pytest.raises(TooLarge, match="of recordings for each person"):
        begin(session, enrolment, 101, limits=tight)
    session.rollback()
    begin(session, enrolment, 100, limits=tight)
    writing(session)
    session.scalars(select(Recording)).one().media_deleted_at = NOW
    session.commit()
    begin(session, enrolment, 99, limits=tight)


def test_room_is_given_once(engine: Engine, session: Session) -> None:
    enrolment = make_enrolment(session)
    uuid, who, tight = enrolment.uuid, enrolment.person.uuid, Limits(file=100, person=150)

    def ask(name: str) -> None:
        with Session(engine) as own:
            beginning.begin(own, uuid, 100, Metadata(name), tight, who=who, now=NOW)
            own.commit()

    told = together([lambda name=name: ask(name) for name in "abcd"])  # type: ignore[misc]
    assert told == ["TooLarge", "TooLarge", "TooLarge", "done"]


@ONE_KIND
def test_who_did_not_hear_the_answer_gets_the_same_upload(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    first = begin(session, enrolment)
    assert begin(session, enrolment) == first
    add(session, files, first.uuid, 0, b"abc")
    assert begin(session, enrolment).uuid != first.uuid


@ONE_KIND
def test_a_closed_enrolment_takes_no_file(session: Session) -> None:
    enrolment = make_enrolment(session)
    writing(session)
    enrolment.archived_at = NOW
    session.commit()
    with pytest.raises(Conflict, match="This enrolment is closed"):
        begin(session, enrolment)


@ONE_KIND
def test_crumbs_come_to_an_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_PARTS", 2)
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    assert [add(session, files, upload, at, b"x") for at in (0, 1)] == [1, 2]
    with pytest.raises(Conflict, match="too many small parts"):
        add(session, files, upload, 2, b"x")


@ONE_KIND
def test_nothing_is_open_in_the_database_while_bytes_come(session: Session) -> None:
    files, enrolment = memory(), make_enrolment(session)
    upload = begin(session, enrolment).uuid
    uploads.announced(session, upload, 0, 3, now=NOW)
    seen: list[bool] = []

    def bytes_come() -> Iterable[bytes]:
        seen.append(session.in_transaction())
        yield b"abc"

    uploads.store(files, bytes_come(), 3, None)
    assert seen == [False]
