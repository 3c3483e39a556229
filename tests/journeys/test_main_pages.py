"""Every main page, as the people of the demo see it: on a phone and wide, light, dark and on paper."""

import pytest
from playwright.sync_api import Page

from tests.journeys.axe import faint, sideways, violations
from tests.journeys.conftest import NewPage
from tests.journeys.visitor import Visitor

UNIT = ("/learn", "a[href$='/empathy']")
BOARD = ("/cohorts", "main a[href*='/cohorts/']:has-text('Autumn mentors')")
CERTIFICATES = (*BOARD, "main a[href$='/certification']")
FEEDBACK = ("/recording", "main a:has-text('Read your feedback')")
PLAN = "main a:has-text('See what helps with it')"
CONSENT = "main a[href$='/consent']"
PUBLIC = ("/certificate", "main a[href*='/verify/']")

TOURS: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (("/sign-in",), ("/forgotten",), ("/verify",), ("/verify/WXYZ-6789",), ("/nowhere",)),
    "Amara Okafor": (
        UNIT[:1],
        UNIT,
        (*UNIT, "a[href$='/levels-of-listening']"),
        (*UNIT, "a[href$='/eight-seconds']"),
        (*UNIT, "a[href$='/reflection']"),
        (*UNIT, "a[href$='/check']"),
        ("/learn", "a[href$='/questions']", "a[href$='/check']"),
        ("/learn", "a[href$='/questions']", "a[href$='/check']", ".steps a"),
        ("/learn", "a[href$='/role']", ".steps li:has-text('promise') a"),
        ("/learn", "a[href$='/strengths']", ".steps li:has-text('strengths,') a"),
        ("/sessions",),
        ("/sessions", "main a:has-text('Session 7')"),
        ("/sessions", "main a:has-text('Session 6')"),
        ("/recording",),
        ("/recording", "main a[href*='/rubrics/']"),
        ("/recording", "main a[href*='/rubrics/']", "main a[href$='/versions']"),
        ("/certificate",),
        ("/me",),
    ),
    "Grace Lindqvist": (("/learn",), ("/certificate",), PUBLIC, ("/recording",), FEEDBACK),
    "Elin Voss": (("/learn",), ("/learn", PLAN), ("/recording",), ("/recording", CONSENT), FEEDBACK),
    "Ines Duarte": (
        ("/cohorts",),
        ("/cohorts", "main a[href$='?session=3']"),
        ("/sessions",),
        ("/sessions", "main a:has-text('Session 7')"),
        ("/sessions", "main a:has-text('Session 6')"),
        ("/sessions", "main a:has-text('Change the schedule')"),
        ("/sessions", "main a:has-text('Change the schedule')", "main a[href$='/edit']"),
        ("/topics",),
        ("/topics", "main table a"),
    ),
    "Tomasz Wrona": (("/queue",), ("/queue", "main table a")),
    "Priya Raman": (("/queue",), ("/queue", "main a:has-text('Go on')"), ("/coaching",), ("/calibration",)),
    "Helena Brandt": (
        BOARD[:1],
        BOARD,
        CERTIFICATES,
        (*CERTIFICATES, "main a:has-text('Iris Kowalska')"),
        (*CERTIFICATES, "main a:has-text('Elin Voss')"),
        (*CERTIFICATES, "main a:has-text('Grace Lindqvist')"),
        (*BOARD, "main a:text-is('People')"),
        (*BOARD, "main a:text-is('Recordings')"),
        (*BOARD, "main a:text-is('Recordings')", "main table a"),
        (*BOARD, "main a:text-is('Weak areas')"),
        (*BOARD, "main a:text-is('Weak areas')", "main details summary"),
        ("/agreement",),
        ("/calibration/exemplars",),
        ("/cohorts/new",),
        ("/people",),
        ("/people/new",),
        ("/people/import",),
    ),
    "Ruth Adeyemi": (
        ("/statements",),
        ("/statements", ".stmt summary"),
        ("/statements", ".stmt summary", ".stmt[open] p a"),
        ("/statements", ".filter__more summary"),
        ("/statements?who=Amara",),
        ("/statements?activity=silence",),
        ("/keys",),
        ("/keys/new",),
        ("/deliveries",),
        ("/deliveries/new",),
        ("/deletions",),
        ("/people", "main a:has-text('In other systems')"),
        ("/people", "main a:has-text('Forget')"),
    ),
}
"""By the name of who goes, each page as the address to begin at and what to click from there."""

PRINTED = (PUBLIC, FEEDBACK)


@pytest.mark.timeout(420)
@pytest.mark.parametrize("name", TOURS)
def test_every_page_can_be_used_in_light_and_dark(new_page: NewPage, name: str) -> None:
    page = _visitor(new_page, name)
    found = []
    for steps in TOURS[name]:
        page.emulate_media(color_scheme="light")
        _walk(page, steps)
        found += violations(page)
        if wider := sideways(page):
            found.append(f"{page.url} is {wider} pixels wider than its window")
        page.emulate_media(color_scheme="dark")
        found += faint(page)
    assert found == []


@pytest.mark.timeout(240)
def test_what_is_printed_is_light_and_leaves_the_buttons_out(new_page: NewPage) -> None:
    page = _visitor(new_page, "Grace Lindqvist")
    for steps in PRINTED:
        _walk(page, steps)
        page.emulate_media(media="print", color_scheme="dark")
        assert (faint(page), sideways(page)) == ([], 0)
        assert page.locator(".site nav, .site__me, main button").locator("visible=true").count() == 0
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        page.emulate_media(media="screen")


def _visitor(new_page: NewPage, name: str) -> Page:
    visitor = Visitor(new_page())
    return visitor.sign_in(name).page if name else visitor.page


def _walk(page: Page, steps: tuple[str, ...]) -> None:
    page.goto(steps[0])
    for selector in steps[1:]:
        page.locator(selector).first.click()
        page.wait_for_load_state()
