"""Candidate questions of the mentor: found by words, open or closed, each with its second. Pure.

Candidates, because no rule over words is right each time: a coach confirms each or strikes it out. How often the rules
are right was measured on a set labelled by hand (see docs/recordings.md).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from mentorcert.recordings.cues import Cue
from mentorcert.recordings.question_words import Rule, Words, words_of
from mentorcert.recordings.voices import Voice

PAUSE: Final = 2.0
"""Seconds; a longer pause ends a sentence that no full stop ends."""
LONGEST: Final = 200
"""Characters of a question that are shown."""
BEFORE: Final = 80
"""Characters; what stands longer before the question in its sentence is not shown with it."""
CLOSEST: Final = 7
"""Words; two beginnings that stand closer are of one question, unless a conjunction parts them."""

_SENTENCE_END: Final = re.compile(r"[.?!…]+[\"”’')\]]*(?:\s+|$)")
_WORD: Final = re.compile(r"[^\W_][\w'-]*")
_PARTED: Final = re.compile(r"[,:;–—\n]|\s-\s")
_AND: Final = frozenset({"and", "or", "but", "so"})


@dataclass(frozen=True, slots=True)
class Question:
    """Something that sounds like a question: its millisecond, by which it is known, its words, and its kind."""

    at: int
    """Milliseconds from the beginning; no two candidates of a recording have the same."""
    text: str
    is_open: bool
    """Whether it asks for more than yes, no or a fact."""

    @property
    def seconds(self) -> float:
        """When it begins, in seconds."""
        return self.at / 1000

    @property
    def mark(self) -> str:
        """What a verdict on it is kept by besides its time: not its words, which are deleted with the transcript."""
        return sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Said:
    """What one voice says without a pause: the words of several cues, and where each begins among them."""

    text: str
    begins: tuple[int, ...]
    cues: tuple[Cue, ...]

    def at(self, place: int) -> int:
        """The millisecond of a character, as if each letter of its cue took equally long."""
        number = bisect_right(self.begins, place) - 1
        cue = self.cues[number]
        share = (place - self.begins[number]) / max(1, len(cue.text))
        return round(1000 * (cue.start + (cue.end - cue.start) * min(1.0, share)))


def candidates(cues: Sequence[Cue], voices: Mapping[str, Voice], language: str) -> tuple[Question, ...] | None:
    """What the mentor says that sounds like a question, in order; None in a language that we have no rules for."""
    words = words_of(language)
    if words is None:
        return None
    found = [each for said in utterances(cues, voices) for each in _asked(said, words)]
    latest = -1
    for number, each in enumerate(found):
        latest = max(latest + 1, each.at)
        found[number] = replace(each, at=latest)
    return tuple(found)


def utterances(cues: Sequence[Cue], voices: Mapping[str, Voice]) -> Iterator[Said]:
    """What the mentor says, from one pause or one word of somebody else to the next."""
    run: list[Cue] = []
    for cue in cues:
        is_mentor = voices.get(cue.speaker) is Voice.MENTOR
        if run and (not is_mentor or cue.start - run[-1].end > PAUSE):
            yield _said(run)
            run = []
        if is_mentor:
            run.append(cue)
    if run:
        yield _said(run)


def in_sentence(sentence: str, words: Words) -> Iterator[tuple[int, bool]]:
    """Where in a sentence a question begins, and whether it is open; at most one in `CLOSEST` words."""
    last, before, end, seen = -CLOSEST, "", 0, False
    for number, word in enumerate(_WORD.finditer(sentence)):
        this, between = word[0].lower(), sentence[end : word.start()]
        rules = _rules(
            this, before, words, begins=not seen or before in words.openings or bool(_PARTED.search(between))
        )
        is_new = number - last >= CLOSEST or (number - last > 2 and (before in _AND or "\n" in between))
        if is_new and (kind := _kind(sentence, word.start(), rules)) is not None:
            last = number
            yield word.start(), kind
        seen = seen or this not in words.openings
        before, end = this, word.end()
    if last < 0 and (tag := words.tag.search(sentence)) is not None and tag.start() > 0:
        yield 0, False


def _kind(sentence: str, at: int, rules: Sequence[Rule]) -> bool | None:
    """Whether an open question (True) or a closed one (False) begins at a place; None when neither does."""
    return next((kind for pattern, kind in rules if pattern.match(sentence, at)), None)


def _rules(word: str, before: str, words: Words, *, begins: bool) -> Sequence[Rule]:
    if begins:
        return words.at_start
    return words.within if word in words.asks and before not in words.embedding else ()


def _asked(said: Said, words: Words) -> Iterator[Question]:
    for begins, ends in _sentences(said.text):
        sentence = said.text[begins:ends]
        places = list(in_sentence(sentence, words))
        for number, (place, is_open) in enumerate(places):
            start = 0 if number == 0 and place <= BEFORE else place
            stop = places[number + 1][0] if number + 1 < len(places) else len(sentence)
            yield Question(said.at(begins + place), _shown(sentence[start:stop]), is_open)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    begins = 0
    for stop in _SENTENCE_END.finditer(text):
        yield begins, stop.end()
        begins = stop.end()
    if begins < len(text):
        yield begins, len(text)


def _said(run: Sequence[Cue]) -> Said:
    """Cues as one text; a line break stands between them, for a sentence may go on in the next one."""
    begins, place = [], 0
    for cue in run:
        begins.append(place)
        place += len(cue.text) + 1
    return Said("\n".join(cue.text for cue in run).replace("’", "'"), tuple(begins), tuple(run))


def _shown(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
