"""The tree of a web page, read tolerantly and in time that grows with its length only."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

DEEPEST = 100
MOST_FORMATTING = 10
MOST_ATTRIBUTES = 200

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_CLOSED_BY_OTHERS = frozenset(
    {"body", "caption", "colgroup", "dd", "dt", "head", "html", "li", "optgroup", "option", "p", "tbody", "td"}
    | {"tfoot", "th", "thead", "tr"}
)
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_UNSEEN = frozenset(["script", "style", "template", "noscript", "svg", "math", "title", "-comment"])
_TABLE_PARTS = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:tr|td|th|tbody|thead|tfoot)\b", re.IGNORECASE | re.DOTALL)
_TABLE_ENDS = re.compile(r"</?table\b", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>?", re.DOTALL)
_LONG_TAG = re.compile(r"<[^<>]{4000,}")
_ATTRIBUTE = re.compile(r"""[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]*))?""")


@dataclass(slots=True, eq=False)
class Element:
    """An element of a page: its tag, its attributes, and what it holds; scripts and styles are left out."""

    tag: str
    attributes: Mapping[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def elements(self) -> "list[Element]":
        """The elements it holds directly."""
        return [child for child in self.children if isinstance(child, Element)]


Step = tuple[Literal["open", "close"], Element] | tuple[Literal["text"], str]


def parse(html: str) -> Element:
    """Give a page, or a piece of one, as a tree; rows that come without their table are put into one."""
    text = f"<table>{html}</table>" if _TABLE_PARTS.match(html) else html
    root = LexborHTMLParser(_tamed(text)).root
    return Element("html", {}) if root is None else _tree(root)


def breaks_off(html: str) -> bool:
    """Tell whether a piece of a page was cut: a table in it does not end."""
    ends = Counter(found.lower() for found in _TABLE_ENDS.findall(html))
    return ends["<table"] > ends["</table"]


def walk(element: Element, *, stop: frozenset[str] = frozenset()) -> Iterator[Step]:
    """Go through a tree in the page's order; elements with a tag in `stop` are named, but not gone into."""
    stack: list[tuple[Element, Iterator[Element | str]]] = [(element, iter(element.children))]
    while stack:
        holder, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if stack:
                yield "close", holder
        elif isinstance(child, str):
            yield "text", child
        else:
            yield "open", child
            inner = () if child.tag in stop else child.children
            stack.append((child, iter(inner)))


def _tree(root: LexborNode) -> Element:
    top = Element(root.tag or "html", _attributes(root))
    stack = [(root, top)]
    while stack:
        node, element = stack.pop()
        for child in node.iter(include_text=True, skip_empty=False):
            if child.tag == "-text":
                element.children.append(child.text_content or "")
            elif child.tag not in _UNSEEN:
                inner = Element(child.tag or "", _attributes(child))
                element.children.append(inner)
                stack.append((child, inner))
    return top


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


def _tamed(html: str) -> str:
    # Beyond these bounds the time that parsing takes grows with the square of the depth, or worse.
    return _shallow(_LONG_TAG.sub(_fewer_attributes, html))


def _fewer_attributes(match: re.Match[str]) -> str:
    tag = match.group()
    places = [found.end() for _, found in zip(range(MOST_ATTRIBUTES + 1), _ATTRIBUTE.finditer(tag), strict=False)]
    return tag if len(places) <= MOST_ATTRIBUTES else f"{tag[: places[-1]]} "


class _Open:
    """The elements that are open at a place of the page, as far as depth goes."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.formatting = 0

    def may_open(self, tag: str) -> bool:
        return len(self.stack) < DEEPEST and (tag not in _FORMATTING or self.formatting < MOST_FORMATTING)

    def open(self, tag: str) -> None:
        self.stack.append(tag)
        self.formatting += tag in _FORMATTING

    def close(self, tag: str) -> None:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] == tag:
                self.formatting -= sum(each in _FORMATTING for each in self.stack[place:])
                del self.stack[place:]
                return
            if self.stack[place] == "table":
                return


def _shallow(html: str) -> str:
    opened, pieces, copied = _Open(), list[str](), 0
    for match in _TAG.finditer(html):
        tag = (match.group(2) or "").lower()
        if not tag or tag in _VOID or tag in _CLOSED_BY_OTHERS:
            continue
        if match.group(1):
            opened.close(tag)
        elif opened.may_open(tag):
            opened.open(tag)
        else:
            pieces.append(html[copied : match.start()])
            copied = match.end()
    return "".join([*pieces, html[copied:]])
