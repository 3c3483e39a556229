"""Finding one thing of many by its id."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from mentorcert.errors import NotFound


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id, unique among its kind."""


T = TypeVar("T", bound=HasId)


def one_of(things: Iterable[T], wanted: str, noun: str) -> T:
    """The thing of that id; raises NotFound, which speaks of it as `noun`."""
    found = next((thing for thing in things if thing.id == wanted), None)
    if found is None:
        raise NotFound(f'There is no {noun} "{wanted}" here.', "Check the address, or go back to the overview.")
    return found
