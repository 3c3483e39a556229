"""Step 6: the administrator sees every step as a statement, and a key fetches the same ones."""

import base64
import json
import os
import subprocess
import sys
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

TOLD = (
    "earned Certified mentor",
    *["was graded in"] * 8,
    "passed A recorded coaching conversation",
    "handed in Recording",
    "took part in Staying when it gets hot",
    "passed Empathy, listening and silence, 85 %",
    *["answered"] * 7,
    "wrote What you do with a silence",
    "watched Eight seconds",
    "left Eight seconds",
    "paused Eight seconds",
    "read What silence is for",
    "read Facts, feeling, and what matters",
    "read Empathy, sympathy and fixing",
)
"""What Amara did, newest first, as the viewer tells it."""

VERBS = (
    *("completed", "paused", "terminated", "completed", "answered"),
    *("passed", "attended", "submit", "passed", "scored", "earned"),
)
"""The same in the order in which it happened, by the ends of the verbs; the same one in a row counts once."""


def look_through(ruth: Visitor) -> None:
    ruth.open("/statements").sees("What happened, as it was told")
    ruth.page.get_by_label("Who").fill("Amara Okafor")
    ruth.press("Show").sees("What happened, as it was told")
    sentences = ruth.main.locator(".stmt summary > span:not(.stmt__src)").all_inner_texts()[: len(TOLD)]
    assert [sentence for sentence, told in zip(sentences, TOLD, strict=True) if told not in sentence] == []
    newest = ruth.main.locator(".stmt").first
    newest.locator("summary").click()
    expect(newest.locator("pre")).to_contain_text("http://id.tincanapi.com/verb/earned")
    ruth.looks()


def key(data: Path) -> str:
    """Make a key, and give it as a header."""
    return "Basic " + base64.b64encode(":".join(made(data)).encode()).decode()


def made(data: Path) -> tuple[str, str]:
    """Make a key as an operator does, from the shell beside the server's data; give it with its secret."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MENTORCERT_")}
    command = [str(Path(sys.executable).with_name("mentorcert")), "key", "create", "--scope", "all"]
    done = subprocess.run(
        command, env={**own, "MENTORCERT_DATA": str(data)}, check=True, capture_output=True, text=True, timeout=60
    )
    key, secret = done.stdout.split()
    return key, secret


def fetch(server: str, header: str, registration: str, since: datetime) -> None:
    """What a key gets is what happened, in order."""
    asked = urlencode({"registration": registration, "since": since.isoformat(), "ascending": "true"})
    headers = {"Authorization": header, "X-Experience-API-Version": "1.0.3"}
    with urlopen(Request(f"{server}/xapi/statements?{asked}", headers=headers), timeout=30) as answer:
        statements: list[dict[str, Any]] = json.load(answer)["statements"]
    verbs = [statement["verb"]["id"].rpartition("/")[2] for statement in statements]
    assert tuple(verb for verb, _same in groupby(verbs)) == VERBS
    assert verbs.count("answered") == 7
