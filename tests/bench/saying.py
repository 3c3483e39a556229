"""What another system says: realistic statements of 1.4 kB, a third of them of people who are enrolled here."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from tests.bench.cohort import BASE
from xapi import vocabulary as v

BYTES = 1400
"""How long a statement is."""
ELSEWHERE = "https://lms.example"
COURSE = f"{ELSEWHERE}/courses/mentoring"
PEOPLE = 997
"""How many people the other system has."""


def statements(enrolled: Sequence[tuple[UUID, UUID]], lessons: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Statements without end: every third one completes a lesson of somebody enrolled (person, registration)."""
    for number in count():
        nth, ours = number // 3, number % 3 == 0
        if ours and enrolled:
            person, registration = enrolled[nth % len(enrolled)]
            actor = {"homePage": BASE, "name": str(person)}
            yield _statement(actor, lessons[nth % len(lessons)], v.COMPLETED, str(registration))
        else:
            actor = {"homePage": ELSEWHERE, "name": f"learner-{number % PEOPLE:04}"}
            yield _statement(
                actor, f"{ELSEWHERE}/quiz/{number % 499}", (v.ANSWERED, v.PASSED)[number % 2], str(uuid4())
            )


def body(some: Sequence[dict[str, Any]]) -> bytes:
    """One statement, or a batch, as it is sent."""
    return json.dumps(some[0] if len(some) == 1 else list(some)).encode()


def _statement(actor: dict[str, str], activity: str, verb: str, registration: str) -> dict[str, Any]:
    definition = {
        "type": v.INTERACTION,
        "name": {"en": "What do you ask first?"},
        "interactionType": "choice",
        "correctResponsesPattern": ["a"],
        "choices": [{"id": each, "description": {"en": f"Answer {each}"}} for each in "abcd"],
    }
    statement: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "account": actor},
        "verb": {"id": verb, "display": {"en": "did"}},
        "object": {"id": activity, "definition": definition},
        "result": {
            "response": "a",
            "success": True,
            "completion": True,
            "score": {"scaled": 0.8},
            "duration": "PT12.5S",
        },
        "context": {
            "registration": registration,
            "platform": "Moodle",
            "language": "en",
            "contextActivities": {
                "parent": [{"id": f"{COURSE}/unit-3"}],
                "grouping": [{"id": COURSE}, {"id": f"{ELSEWHERE}/terms/2026"}],
                "category": [{"id": "https://w3id.org/xapi/lms"}],
            },
        },
        "timestamp": datetime.now(UTC).isoformat(),
    }
    extensions = statement["context"]["extensions"] = {f"{ELSEWHERE}/session": ""}
    extensions[f"{ELSEWHERE}/session"] = "x" * (BYTES - len(json.dumps(statement)))
    return statement
