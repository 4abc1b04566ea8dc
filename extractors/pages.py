"""Reading a web page by what it says: tables by their header texts, values by their labels, links and forms.

Nothing is found by position, class or id. A page may leave cells unclosed, write headers into plain cells, show a text
in two languages in one cell, or nest tables; texts come clean of soft hyphens and repeated blanks.
"""

from collections.abc import Collection, Iterable
from urllib.parse import parse_qs, urlsplit

from extractors.jsf import PartialResponse, partial_response
from extractors.markup import Element, parse, walk
from extractors.page_cells import BOLD, CONTROLS, HEADINGS, Gathering, control, gather
from extractors.page_content import Cell, Control, Form, Link, Pair, Reading, Row, Table, clean, fold
from extractors.page_pairs import Pairing, row_pairs
from extractors.page_tables import read_tables

__all__ = [
    "Cell",
    "Control",
    "Form",
    "Link",
    "Pair",
    "PartialResponse",
    "Reading",
    "Row",
    "Table",
    "clean",
    "fold",
    "forms",
    "page_numbers",
    "pairs",
    "partial_response",
    "read",
    "tables",
]

_LONGEST_NUMBER = 9


def read(html: str, labels: Collection[str] = ()) -> Reading:
    """Read a page or a piece of one.

    A row of a table is its header where all its cells are header cells, or where more than half of them say one of the
    `labels`.
    """
    return _Reader(html, frozenset(map(fold, labels))).reading()


def tables(html: str, labels: Collection[str] = ()) -> tuple[Table, ...]:
    """Give the tables of a page, nested ones too."""
    return read(html, labels).tables


def pairs(html: str, labels: Collection[str] = ()) -> tuple[Pair, ...]:
    """Give the labelled values of a page."""
    return read(html, labels).pairs


def forms(html: str) -> tuple[Form, ...]:
    """Give the forms of a page."""
    return read(html).forms


def page_numbers(links: Iterable[Link], parameter: str = "page") -> tuple[int, ...]:
    """Give the page numbers that links lead to, in rising order."""
    found = {value for link in links for value in _query(link.href).get(parameter, ())}
    return tuple(sorted(int(value) for value in found if _is_number(value)))


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= _LONGEST_NUMBER


def _query(href: str) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(href).query)
    except ValueError:
        return {}


class _Reader:
    """Goes over a page once to see what is where, and then reads it."""

    def __init__(self, html: str, known: Collection[str]) -> None:
        self._root = parse(html)
        self._known = known
        self._headings: list[str] = []
        self._tables: list[tuple[Element, str]] = []
        self._others: list[tuple[Element, str, bool]] = []
        self._forms: list[Element] = []
        self._controls: list[Element] = []
        self._metas: dict[str, str] = {}
        self._survey()

    def reading(self) -> Reading:
        found = read_tables(self._tables, self._known)
        ordered = tuple(found[id(element)] for element, _ in self._tables)
        whole = Gathering({}).take(walk(self._root, stop=CONTROLS)).cell({})
        pairing = Pairing(found, self._known)
        pairing.learn(self._root)
        labelled = [pair for table in ordered for pair in row_pairs(table, self._known)]
        for element, heading, in_cell in self._others:
            labelled += pairing.of(element, heading, in_cell=in_cell)
        return Reading(
            text=whole.text,
            headings=tuple(self._headings),
            tables=ordered,
            pairs=tuple(labelled),
            links=whole.links,
            forms=tuple(_form(element) for element in self._forms),
            controls=tuple(control(element) for element in self._controls),
            metas=self._metas,
        )

    def _survey(self) -> None:
        cells = 0
        for kind, what in walk(self._root, stop=CONTROLS):
            if isinstance(what, str):
                continue
            if what.tag in {"td", "th"}:
                cells += 1 if kind == "open" else -1
            if kind == "close":
                self._end(what)
            else:
                self._see(what, in_cell=cells > 0)

    def _see(self, element: Element, *, in_cell: bool) -> None:
        heading = self._headings[-1] if self._headings else ""
        if element.tag == "table":
            self._tables.append((element, heading))
        elif element.tag == "form":
            self._forms.append(element)
        elif element.tag in CONTROLS:
            self._controls.append(element)
        elif element.tag == "meta" and element.attributes.get("name"):
            self._metas.setdefault(element.attributes["name"], element.attributes.get("content", ""))
        self._others.append((element, heading, in_cell))

    def _end(self, element: Element) -> None:
        if (element.tag in HEADINGS or _is_lone_bold(element)) and (text := gather(element, {}).text):
            self._headings.append(text)


def _is_lone_bold(element: Element) -> bool:
    said = [child for child in element.children if not isinstance(child, str) or clean(child)]
    return (
        len(said) == 1
        and isinstance(said[0], Element)
        and said[0].tag in BOLD
        and element.tag not in {"td", "th", "label", "a", "li"}
        and not said[0].elements
    )


def _form(element: Element) -> Form:
    given = element.attributes
    controls = tuple(
        control(what)
        for kind, what in walk(element, stop=CONTROLS)
        if kind == "open" and not isinstance(what, str) and what.tag in CONTROLS
    )
    return Form(
        action=given.get("action", "").strip(),
        method=given.get("method", "get").strip().casefold() or "get",
        id=given.get("id", ""),
        controls=controls,
    )
