"""The tables of a page, with the header that each has, wherever it stands."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from extractors.markup import Element, walk
from extractors.page_cells import NESTED, Gathering
from extractors.page_content import Cell, Row, Table, fold

WIDEST = 60
"""How many columns, or rows, a cell may claim to span; a page that claims more is cut."""

_CELLS = frozenset(["td", "th"])
_SEVERAL = 2

_Drawn = list[tuple[Element, list[Cell]]]


def read_tables(elements: Sequence[tuple[Element, str]], known: Collection[str]) -> dict[int, Table]:
    """Give tables by the identity of their elements, from all elements with their headings, in the page's order."""
    found: dict[int, Table] = {}
    # Inner tables come after outer ones, which refer to them.
    for element, heading in reversed(elements):
        found[id(element)] = _table(element, heading, known, found)
    return found


def _table(element: Element, heading: str, known: Collection[str], nested: Mapping[int, Table]) -> Table:
    drawn, body = _drawn(element, nested)
    place = _header_place(drawn, known)
    headers = tuple(cell.text for cell in drawn[place][1]) if place is not None else ()
    rows = list[Row]()
    group = ""
    for number, (row, cells) in enumerate(drawn):
        if number == place:
            continue
        if headers and len(cells) > 1 and _is_repeated(cells, headers):
            continue
        if len({id(cell) for cell in cells}) == 1 and len(drawn) > 1 and not _is_only_column(headers):
            group = cells[0].text
        rows.append(Row(cells=tuple(cells), headers=headers, group=group, attributes=row.attributes))
    return Table(
        headers=headers,
        rows=tuple(row for row in rows if not _is_title(row)),
        heading=heading,
        attributes=element.attributes,
        body_id=body,
    )


def _drawn(table: Element, nested: Mapping[int, Table]) -> tuple[_Drawn, str]:
    """Give the rows with their cells laid out, and the id of the table's body."""
    rows: _Drawn = []
    body, cell, gathering = "", None, Gathering({})
    for kind, what in walk(table, stop=NESTED):
        if isinstance(what, str):
            gathering.text(what)
        elif what.tag in _CELLS and rows:
            if kind == "open":
                cell, gathering = what, Gathering(nested)
            elif what is cell:
                rows[-1][1].append(gathering.cell(what.attributes, is_header=what.tag == "th"))
                gathering = Gathering({})
        elif what.tag == "tr" and kind == "open":
            rows.append((what, []))
        elif what.tag == "tbody" and not body:
            body = what.attributes.get("id", "")
        else:
            (gathering.open if kind == "open" else gathering.close)(what)
    return _laid_out(rows), body


def _laid_out(rows: Iterable[tuple[Element, list[Cell]]]) -> _Drawn:
    """Repeat cells over the columns and rows that they span."""
    laid: _Drawn = []
    hanging: dict[int, tuple[Cell, int]] = {}
    for row, cells in rows:
        line, following, waiting = list[Cell](), dict[int, tuple[Cell, int]](), iter(cells)
        while (column := len(line)) < WIDEST:
            held = hanging.pop(column, None)
            cell = held[0] if held else next(waiting, None)
            if cell is None:
                break
            left = held[1] if held else _span(cell, "rowspan")
            for place in range(column, column + (1 if held else _span(cell, "colspan"))):
                if left > 1:
                    following[place] = (cell, left - 1)
                line.append(cell)
        hanging = following
        if line:
            laid.append((row, line))
    return laid


def _span(cell: Cell, name: str) -> int:
    given = cell.attributes.get(name, "").strip()
    is_number = given.isascii() and given.isdecimal() and len(given) < 4  # noqa: PLR2004
    return min(max(int(given), 1), WIDEST) if is_number else 1


def _header_place(rows: _Drawn, known: Collection[str]) -> int | None:
    for place, (_, cells) in enumerate(rows):
        said = [fold(cell.text) for cell in cells if cell.text]
        if len(cells) < _SEVERAL or len({id(cell) for cell in cells}) < _SEVERAL:
            continue
        hits = sum(text in known for text in said)
        if hits >= _SEVERAL and 2 * hits > len(said) and _is_no_pair(cells):
            return place
        if all(cell.is_header for cell in cells) and said:
            return place
    return None


def _is_no_pair(cells: Sequence[Cell]) -> bool:
    return len({cell.is_header for cell in cells}) == 1


def _is_repeated(cells: Sequence[Cell], headers: Sequence[str]) -> bool:
    return tuple(cell.text for cell in cells) == tuple(headers)


def _is_only_column(headers: Sequence[str]) -> bool:
    return len(headers) == 1


def _is_title(row: Row) -> bool:
    return bool(row.headers) and row.cells[0].text == row.group and len({id(cell) for cell in row.cells}) == 1
