"""The forms in which statements are given."""

import copy
from typing import Any

import pytest

from tests.xapi.factories import AMARA, BEN, COURSE, LESSON, UNIT, a_full_statement, a_statement
from xapi import formats

SHORT_BEN = {"objectType": "Agent", "mbox": "mailto:ben@example.org"}


def test_ids_hold_what_identifies_and_all_else_that_was_said() -> None:
    full = a_full_statement()
    short = copy.deepcopy(full)
    short["actor"] = {"objectType": "Group", "member": [AMARA, SHORT_BEN]}
    short["verb"] = {"id": "http://adlnet.gov/expapi/verbs/answered"}
    short["object"] = {"id": f"{LESSON}#question"}
    short["context"]["instructor"] = SHORT_BEN
    assert formats.ids(full) == short


def test_ids_of_an_identified_group_leave_out_its_members() -> None:
    group = {"objectType": "Group", "name": "Office", "mbox": "mailto:office@example.org", "member": [BEN]}
    short = formats.ids(a_statement(actor=group, object=group, authority=BEN))
    identity = {"objectType": "Group", "mbox": "mailto:office@example.org"}
    assert (short["actor"], short["object"], short["authority"]) == (identity, identity, SHORT_BEN)


def test_ids_in_a_substatement_and_in_newer_contexts() -> None:
    activity = {"id": UNIT, "definition": {"name": {"en": "Unit"}}}
    context = {
        "contextAgents": [{"objectType": "contextAgent", "agent": BEN}],
        "contextActivities": {"parent": [activity], "grouping": [{"id": COURSE, "objectType": "Activity"}]},
    }
    sub = {**a_statement(actor=BEN, object=activity, context=context), "objectType": "SubStatement"}
    short = formats.ids(a_statement(object=sub))["object"]
    assert (short["actor"], short["verb"], short["object"]) == (SHORT_BEN, {"id": sub["verb"]["id"]}, {"id": UNIT})
    assert short["context"] == {
        "contextAgents": [{"objectType": "contextAgent", "agent": SHORT_BEN}],
        "contextActivities": {"parent": [{"id": UNIT}], "grouping": [{"id": COURSE}]},
    }


def test_a_reference_stays_as_it_is() -> None:
    reference = {"objectType": "StatementRef", "id": "0c8e3a52-6f0e-4d5c-8a39-9c6d2f5b7e10"}
    assert formats.ids(a_statement(object=reference))["object"] == reference


@pytest.mark.parametrize(
    ("languages", "tag"),
    [
        (["de"], "de"),
        (["DE-ch", "en"], "de"),
        (["fr", "en-gb"], "en-GB"),
        (["en"], "en-US"),
        (["*", "pt-BR"], "pt-BR"),
        (["pt"], "pt-BR"),
        (["fr"], "en-US"),
        ([], "en-US"),
    ],
)
def test_canonical_speaks_one_language(languages: list[str], tag: str) -> None:
    words = {each: each for each in ("en-US", "en-GB", "de", "pt-BR")}
    statement = a_statement(
        verb={"id": LESSON, "display": words},
        object={
            "id": LESSON,
            "definition": {
                "name": words,
                "description": words,
                "choices": [{"id": "a", "description": words}, {"id": "b"}],
            },
        },
        context={"contextActivities": {"parent": [{"id": UNIT, "definition": {"name": words}}]}},
    )
    one = {tag: tag}
    given: dict[str, Any] = formats.canonical(statement, languages)
    assert given["verb"]["display"] == one
    assert given["object"]["definition"] == {
        "name": one,
        "description": one,
        "choices": [{"id": "a", "description": one}, {"id": "b"}],
    }
    assert given["context"]["contextActivities"]["parent"][0]["definition"] == {"name": one}
    assert given["actor"] == AMARA


def test_canonical_leaves_what_has_no_words() -> None:
    statement = a_statement(verb={"id": LESSON, "display": {}})
    assert formats.canonical(statement, ["en"]) == statement
