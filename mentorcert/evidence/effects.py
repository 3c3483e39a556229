"""What a statement did to somebody's progress, in words; or why it did nothing. Pure."""

from collections.abc import Mapping
from typing import Final

import xapi
from mentorcert.evidence.models import Progress
from mentorcert.evidence.trust import Verdict

GIVES: Final[Mapping[str, str]] = {
    "completed": "when it was completed",
    "first_success": "whether the first try was a success",
    "last_success": "whether the last try was a success",
    "best_score": "the best score",
    "last_response": "the last response",
    "position": "where the film was left",
    "last": "when somebody last heard of it",
}
"""What each part of a pair's progress says, by the names of `fold.POLICIES`."""


def gave(statement: xapi.Statement, row: Progress | None) -> list[str]:
    """What is known from this statement, and from no other."""
    if row is None:
        return []
    return [text for name, text in GIVES.items() if getattr(row, f"{name}_id") == statement.id]


def effect(stored: xapi.Stored, verdict: Verdict, row: Progress | None) -> str:
    """What a statement did, in a sentence; or why nothing."""
    statement = stored.statement
    if stored.voided:
        return "None: it was taken back."
    if statement.voids:
        return f"Takes back statement {statement.voids}."
    if not verdict.counts or row is None:
        return f"None: {verdict.why}"
    if row.completed_id == statement.id:
        return "Completed it."
    return "Counts for what is known of it." if row.completed_at else "It is begun, and not complete yet."
