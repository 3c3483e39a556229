"""Copies from the installed npm packages exactly what pages are sent.

`make setup` runs this file by itself, so that it needs nothing of the application.

The packages stay outside the repository; ``package-lock.json`` says which ones they are.
"""

import re
import shutil
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
PACKAGES = WEB / "node_modules"
VENDOR = WEB / "static" / "vendor"

_FIGTREE = "@fontsource-variable/figtree"
_NEWSREADER = "@fontsource/newsreader"

# The licences of the fonts and of tus ask to travel with them; Pico carries its own in the file.
FILES = {
    "pico.min.css": "@picocss/pico/css/pico.min.css",
    "tus.min.js": "tus-js-client/dist/tus.min.js",
    "tus-licence.txt": "tus-js-client/LICENSE",
    "fonts/figtree-latin-wght-normal.woff2": f"{_FIGTREE}/files/figtree-latin-wght-normal.woff2",
    "fonts/figtree-latin-ext-wght-normal.woff2": f"{_FIGTREE}/files/figtree-latin-ext-wght-normal.woff2",
    "fonts/figtree-licence.txt": f"{_FIGTREE}/LICENSE",
    "fonts/newsreader-latin-500-normal.woff2": f"{_NEWSREADER}/files/newsreader-latin-500-normal.woff2",
    "fonts/newsreader-latin-ext-500-normal.woff2": f"{_NEWSREADER}/files/newsreader-latin-ext-500-normal.woff2",
    "fonts/newsreader-licence.txt": f"{_NEWSREADER}/LICENSE",
}


_INLINE_IMAGE = re.compile(r'url\("data:[^"]*"\)')


def missing(packages: Path) -> list[Path]:
    """Name the files that `packages` should hold and does not."""
    return [packages / source for source in FILES.values() if not (packages / source).is_file()]


def build(packages: Path, vendor: Path) -> None:
    """Make `vendor` hold the listed files and nothing else.

    Images inside stylesheets are left out: our Content-Security-Policy refuses them, and we draw our own.
    Raises FileNotFoundError, and leaves `vendor` as it was, when a package lacks a file.
    """
    if lacking := missing(packages):
        raise FileNotFoundError(", ".join(str(path) for path in lacking))
    shutil.rmtree(vendor, ignore_errors=True)
    for target, source in FILES.items():
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        if target.endswith(".css"):
            text = (packages / source).read_text(encoding="utf-8")
            (vendor / target).write_text(_INLINE_IMAGE.sub("none", text), encoding="utf-8")
        else:
            shutil.copyfile(packages / source, vendor / target)


def main() -> int:
    """Copy the files; return the exit status."""
    try:
        build(PACKAGES, VENDOR)
    except FileNotFoundError as error:
        print(f"These front-end files are missing: {error}\nRun `make setup`, which installs them.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
