"""The words by which a question is known in a language, with or without punctuation. Pure.

A question mark is no evidence: programs that write down speech set it or leave it out as they like. So these rules look
at words alone: question words before a verb and its subject, verbs before their subject, requests to tell, tags.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Rule = tuple[re.Pattern[str], bool | None]
"""A pattern, and what it shows: an open question (True), a closed one (False), or none (None)."""


@dataclass(frozen=True, slots=True)
class Words:
    """The rules of a language. They are tried where a word begins; the first that fits decides."""

    openings: frozenset[str]
    """Words that stand before a clause without being part of it (“so”, “and”, “well”)."""
    embedding: frozenset[str]
    """Words after which a question word asks nothing (“I know what …”)."""
    asks: frozenset[str]
    """Question words, and verbs that stand before “you”: the only ones that are looked at within a clause."""
    at_start: tuple[Rule, ...]
    """For the beginning of a clause."""
    within: tuple[Rule, ...]
    """For the middle of one: without full stops and commas nobody knows where clauses begin."""
    tag: re.Pattern[str]
    """At the end of a sentence; closed."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SUBJECT: Final = (
    r"(?:you|it|that|this|there|he|she|they|we|i|the|your|our|his|her|their|my|a|an|any|anyone|anybody|anything|"
    r"someone|somebody|something|everyone|everybody|everything|others|people|these|those|one|some)\b"
)
_PERSON: Final = r"(?:you|it|that|this|there|he|she|they|we|i|these|those)\b"
_VERB: Final = r"(?:do|does|did|are|is|was|were|am|have|has|had|can|could|will|would|shall|should|might|may|must)"
_NOT: Final = r"(?:n't)?"
_GAP: Final = rf"(?:\s+(?:of\s+(?:this|these|those|that|them|us|it|you)\b|(?!{_PERSON}|{_VERB}\b)[\w'-]+)){{0,4}}?"
_PREPOSITION: Final = r"(?:(?:in|to|for|with|at|by|from|on|of|about|since|until|like)\s+)?"
_BEFORE: Final = rf"\s+{_VERB}{_NOT}\s+{_SUBJECT}"
_HAPPENS: Final = (
    r"\s+(?:happen(?:s|ed)|mak(?:es|e)|made|brings?|brought|matters?|helps?|helped|stops?|stopped|keeps?|kept|comes?|came|"
    r"goes|went|feels?|felt|holds?|held|led|drew|works?|worked|changes?|changed|gives?|gave|scares?|worries|suits?|"
    r"speaks?|looks?|stands?|stood|gets?|got|needs?|needed|else)\b"
)
_FACT: Final = (
    r"(?:when|where|who|whom|whose|which|how\s+(?:many|much|long|often|old|far|soon|big|late|early)|"
    r"what\s+(?:time|day|date|year|month|number|name))"
)
_MORE: Final = r"(?:what|how|why)"
_CUT: Final = r"(?:'s|'re|'d|'ll|'ve)\b"
_TELL: Final = (
    r"(?:tell\s+me(?!\s+(?:when|if|whether|who|where)\b)|say\s+(?:(?:a\s+(?:bit|little)|some(?:thing)?)\s+)?more|"
    r"(?:talk|walk|take)\s+me\s+(?:through|back)|describe\s+(?!(?:it|this|that)\s+to\b)|"
    r"help\s+me\s+(?:to\s+)?understand|give\s+me\s+an\s+example|explain\s+(?:to\s+me|what|how|why)|"
    r"share\s+(?:with\s+me|what))\b"
)
_PLEASE: Final = r"(?:(?:please|just|maybe|perhaps)\s+)*"
_CURIOUS: Final = (
    r"i(?:(?:'m|\s+am|'d\s+be|\s+would\s+be)\s+(?:(?:just|really|very)\s+)*(?:curious|interested|wondering)"
    r"(?:\s+(?:to\s+(?:know|hear|see|understand)|in|about))?|\s+(?:just\s+)?wonder)"
)
_LIKE_TO_HEAR: Final = r"i(?:'d|\s+would)\s+(?:really\s+)?(?:like|love)\s+to\s+(?:hear|know|understand)\b"
_VERB_FIRST: Final = (
    rf"(?:(?:is|was|does|did|has|could|would|should){_NOT}\s+(?:{_SUBJECT}|(?-i:[A-Z])\w)|"
    rf"(?:are|were){_NOT}\s+(?!you\s+know\b)(?:{_SUBJECT}|(?-i:[A-Z])\w)|"
    rf"(?:do|don't)\s+(?:you|they|we|i|people|others|these|those|any\w*)\b|"
    rf"(?:have|haven't|will|won't|can|can't|shall|am)\s+(?:you|they|we|i|he|she|it|there|that|this)\b|"
    r"may\s+(?:i|we)\b|had\s+you\s+(?:ever|already)\b)"
)

