"""Programmes and rubrics as canonical JSON, and back. The same content is the same text, and so has the same hash."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from mentorcert.catalog.canonical import plain
from mentorcert.catalog.programme import Programme
from mentorcert.catalog.questions import KINDS, Question
from mentorcert.catalog.rubric import Rubric

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProgrammeDocument:
    """What a programme version holds: the programme, and the hash of each rubric that its requirements name.

    The rubrics count for the hash: a programme whose rubric changed is another version of it.
    """

    programme: Programme
    rubrics: dict[str, str]


def encode(content: ProgrammeDocument | Rubric) -> str:
    """Canonical JSON: keys sorted, no space, nothing escaped that need not be."""
    return msgspec.json.encode(plain(content), order="sorted").decode()


def hash_of(document: str) -> str:
    """SHA-256 of a document, hexadecimal."""
    return sha256(document.encode()).hexdigest()


def decode_programme(document: str) -> ProgrammeDocument:
    """The programme that `encode` wrote down."""
    return _decode(document, ProgrammeDocument)


def decode_rubric(document: str) -> Rubric:
    """The rubric that `encode` wrote down."""
    return _decode(document, Rubric)


def _decode(document: str, kind: type[T]) -> T:
    return msgspec.json.decode(document, type=kind, dec_hook=_question)


def _question(kind: type, value: dict[str, Any]) -> object:
    """A question of any kind: msgspec can't tell dataclasses in a union apart."""
    if kind is not Question:
        raise NotImplementedError(kind)
    return msgspec.convert(value, KINDS[value["kind"]])
