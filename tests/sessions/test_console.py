"""The console as a facilitator uses it: plain forms, refusals on the page itself, and a page that asks again."""

import re
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.sessions import queries, running, service
from mentorcert.sessions.models import LiveSession
from tests.browsing import Browser
from tests.factories import give_role, make_cohort, make_person
from tests.sessions import factories


@pytest.fixture
def ines(session: Session, cohort: Cohort, client: Browser) -> Person:
    """The facilitator, signed in."""
    person = give_role(session, make_person(session, "Ines Duarte"), Role.FACILITATOR, cohort)
    client.sign_in(person)
    return person


def _page(live: LiveSession) -> str:
    return f"/sessions/{live.uuid}/console"


def _do(client: Browser, live: LiveSession, do: str, **data: object) -> TestResponse:
    return client.submit(_page(live), {"do": do, "at_round": live.round, **data})


def _stage(client: Browser, live: LiveSession) -> str:
    found = re.search(r'<li aria-current="step">([^<]+)', client.get(_page(live)).text)
    return found[1] if found else "none"


def test_a_session_is_run_from_check_in_to_close(
    client: Browser, session: Session, cohort: Cohort, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    stages = [_stage(client, live)]
    deeds = [f"check-in:{each.uuid}" for each in four[:3]]
    deeds += ["reveal", "deal", "go-on", "pause", "resume", "extend", "go-on", "go-on", "go-on", "close"]
    for do in deeds:
        response = _do(client, live, do, scenario="talk", rounds=3)
        session.rollback()
        assert (do, response.status_code) == (do, 303)
        stages.append(_stage(client, live))
    assert list(dict.fromkeys(stages)) == [
        "Check in",
        "Scenario",
        "Rounds",
        "Three rounds",
        "Round 1 of 3",
        "Round 2 of 3",
        "Round 3 of 3",
        "Talk it over",
        "none",
    ]
    found = factories.attended(session, cohort)
    assert found == {each.uuid: {live.uuid} if each in four[:3] else set() for each in four}
    assert "Three attended, one did not" in client.get(_page(live)).text


def test_the_console_says_who_is_here_and_who_is_ready(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    text = client.get(_page(live)).text
    assert "Nobody is checked in yet" in text
    assert "Nobody has done the pre-work yet" in text
    factories.check_in(session, live, *four[:3])
    assert "Three here, one not yet" in client.get(_page(live)).text
    assert _do(client, live, "check-in-all").status_code == 303
    assert "Everybody is here" in client.get(_page(live)).text
    assert _do(client, live, f"check-out:{four[0].uuid}").status_code == 303
    session.rollback()
    assert [each.enrolment for each in queries.presences(session, live)] == four[1:]


def test_who_has_no_part_for_want_of_the_orientation_is_named(
    client: Browser, session: Session, cohort: Cohort, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    [late] = factories.enrol(session, cohort, 1, ready=False)
    late_name = "Amara"
    factories.check_in(session, live, *four[1:], late)
    _do(client, live, "deal", rounds=3)
    text = client.get(_page(live)).text
    assert "One person can&#39;t play yet." in text or "One person can't play yet." in text
    assert f"{late_name}: the orientation is not acknowledged." in text


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("go-on", "Round 2 has begun already. This is how the session stands now."),
        ("pause", "Round 2 has begun already. This is how the session stands now."),
        ("deal", "Round 2 has begun already. This is how the session stands now."),
        ("choose", "The scenario was shown already; another one can&#39;t take its place."),
        ("hide", "The first round has begun; the scenario is known now."),
    ],
)
def test_a_button_of_an_old_page_is_refused_on_the_console_itself(
    client: Browser,
    session: Session,
    live: LiveSession,
    four: list[Enrolment],
    ines: Person,
    now: datetime,
    do: str,
    said: str,
) -> None:
    factories.check_in(session, live, *four)
    factories.start(session, live)
    running.go_on(session, live.uuid, at_round=1, now=now)
    session.commit()
    response = client.submit(_page(live), {"do": do, "at_round": 1, "scenario": "walk", "rounds": 3})
    assert response.status_code == 409
    assert said in re.sub(r"</?strong>", "", response.text)
    assert "Round 2 of 3" in response.text
    session.rollback()
    assert (live.round, live.rounds, live.scenario) == (2, 3, "talk")


@pytest.mark.parametrize(("here", "rounds"), [(0, 3), (2, 2), (3, 3), (4, 4)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_as_many_rounds_are_offered_as_give_everybody_each_part(
    client: Browser,
    session: Session,
    live: LiveSession,
    four: list[Enrolment],
    ines: Person,
    now: datetime,
    here: int,
    rounds: int,
) -> None:
    factories.check_in(session, live, *four[:here])
    running.reveal(session, live.uuid, "talk", who="test", now=now)
    session.commit()
    assert f"<option selected>{rounds}</option>" in client.get(_page(live)).text


def test_closing_twice_is_said(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    factories.check_in(session, live, *four)
    factories.close(session, live)
    response = _do(client, live, "close")
    assert response.status_code == 409
    assert "Session 1 is closed; its attendance is recorded." in response.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"do": "dance"},
        {"do": "check-in"},
        {"do": "check-in:nobody"},
        {"do": "check-out:"},
        {"do": "go-on", "at_round": "x"},
        {"do": "deal", "rounds": "many"},
        {"do": "choose", "topic": "nothing"},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_no_button_says_is_refused(
    client: Browser, live: LiveSession, four: list[Enrolment], ines: Person, data: dict[str, str]
) -> None:
    response = client.submit(_page(live), data)
    assert response.status_code == 400
    assert "Use the buttons of this page." in response.text
    assert "Nobody is checked in yet" in response.text


def test_somebody_of_another_cohort_is_refused(client: Browser, live: LiveSession, ines: Person) -> None:
    assert _do(client, live, f"check-in:{uuid4()}").status_code == 404


def test_a_form_without_its_token_is_refused(
    client: Browser, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    assert client.post(_page(live), data={"do": "check-in-all"}).status_code == 400


def test_scenarios_are_offered_from_the_unit_first_then_by_topic(
    client: Browser, session: Session, live: LiveSession, ines: Person, now: datetime
) -> None:
    def offered() -> list[tuple[str, list[str]]]:
        groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', client.get(_page(live)).text, re.DOTALL)
        return [(label, re.findall(r'value="(\w+)"', options)) for label, options in groups]

    assert offered() == [("From this unit", ["talk", "walk"]), ("On this topic", ["dive"]), ("Others", ["swim"])]
    [feedback, _] = queries.topics(session)
    service.choose(session, live.uuid, "swim", feedback.uuid, who="test", now=now)
    session.commit()
    assert offered() == [("From this unit", ["talk", "walk"]), ("On this topic", ["swim"]), ("Others", ["dive"])]


def test_the_scenario_and_topic_are_chosen_on_the_console(
    client: Browser, session: Session, live: LiveSession, ines: Person
) -> None:
    client.submit("/topics", {"title": "Saying no"})
    session.rollback()
    topic = next(each for each in queries.topics(session) if each.title == "Saying no")
    response = _do(client, live, "choose", scenario="dive", topic=str(topic.uuid))
    session.rollback()
    assert (response.status_code, live.scenario, live.topic) == (303, "dive", topic)
    assert "The mentor brief of the dive." in client.get(_page(live)).text
    assert _do(client, live, "choose", scenario="dive", topic=" ").status_code == 303
    session.rollback()
    assert live.topic == topic


def test_attendance_is_corrected_with_a_reason(
    client: Browser, session: Session, cohort: Cohort, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.close(session, live)
    address = f"/sessions/{live.uuid}/attendance"
    wanted = {"who": str(four[3].uuid), "attended": "yes", "reason": ""}
    missing = client.submit(_page(live), wanted, to=address)
    assert (missing.status_code, "A reason is missing." in missing.text) == (400, True)
    assert f'selected value="{four[3].uuid}"' in missing.text
    assert client.submit(_page(live), {**wanted, "reason": "On the list"}, to=address).status_code == 303
    session.rollback()
    assert factories.attended(session, cohort)[four[3].uuid] == {live.uuid}
    stranger = client.submit(_page(live), {**wanted, "who": str(uuid4()), "reason": "x"}, to=address)
    assert stranger.status_code == 400


def test_the_console_asks_again_and_hears_nothing_while_nothing_changed(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], ines: Person
) -> None:
    address = f"{_page(live)}/live"
    first = client.get(address)
    same = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, same.status_code, same.data) == (200, 304, b"")
    assert "<html" not in first.text
    factories.check_in(session, live, four[0])
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, "One here, three not yet" in changed.text) == (200, True)


def test_a_facilitator_of_another_cohort_runs_nothing_here(
    client: Browser, session: Session, live: LiveSession
) -> None:
    stranger = make_person(session, "Ola")
    give_role(session, stranger, Role.FACILITATOR, make_cohort(session, "Winter"))
    client.sign_in(stranger)
    assert client.get(_page(live)).status_code == 403
    assert client.submit("/topics", {"do": "close"}, to=_page(live)).status_code == 403
    assert client.get(f"/sessions/{uuid4()}/console").status_code == 404
