"""The pages of recordings, in a browser without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import db, writing
from mentorcert.files import Files
from mentorcert.permissions import Role
from mentorcert.recordings import queries, service
from mentorcert.recordings.final import Stage
from mentorcert.recordings.models import Recording, State
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.recordings.factories import DOOR, TRANSCRIPT, WRITTEN, content, found, hand_in, hold_session, send, wish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MENTEE = "<i>Dana</i>"


@pytest.fixture
def enrolment(app: MentorCert, session: Session) -> Enrolment:
    return make_enrolment(session)


@pytest.fixture
def page(enrolment: Enrolment) -> str:
    return f"/enrolments/{enrolment.uuid}/recording"


@pytest.fixture
def files(app: MentorCert) -> Files:
    """Where the application looks for files."""
    place: Files = app.extensions["mentorcert"]["files"]
    return place


@pytest.fixture
def kept(app: MentorCert, session: Session, enrolment: Enrolment) -> Callable[..., Recording]:
    """Hands a recording in, its file where the application looks for it."""

    def make(name: str = "ok.mp4", **changes: Any) -> Recording:
        return hand_in(session, enrolment, wish(name, **changes), app.extensions["mentorcert"]["files"])

    return make


def sent(name: str = "ok.mp4", **changes: Any) -> dict[str, Any]:
    data = {
        "file": (BytesIO(content(name)), "my talk.mp4"),
        "transcript": (BytesIO(TRANSCRIPT), "talk.vtt"),
        "mentee_name": MENTEE,
        "consent": "y",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def how_many(session: Session) -> int:
    """Recordings that were committed; what the session had read before is old."""
    session.rollback()
    return session.scalar(select(func.count(Recording.id))) or 0


def test_a_recording_is_handed_in(client: Browser, session: Session, enrolment: Enrolment, page: str) -> None:
    client.sign_in(enrolment.person)
    answer = client.submit(page, sent())
    assert (answer.status_code, answer.location) == (303, page)
    told = client.get(page).text
    assert "Recording 1 is handed in. We are checking that it can be played." in told
    assert "It is received, and waits for its turn." in told
    assert "&lt;i&gt;Dana&lt;/i&gt;" in told
    assert MENTEE not in told
    assert how_many(session) == 1
    made = session.scalars(select(Recording)).one()
    assert (made.size, made.state) == (len(content("ok.mp4")), State.RECEIVED)
    settle(session, made)
    told = client.get(page).text
    assert "Recording 1 is handed in. Next, a coach takes it." in told
    assert "It is shorter than the 15 minutes asked for." in told


def newest(session: Session) -> Recording:
    session.rollback()
    return session.scalars(select(Recording).order_by(Recording.id.desc()).limit(1)).one()


def settle(session: Session, made: Recording, why: str = "", **changes: Any) -> None:
    """Decide over a recording as the worker does."""
    if why:
        service.refuse(session, DOOR, made.uuid, why, now=NOW)
    else:
        service.accept(session, DOOR, made.uuid, found(made, **changes), now=NOW)
    session.commit()


def test_the_page_asks_how_far_it_is_until_that_is_settled(
    client: Browser, session: Session, enrolment: Enrolment, page: str
) -> None:
    client.sign_in(enrolment.person)
    client.submit(page, sent())
    made = newest(session)
    [known] = re.findall(r'data-poll-url="([^"]+)" data-etag="&#34;(\w+)&#34;"', client.get(page).text)
    address, etag = known
    assert address == f"{page}/state"
    assert client.get(address, headers={"If-None-Match": f'"{etag}"'}).status_code == 304
    settle(session, made)
    news = client.get(address, headers={"If-None-Match": f'"{etag}"'})
    assert (news.status_code, "<html" in news.text) == (200, False)
    assert "Next, a coach takes it." in news.text
    assert f'<a href="{page}">See it here</a>' in news.text
    assert client.get(address, headers={"If-None-Match": news.headers["ETag"]}).status_code == 304
    assert "data-poll-url" not in client.get(page).text


def test_the_page_says_why_it_was_refused_and_asks_for_another_one(
    app: MentorCert, client: Browser, session: Session, enrolment: Enrolment, page: str
) -> None:
    earlier = hand_in(session, enrolment)
    client.sign_in(enrolment.person)
    client.submit(page, sent())
    made = newest(session)
    settle(session, made, "We can’t take this file: <b>it has no sound.</b>")
    told = client.get(page).text
    assert "Recording 2 can’t be graded as it is." in told
    assert "We can’t take this file: &lt;b&gt;it has no sound.&lt;/b&gt;" in told
    assert "Recording 1, which you handed in before, counts again." in told
    assert f"/recordings/{earlier.uuid}/media" in told
    assert client.get(f"/recordings/{made.uuid}/media").status_code == 404


def test_what_takes_too_long_is_said(
    client: Browser, session: Session, enrolment: Enrolment, page: str, files: Files
) -> None:
    send(session, enrolment, wish(), files, now=NOW - timedelta(minutes=16))
    client.sign_in(enrolment.person)
    assert "It takes longer than it should. Your file is safe, and we go on trying." in client.get(page).text


def test_a_recording_without_a_picture_says_so(
    client: Browser, session: Session, enrolment: Enrolment, page: str, files: Files
) -> None:
    settle(session, send(session, enrolment, wish(), files), content_type="audio/mp4")
    client.sign_in(enrolment.person)
    assert "It has no picture; your coach only hears it." in client.get(page).text


def test_a_still_and_a_waveform_are_shown(
    client: Browser, session: Session, enrolment: Enrolment, page: str, files: Files
) -> None:
    made = send(session, enrolment, wish(), files)
    address = f"/recordings/{made.uuid}/poster"
    files.put("recordings/still", b"\xff\xd8\xff")
    client.sign_in(enrolment.person)
    assert client.get(address).status_code == 404
    settle(session, made, poster_key="recordings/still", waveform=[0, 100, 51])
    told = client.get(page).text
    assert f'poster="{address}"' in told
    assert '<svg class="wave" viewBox="0 0 3 100"' in told
    assert 'd="M0 50v1M1 0v100M2 25v50"' in told
    still = client.get(address)
    assert (still.data, still.content_type, still.headers["Cache-Control"]) == (
        b"\xff\xd8\xff",
        "image/jpeg",
        "private, no-store",
    )


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"media_deleted_at": NOW}, 410, "This recording is deleted."),
        ({"consent_withdrawn_at": NOW}, 410, "This recording is deleted."),
        ({"state": State.REFUSED, "refusal": "Export it again."}, 404, "Export it again."),
        ({"state": State.CHECKING}, 404, "This recording is still looked into."),
    ],
)
def test_what_can_not_be_played_says_why(
    client: Browser,
    session: Session,
    enrolment: Enrolment,
    kept: Callable[..., Recording],
    change: dict[str, Any],
    status: int,
    sentence: str,
) -> None:
    made = kept()
    writing(session)
    for name, value in change.items():
        setattr(made, name, value)
    session.commit()
    client.sign_in(enrolment.person)
    for what in ("media", "poster"):
        answer = client.get(f"/recordings/{made.uuid}/{what}")
        assert (answer.status_code, sentence in answer.text) == (status, True)


def test_without_consent_nothing_is_taken_and_nothing_typed_is_lost(
    client: Browser, session: Session, enrolment: Enrolment, page: str
) -> None:
    client.sign_in(enrolment.person)
    answer = client.submit(page, sent(consent=None, teaching="y"))
    assert answer.status_code == 400
    assert "We can’t take a recording without the consent of the person on it." in answer.text
    assert "What you typed is still here. Files are not: choose them again." in answer.text
    assert 'value="&lt;i&gt;Dana&lt;/i&gt;"' in answer.text
    assert 'checked id="teaching"' in answer.text
    assert how_many(session) == 0


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ((BytesIO(), "talk.mp4"), "it is empty."),
        ((BytesIO(b"%PDF-1.7 talk"), "talk.mp4"), "by its content it is PDF, whatever its name says."),
        ((BytesIO(b"MZ\x90 talk"), "talk.mp4"), "by its content it is a program, whatever its name says."),
    ],
    ids=["empty", "pdf", "program"],
)
def test_a_file_that_can_not_be_used_is_refused_in_words(
    client: Browser, session: Session, enrolment: Enrolment, page: str, file: Any, sentence: str
) -> None:
    client.sign_in(enrolment.person)
    answer = client.submit(page, sent(file=file))
    assert answer.status_code == 400
    assert f"We can’t take this file: {sentence}" in answer.text
    assert how_many(session) == 0


def test_what_is_refused_at_last_leaves_the_page_as_it_was(
    client: Browser, session: Session, enrolment: Enrolment, page: str, kept: Callable[..., Recording]
) -> None:
    kept("", link="https://meet.example/rec/1", transcript=b"")
    client.sign_in(enrolment.person)
    answer = client.submit(page, sent(file=None, upload=str(uuid4())))
    assert answer.status_code == 400
    assert "There is no such upload." in answer.text
    assert ("Recording 1" in answer.text, "Recording 2" in answer.text) == (True, False)
    assert (how_many(session), queries.desk(session, enrolment.uuid, DOOR.iri_base).stage) == (1, Stage.WAITING)


def test_nobody_hands_in_without_end(client: Browser, enrolment: Enrolment, page: str) -> None:
    client.sign_in(enrolment.person)
    wanted = sent(file=None, transcript=None, link="https://meet.example/rec/1", csrf_token=client.token(page))
    assert client.post(page, data={**wanted, "link": "ftp://meet.example"}).status_code == 400  # costs nothing
    assert [client.post(page, data=wanted).status_code for _ in range(21)] == [303] * 20 + [429]


def test_a_file_beyond_the_limit_is_refused(app: MentorCert, client: Browser, enrolment: Enrolment, page: str) -> None:
    client.sign_in(enrolment.person)
    token = client.token(page)
    app.config["MAX_CONTENT_LENGTH"] = 5000
    answer = client.post(page, data={**sent(), "csrf_token": token})
    assert answer.status_code == 413
    assert "We take up to 200 MB in one file." in answer.text


def test_without_a_token_nothing_is_taken(client: Browser, session: Session, enrolment: Enrolment, page: str) -> None:
    client.sign_in(enrolment.person)
    assert client.post(page, data=sent()).status_code == 400
    assert how_many(session) == 0


def test_the_page_says_until_when(client: Browser, session: Session, enrolment: Enrolment, page: str) -> None:
    client.sign_in(enrolment.person)
    assert "hand it in after the last live session" in client.get(page).text
    hold_session(session, enrolment, NOW - timedelta(days=7))
    assert "hand it in by Tuesday 1 December." in client.get(page).text
    assert "<p>Record a talk.</p>" in client.get(page).text


def test_who_is_late_is_told_so_kindly(client: Browser, session: Session, enrolment: Enrolment, page: str) -> None:
    client.sign_in(enrolment.person)
    hold_session(session, enrolment, NOW - timedelta(days=21))
    assert "Your recording was due on Tuesday 17 November. Hand it in as soon as you have it." in client.get(page).text


def test_one_s_own_newest_recording_has_an_address(
    client: Browser, session: Session, enrolment: Enrolment, page: str
) -> None:
    client.sign_in(enrolment.person)
    assert client.get("/recording").location == page
    client.sign_in(make_person(session, "Nobody"))
    assert client.get("/recording").status_code == 404


def test_a_player_gets_the_stretch_that_it_asks_for(
    client: Browser, enrolment: Enrolment, kept: Callable[..., Recording]
) -> None:
    address, data = f"/recordings/{kept('ok.webm').uuid}/media", content("ok.webm")
    client.sign_in(enrolment.person)
    whole = client.get(address)
    assert (whole.status_code, whole.data, whole.content_type) == (200, data, "video/webm")
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert client.get(address, headers={"Range": f"bytes={len(data)}-"}).status_code == 416


def test_a_recording_can_not_run_as_a_page_and_stays_in_no_cache(
    client: Browser, enrolment: Enrolment, kept: Callable[..., Recording]
) -> None:
    made = kept()
    client.sign_in(enrolment.person)
    for address in (f"/recordings/{made.uuid}/media", f"/recordings/{made.uuid}/captions"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Content-Security-Policy"].endswith("sandbox")


def test_captions_are_what_we_wrote(client: Browser, enrolment: Enrolment, kept: Callable[..., Recording]) -> None:
    address = f"/recordings/{kept().uuid}/captions"
    client.sign_in(enrolment.person)
    answer = client.get(address)
    assert (answer.text, answer.content_type) == (WRITTEN, "text/vtt; charset=utf-8")


def test_a_link_has_no_file(client: Browser, enrolment: Enrolment, kept: Callable[..., Recording], page: str) -> None:
    made = kept("", link="https://meet.example/rec/1", transcript=b"")
    client.sign_in(enrolment.person)
    assert 'href="https://meet.example/rec/1" rel="noopener noreferrer"' in client.get(page).text
    assert client.get(f"/recordings/{made.uuid}/media").status_code == 404
    assert client.get(f"/recordings/{made.uuid}/captions").status_code == 404


def test_only_its_owner_and_the_coaches_of_the_cohort_watch(
    client: Browser, session: Session, enrolment: Enrolment, kept: Callable[..., Recording]
) -> None:
    address = f"/recordings/{kept().uuid}/media"
    stranger = give_role(session, make_person(session, "Other"), Role.COACH, make_cohort(session))
    people = {
        enrolment.person: 200,
        give_role(session, make_person(session, "Coach"), Role.COACH, enrolment.cohort): 200,
        give_role(session, make_person(session, "Lead"), Role.FACILITATOR, enrolment.cohort): 403,
        make_enrolment(session, enrolment.cohort).person: 403,
        make_person(session, "Manager", roles=(Role.MANAGER,)): 403,
        stranger: 403,
    }
    assert client.get(address).status_code == 302
    for person, status in people.items():
        client.sign_in(person)
        assert (person.name, client.get(address).status_code) == (person.name, status)


def test_only_its_owner_hands_in(client: Browser, session: Session, enrolment: Enrolment, page: str) -> None:
    client.sign_in(give_role(session, make_person(session, "Coach"), Role.COACH, enrolment.cohort))
    assert client.get(page).status_code == 403
    client.sign_in(make_person(session, "Manager", roles=(Role.MANAGER,)))
    assert client.get(page).status_code == 403


def test_the_page_asks_the_database_little(
    app: MentorCert, client: Browser, enrolment: Enrolment, kept: Callable[..., Recording], page: str
) -> None:
    client.sign_in(enrolment.person)
    none = queries_of(app, client, page)
    for _ in range(5):
        kept()
    assert len(queries_of(app, client, page)) == len(none)


def queries_of(app: MentorCert, client: Browser, page: str) -> list[str]:
    client.get(page)
    with app.app_context():
        engine = db.engine
    with counted(engine) as said:
        client.get(page)
    assert said
    return said
