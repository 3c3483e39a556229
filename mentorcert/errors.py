"""The few errors that services raise. They become HTTP in one place (`create_app`)."""

from collections.abc import Sequence
from dataclasses import dataclass


class Problem(Exception):
    """Something that a person can understand and act on.

    `title` says what is so, `todo` what to do about it; `status` is the HTTP status it becomes.
    """

    status = 400

    def __init__(self, title: str, todo: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.todo = todo


class NotFound(Problem):
    """There is no such thing, or not for this person. 404."""

    status = 404


class Refused(Problem):
    """The person may not do this. 403."""

    status = 403


class Conflict(Problem):
    """It can't be done now: something else happened first, or something is still missing. 409."""

    status = 409


class Invalid(Problem):
    """What was sent can't be used; every fault is named. 400."""

    def __init__(self, title: str, todo: str = "", faults: Sequence["Fault"] = ()) -> None:
        super().__init__(title, todo)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what was sent: where, what, and what to do."""

    where: str
    what: str
    todo: str = ""

    def __str__(self) -> str:
        """`where: what. What to do.` on one line."""
        return f"{self.where}: {self.what} {self.todo}".rstrip()
