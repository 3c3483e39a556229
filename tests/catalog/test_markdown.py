"""Markdown from anybody becomes HTML that does no harm."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorcert.catalog.markdown import Link, links, render


def address(link: str) -> str:
    return f"/media/{link.removeprefix('../media/')}"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("## Begin\n\nA *fine* **day**.", "<h2>Begin</h2>\n<p>A <em>fine</em> <strong>day</strong>.</p>\n"),
        ("# Begin\n\n## Then", "<h2>Begin</h2>\n<h3>Then</h3>\n"),
        ("> “No.”", "<blockquote>\n<p>“No.”</p>\n</blockquote>\n"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n'),
        ("![two people](../media/two.svg)", '<p><img src="/media/two.svg" alt="two people" loading="lazy"></p>\n'),
        ("[paper](../media/a.pdf)", '<p><a href="/media/a.pdf">paper</a></p>\n'),
        ("[there](#there)", '<p><a href="#there">there</a></p>\n'),
        (
            "[out](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">out</a></p>\n',
        ),
        (
            "| a | b |\n|---|--:|\n| 1 | 2 |",
            '<table>\n<thead>\n<tr>\n<th>a</th>\n<th class="is-right">b</th>\n</tr>\n</thead>\n'
            '<tbody>\n<tr>\n<td>1</td>\n<td class="is-right">2</td>\n</tr>\n</tbody>\n</table>\n',
        ),
    ],
)
def test_render(source: str, html: str) -> None:
    assert render(source, address) == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ('<img src="x" onerror="alert(1)">', '<p>&lt;img src="x" onerror="alert(1)"&gt;</p>\n'),
        ('<p style="position:fixed">over</p>', '<p>&lt;p style="position:fixed"&gt;over&lt;/p&gt;</p>\n'),
        ("[go](javascript:alert(1))", "<p>[go](javascript:alert(1))</p>\n"),
        ("[go](JaVaScRiPt&#58;alert(1))", "<p>[go](JaVaScRiPt:alert(1))</p>\n"),
        ("[go](data:text/html;base64,AAAA)", "<p>[go](data:text/html;base64,AAAA)</p>\n"),
        ("[go](vbscript:x)", "<p>[go](vbscript:x)</p>\n"),
        ("[go](ftp://example.org/x)", '<p><a rel="noopener noreferrer">go</a></p>\n'),
        ("![dot](data:image/png;base64,AAAA)", "<p>dot</p>\n"),
        ("![dot](https://example.org/track.gif)", "<p>dot</p>\n"),
        ("![dot](//example.org/track.gif)", "<p>dot</p>\n"),
        ('![<script>](https://example.org/"onerror=x)', "<p>&lt;script&gt;</p>\n"),
        ('[a](https://example.org "x\\" onclick=\\"y")',
         '<p><a href="https://example.org" title="x&quot; onclick=&quot;y" rel="noopener noreferrer">a</a></p>\n'),
        ("<https://example.org/<script>", "<p>&lt;https://example.org/&lt;script&gt;</p>\n"),
    ],
)  # fmt: skip
def test_hostile_markdown_does_nothing(source: str, html: str) -> None:
    assert render(source, address) == html


def test_a_media_address_cannot_break_out_of_its_attribute() -> None:
    hostile: Callable[[str], str] = '" onerror="alert(1)'.__add__
    assert render("![a](b.svg)", hostile) == (
        '<p><img src="&quot; onerror=&quot;alert(1)b.svg" alt="a" loading="lazy"></p>\n'
    )


def test_without_an_address_for_media_pictures_are_words_and_links_lead_nowhere() -> None:
    assert render("![two](two.svg) [paper](a.pdf)") == "<p>two <a>paper</a></p>\n"


@given(st.text(st.sampled_from("<>\"'=/()[]!#&;:`*_\n abcjonsrciptdx%\\"), max_size=60))
def test_no_text_at_all_becomes_a_dangerous_element(source: str) -> None:
    html = render(f"{source}<script src=x onerror=y>", address).lower()
    assert [bad for bad in ("<script", "<iframe", "<style", "<object", "<svg", 'href="javascript') if bad in html] == []


def test_links_are_found_with_their_lines() -> None:
    source = "One [a](a.pdf)\n\n> ![two *people*](b.svg)\n\n| c |\n|---|\n| [d](https://d.example) |\n"
    assert links(source) == [
        Link("a.pdf", "", False, 0),
        Link("b.svg", "two *people*", True, 2),
        Link("https://d.example", "", False, 6),
    ]
