"""The protocol over HTTP, by its text: statuses and headers of tus 1.0.0, and what is refused."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha1, sha256
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Enrolment
from mentorcert.outbox import OutboxRow
from mentorcert.permissions import Role
from mentorcert.recordings import keeping, uploads
from mentorcert.recordings.models import Upload, UploadPart
from tests.browsing import Browser
from tests.factories import NOW, give_role, make_enrolment, make_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EXPIRES = http_date(NOW + uploads.KEPT)
PART = "application/offset+octet-stream"

Sender = Callable[..., TestResponse]


@pytest.fixture
def enrolment(app: MentorCert, session: Session) -> Enrolment:
    return make_enrolment(session)


@pytest.fixture
def send(client: Browser, enrolment: Enrolment) -> Sender:
    """Sends one request of the protocol, as the trainee."""
    client.sign_in(enrolment.person)
    token = client.token(f"/enrolments/{enrolment.uuid}/recording")

    def request(method: str, address: str, data: bytes = b"", **headers: Any) -> TestResponse:
        usual = {"Tus-Resumable": "1.0.0", "X-CSRFToken": token, "Accept": "application/json"}
        if method == "PATCH":
            usual["Content-Type"] = PART
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        wanted = {name: value for name, value in (usual | named).items() if value != "None"}
        return client.open(address, method=method, data=data, headers=wanted)

    return request


@pytest.fixture
def door(enrolment: Enrolment) -> str:
    return f"/enrolments/{enrolment.uuid}/uploads"


@pytest.fixture
def begin(send: Sender, door: str) -> Callable[[int], str]:
    """Begins an upload of so many bytes; gives its address."""
    return lambda length: send("POST", door, Upload_Length=length).headers["Location"]


def count(session: Session, table: type[Any]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def files_of(app: MentorCert) -> list[bytes]:
    files = app.extensions["mentorcert"]["files"]
    return [files.read(key) for key, _ in files.listed(keeping.FOLDER)]


def test_what_is_understood_is_told(send: Sender, door: str) -> None:
    answer = send("OPTIONS", door, Tus_Resumable=None)
    told = {name: value for name, value in answer.headers.items() if name.startswith("Tus-")}
    assert (answer.status_code, told) == (
        204,
        {
            "Tus-Resumable": "1.0.0",
            "Tus-Version": "1.0.0",
            "Tus-Extension": "creation,checksum,expiration,termination",
            "Tus-Max-Size": str(4 * 1024**3),
            "Tus-Checksum-Algorithm": "sha256,sha1",
        },
    )
    assert send("OPTIONS", f"/uploads/{uuid4()}").status_code == 404


def test_a_file_comes_in_two_parts(app: MentorCert, session: Session, send: Sender, door: str) -> None:
    metadata = f"filename {b64encode('Gespräch.mp4'.encode()).decode()}"
    made = send("POST", door, Upload_Length=10, Upload_Metadata=metadata)
    assert (made.status_code, made.headers["Upload-Expires"]) == (201, EXPIRES)
    address = made.headers["Location"]
    session.rollback()
    assert address == f"/uploads/{session.scalars(select(Upload.uuid)).one()}"
    first = send("PATCH", address, b"abcdef", Upload_Offset=0)
    assert (first.status_code, first.headers["Upload-Offset"], first.headers["Upload-Expires"]) == (204, "6", EXPIRES)
    asked = send("HEAD", address)
    assert (asked.status_code, asked.data) == (200, b"")
    told = {name: asked.headers[name] for name in ("Upload-Offset", "Upload-Length", "Upload-Metadata")}
    assert told == {"Upload-Offset": "6", "Upload-Length": "10", "Upload-Metadata": metadata}
    assert asked.headers["Cache-Control"] == "no-store"
    assert send("PATCH", address, b"ghij", Upload_Offset=6).headers["Upload-Offset"] == "10"
    files = app.extensions["mentorcert"]["files"]
    session.rollback()
    assert b"".join(uploads.pieces(session, files, session.scalars(select(Upload)).one())) == b"abcdefghij"
    for answer in (made, first, asked):
        assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_another_version_is_refused(send: Sender, door: str) -> None:
    for version in (None, "0.2.2", "2.0.0"):
        answer = send("POST", door, Upload_Length=10, Tus_Resumable=version)
        assert (version, answer.status_code, answer.headers["Tus-Version"]) == (version, 412, "1.0.0")


NO_BEGINNINGS: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({}, 400, "Upload-Length must be a whole number"),
    ({"Upload_Length": "-1"}, 400, "Upload-Length must be a whole number"),
    ({"Upload_Length": "1e9"}, 400, "Upload-Length must be a whole number"),
    ({"Upload_Defer_Length": "1"}, 400, "Upload-Length must be a whole number"),
    ({"Upload_Length": "0"}, 400, "This file is empty."),
    ({"Upload_Length": 4 * 1024**3 + 1}, 413, "This file is larger than the 4 GB that we take."),
    ({"Upload_Length": "9" * 15}, 413, "This file is larger than the 4 GB that we take."),
    ({"Upload_Length": 9, "Upload_Metadata": "filename /w=="}, 400, "The name of the file is not UTF-8."),
    ({"Upload_Length": 9, "Upload_Metadata": "x" * 5000}, 400, "Upload-Metadata is longer than 4000 characters."),
    ({"Upload_Length": 9, "X_CSRFToken": "rubbish"}, 400, "This page was open for too long."),
)


def test_what_can_not_begin(session: Session, send: Sender, door: str) -> None:
    for headers, status, words in NO_BEGINNINGS:
        answer = send("POST", door, **headers)
        told = (answer.json or {})["error"]
        assert (headers, answer.status_code, told.startswith(words)) == (headers, status, True)
    assert count(session, Upload) == 0


NO_PARTS: tuple[tuple[bytes, dict[str, Any], int], ...] = (
    (b"abc", {}, 400),
    (b"abc", {"Upload_Offset": "-1"}, 400),
    (b"abc", {"Upload_Offset": "x"}, 400),
    (b"abc", {"Upload_Offset": 3}, 409),
    (b"abc", {"Upload_Offset": 10**12}, 409),
    (b"abc", {"Upload_Offset": 0, "Content_Type": "application/octet-stream"}, 415),
    (b"abcdefghijk", {"Upload_Offset": 0}, 413),
    (b"abc", {"Upload_Offset": 0, "Upload_Checksum": "md5 AAAA"}, 400),
    (b"abc", {"Upload_Offset": 0, "Upload_Checksum": "sha256 rubbish"}, 400),
    (b"abc", {"Upload_Offset": 0, "Tus_Resumable": "0.1"}, 412),
    (b"abc", {"Upload_Offset": 0, "X_CSRFToken": None}, 400),
    (b"", {"Upload_Offset": 0, "Transfer_Encoding": "chunked"}, 411),
)


def test_a_part_that_is_refused_leaves_nothing(
    app: MentorCert, session: Session, send: Sender, begin: Callable[[int], str]
) -> None:
    address = begin(10)
    for data, headers, status in NO_PARTS:
        assert (headers, send("PATCH", address, data, **headers).status_code) == (headers, status)
    assert (count(session, UploadPart), files_of(app)) == (0, [])
    assert send("HEAD", address).headers["Upload-Offset"] == "0"


def test_a_part_is_at_most_eight_mebibytes(
    app: MentorCert, session: Session, send: Sender, begin: Callable[[int], str]
) -> None:
    address, largest = begin(20 * 1024**2), b"x" * uploads.PART
    assert send("PATCH", address, largest + b"x", Upload_Offset=0).status_code == 413
    assert send("PATCH", address, largest, Upload_Offset=0).status_code == 204
    assert files_of(app) == [largest]


def test_only_a_checksum_that_holds_lets_a_part_in(
    app: MentorCert, session: Session, send: Sender, begin: Callable[[int], str]
) -> None:
    address = begin(6)
    wrong = f"sha256 {b64encode(sha256(b'abd').digest()).decode()}"
    refused = send("PATCH", address, b"abc", Upload_Offset=0, Upload_Checksum=wrong)
    assert (refused.status_code, files_of(app), count(session, UploadPart)) == (460, [], 0)
    for start, algorithm in ((0, sha256), (3, sha1)):
        right = f"{algorithm().name} {b64encode(algorithm(b'abc').digest()).decode()}"
        assert send("PATCH", address, b"abc", Upload_Offset=start, Upload_Checksum=right).status_code == 204
    assert files_of(app) == [b"abc", b"abc"]


def test_a_part_without_bytes_changes_nothing(
    app: MentorCert, session: Session, send: Sender, begin: Callable[[int], str]
) -> None:
    address = begin(6)
    answer = send("PATCH", address, b"", Upload_Offset=0)
    assert (answer.status_code, answer.headers["Upload-Offset"], files_of(app)) == (204, "0", [])


def test_who_can_only_post_names_the_method(send: Sender, begin: Callable[[int], str]) -> None:
    address = begin(3)
    sent = send("POST", address, b"abc", X_HTTP_Method_Override="PATCH", Upload_Offset=0, Content_Type=PART)
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, "3")
    assert send("POST", address, X_HTTP_Method_Override="TRACE").status_code == 405
    assert send("POST", address, X_HTTP_Method_Override="DELETE").status_code == 204


def test_a_question_that_needs_no_token_ends_nothing(
    session: Session, send: Sender, begin: Callable[[int], str]
) -> None:
    answer = send("HEAD", begin(3), X_HTTP_Method_Override="DELETE", X_CSRFToken=None)
    assert (answer.status_code, count(session, Upload)) == (200, 1)


def test_an_upload_that_is_given_up_is_gone(session: Session, send: Sender, begin: Callable[[int], str]) -> None:
    address = begin(6)
    send("PATCH", address, b"abc", Upload_Offset=0)
    ended = send("DELETE", address)
    assert (ended.status_code, ended.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert (count(session, Upload), count(session, UploadPart)) == (0, 0)
    [row] = session.scalars(select(OutboxRow).where(OutboxRow.job == keeping.JOB))
    assert len(row.payload["keys"]) == 1
    assert [send(each, address, Upload_Offset=3).status_code for each in ("HEAD", "PATCH", "DELETE")] == [404] * 3
    audited = select(AuditEntry.action).where(AuditEntry.action.startswith("upload.")).order_by(AuditEntry.id)
    assert list(session.scalars(audited)) == ["upload.begin", "upload.give-up"]


def test_after_its_time_it_is_gone(send: Sender, begin: Callable[[int], str]) -> None:
    address = begin(6)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        send("PATCH", address, b"abc", Upload_Offset=0)
    with time_machine.travel(NOW + timedelta(days=2, hours=23), tick=False):
        assert send("HEAD", address).headers["Upload-Offset"] == "3"  # each part moves it on
    with time_machine.travel(NOW + timedelta(days=3, seconds=1), tick=False):
        told = send("PATCH", address, b"def", Upload_Offset=3)
        assert (told.status_code, send("HEAD", address).status_code) == (410, 410)
        assert told.json["error"].startswith("This upload was not gone on with for too long")  # type: ignore[index]


def test_so_many_files_are_on_their_way_at_once(session: Session, send: Sender, door: str) -> None:
    for name in (b"a.mp4", b"b.mp4", b"c.mp4"):
        send("POST", door, Upload_Length=5, Upload_Metadata=f"filename {b64encode(name).decode()}")
    told = send("POST", door, Upload_Length=5)
    assert (told.status_code, told.json["error"]) == (  # type: ignore[index]
        409,
        "3 files are on their way already: c.mp4, b.mp4, a.mp4.",
    )
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        assert send("POST", door, Upload_Length=5).status_code == 201


def test_begun_too_often_is_too_often(send: Sender, door: str) -> None:
    answers = {send("POST", door).status_code for _ in range(60)}
    assert (answers, send("POST", door).status_code) == ({400}, 429)


def test_nobody_else_has_anything_to_do_with_it(
    app: MentorCert, session: Session, client: Browser, enrolment: Enrolment, send: Sender, begin: Callable[[int], str]
) -> None:
    address = begin(6)
    for other in (
        make_enrolment(session, enrolment.cohort).person,
        give_role(session, make_person(session, "Coach"), Role.COACH, enrolment.cohort),
        make_person(session, "Manager", roles=(Role.MANAGER,)),
    ):
        client.sign_in(other)
        told = [send(each, address, Upload_Offset=0).status_code for each in ("HEAD", "PATCH", "DELETE", "OPTIONS")]
        assert (other.name, told) == (other.name, [403] * 4)
        assert send("POST", f"/enrolments/{enrolment.uuid}/uploads", Upload_Length=5).status_code == 403
    assert [each.status_code for each in (app.test_client().head(address), app.test_client().patch(address))] == [
        403,
        403,
    ]
    assert count(session, Upload) == 1


def test_a_button_gives_it_up_too(
    client: Browser, session: Session, enrolment: Enrolment, begin: Callable[[int], str]
) -> None:
    address, page = begin(6), f"/enrolments/{enrolment.uuid}/recording"
    answer = client.submit(page, to=f"{address}/remove")
    assert (answer.status_code, answer.location, count(session, Upload)) == (303, page, 0)
