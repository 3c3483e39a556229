"""JSON for people to read: indented and marked up, every token as it is stored, revealed and escaped. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup, escape

from mentorcert.evidence.visible import revealed

INDENT: Final = "  "
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def pretty(text: str) -> Markup:
    """JSON with a line a member: keys in <b>, strings in <i>, numbers and other words in <u>."""
    return Markup("").join(_marked(text))


def _marked(text: str) -> Iterator[Markup]:
    depth = 0
    tokens = _TOKEN.findall(revealed(text))
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in "{[":
            depth += after not in ("}", "]")
            yield Markup(token) if after in ("}", "]") else _line(token, depth)
        elif token in "}]":
            if at and tokens[at - 1] not in ("{", "["):
                depth -= 1
                yield _line("", depth)
            yield Markup(token)
        elif token == ",":
            yield _line(token, depth)
        else:
            yield Markup(": ") if token == ":" else _word(token, key=after == ":")


def _line(token: str, depth: int) -> Markup:
    return Markup(f"{token}\n{INDENT * depth}")


def _word(token: str, *, key: bool) -> Markup:
    if key:
        return Markup("<b>{}</b>").format(escape(token))
    return Markup("<i>{}</i>" if token.startswith('"') else "<u>{}</u>").format(escape(token))