_REQUEST_OPEN: Final = _compiled(
    rf"{_PLEASE}{_TELL}|{_CURIOUS}\s+(?:what|how|why|where|who|which|about)\b|{_LIKE_TO_HEAR}|"
    rf"(?:can|could|would|will)\s+you\s+{_PLEASE}{_TELL}"
)
_REQUEST_CLOSED: Final = _compiled(
    rf"{_CURIOUS}\s+(?:if|whether|when)\b|{_PLEASE}tell\s+me\s+(?:if|whether|when|who|where)\b"
)
_REQUEST_WITHIN: Final = _compiled(rf"(?:can|could|would|will)\s+you\s+{_PLEASE}{_TELL}")
_OPEN: Final = _compiled(
    rf"{_PREPOSITION}{_MORE}(?:{_CUT}|{_GAP}{_BEFORE}|{_NOT}\s+(?:about|if|else)\b|{_GAP}{_HAPPENS}|"
    rf"{_GAP}\s+(?:is|are|was|were|has|have|will|would|could|might|can){_NOT}\s+(?!{_PERSON})\w+)|"
    r"how\s+(?:come|so)\b|why\s+(?:not|now)\b|(?:how|why)\W*$|(?:and\s+)?then\s+what\b|what\s+else\b"
)
_CLOSED: Final = _compiled(
    rf"why\s+don't\s+(?:you|we)\b|{_PREPOSITION}{_FACT}(?:{_CUT}|{_BEFORE}|\s+else\b)|"
    rf"{_PREPOSITION}(?:which|whose|how\s+(?:many|much|long|often)|what\s+(?:time|day|date|year|month|number|name))"
    rf"(?:{_GAP}{_BEFORE}|\s+[\w'-]+{_GAP}{_HAPPENS}|\s+[\w'-]+\s+[\w'-]+\s+to\s+(?:you|me)\b|\s+is\s+\w+)|"
    rf"who\s+(?!knows\b)(?:\w+ed|told|said|did|is|was|are|were|has|have|will|would|could|can|knew|made|came)\b|"
    rf"(?:when|where)\s+(?:is|was|are|were|did|does|do|will|would|can|could)\s+\w+|{_VERB_FIRST}|"
    r"any(?:thing|body|one)\s+(?:else|more)\b|any\s+(?:other\s+)?(?:questions?|thoughts?|ideas?|reactions?)\b"
)
_OPEN_WITHIN: Final = _compiled(rf"{_MORE}(?:{_GAP}\s+{_VERB}{_NOT}\s+{_PERSON}|(?:'d|'re)\s+{_PERSON})")
_CLOSED_WITHIN: Final = _compiled(
    rf"{_FACT}(?:\s+\w+)?\s+{_VERB}{_NOT}\s+{_PERSON}|(?:do|did|would|could|have|are|were|will|can)\s+you\b(?!\s+know\b)"
)
_TAG: Final = _compiled(
    r"(?:\b(?:is|are|was|were|do|does|did|has|have|had|can|could|would|wo|should)n't\s+(?:it|you|he|she|they|we|i|that|there)"
    r"|,\s*(?:is|are|was|do|does|did|has|have)\s+(?:it|you|he|she|they|we|that)|,\s*(?:right|okay|ok|yeah|correct)"
    r"|\bor\s+not|(?<!sounds)(?<!feels)(?<!seems)(?<!\bis)(?<!'s)(?<!\ball)(?<!\bquite)(?<!\babout)(?<!\bare)(?<!'re)"
    r"(?<!\bexactly)(?<!\bthe)(?<!\byes)(?<!\byour)(?<!\bme)\s+right)\W*$"
)
_STATEMENT: Final = _compiled(
    rf"what\s+an?\b|(?:what|how|who)(?:'s)?\s(?:(?!\b{_VERB}{_NOT}\s+(?:you|he|she|they|we|i)\b).){{0,100}}?\w\s+(?:is|was)\s+"
    r"(?:that|how|what|why|when|because|not|the|a|your|you|we|to|this)\b|should\s+you\s+(?:need|want|ever)\b"
)
"""What begins like a question and is none (“What matters is that …”, “What a week”)."""

ENGLISH: Final = Words(
    openings=_words(
        "so and but or then okay ok well now right yeah yes no oh um uh er erm ah hmm mhm great alright sure good "
        "thanks because also maybe just like actually first finally anyway"
    ),
    embedding=_words(
        "know knows knew see sees saw understand sure is was are that's it's here's there's remember exactly matter "
        "matters said told asked say says of neither nor than as only not"
    ),
    asks=_words(
        "what how why when where who whom whose which what's how's where's who's "
        "do did would could have are were will can"
    ),
    at_start=(
        (_STATEMENT, None),
        (_REQUEST_CLOSED, False),
        (_REQUEST_OPEN, True),
        (_CLOSED, False),
        (_OPEN, True),
    ),
    within=((_REQUEST_WITHIN, True), (_CLOSED_WITHIN, False), (_OPEN_WITHIN, True)),
    tag=_TAG,
)

LANGUAGES: Final[Mapping[str, Words]] = {"en": ENGLISH}
"""By the first part of a language tag. In a language that is not here nothing is counted."""


def words_of(language: str) -> Words | None:
    """The rules for a language tag such as `en-GB`; None when we have none, and so must not count."""
    return LANGUAGES.get(language.partition("-")[0].casefold())
