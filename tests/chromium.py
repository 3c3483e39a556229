"""Where Chromium is: Debian's, or the one that Playwright installed. `python -m tests.chromium` fails without any."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
"""The tests run as root in containers, without a screen, and speak to nobody but our own server."""


def executable() -> Path | None:
    """Return the browser to start, or None when there is none."""
    if found := shutil.which("chromium"):
        return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


if __name__ == "__main__":
    sys.exit(0 if executable() else 1)
