"""Nothing in a statement can harm who looks at it: not its markup, its length, nor characters that can't be seen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from tests.browsing import Browser
from tests.evidence.viewing import from_outside, lines, send

SCRIPT = "</code></pre><script>alert(1)</script><img src=x onerror=alert(1)>"
TURNED = "\u202eAnn\u2066\u200b\x9b"
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\x7f-\x9f]")

HOSTILE: dict[str, dict[str, Any]] = {
    "markup": from_outside(
        actor={"name": SCRIPT, "openid": "http://example.com/" + "o" * 9000},
        verb={"id": "javascript:alert(2)", "display": {"en": SCRIPT}},
        object={
            "id": "javascript:alert(3)",
            "definition": {"name": {"en": SCRIPT + "x" * 10_000}, "type": "javascript:alert(4)"},
        },
        result={"response": SCRIPT, "extensions": {"javascript:alert(5)": {SCRIPT: [SCRIPT] * 3}}},
        attachments=[
            {
                "usageType": "javascript:alert(6)",
                "display": {"en": SCRIPT},
                "contentType": "text/html",
                "length": 2,
                "sha2": "a" * 64,
                "fileUrl": "javascript:alert(7)",
            }
        ],
    ),
    "hidden characters": from_outside(
        actor={"name": TURNED, "mbox": "mailto:a@example.com"},
        verb={"id": "http://example.com/v", "display": {"en": TURNED}},
        object={"id": "http://example.com/o", "definition": {"name": {"en": TURNED}}},
        result={"response": TURNED, "extensions": {"http://example.com/e": {TURNED: TURNED}}},
    ),
    "within another": from_outside(
        actor={"objectType": "Group", "member": [{"name": SCRIPT + TURNED, "mbox": "mailto:a@example.com"}]},
        object={
            "objectType": "SubStatement",
            "actor": {"name": SCRIPT + TURNED, "mbox": "mailto:a@example.com"},
            "verb": {"id": "javascript:alert(8)", "display": {"en": SCRIPT}},
            "object": {"id": "javascript:alert(9)", "definition": {"name": {"en": TURNED + "x" * 10_000}}},
        },
        context={
            "team": {"objectType": "Group", "name": SCRIPT, "mbox": "mailto:t@example.com"},
            "language": "en",
            "contextActivities": {"parent": [{"id": "javascript:alert(1)", "definition": {"name": {"en": SCRIPT}}}]},
        },
    ),
}


def _pages(ruth: Browser) -> Iterator[str]:
    html = ruth.get("/statements").text
    yield html
    yield ruth.get("/statements/new?after=0").text
    for address in re.findall(r'href="(/statements/[0-9a-f-]{36})"', html):
        yield ruth.get(address).text


def _harm(html: str) -> list[str]:
    links = [link for link in re.findall(r'(?:href|src)="([^"]*)"', html) if not link.startswith(("/", "#"))]
    markup = [name for name in ("<script>", "<img", "onerror=alert(1)>") if name in html]
    return [*links, *markup, *HIDDEN.findall(html)]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_statement_is_harmless(app: MentorCert, ruth: Browser, session: Session, name: str) -> None:
    send(app, session, HOSTILE[name], from_outside(), label=SCRIPT + TURNED)
    pages = list(_pages(ruth))
    assert [_harm(html) for html in pages] == [[]] * 5 if name == "markup" else [[]] * 4
    assert [len(lines(html)) for html in pages[:2]] == [2, 2]
    assert all(len(line) < 900 for html in pages for line in lines(html))


def test_hidden_characters_stand_as_escapes_and_the_file_has_them_as_they_are(
    app: MentorCert, ruth: Browser, session: Session
) -> None:
    send(app, session, HOSTILE["hidden characters"])
    [address] = set(re.findall(r'href="(/statements/[0-9a-f-]{36})"', ruth.get("/statements").text))
    html = ruth.get(address).text
    assert ("They stand here as escapes" in html, r"\u202eAnn\u2066\u200b\u009b" in html) == (True, True)
    answered = ruth.get(f"{address}.json")
    [stored] = xapi.every(session)
    assert answered.text == stored.statement.text
    assert answered.json["actor"]["name"] == TURNED  # type: ignore[index]
    assert (answered.mimetype, answered.headers["Content-Disposition"]) == (
        "application/json",
        f"attachment; filename=statement-{stored.statement.id}.json",
    )


def test_a_statement_of_many_parts_is_left_out_of_the_list_and_shown_alone(
    app: MentorCert, ruth: Browser, session: Session
) -> None:
    deep: object = "x"
    for _ in range(20):
        deep = {"a": [deep]}
    send(app, session, from_outside(result={"extensions": {"http://example.com/e": [deep] * 300}}))
    html = ruth.get("/statements").text
    assert (html.count("Show it alone, whole"), len(html) < 20_000) == (1, True)
    [alone] = re.findall(r'href="([^"]*)">Show it alone', html)
    assert ruth.get(alone).text.count("&#34;a&#34;") == 2 * 300 * 20
