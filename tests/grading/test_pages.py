"""The queue, the bench, the feedback and the rubric, in a browser without scripts."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs
from mentorcert.cohorts.models import Cohort
from mentorcert.config import Settings
from mentorcert.db import db
from mentorcert.grading import service
from mentorcert.grading.models import Assessment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import NOW, give_role, make_enrolment, make_person
from tests.grading.factories import Bench, draft, make_bench, release, take
from tests.recordings.factories import hand_in, hold_session, wish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

XSS = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.fixture
def bench(app: MentorCert, session: Session) -> Bench:
    return make_bench(session, files=app.extensions["mentorcert"]["files"])


@pytest.fixture
def taken(session: Session, bench: Bench) -> Assessment:
    return take(session, bench)


def filled(revision: int = 0, **changes: str) -> dict[str, str]:
    usual = {
        "revision": str(revision),
        "level-listening": "solid",
        "comment-listening": "At 0:01.",
        "level-close": "solid",
    }
    return {**usual, **{name.replace("_", "-"): value for name, value in changes.items()}}


def address(taken: Assessment) -> str:
    return f"/assessments/{taken.uuid}"


def read_at(bench: Bench) -> str:
    return f"/recordings/{bench.recording.uuid}/feedback"


def test_a_recording_is_taken_graded_and_read(client: Browser, session: Session, bench: Bench) -> None:
    client.sign_in(bench.coach)
    queue = client.get("/queue").text
    assert "One recording waits for a coach." in queue
    assert bench.trainee.name not in queue
    took = client.submit("/queue", to=f"/recordings/{bench.recording.uuid}/take")
    page = took.location or ""
    assert took.status_code == 303
    shown = client.get(page).text
    assert "Recording 1, coaching conversation" in shown
    assert bench.trainee.name not in shown
    assert client.submit(page, {**filled(), "do": "save"}).location == page
    released = client.submit(page, {**filled(1), "do": "submit"})
    assert (released.status_code, released.location) == (303, read_at(bench))
    assert client.get(page).location == read_at(bench)
    client.sign_in(bench.trainee)
    read = client.get(f"/enrolments/{bench.enrolment.uuid}/grade", follow_redirects=True).text
    assert "You passed." in read
    assert "100 of 100; 70 needed" in read
    assert "The critical criterion is met" in read


def test_who_reads_what_when(client: Browser, session: Session, bench: Bench, taken: Assessment) -> None:
    page = read_at(bench)
    manager = make_person(session, "Manager", roles=(Role.MANAGER,))
    fellow = make_enrolment(session, bench.cohort).person
    for person, status in {bench.trainee: 404, bench.coach: 404, manager: 404, fellow: 403}.items():
        client.sign_in(person)
        assert client.get(page).status_code == status
    client.sign_in(bench.trainee)
    assert client.get(f"/enrolments/{bench.enrolment.uuid}/grade").status_code == 404
    assert client.get(address(taken)).status_code == 403
    release(session, taken)
    for person, status in {bench.trainee: 200, bench.coach: 200, manager: 200, fellow: 403}.items():
        client.sign_in(person)
        assert client.get(page).status_code == status


def test_the_grade_is_nowhere_before_its_release(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    service.save_draft(session, taken.uuid, draft(heard="SECRET"), who=bench.coach.uuid, now=NOW)
    session.commit()
    client.sign_in(bench.trainee)
    told = client.get(f"/enrolments/{bench.enrolment.uuid}/recording").text
    assert "Recording 1 is with your coaches." in told
    assert "SECRET" not in told
    client.sign_in(bench.coach)
    assert "of 100" not in client.get(address(taken)).text


def test_a_stale_draft_shows_both_texts(client: Browser, session: Session, bench: Bench, taken: Assessment) -> None:
    client.sign_in(bench.coach)
    page = address(taken)
    client.submit(page, filled(comment_listening="First tab", level_close=""))
    answer = client.submit(page, filled(comment_listening="Second tab", level_close=""))
    assert answer.status_code == 409
    assert "Your other tab has a newer draft, saved at 14:00:00." in answer.text
    assert ">Second tab</textarea>" in answer.text
    assert '<p class="as-typed">First tab</p>' in answer.text
    assert 'name="revision" value="1"' in answer.text
    assert ">First tab</textarea>" in client.get(page).text


def test_a_script_is_told_how_its_draft_fared(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    to = f"{address(taken)}/draft"
    headers = {"X-CSRFToken": client.token(address(taken)), "Accept": "application/json"}

    def post(data: dict[str, str]) -> tuple[int, Any]:
        answer = client.post(to, data=data, headers=headers)
        return answer.status_code, answer.json

    at = "2026-11-24T14:00:00+00:00"
    assert post(filled()) == (200, {"revision": 1, "saved_at": at})
    assert post(filled(comment_close="x")) == (409, {"reason": "newer", "saved_at": at, "url": address(taken)})
    assert post(filled(1, level_close="best"))[0] == 400
    service.give_back(session, taken.uuid, who=bench.coach.uuid, now=NOW)
    session.commit()
    assert post(filled(1)) == (200, {"reason": "hold", "saved_at": at, "url": address(taken)})


def test_everything_that_is_open_is_named_and_nothing_typed_is_lost(
    client: Browser, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(bench.coach)
    answer = client.submit(
        address(taken), {"revision": "0", "comment-close": "Kept", "comment": "Whole", "do": "submit"}
    )
    assert answer.status_code == 400
    assert "“Listening” has no level and no comment yet. Choose one, and say what you heard." in answer.text
    assert "“Close” has no level yet. Choose one." in answer.text
    assert ">Kept</textarea>" in answer.text
    assert ">Whole</textarea>" in answer.text


def test_a_text_too_long_is_named_and_kept(client: Browser, bench: Bench, taken: Assessment) -> None:
    client.sign_in(bench.coach)
    answer = client.submit(address(taken), filled(comment="y" * 5001))
    assert answer.status_code == 400
    assert "“The whole” has 5001 characters; 5000 fit. Shorten it." in answer.text
    assert "y" * 5001 in answer.text


def test_it_can_be_given_back(client: Browser, bench: Bench, taken: Assessment) -> None:
    client.sign_in(bench.coach)
    answer = client.submit(address(taken), to=f"{address(taken)}/give-back")
    assert (answer.status_code, answer.location) == (303, "/queue")
    assert "You gave this recording back." in client.get(address(taken)).text
    again = client.submit("/queue", to=f"{address(taken)}/give-back")
    assert again.status_code == 409
    assert "You gave this recording back." in again.text


def test_the_second_coach_is_told_that_it_is_gone(client: Browser, session: Session, bench: Bench) -> None:
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    client.sign_in(other)
    token = client.token("/queue")
    take(session, bench)
    answer = client.post(f"/recordings/{bench.recording.uuid}/take", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "Recording 1 was taken by another coach a moment ago." in answer.text


def test_another_coach_does_not_open_the_bench(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    client.sign_in(give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort))
    answer = client.get(address(taken))
    assert answer.status_code == 403
    assert "Another coach grades this recording." in answer.text


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.MANAGER, Role.ADMINISTRATOR, Role.TRAINEE])
def test_only_coaches_come_to_the_bench(
    client: Browser, session: Session, bench: Bench, taken: Assessment, role: Role
) -> None:
    client.sign_in(give_role(session, make_person(session, "Somebody"), role))
    assert client.get("/queue").status_code == 403
    assert client.get(address(taken)).status_code == 403
    assert client.submit("/me", to=f"/recordings/{bench.recording.uuid}/take").status_code == 403
    assert client.submit("/me", filled(), to=address(taken)).status_code == 403


def test_what_people_write_is_only_ever_text(client: Browser, session: Session, bench: Bench) -> None:
    """In a comment, the sentence for the whole, the transcript, and the name of the mentee."""
    words = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Dana>{ESCAPED}\n".encode()
    made = hand_in(session, bench.enrolment, wish(transcript=words, mentee_name=XSS)).uuid
    client.sign_in(bench.coach)
    took = client.submit("/queue", to=f"/recordings/{made}/take").location or ""
    client.submit(took, filled(comment=XSS, comment_listening=f"At 0:01 {XSS}"))
    assert XSS not in client.get(took).text
    client.submit(took, {**filled(1, comment=XSS, comment_listening=f"At 0:01 {XSS}"), "do": "submit"})
    read = client.get(f"/recordings/{made}/feedback").text
    client.sign_in(bench.trainee)
    for page in (read, client.get(f"/enrolments/{bench.enrolment.uuid}/recording").text):
        assert XSS not in page
        assert ESCAPED in page


def test_feedback_says_what_to_work_on(client: Browser, session: Session, bench: Bench, taken: Assessment) -> None:
    release(session, taken, draft(listening="not-yet", heard="You cut in at 0:01.", whole="Wait longer."))
    client.sign_in(bench.trainee)
    read = client.get(read_at(bench)).text
    assert "You have not passed yet. Wait longer." in read
    assert "60 of 100; 70 needed" in read
    assert "0 of 1 critical criteria met" in read
    assert "Not yet, level 1; aim for 2" in read
    assert "<b>Solid</b> looks like this: Waits." in read
    assert 'data-seek="1"' in read
    assert "Hand in another recording" in read


def test_a_manager_reads_and_does_not_watch(client: Browser, session: Session, bench: Bench, taken: Assessment) -> None:
    release(session, taken)
    client.sign_in(make_person(session, "Manager", roles=(Role.MANAGER,)))
    read = client.get(read_at(bench)).text
    assert "<video" not in read
    assert "data-seek" not in read


def test_the_rubric_is_open_to_everyone(client: Browser, session: Session, bench: Bench, taken: Assessment) -> None:
    page = f"/rubrics/{taken.rubric_version.hash}"
    assert client.get(page).status_code == 302
    client.sign_in(bench.trainee)
    shown = client.get(page).text
    assert all(text in shown for text in ("A tiny rubric", "Interrupts.", "critical: Solid or above", "weight 60"))
    assert page in client.get(f"/enrolments/{bench.enrolment.uuid}/recording").text
    assert client.get("/rubrics/nothing").status_code == 404


def test_an_empty_queue_says_when_to_come_back(
    client: Browser, session: Session, bench: Bench, taken: Assessment
) -> None:
    hold_session(session, bench.enrolment, NOW)
    client.sign_in(bench.coach)
    shown = client.get("/queue").text
    assert "Recording 1 is on your bench." in shown
    assert "The next recordings are due on Tuesday 8 December." in shown


def test_the_mail_holds_no_grade(
    app: MentorCert, settings: Settings, session: Session, taken: Assessment, capsys: Any
) -> None:
    release(session, taken, draft(whole="Wait longer."))
    with app.app_context():
        jobs.run_due(settings, now=NOW)
    sent = capsys.readouterr().err
    assert f"https://mentors.example.org/recordings/{taken.recording.uuid}/feedback" in sent
    assert "a coach has graded recording 1" in sent
    assert not any(text in sent for text in ("of 100", "passed", "Wait longer."))


def test_pages_ask_the_database_the_same_at_one_and_at_fifty(
    app: MentorCert, client: Browser, session: Session, bench: Bench
) -> None:
    client.sign_in(bench.coach)
    fill(session, bench.cohort, bench.coach, 1)
    one = queries_of(app, client)
    fill(session, bench.cohort, bench.coach, 16)
    assert len(queries_of(app, client)) == len(one)


def fill(session: Session, cohort: Cohort, coach: Person, count: int) -> None:
    """So many recordings that wait, that are on the bench, and that are done."""
    for _ in range(count):
        make_bench(session, cohort, coach)
        take(session, make_bench(session, cohort, coach))
        release(session, take(session, make_bench(session, cohort, coach)))


def queries_of(app: MentorCert, client: Browser) -> list[str]:
    assert client.get("/queue").status_code == 200
    with app.app_context():
        engine = db.engine
    with counted(engine) as said:
        client.get("/queue")
    assert said
    return said
