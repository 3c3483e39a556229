"""A trainee's page of a session, and the list of sessions: what is shown when, and that no brief is shown too early."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import writing
from mentorcert.permissions import Role
from mentorcert.sessions import queries, running, service
from mentorcert.sessions.models import LiveSession, Part
from tests.browsing import Browser
from tests.factories import give_role, make_cohort, make_enrolment, make_person
from tests.sessions import factories

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BRIEFS = {part: f"The {part.value} brief of the talk." for part in Part}
QUESTION = "What did Sam want in the talk?"


def _pages(live: LiveSession) -> tuple[str, ...]:
    return (f"/sessions/{live.uuid}", f"/sessions/{live.uuid}/live", "/sessions")


def _briefs_seen(client: Browser, enrolment: Enrolment, live: LiveSession) -> set[Part]:
    """The parts whose brief somebody finds on any page that they may open."""
    client.sign_in(enrolment.person)
    text = "".join(client.get(page).text for page in _pages(live))
    return {part for part, brief in BRIEFS.items() if brief in text}


def _parts(session: Session, live: LiveSession, round_: int) -> dict[int, Part]:
    return {seat.enrolment_id: seat.part for seat in queries.seats(session, live, round_)}


def test_no_trainee_reads_a_brief_before_it_is_shown_nor_another_ones_after(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    def seen() -> list[set[Part]]:
        return [_briefs_seen(client, each, live) for each in four]

    nothing: list[set[Part]] = [set(), set(), set(), set()]
    assert seen() == nothing
    factories.check_in(session, live, *four)
    running.deal(session, live.uuid, factories.IRIS, rounds=3, at_round=0)
    session.commit()
    assert seen() == nothing
    running.go_on(session, live.uuid, at_round=0, now=now)
    session.commit()
    assert seen() == nothing
    running.reveal(session, live.uuid, "talk", who="test", now=now)
    session.commit()
    for round_ in (1, 2, 3):
        parts = _parts(session, live, round_)
        assert seen() == [{parts[each.id]} for each in four]
        running.go_on(session, live.uuid, at_round=round_, now=now)
        session.commit()
    assert seen() == nothing
    factories.close(session, live)
    assert seen() == nothing


def test_a_trainee_can_not_open_the_console_or_the_schedule(
    client: Browser, live: LiveSession, cohort: Cohort, four: list[Enrolment]
) -> None:
    client.sign_in(four[0].person)
    addresses = [
        f"/sessions/{live.uuid}/console",
        f"/sessions/{live.uuid}/console/live",
        f"/sessions/{live.uuid}/edit",
        f"/cohorts/{cohort.uuid}/schedule",
        "/topics",
    ]
    assert [client.get(address).status_code for address in addresses] == [403] * 5
    for address in ("console", "attendance", "edit", "cancel", "bring-back"):
        assert client.submit("/me", {"do": "close"}, to=f"/sessions/{live.uuid}/{address}").status_code == 403


def test_the_questions_for_the_talk_come_after_the_rounds(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    client.sign_in(four[0].person)
    factories.check_in(session, live, *four)
    factories.start(session, live, rounds=1)
    page = f"/sessions/{live.uuid}"
    assert QUESTION not in client.get(page).text
    running.go_on(session, live.uuid, at_round=1, now=now)
    session.commit()
    talk = client.get(page).text
    assert "The rounds are over, Amara. Talk it over." in talk
    assert QUESTION in talk
    factories.close(session, live)
    assert QUESTION in client.get(page).text


def test_before_the_session_the_page_says_when_where_and_what_is_open(
    client: Browser, live: LiveSession, four: list[Enrolment]
) -> None:
    client.sign_in(four[0].person)
    text = client.get(f"/sessions/{live.uuid}").text
    assert "Session 1 is on Thursday 26 November at 16:00." in text
    assert "Thursday 26 November, 16:00 to 17:00" in text
    assert 'Room 2.14 or <a href="https://meet.example.org/four" rel="noreferrer">online</a>' in text
    assert "One of five steps is done." in text
    assert "your time" not in text


def test_times_are_the_viewers_and_say_so_where_the_cohorts_differ(
    client: Browser, session: Session, live: LiveSession, cohort: Cohort
) -> None:
    enrolment = make_enrolment(session, cohort, make_person(session, "Lucia", zone="Europe/Madrid"))
    client.sign_in(enrolment.person)
    for page in ("/sessions", f"/sessions/{live.uuid}"):
        text = client.get(page).text
        assert "Thursday 26 November, 17:00 to 18:00</time>, your time. In London it is 16:00." in text


def test_who_is_here_without_the_orientation_is_told_what_to_do(
    client: Browser, session: Session, live: LiveSession, cohort: Cohort
) -> None:
    [enrolment] = factories.enrol(session, cohort, 1, ready=False)
    factories.check_in(session, live, enrolment)
    client.sign_in(enrolment.person)
    text = client.get(f"/sessions/{live.uuid}").text
    assert "You have no part until you have acknowledged the orientation." in text
    assert f'href="/learn/{enrolment.uuid}/start/promise"' in text
    factories.acknowledge(session, enrolment)
    assert "Your part appears here as soon as the groups are dealt." in client.get(f"/sessions/{live.uuid}").text


def test_the_page_names_the_part_and_the_others(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.start(session, live)
    cast = {seat.part: seat.enrolment for seat in queries.seats(session, live, 1)}
    name = {part: enrolment.person.name for part, enrolment in cast.items()}
    mentor, mentee, observer = name[Part.MENTOR], name[Part.MENTEE], name[Part.OBSERVER]
    said = {
        Part.MENTOR: f"You are the mentor, {mentor}. {mentee} is the mentee, {observer} observes.",
        Part.MENTEE: f"You are the mentee, {mentee}. {mentor} is the mentor, {observer} observes.",
        Part.OBSERVER: f"You observe, {observer}. {mentor} is the mentor, {mentee} the mentee.",
    }
    for part, sentence in said.items():
        client.sign_in(cast[part].person)
        text = client.get(f"/sessions/{live.uuid}").text
        assert sentence in text
        assert ("You play Sam." in text) == (part is Part.MENTEE)
        assert 'data-ends-at="2026-11-24T14:10:00+00:00" data-left="600"' in text


@pytest.mark.parametrize(
    ("attended", "said"), [(True, "You were there, Amara."), (False, "This session was held without you.")]
)
def test_after_the_session_the_page_says_whether_one_was_there(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], attended: bool, said: str
) -> None:
    factories.check_in(session, live, *(four if attended else four[1:]))
    factories.close(session, live)
    client.sign_in(four[0].person)
    assert said in client.get(f"/sessions/{live.uuid}").text
    assert ("You were there" in client.get("/sessions").text) == attended


def test_a_cancelled_session_says_so(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    service.cancel(session, live.uuid, reason="Snow", who="test", now=now)
    session.commit()
    client.sign_in(four[0].person)
    assert "This session is cancelled." in client.get(f"/sessions/{live.uuid}").text
    assert "Session 2 is on Thursday 3 December at 16:00." in client.get("/sessions").text


def test_the_page_asks_again_and_hears_nothing_while_nothing_changed(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    client.sign_in(four[0].person)
    address = f"/sessions/{live.uuid}/live"
    first = client.get(address)
    etag = first.headers["ETag"]
    assert f'data-etag="{etag.replace(chr(34), "&#34;")}"' in client.get(f"/sessions/{live.uuid}").text
    same = client.get(address, headers={"If-None-Match": etag})
    assert (first.status_code, same.status_code, same.data, same.headers["ETag"]) == (200, 304, b"", etag)
    factories.check_in(session, live, four[0])
    changed = client.get(address, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)
    assert "You are checked in, Amara." in changed.text


def test_who_is_in_another_cohort_sees_nothing(client: Browser, session: Session, live: LiveSession) -> None:
    stranger = make_enrolment(session)
    client.sign_in(stranger.person)
    assert [client.get(page).status_code for page in _pages(live)] == [403, 403, 200]
    assert "The first" not in client.get("/sessions").text


def test_who_leads_the_session_is_sent_to_the_console(
    client: Browser, session: Session, live: LiveSession, cohort: Cohort
) -> None:
    client.sign_in(give_role(session, make_person(session, "Ines"), Role.FACILITATOR, cohort))
    response = client.get(f"/sessions/{live.uuid}")
    assert (response.status_code, response.location) == (303, f"/sessions/{live.uuid}/console")


def test_the_list_shows_each_their_own(
    client: Browser, session: Session, live: LiveSession, cohort: Cohort, four: list[Enrolment]
) -> None:
    make_cohort(session, "Winter", version=cohort.version)
    ines = give_role(session, make_person(session, "Ines"), Role.FACILITATOR, cohort)
    manager = make_person(session, "Mona", roles=(Role.MANAGER,))
    nobody = make_person(session, "Noor")
    headings = {"Yours, with Autumn": False, ">Autumn<": False, ">Winter<": False, "You are in no cohort.": False}
    expected = {
        four[0].person: {"Yours, with Autumn"},
        ines: {">Autumn<"},
        manager: {">Autumn<", ">Winter<"},
        nobody: {"You are in no cohort."},
    }
    for person, wanted in expected.items():
        client.sign_in(person)
        text = client.get("/sessions").text
        assert {heading for heading in headings if heading in text} == wanted


def test_a_session_that_is_on_or_over_says_what_is_so(
    client: Browser, live: LiveSession, four: list[Enrolment]
) -> None:
    client.sign_in(four[0].person)
    start = datetime(2026, 11, 26, 16, tzinfo=UTC)
    said = {5: "The session has begun at 16:00.", 70: "This session was on Thursday 26 November."}
    for minutes, sentence in said.items():
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert sentence in client.get(f"/sessions/{live.uuid}").text


def test_a_scenario_is_no_page_of_its_own_and_a_title_is_not_told_before(
    client: Browser, session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    client.sign_in(four[0].person)
    assert "A talk" not in "".join(client.get(page).text for page in _pages(live))
    writing(session)
    live.scenario = ""
    session.commit()
    assert client.get(f"/sessions/{live.uuid}").status_code == 200
