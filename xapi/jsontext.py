"""JSON as the standard wants it: UTF-8, no key twice, no NaN, no endless nesting; and each statement's own bytes."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from xapi.faults import ENOUGH, Fault, StatementFaults, inside

DEPTH: Final = 64
"""How deep objects and arrays may be nested."""

MAX_BYTES: Final = 8 * 1024 * 1024
"""How large one request's JSON may be, in bytes."""

_surrogate: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class _Repeating(dict[str, Any]):
    """An object in which a key stands twice; `keys_twice` names them."""

    keys_twice: tuple[str, ...] = ()


def decode(data: bytes) -> Any:
    """Return the value that `data` holds. Raises StatementFaults that name what is wrong and where."""
    if len(data) > MAX_BYTES:
        raise StatementFaults([Fault("$", f"is larger than {MAX_BYTES // 1024 // 1024} MiB; send it in parts")])
    try:
        text = data.decode("utf-8")
        value, repeats = _read(text)
        suspicious = repeats or _suspicious(data, value)
    except UnicodeDecodeError as error:
        raise StatementFaults([Fault("$", f"is not UTF-8: byte {error.start} can't be read")]) from error
    except json.JSONDecodeError as error:
        what = f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise StatementFaults([Fault("$", what)]) from error
    except RecursionError as error:
        raise StatementFaults([_too_deep("$")]) from error
    except ValueError as error:  # from the hooks below, and Python's refusal of numbers with thousands of digits
        raise StatementFaults([Fault("$", f"holds a number that can't be kept: {error}")]) from error
    if suspicious and (faults := list(islice(_structure_faults(value), ENOUGH))):
        raise StatementFaults(faults)
    return value


def encode(value: object) -> str:
    """Return compact JSON, text unescaped. Raises TypeError or ValueError for what JSON can't say."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def reread(text: str) -> Any:
    """Return the value of JSON that was checked before it was stored."""
    return json.loads(text)


def digest(text: str) -> bytes:
    """Return the SHA-256 of a statement's text, as it is stored beside it."""
    return hashlib.sha256(text.encode()).digest()


def elements(data: bytes) -> list[bytes]:
    """Return the bytes of each element of the array that `data` holds, as they came."""
    return [bytes(element) for element in msgspec.json.decode(data, type=list[msgspec.Raw])]


def members(data: bytes) -> dict[str, bytes]:
    """Return the bytes of each member of the object that `data` holds, by its name, as they came."""
    return {name: bytes(raw) for name, raw in msgspec.json.decode(data, type=dict[str, msgspec.Raw]).items()}


def from_members(given: Mapping[str, bytes]) -> bytes:
    """Return the object that has these members, each given as JSON."""
    return b"{" + b",".join(encode(name).encode() + b":" + raw for name, raw in given.items()) + b"}"


def without(data: bytes, names: frozenset[str]) -> bytes:
    """Return the object that `data` holds without some of its members; every other value keeps its bytes."""
    return from_members({name: raw for name, raw in members(data).items() if name not in names})


def in_array(data: bytes, path: Sequence[str]) -> bytes:
    """Return the object that `data` holds with the value at `path` put into an array; every value keeps its bytes."""
    name, *rest = path
    changed = members(data)
    changed[name] = in_array(changed[name], rest) if rest else b"[" + changed[name] + b"]"
    return from_members(changed)


def extended(text: str, added: Mapping[str, str]) -> str:
    """Return the object `text` with members added at its end, each given as JSON; what was there keeps its bytes."""
    if not added:
        return text
    body = text.rstrip()[:-1].rstrip()
    ending = ",".join(f'"{name}":{value}' for name, value in added.items())
    return f"{body}{'' if body.endswith('{') else ','}{ending}}}"


def walk(value: object) -> Iterator[tuple[str, int, object]]:
    """Give every value inside `value`, itself first, as (JSON path, depth, value)."""
    waiting: list[tuple[str, int, object]] = [("$", 0, value)]
    while waiting:
        path, depth, here = waiting.pop()
        yield path, depth, here
        if isinstance(here, dict):
            waiting.extend((inside(path, name), depth + 1, member) for name, member in here.items())
        elif isinstance(here, list):
            waiting.extend((f"{path}[{index}]", depth + 1, member) for index, member in enumerate(here))


def _suspicious(data: bytes, value: object) -> bool:
    """Whether the slow look at every value is worth while; most bodies need none, and most elements of a batch."""
    if _surrogate.search(data) is not None:
        return True
    if data.count(b"{") + data.count(b"[") <= DEPTH:
        return False
    return not isinstance(value, list) or any(each.count(b"{") + each.count(b"[") >= DEPTH for each in elements(data))


def _structure_faults(value: object) -> Iterator[Fault]:
    for path, depth, here in walk(value):
        if depth >= DEPTH and isinstance(here, (dict, list)):
            yield _too_deep(path)
            return
        if isinstance(here, _Repeating):
            yield from (Fault(inside(path, name), "stands twice in this object") for name in here.keys_twice)
        if isinstance(here, dict):
            yield from (_not_unicode(path) for name in here if not _is_unicode(name))
        elif isinstance(here, str) and not _is_unicode(here):
            yield _not_unicode(path)


def _not_unicode(path: str) -> Fault:
    return Fault(path, "holds half a surrogate pair, which is not a character")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _too_deep(path: str) -> Fault:
    return Fault(path, f"is nested deeper than {DEPTH} levels")


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _number(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"{digits[:40]} is too large")
    return number


def _read(text: str) -> tuple[Any, bool]:
    """Return the value, and whether any object in it holds a key twice."""
    repeats: list[_Repeating] = []

    def together(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            members = _Repeating(members)
            members.keys_twice = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
            repeats.append(members)
        return members

    decoder = json.JSONDecoder(object_pairs_hook=together, parse_constant=_constant, parse_float=_number)
    return decoder.decode(text), bool(repeats)
