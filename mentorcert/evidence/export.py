"""What was found as a file, however much it is: JSON Lines for programs, CSV for people. Newest first, as on the page.

Every piece is a short read transaction of its own, of a page that begins where the one before it ended: nothing is
read twice or left out, whatever is stored meanwhile, and memory holds one page.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

import xapi
from mentorcert.evidence import sentences, telling
from mentorcert.evidence.agents import identifier
from mentorcert.evidence.seeking import Wanted
from mentorcert.evidence.sentences import Telling
from mentorcert.evidence.spreadsheet import MARK, lines
from mentorcert.evidence.telling import Sources
from mentorcert.evidence.visible import short
from xapi import query
from xapi.identity import agent_key
from xapi.query import Page

PAGE: Final = 100
"""How many statements are read at once."""
LONGEST_CELL: Final = 2_000
"""Characters of a response in a cell; a spreadsheet's cell holds 32,767."""

HEADER: Final = (
    *("stored", "happened", "who", "actor", "verb", "verb IRI", "what", "activity type", "object"),
    *("success", "completion", "score scaled", "score raw", "score max", "response", "duration"),
    *("registration", "told by", "voided", "voids", "version", "statement"),
)

_ENDS: Final = str.maketrans("", "", "\r\n")


def json_lines(bind: Engine | Connection, wanted: Wanted) -> Iterator[str]:
    """Statements as they are stored, one a line. A line end that its sender put between two tokens is left out."""
    with Session(bind) as session:
        for page in _pages(session, wanted):
            texts = page.texts
            session.rollback()
            yield "".join(f"{text.translate(_ENDS)}\n" for text in texts)


def table(bind: Engine | Connection, wanted: Wanted, known: Sources) -> Iterator[str]:
    """A row for each statement: who did what, how it went, and where to find it whole."""
    yield MARK + lines([HEADER])
    with Session(bind) as session:
        for page in _pages(session, wanted):
            stored = page.statements
            told = telling.telling_of(session, [each.statement for each in stored], known)
            session.rollback()
            yield lines([_row(each, told, known) for each in stored])


def file_name(words: Mapping[str, str], ending: str, *, now: datetime) -> str:
    """A name that says what was asked for and when: statements-completed-amara-2026-11-24.csv."""
    texts = [f"{before}{_plain(words[name])}" for name, before in _PARTS.items() if words.get(name)]
    kept = "-".join(text for text in texts if text.strip("-"))[:120].strip("-")
    return "-".join(filter(None, ("statements", kept, f"taken-{now:%Y-%m-%d-%H%M}"))) + f".{ending}"


_PARTS: Final = {
    "who": "",
    "verb": "",
    "activity": "about-",
    "registration": "in-",
    "since": "from-",
    "until": "until-",
    "authority": "told-by-",
}
"""What a file's name says of each filter, and what stands before it."""


def _plain(text: str) -> str:
    """The letters and digits of a text, or of the end of an address."""
    last = text.rstrip("/").rsplit("/", 1)[-1] if "://" in text else text
    ascii_only = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:40]


def _pages(session: Session, wanted: Wanted) -> Iterator[Page]:
    page = query.find(session, wanted.query(limit=PAGE))
    yield page
    while page.more is not None:
        page = query.find(session, wanted.query(limit=PAGE, after=page.more))
        yield page


def _row(stored: xapi.Stored, told: Telling, known: Sources) -> Sequence[object]:
    statement, raw = stored.statement, stored.statement.raw
    said = sentences.sentence(statement, told)
    return (
        *(_time(stored.stored), _time(statement.timestamp)),
        *(said.who, _who(raw["actor"]), sentences.word(statement.verb), short(statement.verb, LONGEST_CELL)),
        *(said.what, short(sentences.type_of(raw["object"]), LONGEST_CELL), short(statement.object_id, LONGEST_CELL)),
        *_result(raw.get("result", {})),
        *(str(statement.registration or ""), telling.source(stored, told, known) or "MentorCert"),
        *("yes" if stored.voided else "no", str(statement.voids or ""), raw.get("version", ""), str(statement.id)),
    )


def _result(result: Mapping[str, Any]) -> Iterator[object]:
    for name in ("success", "completion"):
        yield ("yes" if result[name] else "no") if name in result else ""
    score = result.get("score", {})
    yield from (score.get(name, "") for name in ("scaled", "raw", "max"))
    yield short(str(result.get("response", "")), LONGEST_CELL)
    yield short(str(result.get("duration", "")), LONGEST_CELL)


def _who(actor: Mapping[str, Any]) -> str:
    return short(agent_key(actor) if "member" not in actor else identifier(actor), LONGEST_CELL)


def _time(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
