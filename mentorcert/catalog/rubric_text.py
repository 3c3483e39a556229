"""A rubric as the text of its file in `rubrics/`, with remarks above what they are about."""

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from mentorcert.catalog.foreign_rubric import Adopted
from mentorcert.catalog.rubric import Criterion, Phrase, Rubric
from mentorcert.catalog.shapes import UNWRITTEN


def adopted_text(adopted: Adopted, origin: str) -> str:
    """A rubric of another system as YAML: the notes come first, `origin` says where it is from."""
    passes = adopted.rubric.pass_percent if adopted.pass_known else UNWRITTEN
    head = [f"Imported from {origin}.", *adopted.notes]
    return "".join(f"# {_one_line(line)}\n" for line in head) + _dumped(_tree(adopted.rubric, passes, adopted.told))


def _tree(rubric: Rubric, passes: int | str, told: Mapping[str, str]) -> CommentedMap:
    criteria = [_criterion(each, told.get(each.id, "")) for each in rubric.criteria]
    return CommentedMap(
        {"id": rubric.id, "title": rubric.title, "summary": rubric.summary, "pass": passes, "criteria": criteria}
    )


def _criterion(criterion: Criterion, told: str) -> CommentedMap:
    tree = CommentedMap({"id": criterion.id, "title": criterion.title, "weight": criterion.weight})
    if criterion.critical:
        tree |= {"critical": True, "min_level": criterion.min_level}
    tree["comment"] = "required" if criterion.comment_required else "optional"
    tree["levels"] = [
        CommentedMap({"id": each.id, "title": each.title, "points": each.points, "anchor": each.anchor})
        for each in criterion.levels
    ]
    if criterion.bank:
        tree["bank"] = [_phrase(each) for each in criterion.bank]
    if told:
        tree.yaml_set_comment_before_after_key("levels", before=f"It was described as: {_one_line(told)}", indent=4)
    return tree


def _phrase(phrase: Phrase) -> CommentedMap:
    return CommentedMap(({"level": phrase.level} if phrase.level else {}) | {"text": phrase.text})


def _dumped(tree: Mapping[str, Any]) -> str:
    yaml = YAML(typ="rt")
    yaml.width, yaml.allow_unicode = 116, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()


def _one_line(text: str) -> str:
    return " ".join(text.split())
