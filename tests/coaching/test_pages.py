"""The pages of coaching, in a browser without scripts."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, jobs
from mentorcert.coaching.models import Coaching
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.coaching.factories import Graded, grade, make_graded
from tests.factories import give_role, make_cohort, make_enrolment, make_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def graded(app: MentorCert, session: Session) -> Graded:
    return make_graded(session)


@pytest.fixture
def page(graded: Graded) -> str:
    return f"/cohorts/{graded.cohort.uuid}/coaching"


def test_a_group_is_offered_arranged_and_held(
    app: MentorCert, client: Browser, session: Session, graded: Graded, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    who = [grade(session, graded, name, listening="not-yet") for name in ("<i>Amara</i>", "Chidi")]
    client.sign_in(graded.manager)
    shown = client.get(page).text
    assert "Both who are graded are below a line." in shown
    assert "Offer one group session to two" in shown
    assert shown.count("checked") == 2
    assert "<i>Amara" not in shown
    chosen = {"listening-enrolments": [str(each.uuid) for each in who], "listening-coach": str(graded.coach.uuid)}
    answer = client.submit(page, {**chosen, "listening-note": "Friday <b>noon</b>"}, to=f"{page}/listening")
    assert (answer.status_code, answer.location) == (303, page)
    shown = client.get(page).text
    assert "One group session is arranged." in shown
    assert "with Tomasz Wrona, one group" in shown
    assert "Offer one group session" not in shown
    with app.app_context():
        jobs.run_due(app.extensions["mentorcert"]["settings"])
    told = capsys.readouterr().err
    assert "Chidi, Tomasz Wrona meets you and others in a group, to work on this: Listening." in told
    assert "With: <i>Amara</i>, Chidi." in told
    session.rollback()
    made = session.scalars(select(Coaching)).one()
    assert client.submit(page, to=f"/coachings/{made.uuid}/held").status_code == 303
    assert "Held" in client.get(page).text


def test_the_trainee_reads_what_helps(client: Browser, session: Session, graded: Graded, page: str) -> None:
    enrolment = grade(session, graded, "Amara", listening="not-yet")
    client.sign_in(graded.coach)
    chosen = {"listening-enrolments": str(enrolment.uuid), "listening-coach": str(graded.coach.uuid)}
    assert (
        client.submit(page, {**chosen, "listening-note": "Hear 0:01 again."}, to=f"{page}/listening").status_code == 303
    )
    client.sign_in(enrolment.person)
    shown = client.get(f"/enrolments/{enrolment.uuid}/plan").text
    assert "One thing to work on next." in shown
    assert "Reached: Not yet. The line is Solid:" in shown
    assert "Waits." in shown
    assert "Hear 0:01 again." in shown
    assert f'href="/learn/{enrolment.uuid}/start/first"' in shown
    assert "questions to answer again" in shown
    assert client.get(f"/learn/{enrolment.uuid}/start/first").status_code == 200
    assert client.get(page).status_code == 403


def test_before_a_grade_and_without_weakness_the_page_says_so(
    client: Browser, session: Session, graded: Graded, page: str
) -> None:
    waiting, fine = make_enrolment(session, graded.cohort), grade(session, graded, "Bela")
    client.sign_in(waiting.person)
    shown = client.get(f"/enrolments/{waiting.uuid}/plan").text
    assert "What to work on is known when your recording is graded." in shown
    client.sign_in(fine.person)
    assert "Nothing is below the line." in client.get(f"/enrolments/{fine.uuid}/plan").text
    assert client.get(f"/enrolments/{waiting.uuid}/plan").status_code == 403
    client.sign_in(graded.manager)
    assert "The one who is graded is at or above every line." in client.get(page).text
    empty = make_cohort(session)
    assert "No recording of this cohort is graded yet." in client.get(f"/cohorts/{empty.uuid}/coaching").text


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: Browser, session: Session, graded: Graded, page: str
) -> None:
    grade(session, graded, "Amara", listening="not-yet")
    client.sign_in(graded.manager)
    data = {"listening-coach": "nobody", "listening-note": "Friday", "listening-enrolments": "nonsense"}
    answer = client.submit(page, data, to=f"{page}/listening")
    assert answer.status_code == 400
    assert "Tick at least one person." in answer.text
    assert "Choose one of the list." in answer.text
    assert "Friday" in answer.text
    assert client.submit(page, data, to=f"{page}/close").status_code == 404


def test_coaches_of_other_cohorts_and_facilitators_stay_out(
    client: Browser, session: Session, graded: Graded, page: str
) -> None:
    other = give_role(session, make_person(session, "Other"), Role.COACH, make_cohort(session))
    for person in (other, make_person(session, "Fay", roles=(Role.FACILITATOR,))):
        client.sign_in(person)
        assert client.get(page).status_code == 403


def test_the_page_asks_a_number_of_questions_that_does_not_grow(
    client: Browser,
    session: Session,
    graded: Graded,
    page: str,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    client.sign_in(graded.manager)
    counts = []
    for number in range(2):
        names = [f"Person {number}{each}" for each in range(3)]
        some = [grade(session, graded, name, listening="not-yet", close="not-yet") for name in names]
        data = {"listening-enrolments": str(some[0].uuid), "listening-coach": str(graded.coach.uuid)}
        client.submit(page, data, to=f"{page}/listening")
        client.get(page)
        with count_queries() as said:
            assert client.get(page).status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_a_coach_finds_what_is_to_be_held_and_the_cohorts(
    client: Browser, session: Session, graded: Graded, page: str
) -> None:
    enrolment = grade(session, graded, "Amara", listening="not-yet")
    make_cohort(session, "Elsewhere")
    client.sign_in(graded.coach)
    shown = client.get("/coaching").text
    assert "No coaching waits for you." in shown
    assert (f'href="{page}"' in shown, "Elsewhere" in shown) == (True, False)
    data = {"listening-enrolments": str(enrolment.uuid), "listening-coach": str(graded.coach.uuid)}
    client.submit(page, data, to=f"{page}/listening")
    shown = client.get("/coaching").text
    assert "One coaching is yours to hold." in shown
    assert f'href="/enrolments/{enrolment.uuid}/plan"' in shown
    client.sign_in(graded.manager)
    assert "Elsewhere" in client.get("/coaching").text


def test_the_home_page_of_the_trainee_leads_to_the_plan(client: Browser, session: Session, graded: Graded) -> None:
    weak, fine = grade(session, graded, "Amara", close="not-yet"), grade(session, graded, "Bela")
    found = {}
    for each in (weak, fine):
        client.sign_in(each.person)
        found[each.person.name] = f"/enrolments/{each.uuid}/plan" in client.get(f"/learn/{each.uuid}").text
    assert found == {"Amara": True, "Bela": False}


def test_the_feedback_leads_to_the_plan(client: Browser, session: Session, graded: Graded) -> None:
    weak, fine = grade(session, graded, "Amara", close="not-yet"), grade(session, graded, "Bela")
    found = {}
    for each in (weak, fine):
        client.sign_in(each.person)
        page = client.get(f"/enrolments/{each.uuid}/grade", follow_redirects=True).text
        found[each.person.name] = f"/enrolments/{each.uuid}/plan" in page
    assert found == {"Amara": True, "Bela": False}
