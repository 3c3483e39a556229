"""What objects and arrays are made of: the checks that larger rules are put together from.

Every check takes (value, JSON path, report) and notes all that it finds, so that a sender sees every fault at once.
"""

from collections.abc import Mapping
from typing import Any

from xapi import values
from xapi.faults import ENOUGH, Fault, Report, inside
from xapi.values import Check


def record(properties: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """Return a check of an object that has these properties, some of them required, and no others."""
    needed, find = frozenset(required), properties.get

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.append(Fault(path, f"is not an object: {values.shown(value)}"))
            return
        for name, member in value.items():
            rule = find(name)
            if rule is None:
                report.append(Fault(inside(path, name), "is no property of the standard here"))
                if len(report) >= ENOUGH:
                    return
            elif member is None:
                report.append(Fault(f"{path}.{name}", "is null; leave it out"))
            else:
                rule(member, f"{path}.{name}", report)
        if not value.keys() >= needed:
            report.extend([Fault(f"{path}.{name}", "is missing") for name in required if name not in value])

    return check


def constant(word: str) -> Check:
    """Return a check that the value is exactly this word."""

    def check(value: Any, path: str, report: Report) -> None:
        if value != word:
            report.append(Fault(path, f'is not "{word}": {values.shown(value)}'))

    return check


def array(element: Check, *, empty: bool = True) -> Check:
    """Return a check of a list whose every element passes; an empty one only where `empty`."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, list):
            report.append(Fault(path, f"is not an array: {values.shown(value)}"))
            return
        if not value and not empty:
            report.append(Fault(path, "is empty"))
        for index, member in enumerate(value):
            element(member, f"{path}[{index}]", report)
            if len(report) >= ENOUGH:
                return

    return check


def extensions(value: Any, path: str, report: Report) -> None:
    """Check that every key is an IRI; the values may be anything, null included."""
    if not isinstance(value, dict):
        report.append(Fault(path, f"is not an object: {values.shown(value)}"))
        return
    for key in value:
        values.iri(key, f'{path}["{key}"]', report)
        if len(report) >= ENOUGH:
            return


def language_map(value: Any, path: str, report: Report) -> None:
    """Check that every key is a language tag and every value a string."""
    if not isinstance(value, dict):
        report.append(Fault(path, f"is not an object of languages: {values.shown(value)}"))
        return
    for tag, words in value.items():
        values.language(tag, f'{path}["{tag}"]', report)
        values.string(words, f'{path}["{tag}"]', report)
        if len(report) >= ENOUGH:
            return
