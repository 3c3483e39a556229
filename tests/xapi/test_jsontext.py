"""JSON that is not what the standard wants is refused with its place, and never by a crash."""

import json
from datetime import datetime

import pytest

from tests.xapi.factories import a_statement
from xapi import StatementFaults, jsontext, parse


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "$: is not JSON: line 1, column 1: Expecting value"),
        (b"{", "$: is not JSON: line 1, column 2: Expecting property name enclosed in double quotes"),
        (b"{}\n{}", "$: is not JSON: line 2, column 1: Extra data"),
        (b'{"id":"\xff"}', "$: is not UTF-8: byte 7 can't be read"),
        (b"\xef\xbb\xbf{}", "$: is not JSON: line 1, column 1: Expecting value"),
        (b'{"a":"\x01"}', "$: is not JSON: line 1, column 7: Invalid control character at"),
        (b'{"a":NaN}', "$: holds a number that can't be kept: NaN is not a JSON number"),
        (b'{"a":-Infinity}', "$: holds a number that can't be kept: -Infinity is not a JSON number"),
        (b'{"a":1e999}', "$: holds a number that can't be kept: 1e999 is too large"),
        (b'{"a":{"b":1,"c":2,"b":3}}', "$.a.b: stands twice in this object"),
        (b'{"a":[0,{"x y":1,"x y":1}]}', '$.a[1]["x y"]: stands twice in this object'),
        (b'{"a":1,"a":1}', "$.a: stands twice in this object"),
        (b'{"a":"\\ud800"}', "$.a: holds half a surrogate pair, which is not a character"),
        (b'{"\\udc00":1}', "$: holds half a surrogate pair, which is not a character"),
    ],
)
def test_bad_json(body: bytes, fault: str, now: datetime) -> None:
    with pytest.raises(StatementFaults) as caught:
        parse(body, now=now)
    assert str(caught.value) == fault


@pytest.mark.parametrize("depth", [65, 900, 200_000])
def test_endless_nesting_is_refused(depth: int) -> None:
    with pytest.raises(StatementFaults, match="is nested deeper than 64 levels"):
        jsontext.decode(b"[" * depth + b"]" * depth)


def test_nesting_up_to_the_limit_is_taken() -> None:
    assert jsontext.decode(b"[" * 64 + b"]" * 64) == json.loads("[" * 64 + "]" * 64)


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(StatementFaults, match="holds a number that can't be kept"):
        jsontext.decode(b"9" * 5000)


def test_a_body_that_is_too_large_is_refused() -> None:
    with pytest.raises(StatementFaults, match="is larger than 8 MiB"):
        jsontext.decode(b'"' + b"a" * jsontext.MAX_BYTES + b'"')


def test_what_is_no_json_is_refused(now: datetime) -> None:
    with pytest.raises(StatementFaults, match="can't be written as JSON"):
        parse(a_statement(result={"response": {1, 2}}), now=now)


def test_not_a_number_is_refused_from_python_too(now: datetime) -> None:
    with pytest.raises(StatementFaults, match="can't be written as JSON"):
        parse(a_statement(result={"score": {"raw": float("nan")}}), now=now)


def test_members_are_taken_out_and_put_in_without_touching_the_rest() -> None:
    assert jsontext.without(b'{"a": 1.0, "b":[ 2 ],"c":{}}', frozenset({"a"})) == b'{"b":[ 2 ],"c":{}}'
    assert jsontext.extended('{"a": 1.0 }', {"b": "2"}) == '{"a": 1.0,"b":2}'
    assert jsontext.extended("{ }", {"b": "2"}) == '{"b":2}'
