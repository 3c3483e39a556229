"""Journeys go through a real server in a real browser, which must have nothing to complain about."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import chromium, servers

WIDTHS = {360: 780, 1280: 800}
"""The widths that a journey is walked at, each with its height."""

NewPage = Callable[[], Page]


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo loaded. Its clock is the machine's, so the demo lies around today."""
    with servers.running(["run", "--demo"], tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium.executable()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found, args=chromium.FLAGS) as browser,
    ):
        yield browser


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    chosen: int = request.param
    return chosen


@pytest.fixture
def new_page(browser: Browser, width: int, live_server: str, tmp_path: Path) -> Iterator[NewPage]:
    """A function that opens a window for one more person, with cookies of their own.

    At the end no window may have reported an error on its console, an exception or a breach of the CSP.
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_window() -> Page:
        context = browser.new_context(
            base_url=live_server, viewport={"width": width, "height": WIDTHS[width]}, timezone_id="Europe/London"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        _listen(page, complaints)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def _listen(page: Page, complaints: list[str]) -> None:
    # Chromium reports a breach of the CSP as an error on the console too.
    page.on(
        "console",
        lambda said: complaints.append(f"{page.url}: {said.text}") if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
