"""Which state of a document a client has seen: entity tags that guard against lost updates.

xAPI 1.0.3, Communication 3.1; xAPI 2.0, 4.1.4.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

ANY: Final = "*"
"""Stands among tags for whatever document there is."""


class Rule(Enum):
    """What a PUT without preconditions may do. The versions of the standard differ."""

    FREE = "store, whatever is there"
    """1.0.3 for states: it has them go without, "since state conflicts are unlikely"."""
    NEW = "store only what is not there yet"
    """2.0 for every document."""
    NEVER = "store nothing"
    """1.0.3 for profiles: a client must send one of the two headers."""


class PreconditionFailed(Exception):
    """The document is not in the state that the client named. Nothing was changed."""


class Unconditional(Exception):
    """A PUT that must say which state of the document its sender has seen, and does not. Nothing was changed."""

    def __init__(self, *, exists: bool) -> None:
        there = (
            "is stored already, and was not changed" if exists else "is not stored yet, and neither is what you sent"
        )
        super().__init__(
            f"this document {there}. Check its current state, then send If-Match with the ETag that came with it,"
            " or If-None-Match: * to store it only if there is none"
        )
        self.exists = exists


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a client says of the document that is there, as HTTP tells it."""

    match: frozenset[str] | None = None
    """If-Match: the tags one of which it must have."""
    none_match: frozenset[str] | None = None
    """If-None-Match: the tags none of which it may have."""

    def check(self, tag: str | None) -> None:
        """Raise PreconditionFailed unless they hold for a document with this tag, or for none (None)."""
        if self.match is not None and not _among(tag, self.match):
            now = "there is no such document" if tag is None else f'its ETag is "{tag}" now'
            raise PreconditionFailed(f"If-Match does not hold: {now}. Check its current state and decide again")
        if self.none_match is not None and _among(tag, self.none_match):
            raise PreconditionFailed(
                f'If-None-Match does not hold: the document is stored already, with the ETag "{tag}".'
                " Check its current state and decide again"
            )

    def check_put(self, tag: str | None, rule: Rule) -> None:
        """Do the same for a PUT; raise Unconditional where the rule wants preconditions and there are none."""
        given = self.match is not None or self.none_match is not None
        if not given and (rule is Rule.NEVER or (rule is Rule.NEW and tag is not None)):
            raise Unconditional(exists=tag is not None)
        self.check(tag)


def _among(tag: str | None, tags: frozenset[str]) -> bool:
    return tag is not None and (ANY in tags or tag in tags)
