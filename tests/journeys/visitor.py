"""Somebody at a browser, who looks over every page that they come to."""

import re
from typing import Self

from playwright.sync_api import Locator, Page, expect

from tests.journeys.axe import sideways, violations

Words = str | re.Pattern[str]


class Visitor:
    """One person in one window. Every page they see must be usable by everybody, and never scroll sideways."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sign_in(self, name: str) -> Self:
        """Choose oneself from the list of the demo's people."""
        self.open("/sign-in").sees("Go on where you left off.")
        self.page.get_by_role("button", name=re.compile(f"^{name}")).click()
        expect(self.page.get_by_role("link", name=f"Your account, {name}")).to_be_visible()
        return self

    def open(self, address: str) -> Self:
        self.page.goto(address)
        return self

    def follow(self, name: Words) -> Self:
        """Click a link, wherever it leads."""
        self._named("link", name).click()
        return self

    def press(self, name: Words) -> Self:
        self._named("button", name).click()
        return self

    def press_twice(self, name: Words) -> Self:
        """Press a button that asks first."""
        button = self._named("button", name).element_handle()
        assert button is not None
        button.click()
        button.click()
        return self

    def sees(self, title: Words) -> Self:
        """Wait for a page by its h1, and look it over."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        return self.looks()

    def reads(self, *texts: Words) -> Self:
        """Wait for words to stand on the page, in sight."""
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible()
        return self

    def looks(self) -> Self:
        """Look the page over as it stands."""
        self.page.wait_for_load_state()
        assert violations(self.page) == []
        assert (self.page.url, sideways(self.page)) == (self.page.url, 0)
        return self

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def _named(self, role: str, name: Words) -> Locator:
        found = self.page.get_by_role(role, name=name, exact=isinstance(name, str))  # type: ignore[arg-type]
        return found.first
