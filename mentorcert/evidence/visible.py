"""Texts from outside, as they may be shown: nothing in them hides, or turns round what stands beside it. Pure."""

import re
from typing import Final

LONGEST: Final = 120
"""Characters of anything that came from outside, in a sentence."""

_UNSEEN: Final = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
"""Control characters, those that turn the direction of writing, and those that have no width. The joiners that
Persian and emoji need are not among them, nor are tabs and line ends."""
_HIDDEN: Final = re.compile(f"[{_UNSEEN}]")


def short(text: str, most: int = LONGEST) -> str:
    """A text on one line, without hidden characters, cut where it is too long."""
    words = _HIDDEN.sub("", " ".join(text[: 4 * most].split()))
    return words if len(words) <= most and len(text) <= 4 * most else f"{words[:most].rstrip()}…"


def revealed(json_text: str) -> str:
    """JSON in which every hidden character is written as its escape: the same value, and nothing of it is unseen."""
    return _HIDDEN.sub(lambda found: _escape(found[0]), json_text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
