"""Asks axe whether a page can be used by everybody (WCAG 2.2 AA)."""

from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "mentorcert" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, a line each: the rule, the place, what to do."""
    return _run(page, {"type": "tag", "values": RULES})


def faint(page: Page) -> list[str]:
    """Return the texts that stand out too little from what is behind them: all that a colour scheme can change."""
    return _run(page, {"type": "rule", "values": ["color-contrast"]})


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; 0 when nothing scrolls sideways."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def _run(page: Page, only: dict[str, object]) -> list[str]:
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))  # not a script element: the page's CSP would refuse it
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        f"{page.url}: {violation['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
