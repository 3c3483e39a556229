"""What the documentation says is so: settings, commands, formats, vocabulary."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from mentorcert.catalog.check import check
from mentorcert.cli import main
from mentorcert.config import from_environment
from mentorcert.evidence import statements, trust
from tests.catalog.factories import FILES, JPEG, MEDIA, WEBM
from xapi import vocabulary
from xapi.credentials import SCOPES

ROOT = Path(__file__).resolve().parent.parent
UNIT = "content/mentor-development/units/01-questions"
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]
EXAMPLES = {
    "program.yaml": "content/mentor-development/program.yaml",
    "unit.yaml": f"{UNIT}/unit.yaml",
    "lessons/&lt;slug&gt;.md": f"{UNIT}/lessons/the-question-under.md",
    "check.yaml": f"{UNIT}/check.yaml",
    "scenarios/&lt;slug&gt;.yaml": f"{UNIT}/scenarios/the-new-tool.yaml",
    "rubrics/&lt;id&gt;.yaml": "rubrics/coaching-session.yaml",
}
"""The headings of docs/content.md, and where their examples belong."""


class Asked(dict[str, str]):
    """An environment that notes what it is asked for."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def test_every_setting_is_listed_and_no_other(tmp_path: Path) -> None:
    environ = Asked({"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path)})
    from_environment(environ)
    listed = re.findall(r"^\| `(MENTORCERT_[A-Z_]+)` \|", _text("docs/settings.md"), re.MULTILINE)
    assert sorted(listed) == sorted(environ.names)


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_and_command_that_a_page_names_is_there(page: str, tmp_path: Path) -> None:
    environ = Asked({"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path)})
    from_environment(environ)
    assert set(re.findall(r"\bMENTORCERT_[A-Z_]+\b", _text(page))) - environ.names == set()
    named = re.findall(
        r"(?:^ {4,}|`|bin/)mentorcert ((?:db|key|lrs|recordings|rubric) [a-z]+|[a-z]+)", _text(page), re.MULTILINE
    )
    assert set(named) - set(_commands(main, "")) == set()


def test_the_examples_of_the_formats_are_a_programme_without_faults(tmp_path: Path) -> None:
    parts = re.split(r"^## (.+)$", _text("docs/content.md"), flags=re.MULTILINE)
    examples = {heading: _first_example(part) for heading, part in zip(parts[1::2], parts[2::2], strict=True)}
    captions = FILES[f"{MEDIA}/film.en.vtt"].encode()
    media = {"question.webm": WEBM, "question.en.vtt": captions, "question.jpg": JPEG}
    files = {path: examples[heading].encode() for heading, path in EXAMPLES.items()}
    for path, content in {**files, **{f"{UNIT}/media/{name}": content for name, content in media.items()}}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert [str(fault) for fault in check(tmp_path / "content", tmp_path / "rubrics")] == []


def test_every_verb_and_type_that_we_say_and_every_scope_is_explained() -> None:
    page = _text("docs/xapi.md")
    tree = ast.parse(Path(statements.__file__).read_text(encoding="utf-8"))
    said = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & set(vars(vocabulary))
    verbs = {iri for name in said if "/verb" in (iri := getattr(vocabulary, name)) or "activitystrea.ms" in iri}
    assert len(verbs) == 14
    profile = json.loads(_text("xapi/profile.jsonld"))
    types = {each["objectActivityType"] for each in profile["templates"] if "objectActivityType" in each}
    assert {iri for iri in verbs | types if f"`{iri}`" not in page} == set()
    assert {scope for scope in SCOPES if f"`{scope}`" not in page} == set()


def test_all_that_another_system_may_say_is_explained() -> None:
    section = _text("docs/xapi.md").partition("### What another system's statement must say")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(https?://[^`]+/verbs/[^`]+)`", section)) == {
        verb for verbs in trust.VERBS.values() for verb in verbs
    }
    received = {each["id"].rpartition("/")[2] for each in _templates() if not _is_ours_alone(each)} - {
        "statement-voided"
    }
    assert {name for name in received if f"`{name}`" not in section} == set()


def _templates() -> list[dict[str, Any]]:
    return list(json.loads(_text("xapi/profile.jsonld"))["templates"])


def _is_ours_alone(template: dict[str, Any]) -> bool:
    return any(rule["location"] == "$.authority.account.name" for rule in template["rules"])


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _first_example(part: str) -> str:
    """Return the first indented block of a section, without its indentation."""
    lines = part.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    "))
    block = []
    for line in lines[start:]:
        if line and not line.startswith("    "):
            break
        block.append(line[4:])
    return "\n".join(block).rstrip() + "\n"


def _commands(group: click.Group, before: str) -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{before}{name}"
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
