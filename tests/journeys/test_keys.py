"""An administrator makes a key for another system, hands its secret over, and later takes the key back."""

import re
from typing import Final

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NewPage
from tests.journeys.visitor import Visitor

ONE_VERSION: Final = {"X-Experience-API-Version": "2.0.0"}


@pytest.mark.timeout(240)
def test_a_secret_is_seen_once_and_the_key_works_until_it_is_revoked(new_page: NewPage, live_server: str) -> None:
    ruth = Visitor(new_page()).sign_in("Ruth Adeyemi")
    ruth.open("/keys").looks().press("Make a key").sees("A key is for one system, and for what that system needs.")
    ruth.press("Make the key").reads("2 things need another look.")
    ruth.looks()
    ruth.page.get_by_label("Which system is it for?").fill("Fernhill LMS")
    ruth.page.get_by_label("Send statements").check()
    ruth.page.get_by_label("Read its own statements").check()
    ruth.page.get_by_label("Mentor development").check()
    ruth.page.get_by_label("Last day").fill("2099-12-31")
    ruth.press("Make the key").sees("The key for Fernhill LMS is made. Copy its secret now.")
    key, secret = (ruth.page.locator(f"#{each}").inner_text() for each in ("key", "secret"))
    statements = f"{live_server}/xapi/statements"
    asked = httpx.get(statements, auth=(key, secret), headers=ONE_VERSION)
    assert (asked.status_code, asked.json()["statements"]) == (200, [])

    ruth.page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(ruth.page.locator("#secret")).to_have_text("")
    ruth.page.reload()
    ruth.sees("Fernhill LMS may use this key until 31 December 2099.").reads("This key was made already")
    assert secret not in ruth.page.content()
    ruth.reads("It was last used just now")

    ruth.press("Revoke this key").sees("Revoking this key shuts Fernhill LMS out at once, and for good.")
    ruth.page.get_by_label("Reason").fill("It was for a trial.")
    ruth.press("Revoke the key").sees(re.compile("Fernhill LMS can do nothing with this key: it was revoked on"))
    ruth.reads("Revoked by Ruth Adeyemi")
    assert httpx.get(statements, auth=(key, secret), headers=ONE_VERSION).status_code == 401
    ruth.open("/keys").sees(re.compile("valid")).reads("Fernhill LMS")
