"""The pages of consent: of the trainee, of the manager, and of the person recorded, who has no account."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs
from mentorcert.cohorts.models import Enrolment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings import consent
from mentorcert.recordings.models import Recording
from tests.browsing import Browser
from tests.factories import make_enrolment, make_person
from tests.recordings.factories import hand_in, wish
from tests.recordings.test_pages import sent

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ALL = ["grading", "calibration", "teaching"]


@pytest.fixture
def enrolment(app: MentorCert, session: Session) -> Enrolment:
    return make_enrolment(session)


@pytest.fixture
def recording(app: MentorCert, session: Session, enrolment: Enrolment) -> Recording:
    files = app.extensions["mentorcert"]["files"]
    return hand_in(session, enrolment, wish(uses=ALL, mentee_name="<i>Dana</i>", mentee_email="dana@x.example"), files)


@pytest.fixture
def link(app: MentorCert, recording: Recording) -> str:
    return f"/consent/{consent.token(recording, app.extensions['mentorcert']['settings'].secret_key)}"


@pytest.fixture
def manager(session: Session) -> Person:
    return make_person(session, "Mona Manager", roles=(Role.MANAGER,))


def uses(session: Session, recording: Recording) -> list[str]:
    session.rollback()
    session.refresh(recording)
    return list(recording.consent_uses)


@pytest.fixture
def mails(app: MentorCert, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What the worker sends: without a mail server it prints."""

    def sent_by_now() -> str:
        with app.app_context():
            jobs.run_due(app.extensions["mentorcert"]["settings"])
        return capsys.readouterr().err

    return sent_by_now


def test_who_hands_in_with_an_address_has_the_person_recorded_told(
    app: MentorCert, client: Browser, enrolment: Enrolment, mails: Callable[[], str]
) -> None:
    client.sign_in(enrolment.person)
    page = f"/enrolments/{enrolment.uuid}/recording"
    assert client.submit(page, sent(mentee_email="Dana@x.example", teaching="y")).status_code == 303
    told = mails()
    assert "--- mail to dana@x.example: What you agreed to about your recorded conversation" in told
    assert "says that you agreed to this: grading and showing it to later trainees." in told
    assert "It is deleted 194 days after the grade is final." in told
    path = told.partition("https://mentors.example.org")[2].split()[0]
    stranger = app.test_client()
    assert "You agreed to grading and showing it to later trainees." in stranger.get(path).text


def test_an_address_that_is_none_is_told_beside_its_field(
    client: Browser, enrolment: Enrolment, session: Session
) -> None:
    client.sign_in(enrolment.person)
    answer = client.submit(f"/enrolments/{enrolment.uuid}/recording", sent(mentee_email="dana"))
    assert answer.status_code == 400
    assert "This is not an e-mail address. Correct it, or leave it empty." in answer.text
    assert session.scalars(select(Recording)).all() == []


def test_the_desk_says_what_was_agreed_to_and_leads_on(
    client: Browser, enrolment: Enrolment, recording: Recording
) -> None:
    client.sign_in(enrolment.person)
    page = client.get(f"/enrolments/{enrolment.uuid}/recording").text
    assert "grading, practice of coaches and showing it to later trainees, said on 24 November 2026" in page
    assert "until 194 days after the grade is final, then it is deleted" in page
    assert "by mail to dana@x.example" in page
    assert f'href="/recordings/{recording.uuid}/consent"' in page
    assert "<i>Dana" not in page


def test_the_person_recorded_takes_one_use_back_and_then_everything(
    client: Browser, session: Session, recording: Recording, link: str
) -> None:
    page = client.get(link).text
    assert "You agreed to grading, practice of coaches and showing it to later trainees" in page
    assert "Amara Okafor recorded a conversation with you, and handed it in." in page
    answer = client.submit(link, {"uses": "teaching"})
    assert (answer.status_code, answer.location) == (303, link)
    assert uses(session, recording) == ["grading", "calibration"]
    assert client.submit(link, {"uses": "grading"}).status_code == 303
    assert uses(session, recording) == []
    assert "This recording was deleted on 24 November 2026." in client.get(link).text


def test_looking_at_the_link_changes_nothing(
    client: Browser, session: Session, recording: Recording, link: str
) -> None:
    for address in (link, f"{link}?uses=grading"):
        assert client.get(address).status_code == 200
    assert uses(session, recording) == ALL


