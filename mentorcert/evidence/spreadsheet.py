"""CSV that a spreadsheet opens as it was meant: UTF-8, and no text that it takes for a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At the start of the file: without it Excel does not read UTF-8."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula may begin; some languages' Excel takes the wide signs too."""


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, every text in them made safe."""
    text = io.StringIO()
    csv.writer(text).writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()
