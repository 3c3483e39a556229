"""What a coach has on the bench: a level and a comment for each criterion, and a sentence for the whole. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mentorcert.catalog.rubric import Criterion, Rubric
from mentorcert.errors import Fault
from mentorcert.grading.models import Assessment

LONGEST: Final = 5000
"""Characters of one comment."""
WHOLE: Final = "comment"
"""The field of the sentence for the whole; a criterion's are `level-<id>` and `comment-<id>`."""

UNKNOWN: Final = -1
"""The revision of a form that does not say which draft it was made from; no saved draft has it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one criterion; both empty before anything is."""

    level: str = ""
    comment: str = ""


EMPTY: Final = Entry()


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, and the revision that it was made from."""

    revision: int = 0
    comment: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def entry(self, criterion: str) -> Entry:
        """What is said of a criterion."""
        return self.entries.get(criterion, EMPTY)

    @property
    def levels(self) -> dict[str, str]:
        """The levels that are chosen, by criterion."""
        return {criterion: entry.level for criterion, entry in self.entries.items() if entry.level}


def read_draft(rubric: Rubric, posted: Mapping[str, str]) -> Draft:
    """The draft that a form holds, whatever it holds: `faults` says what can't be saved."""
    entries = {
        each.id: Entry(posted.get(f"level-{each.id}", ""), _text(posted, f"comment-{each.id}"))
        for each in rubric.criteria
    }
    revision = posted.get("revision", "")
    known = revision.isascii() and revision.isdecimal() and len(revision) <= 9
    return Draft(int(revision) if known else UNKNOWN, _text(posted, WHOLE), entries)


def faults(rubric: Rubric, draft: Draft) -> list[Fault]:
    """What keeps a draft from being saved: a level that is not there, a text that is too long."""
    return [*_level_faults(rubric, draft.entries), *_length_faults(rubric, draft)]


def draft_of(assessment: Assessment) -> Draft:
    """The draft that is saved."""
    entries = {mark.criterion: Entry(mark.level, mark.comment) for mark in assessment.marks}
    return Draft(assessment.revision, assessment.comment, entries)


def open_numbers(rubric: Rubric, draft: Draft) -> list[int]:
    """The numbers of the criteria that have no level yet."""
    return [number for number, each in enumerate(rubric.criteria, 1) if not draft.entry(each.id).level]


def submission_faults(rubric: Rubric, draft: Draft) -> list[Fault]:
    """What keeps a draft from being submitted, each with the id of its criterion."""
    return [fault for each in rubric.criteria if (fault := _open(each, draft.entry(each.id)))]


def differing(rubric: Rubric, one: Draft, other: Draft) -> set[str]:
    """The criteria of which two drafts say different things, and `WHOLE` when the sentences differ."""
    found = {each.id for each in rubric.criteria if one.entry(each.id) != other.entry(each.id)}
    return found | ({WHOLE} if one.comment != other.comment else set())


def _open(criterion: Criterion, entry: Entry) -> Fault | None:
    if not entry.level:
        what, todo = f"“{criterion.title}” has no level yet.", "Choose one."
        if criterion.comment_required and not entry.comment:
            what, todo = f"“{criterion.title}” has no level and no comment yet.", "Choose one, and say what you heard."
        return Fault(criterion.id, what, todo)
    if criterion.comment_required and not entry.comment:
        return Fault(criterion.id, f"“{criterion.title}” needs a comment.", "Say what you heard, and when.")
    return None


def _level_faults(rubric: Rubric, entries: Mapping[str, Entry]) -> list[Fault]:
    return [
        Fault(each.id, f"“{each.title}” has no such level.", "Choose one of those shown.")
        for each in rubric.criteria
        if (level := entries.get(each.id, EMPTY).level) and level not in {known.id for known in each.levels}
    ]


def _length_faults(rubric: Rubric, draft: Draft) -> list[Fault]:
    titles = {each.id: each.title for each in rubric.criteria} | {WHOLE: "The whole"}
    texts = {each.id: draft.entry(each.id).comment for each in rubric.criteria} | {WHOLE: draft.comment}
    return [
        Fault(key, f"“{titles[key]}” has {len(text)} characters; {LONGEST} fit.", "Shorten it.")
        for key, text in texts.items()
        if len(text) > LONGEST
    ]


def _text(posted: Mapping[str, str], name: str) -> str:
    """A text as it was typed, without the line ends and the edges that a browser adds."""
    return posted.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
