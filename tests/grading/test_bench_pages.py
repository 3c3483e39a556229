"""The bench without scripts: moments beside the draft, holds that end, and what a script is told of a moment."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.db import db, writing
from mentorcert.grading import moments, service
from mentorcert.grading.feedback import Evidence
from mentorcert.grading.models import Assessment
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import NOW, give_role, make_person
from tests.grading.factories import Bench, draft, make_bench, release, take
from tests.grading.test_pages import address, filled

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

XSS = "<script>alert(1)</script>"
ONE = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def bench(app: MentorCert, session: Session) -> Bench:
    return make_bench(session, files=app.extensions["mentorcert"]["files"])


@pytest.fixture
def taken(session: Session, bench: Bench) -> Assessment:
    return take(session, bench)


def mark(session: Session, taken: Assessment, *wishes: Evidence) -> None:
    moments.put(session, taken.uuid, wishes, who=taken.coach.uuid, now=NOW)
    session.commit()


def kept(session: Session, taken: Assessment) -> list[tuple[float, str, str]]:
    session.rollback()
    return [(each.at, each.criterion, each.note) for each in taken.moments]


def test_a_moment_is_typed_by_its_time_and_the_draft_with_it(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    typed = {"mark-at": "0:01", "mark-of": "listening", "mark-note": f"waits {XSS}", "do": "save"}
    assert client.submit(address(taken), filled() | typed).location == address(taken)
    assert kept(session, taken) == [(1.0, "listening", f"waits {XSS}")]
    shown = client.get(address(taken)).text
    assert "It is kept until" not in shown  # not known before the grade
    assert "<span data-note>waits &lt;script&gt;alert(1)&lt;/script&gt;</span>" in shown
    assert ">At 0:01.</textarea>" in shown


def test_a_moment_is_changed_and_removed_with_the_form(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    mark(session, taken, Evidence(1.4, "listening", "old", ONE))
    client.sign_in(bench.coach)
    fields = {f"mark-at-{ONE}": "0:01", f"mark-of-{ONE}": "close", f"mark-note-{ONE}": "new"}
    client.submit(address(taken), filled() | fields | {"do": "save"})
    assert kept(session, taken) == [(1.4, "close", "new")]
    client.submit(address(taken), filled(1) | fields | {"do": f"remove:{ONE}"})
    assert kept(session, taken) == []


def test_a_time_that_can_t_be_read_is_named_and_nothing_typed_is_lost(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    mark(session, taken, Evidence(1, "listening", "old", ONE))
    client.sign_in(bench.coach)
    fields = {f"mark-at-{ONE}": "soon", f"mark-of-{ONE}": "close", f"mark-note-{ONE}": "better"}
    new = {"mark-at": "0:99:99:1", "mark-of": "close", "mark-note": "new one"}
    answer = client.submit(address(taken), filled(comment_close="Kept") | fields | new | {"do": "save"})
    assert answer.status_code == 400
    assert "“soon” is no time. Write it like 12:26." in answer.text
    assert 'value="better"' in answer.text
    assert 'value="new one"' in answer.text
    assert ">Kept</textarea>" in answer.text
    assert kept(session, taken) == [(1.0, "listening", "old")]


def test_a_grade_is_submitted_with_the_moments_of_its_form(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    new = {"mark-at": "0:01", "mark-of": "close", "mark-note": "her own step", "do": "submit"}
    assert client.submit(address(taken), filled() | new).status_code == 303
    client.sign_in(bench.trainee)
    read = client.get(f"/recordings/{bench.recording.uuid}/feedback").text
    assert '<span class="pin__note">her own step</span>' in read
    assert 'data-seek="1.0"' in read


def test_a_script_is_told_how_its_moment_fared(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    headers = {"X-CSRFToken": client.token(address(taken)), "Accept": "application/json"}

    def post(**data: str) -> tuple[int, Any]:
        answer = client.post(f"{address(taken)}/moments", data=data, headers=headers)
        return answer.status_code, answer.json

    at = "2026-11-24T14:00:00+00:00"
    for _ in range(2):
        assert post(moment=str(ONE), at="1.25", criterion="close", note="x") == (200, {"saved_at": at})
    assert kept(session, taken) == [(1.25, "close", "x")]
    outside = "A moment lies outside the recording. Choose a time between its beginning and its end."
    for wrong in ("9", "-1", "nan", "inf", "soon", ""):
        assert post(moment=str(uuid4()), at=wrong, criterion="close") == (400, {"error": outside, "todo": ""})
    assert post(moment="1", at="1")[0] == 400
    assert post(moment=str(ONE), remove="1") == (200, {"saved_at": at})
    assert kept(session, taken) == []
    service.give_back(session, taken.uuid, who=bench.coach.uuid, now=NOW)
    session.commit()
    assert post(moment=str(ONE), at="1") == (409, {"reason": "hold", "saved_at": at})


def test_the_page_says_until_when_it_is_held(
    app: MentorCert, client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    assert "Yours while you work; kept until 15:00" in client.get(address(taken)).text
    writing(session)
    taken.lease_until = NOW - timedelta(minutes=1)
    session.commit()
    assert "Your hold ended on Tuesday 24 November, 13:59, and nobody took it" in client.get(address(taken)).text


def test_who_lost_the_hold_has_their_text_to_copy(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    token = client.token(address(taken))
    mark(session, taken, Evidence(1, "listening", "her silence", ONE))
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    take(session, bench, other, now=NOW + timedelta(hours=2))
    posted = filled(comment_listening="Late, and not lost", comment="All of it") | {"csrf_token": token}
    for do in ("save", "submit"):
        answer = client.post(address(taken), data=posted | {"do": do})
        assert answer.status_code == 200
        assert "another coach has taken this recording" in answer.text
        assert "<blockquote>Late, and not lost</blockquote>" in answer.text
        assert "her silence" in answer.text
    assert "<blockquote>All of it</blockquote>" in client.get(address(taken)).text
    session.rollback()
    assert (taken.comment, taken.submitted_at) == ("All of it", None)


def test_consent_that_is_withdrawn_ends_the_grading_and_the_text_stays(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    token = client.token(address(taken))
    writing(session)
    bench.recording.consent_withdrawn_at = NOW
    session.commit()
    answer = client.post(address(taken), data=filled(comment="Mine") | {"csrf_token": token, "do": "submit"})
    assert "The consent to recording 1 was withdrawn." in answer.text
    assert "<blockquote>Mine</blockquote>" in answer.text


def test_what_was_delivered_stands_without_the_recording(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    release(session, taken, draft(whole="Wait longer."))
    writing(session)
    bench.recording.media_deleted_at, bench.recording.transcript = NOW, ""
    session.commit()
    client.sign_in(bench.trainee)
    read = client.get(f"/recordings/{bench.recording.uuid}/feedback").text
    assert "You passed. Wait longer." in read
    assert "The recording and its transcript were deleted on Tuesday 24 November" in read
    assert "<video" not in read
    assert "data-seek" not in read


def test_the_old_address_of_the_feedback_leads_to_the_new_one(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    release(session, taken)
    client.sign_in(bench.trainee)
    read = f"/recordings/{bench.recording.uuid}/feedback"
    assert client.get(f"{address(taken)}/feedback").location == read


def test_the_bench_asks_the_database_the_same_at_one_and_at_fifty_moments(
    app: MentorCert, client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    mark(session, taken, Evidence(1, "close", "", ONE))
    one = queries_of(app, client, address(taken))
    mark(session, taken, *(Evidence(1, "close", "", uuid4()) for _ in range(49)))
    assert queries_of(app, client, address(taken)) == one


def queries_of(app: MentorCert, client: Browser, page: str) -> int:
    assert client.get(page).status_code == 200
    with app.app_context():
        engine = db.engine
    with counted(engine) as said:
        client.get(page)
    assert said
    return len(said)
