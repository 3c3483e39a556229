"""What a published document holds of the dataclasses that it is made of.

A field that came after programmes had been published is marked `metadata=LATER` and left out while it has its default:
so the same files keep the hash that they had before the field was there.
"""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final

LATER: Final = MappingProxyType({"later": True})


def plain(value: Any) -> Any:
    """Dataclasses as dicts of what is written down, at any depth; everything else as it is."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if _written(each, value)}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def _written(each: Field[Any], owner: object) -> bool:
    return not each.metadata.get("later") or getattr(owner, each.name) != each.default
