"""Markdown to HTML that can be trusted, whoever wrote it.

Raw HTML in the Markdown is shown as text, and what the renderer makes still passes an allow-list. The page's
content security policy takes no inline style or script, so a table's alignment becomes a class.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_ALIGNMENTS = {"text-align:left": "is-left", "text-align:center": "is-center", "text-align:right": "is-right"}
_TAGS = {
    *("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "th": {"class"},
    "td": {"class"},
}
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link or picture in Markdown; `line` counts from 0 in its text, and is that of the paragraph."""

    target: str
    words: str
    picture: bool
    line: int


def render(source: str, media_url: Callable[[str], str] | None = None) -> str:
    """HTML of a text. `media_url` turns a relative link, as it is written, into an address; without it they go.

    Headings are h2 to h6: a text that begins higher is moved down.
    """
    tokens = _MARKDOWN.parse(source)
    _lower_headings(tokens)
    for token in _every(tokens):
        _rewrite(token, media_url)
    return _clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def links(source: str) -> list[Link]:
    """Every link and picture of a text, in order."""
    found = []
    for block in _MARKDOWN.parse(source):
        line = block.map[0] if block.map else 0
        for token in block.children or ():
            if token.type == "image":
                found.append(Link(str(token.attrs["src"]), token.content, True, line))
            elif token.type == "link_open":
                found.append(Link(str(token.attrs["href"]), "", False, line))
    return found


def top_headings(source: str) -> list[int]:
    """The lines, from 0, of headings of the first level."""
    return [
        token.map[0]
        for token in _MARKDOWN.parse(source)
        if token.type == "heading_open" and token.tag == "h1" and token.map
    ]


def is_outside(target: str) -> bool:
    """Whether a link leaves the programme: it has a scheme or a host."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc)


def _every(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _lower_headings(tokens: Sequence[Token]) -> None:
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    if any(token.tag == "h1" for token in headings):
        for token in headings:
            token.tag = f"h{min(6, int(token.tag[1:]) + 1)}"


def _rewrite(token: Token, media_url: Callable[[str], str] | None) -> None:
    if token.type == "image":
        target = str(token.attrs["src"])
        token.attrs["src"] = media_url(target) if media_url and not is_outside(target) else ""
        token.attrs["loading"] = "lazy"
    elif token.type == "link_open":
        _rewrite_link(token, media_url)
    elif token.type in {"th_open", "td_open"} and "style" in token.attrs:
        token.attrs["class"] = _ALIGNMENTS.get(str(token.attrs.pop("style")), "")


def _rewrite_link(token: Token, media_url: Callable[[str], str] | None) -> None:
    target = str(token.attrs["href"])
    if is_outside(target):
        token.attrs["rel"] = "noopener noreferrer"
    elif media_url and not target.startswith("#"):
        token.attrs["href"] = media_url(target)
    elif not media_url:
        del token.attrs["href"]


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """A picture without an address is its words."""
    token = tokens[at]
    if token.attrs["src"]:
        return self.image(tokens, at, options, env)
    return nh3.clean_text(token.content)


def _clean(html: str) -> str:
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def _make() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    markdown.add_render_rule("image", _image)
    return markdown


_MARKDOWN: Any = _make()
