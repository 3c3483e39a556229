"""A spreadsheet's export as rows of text: any encoding, separator and line ending that Excel and others write."""

import codecs
import csv
import io
import re
from typing import Final

from mentorcert.errors import Fault, Invalid

MOST_BYTES: Final = 1024 * 1024
"""The largest file that is taken."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS: Final = ",;\t"
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_AS_CSV: Final = "Save it as “CSV UTF-8” and choose that file."

Record = tuple[int, list[str]]
"""The number of a row, as a spreadsheet counts it, and its cells."""


def records(data: bytes) -> list[Record]:
    """The rows of a file, blank ones left out. Raises Invalid when it can't be read."""
    text = decoded(data)
    separator = ""
    if named := _SEPARATOR_LINE.match(text):
        separator, text = named[1], text[named.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    number, found = 0, []
    try:
        for number, cells in enumerate(reader, 1):
            stripped = [_stripped(cell) for cell in cells]
            if any(stripped):
                found.append((number, stripped))
    except csv.Error:
        todo = "Look for a quotation mark that is not closed, or one inside a cell that is not doubled."
        raise _unreadable(f"row {number + 1}", "this row can't be taken apart.", todo) from None
    if not found:
        raise _empty()
    return found


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with or without a mark, else Windows-1252. Raises Invalid."""
    if not data.strip():
        raise _empty()
    if len(data) > MOST_BYTES:
        raise _unreadable("the file", "it is larger than 1 MB.", "Split it into smaller lists.")
    if data.startswith(_WORKBOOKS):
        raise _unreadable("the file", "it is an Excel workbook, not CSV.", _AS_CSV)
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unreadable("the file", "it is not a text that we can read.", _AS_CSV)


def _encodings(data: bytes) -> list[str]:
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    if marked:
        return marked
    # Without a mark, UTF-16 shows by the zero bytes that plain letters leave.
    wide = {0: ["utf-16-be"], 1: ["utf-16-le"]}.get(data[:2].find(b"\0"), [])
    return [*wide, "utf-8", "cp1252"]


def _separator(text: str) -> str:
    """The separator that the first row with anything in it holds most of."""
    first = next((line for line in text.splitlines() if line.strip(_SEPARATORS + " ")), "")
    return max(_SEPARATORS, key=first.count)


def _stripped(cell: str) -> str:
    """A cell without spaces around it and without runs of them; no-break spaces and line breaks are spaces."""
    return " ".join(cell.replace("\ufeff", "").split())


def _empty() -> Invalid:
    return _unreadable("the file", "it is empty.", "Choose the file again.")


def _unreadable(where: str, what: str, todo: str) -> Invalid:
    return Invalid("This list can't be read.", "", [Fault(where, what, todo)])
