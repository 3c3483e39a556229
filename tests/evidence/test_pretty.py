"""JSON for people: nothing of it changes but its line breaks, and nothing of it is markup."""

import json
import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from mentorcert.evidence.pretty import pretty

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_keys_strings_and_numbers_are_marked_up_a_line_each() -> None:
    assert pretty('{"a":{"b":[1.50,"x"],"c":{},"d":[ ]},"e":null}') == (
        "{\n"
        "  <b>&#34;a&#34;</b>: {\n"
        "    <b>&#34;b&#34;</b>: [\n"
        "      <u>1.50</u>,\n"
        "      <i>&#34;x&#34;</i>\n"
        "    ],\n"
        "    <b>&#34;c&#34;</b>: {},\n"
        "    <b>&#34;d&#34;</b>: []\n"
        "  },\n"
        "  <b>&#34;e&#34;</b>: <u>null</u>\n"
        "}"
    )


def test_markup_in_a_text_is_text() -> None:
    assert pretty('{"<b>":"</code><script>alert(1)</script>"}') == (
        "{\n  <b>&#34;&lt;b&gt;&#34;</b>: <i>&#34;&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#34;</i>\n}"
    )


@given(_json)
def test_what_is_shown_is_what_was_stored(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    shown = unescape(re.sub(r"</?[biu]>", "", pretty(text)))
    assert json.loads(shown) == value
    assert re.fullmatch(r"[^<>]*(</?[biu]>[^<>]*)*", pretty(text))
