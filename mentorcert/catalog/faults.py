"""What is wrong in a file, where, and what to do about it."""

from dataclasses import dataclass, field
from pathlib import Path

from mentorcert.errors import Problem


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One problem in one file. `what` and `todo` are sentences without their full stop; `line` counts from 1."""

    path: str
    line: int
    what: str
    todo: str

    def __str__(self) -> str:
        """The fault as one line, in the form that editors jump to."""
        return f"{self.path}:{self.line}: {self.what}. {self.todo}."


@dataclass(slots=True)
class Faults:
    """Collects the faults of a reading, so that all of them are shown at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, path: str, line: int, what: str, todo: str) -> None:
        """Note one problem; the same one is noted only once."""
        fault = Fault(path, line, what, todo)
        if fault not in self.found:
            self.found.append(fault)

    def in_order(self) -> tuple[Fault, ...]:
        """Everything found, by file and line."""
        return tuple(sorted(self.found))


class CatalogFaults(Problem):
    """Content or rubrics cannot be used as they are; `faults` says everything that is wrong."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults; the message is all of them, a line each."""
        super().__init__("\n".join(str(fault) for fault in faults), "Correct these files, then publish again.")
        self.faults = faults


def shown(path: Path) -> str:
    """The path as people should read it: relative to the current folder when it lies inside."""
    absolute, here = path.absolute(), Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else absolute.as_posix()
