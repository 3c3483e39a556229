"""Makes overview.png: a trainee's home on a phone beside the board of her facilitator, from a demo server of its own.

Run from the root of the repository: `.venv/bin/python docs/pictures/make.py`. It needs what the tests need.
"""

import re
import sys
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, ViewportSize, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests import chromium, servers  # noqa: E402 - the tests are no installed package

SHEET = """<!doctype html><title>Overview</title><style>
body {{ margin: 0; display: flex; align-items: start; gap: 40px; padding: 40px; background: #dfe6e2; }}
img {{ display: block; border-radius: 14px; box-shadow: 0 8px 28px rgb(15 74 65 / .22); }}
img:first-child {{ border: 8px solid #1b2421; border-radius: 34px; }}
</style><body>
<img src="data:image/png;base64,{phone}" width="300">
<img src="data:image/png;base64,{board}" width="960">"""


def main() -> None:
    """Start the demo, take both pictures, and set them side by side."""
    with (
        TemporaryDirectory() as folder,
        servers.running(["run", "--demo"], Path(folder)) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS) as browser,
    ):
        phone = photograph(browser, server, "Amara Okafor", "/learn", {"width": 360, "height": 880})
        board = photograph(browser, server, "Ines Duarte", "/cohorts", {"width": 1280, "height": 1000})
        compose(browser, phone, board)


def photograph(browser: Browser, server: str, name: str, path: str, size: ViewportSize) -> str:
    """Return what somebody sees at an address, as a PNG in base 64."""
    page = browser.new_context(base_url=server, viewport=size, color_scheme="light").new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name=re.compile(f"^{name}")).click()
    page.get_by_role("link", name=f"Your account, {name}").wait_for()
    page.goto(path, wait_until="networkidle")
    return b64encode(page.screenshot()).decode()


def compose(browser: Browser, phone: str, board: str) -> None:
    """Set both on one sheet, and write the file."""
    page = browser.new_page(viewport={"width": 1396, "height": 800}, device_scale_factor=1)
    page.set_content(SHEET.format(phone=phone, board=board), wait_until="load")
    page.screenshot(path=HERE / "overview.png", full_page=True)


if __name__ == "__main__":
    main()
