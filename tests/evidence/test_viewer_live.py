"""The list stays live: what is asked every few seconds costs little, and what somebody reads never moves."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import Thread

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.evidence import telling
from mentorcert.evidence.service import Door
from tests import chromium
from tests.browsing import Browser
from tests.evidence.viewing import from_outside, have_many, lines, read, send, void

ROUND_MS = 8_000
"""Longer than any wait between two questions."""


def _through(html: str) -> str:
    found = re.search(r'data-through="(\d+)"', html)
    return found[1] if found else ""


def test_what_came_since_is_given_newest_first_and_nothing_new_is_304(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara, "Seen")
    page = ruth.get("/statements").text
    assert re.findall(r'data-tail-url="([^"]+)" data-after="1"', page) == ["/statements/new?"]
    asked = {"headers": {"If-None-Match": '"1"'}}
    assert ruth.get("/statements/new?after=1", **asked).status_code == 304
    read(session, mine, amara, "One")
    read(session, mine, amara, "Two")
    answered = ruth.get("/statements/new?after=1", **asked)
    assert lines(answered.text) == ["Amara Okafor read Two", "Amara Okafor read One"]
    assert (answered.headers["ETag"], _through(answered.text)) == ('"3"', "3")


def test_the_filters_of_the_list_hold_for_what_comes(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara)
    page = ruth.get("/statements?who=amara&verb=completed&authority=system").text
    [address] = re.findall(r'data-tail-url="([^"]+)"', page)
    send(app, session, from_outside())
    address = f"{address.replace('&amp;', '&')}&after=1"
    other = ruth.get(address)
    read(session, mine, amara, "Mine")
    assert (lines(other.text), _through(other.text)) == ([], "2")
    assert lines(ruth.get(address).text) == ["Amara Okafor read Mine"]


def test_what_is_taken_back_meanwhile_comes_anew(ruth: Browser, session: Session, mine: Door, amara: Enrolment) -> None:
    made = read(session, mine, amara)
    void(session, mine, amara, made)
    html = ruth.get("/statements/new?after=1").text
    assert lines(html.partition("data-changed")[2]) == ["Amara Okafor read The first lesson voided"]
    assert lines(html.partition("data-changed")[0]) == ["MentorCert took back “Amara Okafor read The first lesson”"]


def test_more_than_a_page_is_said_and_not_told(
    ruth: Browser, session: Session, mine: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "PAGE", 2)
    have_many(session, mine, 3)
    html = ruth.get("/statements/new?after=0").text
    assert ("data-too-many" in html, lines(html)) == (True, [])


def test_nothing_new_is_one_query_beside_who_asks(
    ruth: Browser, session: Session, mine: Door, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    have_many(session, mine, 1)
    with count_queries() as few:
        assert len(lines(ruth.get("/statements/new?after=0").text)) == 1
    have_many(session, mine, 49)
    with count_queries() as many:
        assert len(lines(ruth.get("/statements/new?after=0").text)) == 50
    with count_queries() as none:
        assert ruth.get("/statements/new?after=50", headers={"If-None-Match": '"50"'}).status_code == 304
    assert (len(none), len(few), len(many)) == (3, 5, 5)


@pytest.mark.parametrize("asked", ["", "?after=x", "?who=nobody%20known&after=0", "?registration=1&after=0"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_that_cannot_be_read_is_a_400(ruth: Browser, asked: str) -> None:
    assert ruth.get(f"/statements/new{asked}").status_code == (400 if asked else 200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_list_that_has_ended_and_older_pages_are_not_live(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara)
    asked = {"until=2026-11-23": 0, "after=1": 0, "until=2026-11-24": 1, "since=2026-11-24": 1}
    assert {each: ruth.get(f"/statements?{each}").text.count("data-tail-url") for each in asked} == asked


@pytest.fixture
def page(app: MentorCert, ruth: Browser) -> Iterator[Page]:
    """A window of the administrator on a real server, with a clock that the test turns."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    cookie = ruth.get_cookie("mentorcert")
    assert cookie is not None
    address = f"http://127.0.0.1:{server.server_port}"
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS) as browser,
    ):
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "mentorcert", "value": cookie.value, "url": address}])
        window = context.new_page()
        window.clock.install()
        yield window
        context.close()
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_new_rows_come_in_by_themselves_and_wait_while_somebody_reads(
    page: Page, session: Session, mine: Door, amara: Enrolment
) -> None:
    rows = page.locator(".stmt > summary > span:not(.stmt__src)")
    old = read(session, mine, amara, "Old", days=1)
    page.goto("/statements?who=amara")
    read(session, mine, amara, "One")
    page.clock.run_for(ROUND_MS)
    expect(rows).to_have_text(["Amara Okafor read One", "Amara Okafor read Old"])
    assert page.locator("h2").all_inner_texts() == ["Tuesday 24 November 2026 UTC", "Monday 23 November 2026 UTC"]

    reading = page.locator(f"#s-{old}")
    reading.locator("summary").click()
    before = reading.bounding_box()
    read(session, mine, amara, "Two")
    void(session, mine, amara, old)
    page.clock.run_for(ROUND_MS)
    show = page.get_by_role("button", name="Show 2 new statements")
    expect(show).to_be_visible()
    expect(reading.locator("summary")).to_contain_text("voided")
    assert (rows.count(), reading.get_attribute("open"), reading.bounding_box()["y"]) == (2, "", before["y"])  # type: ignore[index]
    show.click()
    took_back = "MentorCert took back “Amara Okafor read Old”"
    expect(rows).to_have_text([took_back, *(f"Amara Okafor read {name}" for name in ("Two", "One", "Old"))])
    expect(show).to_be_hidden()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_pause_stops_the_asking_until_one_goes_on(page: Page, session: Session, mine: Door, amara: Enrolment) -> None:
    page.goto("/statements")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/statements/new" in request.url else None)
    page.get_by_role("button", name="Pause").click()
    read(session, mine, amara)
    page.clock.run_for(ROUND_MS)
    expect(page.get_by_text("Paused.")).to_be_visible()
    assert asked == []
    page.get_by_role("button", name="Go on").click()
    page.clock.run_for(ROUND_MS)
    expect(page.locator(".stmt")).to_have_count(1)
    expect(page.get_by_text("Nothing matches.")).to_have_count(0)
