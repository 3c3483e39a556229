"""Taking somebody's name and addresses out of texts. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

ERASED: Final = "(erased)"
"""What stands where a name or an address stood."""


@dataclass(frozen=True, slots=True)
class Words:
    """What names somebody."""

    name: str = ""
    identifiers: tuple[str, ...] = ()
    """Addresses and the like: what names nobody else, wherever it stands."""
    account_names: tuple[str, ...] = ()
    """What other systems call them: it may be any word, and so names them only in what is about them."""

    def out_of(self, value: Any, *, about: bool = True) -> Any:
        """Return text, or JSON, in which these words are replaced, in any case of letters and as whole words only.

        `about` says that it is about this person. Elsewhere a name of one word, and what other systems call them, may
        mean something else.
        """
        named = [self.name, *self.account_names] if about else [self.name] if " " in self.name else []
        pattern = _pattern([*self.identifiers, *named])
        return value if pattern is None else _without(value, pattern)


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    given = sorted({each for each in words if each}, key=len, reverse=True)
    if not given:
        return None
    either = "|".join(map(re.escape, given))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(ERASED, value)
    if isinstance(value, dict):
        return {pattern.sub(ERASED, key): _without(each, pattern) for key, each in value.items()}
    return [_without(each, pattern) for each in value] if isinstance(value, list) else value
