"""Statements to start from. Every call gives new objects, so that a test may change them."""

from typing import Any

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
LESSON = "https://mentors.example.org/activities/mentor-development/questions/open-questions"
UNIT = "https://mentors.example.org/activities/mentor-development/questions"
COURSE = "https://mentors.example.org/activities/mentor-development"
REGISTRATION = "8f2c1d1e-6b0a-4c59-9b5d-0b5a2f1f7a01"
AMARA = {"objectType": "Agent", "account": {"homePage": "https://mentors.example.org", "name": "amara"}}
BEN = {"objectType": "Agent", "mbox": "mailto:ben@example.org", "name": "Ben"}


def a_statement(**members: Any) -> dict[str, Any]:
    """A small valid statement; members replace or add to its own."""
    return {
        "actor": dict(AMARA),
        "verb": {"id": COMPLETED, "display": {"en": "completed"}},
        "object": {"id": LESSON},
        **members,
    }


def a_void(target: object, **members: Any) -> dict[str, Any]:
    reference = {"objectType": "StatementRef", "id": str(target)}
    return a_statement(verb={"id": VOIDED}, object=reference, **members)


def a_full_statement() -> dict[str, Any]:
    """A statement with nearly everything that there is in 1.0.3."""
    return {
        "id": "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10",
        "actor": {"objectType": "Group", "name": "Group 2", "member": [dict(AMARA), dict(BEN)]},
        "verb": {
            "id": "http://adlnet.gov/expapi/verbs/answered",
            "display": {"en-GB": "answered", "de": "beantwortete"},
        },
        "object": {
            "objectType": "Activity",
            "id": f"{LESSON}#question",
            "definition": {
                "name": {"en": "Which reply leaves the thinking with her?"},
                "description": {"en": "One of three"},
                "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                "moreInfo": "https://mentors.example.org/help",
                "interactionType": "choice",
                "correctResponsesPattern": ["a"],
                "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b", "description": {"en": "B"}}],
                "extensions": {"https://example.org/x": None},
            },
        },
        "result": {
            "score": {"scaled": 0.5, "raw": 1, "min": 0, "max": 2},
            "success": False,
            "completion": True,
            "response": "b",
            "duration": "PT41.5S",
            "extensions": {"https://example.org/deep": {"list": [1, None, {"a": "b"}]}},
        },
        "context": {
            "registration": REGISTRATION,
            "instructor": dict(BEN),
            "team": {"objectType": "Group", "mbox": "mailto:office@example.org"},
            "contextActivities": {"parent": [{"id": UNIT}], "grouping": [{"id": COURSE}], "category": [], "other": []},
            "revision": "sha256-abc",
            "platform": "the web",
            "language": "en-GB",
            "statement": {"objectType": "StatementRef", "id": "7d7bbd6b-5a0e-4e0e-9d2c-2f8f3d5b1a11"},
            "extensions": {},
        },
        "timestamp": "2026-11-24T14:29:51.870+01:00",
        "version": "1.0.3",
        "attachments": [
            {
                "usageType": "https://example.org/usage/notes",
                "display": {"en": "Notes"},
                "description": {"en": "What was said"},
                "contentType": "text/plain; charset=utf-8",
                "length": 27,
                "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
                "fileUrl": "https://example.org/notes.txt",
            }
        ],
    }
