"""What an element of a page holds, gathered in one go over it."""

from collections.abc import Iterable, Mapping

from extractors.markup import Element, Step, walk
from extractors.page_content import Cell, Control, Link, Table, clean

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "caption", "legend"])
BLOCKS = HEADINGS.union(
    ["address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "form"],
    ["header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th"],
    ["thead", "tr", "ul"],
)
BOLD = frozenset(["b", "strong"])
CONTROLS = frozenset(["input", "select", "textarea"])
NESTED = frozenset(["table", *CONTROLS])
"""Where the text of an element ends: what stands inside is told apart from it."""

_LINKS = frozenset(["a", "button"])
_BUTTONS = frozenset(["button", "submit", "image", "reset"])


class Gathering:
    """A cell in the making."""

    def __init__(self, tables: Mapping[int, Table]) -> None:
        self._tables = tables
        self._parts: list[list[str]] = [[]]
        self._pieces: list[list[str]] = [[]]
        self._open: list[tuple[Element, list[str]]] = []
        self._links: list[Link] = []
        self._controls: list[Control] = []
        self._nested: list[Table] = []
        self._bold = 0
        self._is_plain = False

    def take(self, steps: Iterable[Step]) -> "Gathering":
        """Take everything in."""
        for kind, what in steps:
            if isinstance(what, str):
                self.text(what)
            elif kind == "open":
                self.open(what)
            else:
                self.close(what)
        return self

    def text(self, text: str) -> None:
        """Take in a text."""
        self._parts[-1].append(text)
        self._pieces[-1].append(text)
        for _, words in self._open:
            words.append(text)
        self._is_plain |= not self._bold and not text.isspace()

    def open(self, element: Element) -> None:
        """Take in the start of an element."""
        self._break(element)
        self._bold += element.tag in BOLD
        if element.tag == "table" and id(element) in self._tables:
            self._nested.append(self._tables[id(element)])
        elif element.tag in CONTROLS:
            self._control(element)
        elif element.tag in _LINKS or "onclick" in element.attributes:
            self._open.append((element, []))

    def close(self, element: Element) -> None:
        """Take in the end of an element."""
        self._break(element)
        self._bold -= element.tag in BOLD
        if self._open and self._open[-1][0] is element:
            words = self._open.pop()[1]
            self._links.append(link(element, clean(" ".join(words))))

    def cell(self, attributes: Mapping[str, str], *, is_header: bool = False) -> Cell:
        """Give what was taken in."""
        parts = tuple(text for part in self._parts if (text := clean("".join(part))))
        return Cell(
            text=" ".join(parts),
            parts=parts,
            pieces=tuple(text for piece in self._pieces if (text := clean("".join(piece)))),
            links=tuple(self._links),
            controls=tuple(self._controls),
            tables=tuple(self._nested),
            attributes=attributes,
            is_header=is_header,
            is_bold=bool(parts) and not self._is_plain,
        )

    def _break(self, element: Element) -> None:
        self._pieces.append([])
        if element.tag in BLOCKS:
            self._parts.append([])

    def _control(self, element: Element) -> None:
        found = control(element)
        if found.type in _BUTTONS:
            self._links.append(link(element, clean(found.value)))
        else:
            self._controls.append(found)


def gather(element: Element, tables: Mapping[int, Table]) -> Cell:
    """Give what an element holds; `tables` are the nested ones by the identity of their elements."""
    return Gathering(tables).take(walk(element, stop=NESTED)).cell(element.attributes)


def link(element: Element, text: str) -> Link:
    """Read a link or a button."""
    given = element.attributes
    data = {name.removeprefix("data-"): value for name, value in given.items() if name.startswith("data-")}
    return Link(text=text, href=given.get("href", "").strip(), onclick=given.get("onclick", "").strip(), data=data)


def control(element: Element) -> Control:
    """Read a field of a form; the value of a box that is not ticked is empty."""
    given = element.attributes
    kind = given.get("type", "text").strip().casefold() if element.tag == "input" else element.tag
    value, text, options = given.get("value", ""), "", tuple[tuple[str, str], ...]()
    if element.tag == "select":
        options, value, text = _choice(element)
    elif element.tag == "textarea":
        value = "".join(child for child in element.children if isinstance(child, str))
    elif kind in {"checkbox", "radio"}:
        value = (value or "on") if "checked" in given else ""
    return Control(
        name=given.get("name", ""),
        value=value,
        text=clean(text or value),
        type=kind,
        id=given.get("id", ""),
        options=options,
    )


def _choice(element: Element) -> tuple[tuple[tuple[str, str], ...], str, str]:
    options, chosen = list[tuple[str, str]](), None
    for kind, what in walk(element):
        if kind != "open" or isinstance(what, str) or what.tag != "option":
            continue
        text = clean("".join(each for each in what.children if isinstance(each, str)))
        options.append((what.attributes.get("value", text), text))
        if "selected" in what.attributes:
            chosen = options[-1]
    value, text = chosen or (options[0] if options else ("", ""))
    return tuple(options), value, text
