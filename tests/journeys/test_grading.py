"""A coach grades beside the film by keyboard alone, and no crash, lost network or second tab takes anything away."""

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.visitor import Visitor

NOTE = "asks what she wants from the half hour"
EMPTIED = """async () => {
  const form = document.querySelector("form[data-grading]");
  const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
  const post = (url, fields) => fetch(url, { method: "POST", headers, body: new URLSearchParams(fields) });
  for (const { dataset } of form.querySelectorAll("[data-moment]"))
    await post(form.dataset.momentsUrl, { moment: dataset.moment, remove: "1" });
  await post(form.dataset.autosaveUrl, { revision: form.elements.revision.value });
  localStorage.clear();
}"""
"""Takes back what a coach had written before they gave it back: it is kept for them."""


@pytest.mark.timeout(240)
def test_grading_beside_the_film_by_keyboard_alone(new_page: NewPage, width: int) -> None:
    tomasz = Visitor(new_page()).sign_in("Tomasz Wrona")
    page, bench = take(tomasz)
    at(page, 9.4)
    press(page, "3", "m")
    page.keyboard.type(NOTE)
    press(page, "Enter")
    expect(page.locator("[data-criterion=agreement] .mark .pin")).to_have_text(re.compile(f"^1?\\s*0:09\\s*{NOTE}"))
    tomasz.looks()
    press(page, "Space")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    press(page, "j", "m")
    expect(page.get_by_role("button", name=re.compile("^Play"))).to_be_visible()  # it waits for the note
    page.keyboard.type("held")
    press(page, "Escape")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    press(page, "Space", "4", "e")
    page.keyboard.type("You waited.")
    press(page, "Escape")  # back to the criterion: single keys act again
    for key in ("2", "3", "4", "1", "2", "3"):
        press(page, "j", key)
    expect(page.locator("[data-graded]")).to_have_text("8 of 8 graded.")
    press(page, "i")
    expect(page.locator(".tl__n")).to_have_text(["1", "2"])
    press(page, "?")
    expect(page.get_by_role("heading", name="The bench by keyboard")).to_be_visible()
    press(page, "Escape")
    resize(page, width)
    saved(page)
    page.reload()
    expect(page.locator("[data-criterion] input:checked")).to_have_count(8)
    expect(page.locator("[data-criterion=agreement] .mark [data-note]")).to_have_text(NOTE)
    expect(page.locator("[data-criterion=listening] .mark [data-note]")).to_have_text("held")
    expect(page.locator("#comment-listening")).to_have_value("You waited.")
    give_back(page, bench)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_moments_are_changed_moved_and_removed(new_page: NewPage) -> None:
    page, bench = take(Visitor(new_page()).sign_in("Tomasz Wrona"))
    at(page, 20)
    press(page, "m")
    page.keyboard.type("first")
    press(page, "Enter")
    mark = page.locator("[data-criterion=agreement] .mark")
    mark.locator("summary").click()
    mark.get_by_label("At", exact=True).fill("0:05")
    mark.get_by_label("Criterion").select_option("listening")
    mark.get_by_role("button", name="Done").click()
    moved = page.locator("[data-criterion=listening] .mark .pin")
    expect(moved).to_have_text(re.compile(r"0:05\s*first"))
    saved(page)
    page.reload()
    expect(moved).to_have_text(re.compile(r"0:05\s*first"))
    moved.click()
    expect(page.locator(".film__time")).to_have_text(re.compile("^0:0[5-9]"))
    page.locator("[data-criterion=listening] .level").first.click()
    page.locator("[data-criterion=listening] .mark summary").click()
    remove = page.locator("[data-criterion=listening] .mark [data-mark-remove]")
    remove.click()
    remove.click()
    expect(page.locator(".mark")).to_have_count(0)
    saved(page)
    page.reload()
    expect(page.locator("[data-criterion] input:checked")).to_have_count(1)
    expect(page.locator(".mark")).to_have_count(0)
    give_back(page, bench)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [360], indirect=True)