def test_who_chooses_nothing_or_has_no_token_is_told_so(
    client: Browser, session: Session, recording: Recording, link: str
) -> None:
    answer = client.submit(link, {})
    assert (answer.status_code, "Choose at least one use." in answer.text) == (400, True)
    assert client.submit(link, {"uses": "everything"}).status_code == 400
    assert client.post(link, data={"uses": "grading"}).status_code == 400
    assert uses(session, recording) == ALL


def test_a_wrong_link_is_no_oracle_and_can_not_be_tried_without_end(client: Browser, link: str) -> None:
    wrong = [link[:-1], "/consent/none", "/consent/%00", "/consent/" + "x" * 4000]
    answers = [client.get(address) for address in wrong]
    assert {answer.status_code for answer in answers} <= {400, 404}
    assert {answer.text.replace(address, "") for answer, address in zip(answers[:2], wrong, strict=False)} == {
        answers[0].text.replace(wrong[0], "")
    }
    assert [client.get("/consent/none").status_code for _ in range(40)][-1] == 429


def test_the_manager_takes_it_back_for_them_with_a_reason(
    client: Browser,
    session: Session,
    enrolment: Enrolment,
    recording: Recording,
    manager: Person,
    mails: Callable[[], str],
) -> None:
    client.sign_in(manager)
    page = f"/recordings/{recording.uuid}/consent"
    answer = client.submit(page, {"uses": "grading"})
    assert (answer.status_code, "Say who asked for it, and when." in answer.text) == (400, True)
    assert client.submit(page, {"uses": "grading", "reason": "Dana wrote to me"}).status_code == 303
    assert uses(session, recording) == []
    told = mails()
    assert f"--- mail to {enrolment.person.email}: Consent for recording 1 has changed" in told
    assert "if there was none yet, hand in another recording." in told
    assert "--- mail to dana@x.example: What you took back about your recorded conversation" in told
    after = client.get(page).text
    assert "took consent back. The recording is deleted." in after
    assert "grading, practice of coaches and showing it to later trainees, Tuesday 24 November, 14:00" in after
    client.sign_in(enrolment.person)
    desk = client.get(f"/enrolments/{enrolment.uuid}/recording").text
    assert "took consent back, so recording 1 is deleted. Record another conversation.</h1>" in desk
    assert "The recording and its transcript are deleted." in desk
    assert 'name="mentee_name"' in desk


def test_what_is_deleted_can_not_be_watched_or_read(
    client: Browser, enrolment: Enrolment, recording: Recording, link: str
) -> None:
    assert client.submit(link, {"uses": "grading"}).status_code == 303
    client.sign_in(enrolment.person)
    found = [client.get(f"/recordings/{recording.uuid}/{what}").status_code for what in ("media", "captions")]
    assert set(found) <= {404, 410}


def test_the_trainee_sends_the_mail_to_another_address(
    client: Browser, session: Session, enrolment: Enrolment, recording: Recording, link: str, mails: Callable[[], str]
) -> None:
    client.sign_in(enrolment.person)
    page = f"/recordings/{recording.uuid}/consent"
    assert "Say who asked" not in client.get(page).text
    assert client.submit(page, {"mentee_email": "dana"}, to=f"{page}/mail").status_code == 400
    assert client.submit(page, {"mentee_email": "dana@y.example"}, to=f"{page}/mail").status_code == 303
    assert "--- mail to dana@y.example" in mails()
    assert client.get(link).status_code == 404


def test_the_manager_sees_every_recording_of_the_cohort(
    client: Browser, session: Session, enrolment: Enrolment, recording: Recording, manager: Person
) -> None:
    client.sign_in(manager)
    page = f"/cohorts/{enrolment.cohort.uuid}/recordings"
    assert "One recording is kept." in client.get(page).text
    assert f'href="/recordings/{recording.uuid}/consent"' in client.get(page).text
    assert f'href="{page}"' in client.get(f"/cohorts/{enrolment.cohort.uuid}").text


def test_the_pages_ask_a_number_of_questions_that_does_not_grow(
    client: Browser,
    session: Session,
    enrolment: Enrolment,
    recording: Recording,
    manager: Person,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    client.sign_in(manager)
    page = f"/cohorts/{enrolment.cohort.uuid}/recordings"
    client.get(page)
    counts = []
    for _ in range(2):
        with count_queries() as said:
            assert client.get(page).status_code == 200
        counts.append(len(said))
        for _ in range(5):
            hand_in(session, make_enrolment(session, enrolment.cohort))
    assert counts[0] == counts[1]
