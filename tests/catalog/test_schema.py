"""The JSON Schemas that editors use say the same as the reader."""

import json
from pathlib import Path

from mentorcert.catalog.schema import FOLDER, schemas, write


def test_the_checked_in_schemas_are_current() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")} == schemas()


def test_a_schema_refuses_unknown_keys_and_names_the_required_ones() -> None:
    schema = json.loads(schemas()["scenario.schema.json"])
    assert schema["additionalProperties"] is False
    assert schema["required"] == [
        *("id", "title", "topic", "minutes", "summary", "mentor", "mentee", "observer", "debrief"),
    ]
    assert schema["properties"]["minutes"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 600,
        "description": "How long one round takes.",
    }


def test_a_kind_has_a_schema_of_its_own() -> None:
    schema = json.loads(schemas()["lesson.schema.json"])
    kinds = {each["properties"]["kind"]["enum"][0]: set(each["required"]) for each in schema["oneOf"]}
    shared = {"kind", "id", "title", "minutes", "lead"}
    assert kinds == {
        "read": shared,
        "film": {*shared, "film", "captions"},
        "acknowledge": {*shared, "promise"},
        "strengths": shared,
    }


def test_schemas_are_written_where_one_says(tmp_path: Path) -> None:
    write(tmp_path / "schemas")
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "schemas").iterdir()} == schemas()
