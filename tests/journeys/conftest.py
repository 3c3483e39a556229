"""Journeys go through a real server in a real browser, which must have nothing to complain about."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests import chromium, servers

WIDTHS = {360: 780, 1280: 800}
"""The widths that a journey is walked at, each with its height."""

PATIENCE_MS = 30_000
"""How long a page may take on a busy machine."""

NewPage = Callable[[], Page]
_REFUSED = re.compile(r"the server responded with a status of 4\d\d")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data of a server that loaded the demo. Its clock is the machine's, so the demo is of today."""
    folder = tmp_path_factory.mktemp("demo")
    with servers.running(["run", "--demo"], folder):
        pass  # it loads the demo before it answers
    return folder / "var"


@contextmanager
def demo_server(demo: Path, folder: Path) -> Iterator[str]:
    """Give the address of a server in `folder` with a demo of its own."""
    shutil.copytree(demo, folder / "var")
    with servers.running(["run", "--demo"], folder) as address:
        yield address


@pytest.fixture(scope="module")
def live_server(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo, for all tests of a module."""
    with demo_server(demo, tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium.executable()
    expect.set_options(timeout=PATIENCE_MS)
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
def new_page(browser: Browser, width: int, live_server: str) -> Iterator[NewPage]:
    """A function that opens a window for one more person, with cookies of their own.

    At the end no window may have reported an error on its console, an exception or a breach of the CSP.
    """
    ears: list[Ear] = []
    contexts: list[BrowserContext] = []

    def open_window() -> Page:
        context = browser.new_context(
            base_url=live_server,
            viewport={"width": width, "height": WIDTHS[width]},
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        ears.append(Ear(page))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [complaint for ear in ears for complaint in ear.complaints()] == []


class Ear:
    """Hears what a window has to complain about. Chromium reports a breach of the CSP as an error too."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._said: list[tuple[str, str]] = []
        self._refused: set[str] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._said.append((page.url, str(error))))
        page.on("response", self._response)

    def complaints(self) -> list[str]:
        """All of them, but that a page itself was refused: whoever went there saw the page that says so."""
        return [f"{url}: {text}" for url, text in self._said if not (_REFUSED.search(text) and url in self._refused)]

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self._said.append((said.location["url"] or self._page.url, said.text))

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request() and 400 <= response.status < 500:
            self._refused.add(response.url)
