"""The labelled values of a page, in each way that pages write them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.markup import Element, walk
from extractors.page_cells import BLOCKS, BOLD, CONTROLS, control, gather
from extractors.page_content import Cell, Control, Pair, Row, Table, clean, fold

_INLINE = frozenset(["span", "b", "strong", "label", "small", "em", "i", "font"])
_LONGEST_LABEL = 200
_MOST_STEPS = 400
_TWO = 2


def row_pairs(table: Table, known: Collection[str]) -> Iterator[Pair]:
    """Give the labelled values of a table that has no header."""
    if table.headers:
        return
    for row in table.rows:
        for label, value in _in_row(row, known):
            yield Pair(label=label.text, value=value, form="row", heading=table.heading)


def _in_row(row: Row, known: Collection[str]) -> Iterator[tuple[Cell, Cell]]:
    cells = [cell for place, cell in enumerate(row.cells) if place == 0 or cell is not row.cells[place - 1]]
    place = 0
    while place + 1 < len(cells):
        label, value = cells[place], cells[place + 1]
        if label.text and not value.is_header and _is_label(label, known, alone=len(cells) == _TWO):
            yield label, value
            place += 2
        else:
            place += 1


def _is_label(cell: Cell, known: Collection[str], *, alone: bool) -> bool:
    if cell.is_header or fold(cell.text) in known:
        return True
    return alone and (cell.text.endswith(":") or cell.is_bold) and not cell.links


class Pairing:
    """Labelled values outside of rows: each element of the page is shown to it as it ends."""

    def __init__(self, tables: Mapping[int, Table], known: Collection[str]) -> None:
        self._tables = tables
        self._known = known
        self._by_id: dict[str, Control] = {}
        self._labels: list[Element] = []
        self.used: set[int] = set()

    def learn(self, root: Element) -> None:
        """Learn the fields that labels refer to by id."""
        for kind, what in walk(root, stop=CONTROLS):
            if kind == "open" and not isinstance(what, str) and what.tag in CONTROLS and what.attributes.get("id"):
                self._by_id.setdefault(what.attributes["id"], control(what))

    def of(self, element: Element, heading: str, *, in_cell: bool) -> Iterator[Pair]:
        """Give the labelled values that an element holds directly."""
        children = element.elements
        if any(child.tag == "label" for child in children):
            yield from self._labelled(element, heading)
        elif not in_cell and _is_couple(element, children):
            yield from self._siblings(children, heading)
        if any(child.tag == "dt" for child in children):
            yield from self._terms(children, heading)
        if not in_cell or any(child.tag in BOLD for child in children):
            yield from self._bolds(element, heading)

    def _labelled(self, element: Element, heading: str) -> Iterator[Pair]:
        children = element.children
        places = [place for place, child in enumerate(children) if _is(child, "label")]
        for place, following in zip(places, [*places[1:], len(children)], strict=True):
            label = children[place]
            if not isinstance(label, Element):
                continue
            after = Element("div", {}, children[place + 1 : following])
            yield from self._of_label(label, after, heading)

    def _of_label(self, label: Element, after: Element, heading: str) -> Iterator[Pair]:
        said, rest = gather(label, self._tables), gather(after, self._tables)
        named = self._by_id.get(label.attributes.get("for", ""))
        fields = [named] if named else [each for each in (*said.controls, *rest.controls) if each.type != "hidden"]
        if not said.text or len(said.text) > _LONGEST_LABEL:
            return
        if fields and fields[0] is not None:
            value = replace(rest, text=fields[0].text, parts=(fields[0].text,) if fields[0].text else ())
            yield Pair(label=said.text, value=value, form="control", heading=heading)
        elif not rest.text and (split := _split(said.text)):
            yield Pair(label=split[0], value=Cell(text=split[1], parts=(split[1],)), form="label", heading=heading)
        else:
            yield Pair(label=said.text, value=_with_tables(rest), form="label", heading=heading)

    def _siblings(self, children: Sequence[Element], heading: str) -> Iterator[Pair]:
        label, value = children
        said = gather(label, self._tables)
        if said.text and not said.links and not said.controls and not said.tables and _is_short(value):
            yield Pair(label=said.text, value=gather(value, self._tables), form="sibling", heading=heading)

    def _terms(self, children: Sequence[Element], heading: str) -> Iterator[Pair]:
        for term, definition in pairwise(children):
            if term.tag == "dt" and definition.tag == "dd":
                said = gather(term, self._tables)
                if said.text:
                    yield Pair(label=said.text, value=gather(definition, self._tables), form="term", heading=heading)

    def _bolds(self, element: Element, heading: str) -> Iterator[Pair]:
        children = element.children
        places = [place for place, child in enumerate(children) if _is(child, *BOLD)]
        for place in places:
            bold = children[place]
            label = gather(bold, self._tables).text if isinstance(bold, Element) else ""
            rest = _up_to_break(children[place + 1 : place + 1 + _MOST_STEPS])
            value = gather(Element("span", {}, rest), self._tables)
            if label and len(label) <= _LONGEST_LABEL and self._is_said(label, value):
                text = value.text.removeprefix(":").strip()
                said = replace(value, text=text, parts=(text,) if text else ())
                yield Pair(label=label, value=said, form="bold", heading=heading)

    def _is_said(self, label: str, value: Cell) -> bool:
        return label.endswith(":") or value.text.startswith(":") or (bool(value.text) and fold(label) in self._known)


def _is(child: Element | str, *tags: str) -> bool:
    return isinstance(child, Element) and child.tag in tags


def _is_couple(element: Element, children: Sequence[Element]) -> bool:
    return (
        len(children) == _TWO
        and all(child.tag in _INLINE for child in children)
        and not any(isinstance(child, str) and clean(child) for child in element.children)
    )


def _is_short(element: Element) -> bool:
    return sum(1 for _, _ in zip(range(_MOST_STEPS), walk(element), strict=False)) < _MOST_STEPS


def _up_to_break(children: Sequence[Element | str]) -> list[Element | str]:
    taken: list[Element | str] = []
    for child in children:
        if isinstance(child, Element) and (child.tag in BLOCKS or child.tag in BOLD):
            break
        taken.append(child)
    return taken


def _split(text: str) -> tuple[str, str] | None:
    label, colon, value = text.partition(":")
    return (label.strip(), value.strip()) if colon and label.strip() and value.strip() else None


def _with_tables(cell: Cell) -> Cell:
    """Give a value with the text of the tables that only lay it out."""
    if cell.text or not cell.tables:
        return cell
    said = [each.text for table in cell.tables for row in table.rows for each in row.cells if each.text]
    return replace(cell, text=" ".join(said), parts=tuple(said))
