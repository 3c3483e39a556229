"""An administrator sends statements on, watches them come in, takes them along, and forgets somebody."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import expect

from tests import servers
from tests.journeys.conftest import NewPage
from tests.journeys.steps import evidence
from tests.journeys.visitor import Visitor

VERSION: Final = {"X-Experience-API-Version": "2.0.0"}
FORGOTTEN: Final = {360: "Kemi Balogun", 1280: "Hugo Marchetti"}
"""Whom each walk forgets: nobody comes back for the next one."""
PATIENCE: Final = 60
"""How often a page is loaded again until the worker has done its part."""


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Another LRS, and its data: a second instance of ours."""
    folder = tmp_path_factory.mktemp("peer")
    with servers.running(["run"], folder) as address:
        yield address, folder / "var"


@pytest.mark.timeout(300)
def test_a_delivery_that_needs_somebody_is_mended_paused_and_removed(
    new_page: NewPage, width: int, peer: tuple[str, Path]
) -> None:
    key, secret = evidence.made(peer[1])
    name = f"Group LRS {width}"
    ruth = Visitor(new_page()).sign_in("Ruth Adeyemi")
    ruth.open("/deliveries").looks().press("Add an LRS").sees("Another LRS gets what is stored here, within seconds.")
    ruth.press("Start sending").reads("4 things need another look.").looks()
    for label, text in (
        ("What do you call it?", name),
        ("Endpoint", f"{peer[0]}/xapi"),
        ("Key, or user name", key),
        ("Secret, or password", "another secret"),
    ):
        ruth.page.get_by_label(label).fill(text)
    ruth.page.get_by_label("Send it everything that is stored so far").check()
    ruth.press("Start sending").reads(f"{name} gets its first statements within seconds.")
    _until(ruth, f"{name} takes nothing until you see to it.")
    ruth.reads("It does not accept the key and secret (401).", "Nothing is lost")
    ruth.open("/deliveries").sees(f"{name} takes nothing until you see to it.").follow(name)

    ruth.press("Change it").sees(f"What {name} gets, and where.")
    ruth.page.get_by_label("Secret, or password").fill(secret)
    ruth.press("Keep this").reads("It is kept. What waits is sent at once.")
    _until(ruth, f"{name} has everything that it should get.")
    there = httpx.get(f"{peer[0]}/xapi/statements", auth=(key, secret), headers=VERSION).json()["statements"]
    assert there[0]["authority"]["account"]["name"].startswith("key:")

    ruth.press("Pause").sees(f"Sending to {name} is paused.")
    ruth.press("Change it").press_twice("Remove it").reads(f"Nothing goes to {name} any more.")
    ruth.sees("Statements stay here: no other LRS gets them.")


@pytest.mark.timeout(300)
def test_a_statement_comes_in_while_somebody_looks_is_explained_and_taken_along(
    new_page: NewPage, width: int, live_server: str, tmp_path: Path
) -> None:
    ruth = Visitor(new_page()).sign_in("Ruth Adeyemi")
    label = f"Northwind {width}"
    key = _make_a_key(ruth, label)
    ruth.open("/statements").reads("Live: new ones appear by themselves.")
    sent = {
        "actor": {"mbox": f"mailto:sam{width}@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://lms.example.org/safety", "definition": {"name": {"en": "=Safety at work"}}},
    }
    [made] = httpx.post(f"{live_server}/xapi/statements", auth=key, headers=VERSION, json=sent).json()
    newest = ruth.main.locator(f"#s-{made}")
    expect(newest).to_contain_text(f"sam{width}@example.org completed =Safety at work")
    newest.locator("summary").click()
    ruth.reads("None: it names no enrolment as its registration, or is about no activity.").looks()
    newest.get_by_role("link", name="Where it came from, and its bytes").click()
    ruth.sees(f"sam{width}@example.org completed =Safety at work").reads(f"the key {label}")

    ruth.open("/statements").page.get_by_label("Who").fill(f"sam{width}@example.org")
    ruth.press("Show").reads("One statement matches.")
    with ruth.page.expect_download() as taken:
        ruth.follow("CSV")
    taken.value.save_as(tmp_path / "taken.csv")
    with (tmp_path / "taken.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["statement"], row["what"], row["told by"]) for row in csv.DictReader(file)] == [
            (made, "'=Safety at work", label)
        ]


@pytest.mark.timeout(240)
def test_somebody_who_is_forgotten_is_nowhere_to_be_found(new_page: NewPage, width: int) -> None:
    name = FORGOTTEN[width]
    ruth = Visitor(new_page()).sign_in("Ruth Adeyemi")
    ruth.open("/people").follow(f"Forget {name}").sees(f"Forget {name} for good?")
    ruth.press_twice("Forget for good").reads("One thing needs another look.").looks()
    ruth.page.get_by_label("Why are they forgotten?").fill("Asked for it in writing.")
    ruth.press_twice("Forget for good").sees(re.compile("people"))
    expect(ruth.main.get_by_text(name)).to_have_count(0)
    ruth.open(f"/statements?who={name}").reads("We know nobody by this name.")


def _make_a_key(ruth: Visitor, label: str) -> tuple[str, str]:
    """Make a key that may send; give it with its secret, as the page shows them."""
    ruth.open("/keys/new").page.get_by_label("Which system is it for?").fill(label)
    ruth.page.get_by_label("Send statements").check()
    ruth.press("Make the key").sees(f"The key for {label} is made. Copy its secret now.")
    key, secret = (ruth.page.locator(f"#{each}").inner_text() for each in ("key", "secret"))
    return key, secret


def _until(ruth: Visitor, title: str) -> None:
    """Load the page again until the worker has brought it to this title, and look it over."""
    for _ in range(PATIENCE):
        if ruth.page.get_by_role("heading", level=1).inner_text() == title:
            break
        ruth.page.reload(wait_until="networkidle")
    ruth.sees(title)
