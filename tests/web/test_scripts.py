"""The scripts, in a browser: what they send, what they show, and that the strict policy has nothing to refuse."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mentorcert.catalog.rubric import Criterion
from tests import chromium
from tests.web import rendering
from tests.web.site import LOST, Answer, Site, fresh, said, serving
from tests.web.test_parts import LEVELS

CUES = [{"seconds": seconds, "speaker": "Dana", "text": f"At {seconds}."} for seconds in (0, 10, 20)]


@dataclass
class Window:
    """A browser's window on a site of one page."""

    page: Page
    site: Site
    address: str

    def open(self, body: str, *scripts: str, **values: Any) -> Page:
        """Show a page whose main block is `body`."""
        loaded = "".join(f'<script type="module" src="/static/{name}"></script>' for name in scripts)
        blocks = (
            "{% block scripts %}" + loaded + "{% endblock %}{% block main %}<h1>Page</h1>" + body + "{% endblock %}"
        )
        self.site.html = rendering.page(blocks, viewer=rendering.viewer(zone="Europe/London"), **values)
        self.page.goto(self.address)
        return self.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = [*chromium.FLAGS, "--autoplay-policy=no-user-gesture-required"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium.executable(), args=flags) as browser,
    ):
        yield browser


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Window]:
    """A window of its own; at the end its console must be silent but for the losses that a test asked for."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/London")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with serving(site) as address:
        yield Window(page, site, address)
        context.close()
    assert [line for line in complaints if "Failed to load resource" not in line] == []


# Films

PLAYER = "{{ parts.film('/film.webm', 'video/webm', start=12, progress_url='/progress') }}{{ parts.cues(cues) }}"


def video(page: Page, expression: str) -> Any:
    return page.evaluate(f"() => {{ const video = document.querySelector('video'); return {expression}; }}")


def until(page: Page, expression: str) -> None:
    page.wait_for_function(f"() => {{ const video = document.querySelector('video'); return {expression}; }}")


def ready(page: Page) -> None:
    until(page, "video.currentTime > 11 && !video.seeking")


def test_a_film_goes_on_where_the_person_left(window: Window) -> None:
    page = window.open(PLAYER, "player.js", cues=CUES)
    ready(page)
    expect(page.get_by_role("button", name="Play from 0:12")).to_be_visible()
    expect(page.locator(".cue[aria-current=true]")).to_have_attribute("data-t", "10")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "12")


def test_a_word_of_the_transcript_seeks_and_plays(window: Window) -> None:
    page = window.open(PLAYER, "player.js", cues=CUES)
    ready(page)
    page.get_by_role("link", name="At 20.").click()
    until(page, "video.currentTime >= 20")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()


def test_pausing_reports_what_was_watched(window: Window, site: Site) -> None:
    page = window.open(PLAYER, "player.js", cues=CUES)
    ready(page)
    page.get_by_role("button", name="Play from 0:12").click()
    until(page, "video.currentTime > 12.6")
    page.get_by_role("button", name="Pause", exact=True).click()
    heard = site.next()
    assert (heard.path, heard.fields["event"], heard.token) == ("/progress", ["paused"], "token")
    first, last = heard.fields["segments"][0].split("[.]")
    assert float(first) == pytest.approx(12, abs=0.3)
    assert last == heard.fields["time"][0]
    assert float(heard.fields["length"][0]) == pytest.approx(video(page, "video.duration"), abs=0.001)


def test_leaving_the_page_reports_too(window: Window, site: Site) -> None:
    page = window.open(PLAYER, "player.js", cues=CUES)
    ready(page)
    page.get_by_role("button", name="Play from 0:12").click()
    until(page, "video.currentTime > 12.6")
    page.goto("about:blank")
    assert site.next().fields["event"] == ["left"]


def test_the_end_is_completed_and_nothing_else(window: Window, site: Site) -> None:
    page = window.open(PLAYER, "player.js", cues=CUES)
    ready(page)
    video(page, "(video.currentTime = video.duration - 0.6, video.play())")
    assert site.next().fields["event"] == ["completed"]
    assert site.heard.empty()


def test_the_line_moves_by_keyboard(window: Window) -> None:
    page = window.open(PLAYER, "player.js", cues=CUES)
    ready(page)
    page.get_by_role("slider").press("ArrowRight")
    until(page, "Math.abs(video.currentTime - 17) < 0.1")
    page.get_by_role("slider").press("Home")
    until(page, "video.currentTime === 0")


def test_segments_join_and_never_count_twice(window: Window) -> None:
    page = window.open("", "segments.js")
    written = page.evaluate(
        """async () => {
          const { Segments } = await import("/static/segments.js");
          const segments = new Segments();
          for (const [from, to] of [[0, 12.5], [20, 31], [10, 15], [31.1, 32]]) {
            segments.begin(from);
            segments.at(to);
          }
          return segments.text();
        }"""
    )
    assert written == "0.000[.]15.000[,]20.000[.]32.000"


# Drafts

DRAFT = """<form data-autosave-url="/draft" method="post">{{ parts.csrf() }}
<input type="hidden" name="revision" value="3">
<label for="words">Words</label><textarea id="words" name="words"></textarea>{{ parts.saved() }}</form>"""
SAVED = said(revision=4, saved_at="2026-11-24T14:32:08Z")


def test_a_draft_saves_itself_and_takes_the_new_revision(window: Window, site: Site) -> None:
    site.answers = [SAVED]
    page = window.open(DRAFT, "drafts.js")
    page.get_by_label("Words").fill("Four seconds.")
    expect(page.locator("[data-saved]")).to_have_text("Draft saved at 14:32:08")
    assert site.next().fields == {"csrf_token": ["token"], "revision": ["3"], "words": ["Four seconds."]}
    assert page.locator("[name=revision]").input_value() == "4"


def test_without_a_network_the_words_stay_on_this_device(window: Window, site: Site) -> None:
    site.answers = [LOST]
    page = window.open(DRAFT, "drafts.js")
    page.get_by_label("Words").fill("Kept here.")
    expect(page.locator("[data-saved]")).to_contain_text("No network; kept on this device since")
    page.reload()
    expect(page.locator("[data-saved]")).to_contain_text("You wrote something at")
    page.get_by_role("button", name="Use it").click()
    assert page.get_by_label("Words").input_value() == "Kept here."


def test_what_reached_us_is_not_offered_again(window: Window, site: Site) -> None:
    site.answers = [LOST, SAVED]
    page = window.open(DRAFT, "drafts.js")
    page.get_by_label("Words").fill("Kept, then sent.")
    expect(page.locator("[data-saved]")).to_contain_text("No network")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved at")
    assert page.evaluate("localStorage.length") == 0


def test_a_newer_draft_in_another_tab_is_never_overwritten(window: Window, site: Site) -> None:
    site.answers = [said(409, reason="newer", saved_at="2026-11-24T14:31:00Z", url="/both")]
    page = window.open(DRAFT, "drafts.js")
    page.get_by_label("Words").fill("Older.")
    expect(page.locator("[data-saved]")).to_have_text("Your other tab has a newer draft, saved at 14:31:00. Read both")
    expect(page.get_by_role("link", name="Read both")).to_have_attribute("href", "/both")
    assert page.locator("[name=revision]").input_value() == "3"


def test_a_hold_that_ended_says_so(window: Window, site: Site) -> None:
    site.answers = [said(409, reason="hold", saved_at="2026-11-24T15:20:00Z")]
    page = window.open(DRAFT, "drafts.js")
    page.get_by_label("Words").fill("Late.")
    expect(page.locator("[data-saved]")).to_have_text("Your hold ended at 15:20:00; your text is safe below")
    assert page.get_by_label("Words").input_value() == "Late."


def test_any_other_refusal_is_told_in_its_own_words(window: Window, site: Site) -> None:
    site.answers = [said(409, error="This grade is submitted; it can’t be changed.", todo="", faults=[])]
    page = window.open(DRAFT, "drafts.js")
    page.get_by_label("Words").fill("Too late.")
    expect(page.locator("[data-saved]")).to_have_text("This grade is submitted; it can’t be changed.")


# The bench

BENCH = """<form data-grading>{% for c in criteria %}{{ parts.criterion(c, loop.index) }}{% endfor %}</form>
{{ parts.graded_line(2, [1, 2]) }}<button data-when-complete>Submit grade</button>{{ parts.keys_help() }}"""
CRITERIA = [Criterion("listening", "Listening", 50, LEVELS), Criterion("close", "Close", 50, LEVELS)]


def test_grading_by_keyboard(window: Window) -> None:
    page = window.open(BENCH, "grading.js", criteria=CRITERIA)
    expect(page.locator(".crit--now")).to_have_attribute("data-criterion", "listening")
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("1")
    chosen = page.locator(".level input:checked")
    assert [chosen.nth(n).get_attribute("value") for n in range(chosen.count())] == ["solid", "not-yet"]
    expect(page.locator(".crit--now")).to_have_attribute("data-criterion", "close")
    expect(page.locator("[data-graded]")).to_have_text("2 of 2 graded.")
    expect(page.get_by_role("button", name="Submit grade")).to_be_enabled()


def test_only_the_open_criterion_shows_its_anchors(window: Window) -> None:
    page = window.open(BENCH, "grading.js", criteria=CRITERIA)
    shown = page.locator(".level__a:visible")
    assert shown.count() == 4
    expect(page.get_by_role("button", name="Submit grade")).to_be_disabled()


def test_a_level_of_a_folded_criterion_is_chosen_at_the_first_press(window: Window) -> None:
    page = window.open(BENCH, "grading.js", criteria=CRITERIA)
    level = page.locator("[data-criterion=close] .level").nth(1)
    level.click()
    expect(level.locator("input")).to_be_checked()
    expect(page.locator(".crit--now")).to_have_attribute("data-criterion", "close")


def test_without_the_script_every_anchor_is_shown(window: Window) -> None:
    page = window.open(BENCH, criteria=CRITERIA)
    assert page.locator(".level__a:visible").count() == 8


def test_digits_in_a_comment_are_text(window: Window) -> None:
    page = window.open(BENCH, "grading.js", criteria=CRITERIA)
    page.get_by_label("Comment on Listening").press_sequentially("at 3 j")
    assert page.get_by_label("Comment on Listening").input_value() == "at 3 j"
    assert page.locator(".level input:checked").count() == 0


def test_the_keys_can_be_turned_off(window: Window) -> None:
    page = window.open(BENCH, "grading.js", criteria=CRITERIA)
    page.keyboard.press("?")
    page.get_by_label("Use these keys on this device").uncheck()
    page.get_by_role("button", name="Back to the recording").click()
    page.keyboard.press("3")
    assert page.locator(".level input:checked").count() == 0


# Live pages, and small things

LIVE = """<div data-poll-url="/live" data-etag='"1"'><p id="state">Round 1</p>
<label for="note">Note</label><input id="note"></div>"""


def test_a_live_page_takes_what_is_new_and_asks_by_etag(window: Window, site: Site) -> None:
    site.answers = [Answer(304), fresh('<p id="state">Round 2</p>', '"2"'), Answer(304)]
    page = window.open(LIVE, "live.js")
    expect(page.locator("#state")).to_have_text("Round 2", timeout=20_000)
    assert [site.next().etag for _ in range(3)] == ['"1"', '"1"', '"2"']


def test_what_is_being_written_is_not_replaced(window: Window, site: Site) -> None:
    site.answers = [fresh('<p id="state">Round 2</p>', '"2"'), Answer(304)]
    page = window.open(LIVE, "live.js")
    page.get_by_label("Note").fill("half a thou")
    assert [site.next().etag for _ in range(2)] == ['"1"', '"2"']  # it has the news by the second time
    expect(page.get_by_label("Note")).to_have_value("half a thou")
    page.get_by_label("Note").blur()
    expect(page.locator("#state")).to_have_text("Round 2")


def test_a_clock_counts_down_from_what_the_server_said(window: Window) -> None:
    ends = datetime.now(UTC) + timedelta(hours=3, seconds=90)  # our clock and the server's are hours apart
    page = window.open("{{ parts.clock('Round 1', ends, 90, 600) }}", "live.js", ends=ends)
    expect(page.get_by_role("timer")).to_have_text(re.compile("^1:2[0-8]$"))  # not 1:30, as it was sent
    expect(page.get_by_role("timer")).to_have_attribute("aria-label", re.compile("^1 min 2[0-8] s left$"))


def test_what_takes_something_away_asks_once_more(window: Window, site: Site) -> None:
    page = window.open(
        '<form method="post" action="/withdraw">'
        '{{ parts.button("Withdraw", "danger", confirm="Press again to withdraw") }}</form>'
    )
    page.get_by_role("button", name="Withdraw", exact=True).click()
    assert site.heard.empty()
    page.get_by_role("button", name="Press again to withdraw").click()
    assert site.next().path == "/withdraw"


def test_a_link_that_is_called_a_button_takes_the_space_bar(window: Window) -> None:
    page = window.open("{{ parts.link_button('Go on', '#main') }}")
    page.get_by_role("button", name="Go on").press(" ")
    assert page.url.endswith("#main")