def test_a_lost_network_and_a_crash_lose_nothing(new_page: NewPage) -> None:
    first, bench = take(Visitor(new_page()).sign_in("Tomasz Wrona"))
    context = first.context
    page = context.new_page()
    page.goto(bench)
    page.route("**/draft", lambda route: route.abort())
    page.route("**/moments", lambda route: route.abort())
    at(page, 12)
    press(page, "3", "m")
    page.keyboard.type("made without a network")
    press(page, "Enter", "e")
    page.keyboard.type("Written without a network")
    expect(page.locator("[data-saved]")).to_contain_text("No network; kept on this device since")
    kill(page)
    first.close()
    page.close()
    again = context.new_page()
    again.goto(bench)
    expect(again.locator("[data-saved]")).to_contain_text("You wrote something at")
    again.get_by_role("button", name="Use it").click()
    expect(again.locator("#comment-agreement")).to_have_value("Written without a network")
    expect(again.locator("[data-criterion=agreement] .mark [data-note]")).to_have_text("made without a network")
    saved(again)
    context.set_offline(True)
    again.locator("#comment").fill("And offline")
    expect(again.locator("[data-saved]")).to_contain_text("No network; kept on this device since")
    context.set_offline(False)
    saved(again)
    again.reload()
    expect(again.locator("#comment")).to_have_value("And offline")
    expect(again.locator("#comment-agreement")).to_have_value("Written without a network")
    expect(again.locator("[data-criterion=agreement] .mark [data-note]")).to_have_text("made without a network")
    give_back(again, bench)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_two_tabs_never_overwrite_each_other(new_page: NewPage) -> None:
    page, bench = take(Visitor(new_page()).sign_in("Tomasz Wrona"))
    other = page.context.new_page()
    other.goto(bench)
    page.locator("#comment").fill("From the first tab")
    saved(page)
    other.locator("#comment").fill("From the second tab")
    expect(other.locator("[data-saved]")).to_contain_text("Your other tab has a newer draft")
    other.get_by_role("button", name="Read both").click()
    expect(other.get_by_text("In your other tab")).to_be_visible()
    expect(other.locator("#comment")).to_have_value("From the second tab")
    expect(other.locator(".crit--whole .as-typed")).to_have_text("From the first tab")
    other.get_by_role("button", name="Save draft").last.click()
    expect(other.get_by_text("Draft saved.")).to_be_visible()
    expect(other.locator("#comment")).to_have_value("From the second tab")
    give_back(other, bench)


def resize(page: Page, width: int) -> None:
    """The film's height, and where there is room its width, by the arrows."""
    height = page.get_by_role("separator", name="Height of the film")
    before = tall(page)
    for _ in range(3):
        height.press("ArrowUp")
    assert tall(page) < before
    height.dblclick()
    upright = page.get_by_role("separator", name="Width of the film")
    if width < 1280:
        expect(upright).to_be_hidden()
        return
    film = page.locator("#bench-film")
    wide = film.evaluate("each => each.offsetWidth")
    upright.press("ArrowRight")
    assert film.evaluate("each => each.offsetWidth") > wide
    upright.press("ArrowLeft")


def take(coach: Visitor) -> tuple[Page, str]:
    """Put the waiting recording that is a film on the bench, with an empty draft; the page, once it plays."""
    page = coach.open("/queue").page
    page.locator("tr", has_text=re.compile(r"\d:\d\d")).first.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("coaching conversation"))
    bench = page.url
    page.evaluate(EMPTIED)
    page.goto(bench)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    expect(page.locator("[data-graded]")).to_have_text(re.compile("^0 of 8 graded"))
    return page, bench


def give_back(page: Page, bench: str) -> None:
    """Leave it for whoever comes next."""
    page.goto(bench)
    give = page.get_by_role("button", name="Give it back").element_handle()
    assert give is not None
    give.click()
    give.click()
    expect(page.get_by_text("is back in the queue")).to_be_visible()


def at(page: Page, seconds: float) -> None:
    page.evaluate("at => { document.querySelector('video').currentTime = at; }", seconds)
    expect(page.locator(".film__time")).to_have_text(re.compile(f"^0:{int(seconds):02}"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page) -> None:
    """Wait until the server has everything, and the device keeps nothing."""
    page.wait_for_function("() => !Object.keys(localStorage).some(key => /:(draft|sending):/.test(key))")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Draft saved at"))


def tall(page: Page) -> int:
    found: int = page.locator("video").evaluate("each => each.offsetHeight")
    return found


def kill(page: Page) -> None:
    """Kill the processes behind all windows: nothing of them runs any more, not even what runs when one is left."""
    browser = page.context.browser
    assert browser is not None
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    with page.expect_event("crash"):
        for each in found["processInfo"]:
            if each["type"] == "renderer":
                os.kill(each["id"], signal.SIGKILL)
