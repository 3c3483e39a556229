"""What can be wrong with what was sent, told by the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SHOWN: Final = 50
"""How many faults are told at once: a broken generator repeats the same one thousands of times."""

ENOUGH: Final = 1000
"""After how many faults nobody looks for more: a body of 8 MiB can hold a million."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the JSON path or parameter name where it is, and what it is."""

    path: str
    what: str

    def __str__(self) -> str:
        """`path: what`, on one line."""
        return f"{self.path}: {self.what}"


Report = list[Fault]
"""Where checks write down what they find."""


class Faults(ValueError):
    """What was sent can't be used. `faults` holds every fault, each with its place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        told = [str(fault) for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            told.append(f"and {len(self.faults) - SHOWN} more")
        super().__init__("\n".join(told))


class StatementFaults(Faults):
    """What was sent is not a valid statement or batch of them; places are JSON paths."""


class QueryFaults(Faults):
    """What was asked for can't be found like this; places are names of parameters."""


def inside(path: str, name: str) -> str:
    """Return the JSON path of the member `name` of the object at `path`."""
    return f"{path}.{name}" if name.isidentifier() else f'{path}["{name}"]'
