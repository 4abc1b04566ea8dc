"""What the pages of an order say: the order with its lots, the items of a lot, the bidders of a protocol."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from extractors.base import ShapeError
from extractors.kyrgyzstan.labels import first_name, labels
from extractors.kyrgyzstan.rows import NOTHING, Said, documents, names_in, rows_of, said_in, table_of
from extractors.markup import parse
from extractors.page_cells import gather
from extractors.pages import Cell, Pair, Reading, Table
from ocds_schema.json import Json

ORDER_PLACES = ("order", "buyer", "conditions")
TABLES = ("lot", "qualification", "criterion", "cancellation", "payment")

_INCOTERMS = re.compile(r"(?:EXW|FCA|FAS|FOB|CFR|CIF|CIP|CPT|DAT|DAP|DDP|DPU)\b")
_CLASSIFIED = re.compile(r"(\d{6,9}-\d)\s*:\s*(.+)", re.DOTALL)
_FEWEST = 3
_TWO = 2
_PERSONAL = frozenset({"person", "position", "role", "email"})


def order_in(page: Reading, html: str) -> dict[str, Json]:
    """Read an order's page.

    Raises:
        ShapeError: fewer than three of the values are there that every order's page has.
    """
    said = labelled(page, html, ORDER_PLACES)
    known = [name for name in labels().must["order"] if said["order"].text(name)]
    if len(known) < _FEWEST:
        raise ShapeError(f"an order is due; the page has {len(known)} of its values")
    fields: dict[str, Json] = dict(said["order"].texts(name for name in said["order"].cells))
    status = fields.get("status") or _status(page)
    fields |= {"status": status} if status else {}
    fields |= _parties(said["buyer"])
    if conditions := said["conditions"].texts(said["conditions"].cells):
        fields["conditions"] = conditions
    fields |= _tables(page, said["order"])
    if any(labels().name("button", link.text) == "protocol" for link in page.links):
        fields["has_protocol"] = True
    held = [link for pair in page.pairs for link in pair.value.links]
    if files := documents(link for link in held if labels().name("button", link.text) is None):
        fields["documents"] = files
    missing = [
        *(name for name in said["order"].missing("order", is_filled=True) if name not in fields),
        *fields.pop("missing", () if "lots" in fields else ["lots"]),
    ]
    return fields | said["order"].report(missing)


def lots_table(page: Reading) -> Table | None:
    """Give the table of an order's lots."""
    return table_of(page, "lot")


def items_in(page: Reading, html: str) -> dict[str, Json]:
    """Read the items that unfold below a lot."""
    table = table_of(page, "item")
    said = [said_in(row, "item") for row in rows_of(table)] if table is not None else []
    fields: dict[str, Json] = {"items": [_item(each) for each in said]}
    plan = labelled(page, html, ("plan",))["plan"]
    fields |= plan.texts(plan.cells)
    if table is None and page.text and not NOTHING.search(page.text):
        fields["unread"] = [{"label": "", "value": page.text[:1000]}]
    return fields | _reports([plan, *said], "item" if said else "")


def participants_in(page: Reading) -> dict[str, Json]:
    """Read an opening protocol.

    Raises:
        ShapeError: there is no table of bidders.
    """
    said = labelled(page, "", ("protocol",))["protocol"]
    table = table_of(page, "bid")
    if table is None and not NOTHING.search(page.text):
        raise ShapeError(f"a table of bidders is due; the page has {len(page.tables)} tables without")
    fields: dict[str, Json] = dict(said.texts(said.cells))
    bids = [said_in(row, "bid") for row in rows_of(table)] if table is not None else []
    fields["participants"] = [_participant(each) for each in bids]
    return fields | _reports([said, *bids], "bid" if bids else "")


def labelled(page: Reading, html: str, places: Sequence[str]) -> dict[str, Said]:
    """Give a page's labelled values by place; what no place knows is the first one's to report.

    Values that stand next to a label in some other way are found by what follows the label.
    """
    said = {place: Said() for place in places}
    for pair in page.pairs:
        _take(said, places, pair)
    for label, value in _following(html, places) if html else ():
        found = first_name(places, label)
        if found and found[1] not in said[found[0]].cells:
            said[found[0]].take(found[1], label, Cell(text=value, parts=(value,)))
    return said


def file_list(cell: Cell) -> list[Json]:
    """Give the files that a cell links to."""
    return documents(cell.links)


def item_fields(said: Said) -> dict[str, Json]:
    """Give an item of a lot or of a contract."""
    return _item(said)


def _take(said: dict[str, Said], places: Sequence[str], pair: Pair) -> None:
    label, value = pair.label, pair.value
    found = first_name(places, label)
    if found is None and ":" in label:
        # The page writes some values into their labels.
        shorter, _, inside = label.partition(":")
        if found := first_name(places, shorter):
            text = " ".join(filter(None, (inside.strip(), value.text)))
            label, value = shorter, Cell(text=text, parts=(text,), links=value.links)
    if found is not None:
        said[found[0]].take(found[1], label, value)
    elif value.text or value.links:
        said[places[0]].unread.append((label, value.text))


def _following(html: str, places: Sequence[str]) -> Iterable[tuple[str, str]]:
    pieces = gather(parse(html), {}).pieces
    for label, value in pairwise(pieces):
        whole, _, inside = label.partition(":")
        if first_name(places, label):
            if first_name(ORDER_PLACES, value) is None:
                yield label, value
        elif inside.strip() and first_name(places, whole):
            yield whole, inside.strip()


def _status(page: Reading) -> str:
    """Give a text of the page that is a status, where no label says so."""
    texts = (text for pair in page.pairs for text in (pair.value.text, pair.label))
    return next((text for text in (*texts, *page.headings) if labels().name("status", text)), "")


def _parties(said: Said) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    if buyer := said.texts(name for name in said.cells if name not in _PERSONAL):
        fields["buyer"] = buyer
    if contact := said.texts(name for name in said.cells if name in _PERSONAL):
        fields["contacts"] = [contact]
    return fields


def _tables(page: Reading, order: Said) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for table in page.tables:
        place = _place(table)
        if place is None:
            order.unread += _unread(table)
            continue
        said = [said_in(row, place) for row in rows_of(table)]
        order.unread += [each for row in said for each in row.unread]
        order.labels += [label for row in said for label in row.labels]
        fields.setdefault("missing", set()).update(
            f"{_PLURALS[place]}/{name}" for row in said for name in row.missing(place)
        )
        fields.setdefault(_PLURALS[place], []).extend(_ROWS[place](row) for row in said if row.cells)
    fields |= _cancellation(fields)
    return fields


def _cancellation(fields: dict[str, Json]) -> dict[str, Json]:
    reasons = fields.pop("cancellations", [])
    return {"cancellation": reasons[0]} if reasons else {}


def _place(table: Table) -> str | None:
    rated = [(len(names_in(table, place)), -number, place) for number, place in enumerate(TABLES)]
    count, _, place = max(rated)
    must = labels().must.get(place, frozenset())
    return place if count and (names_in(table, place) & must) and (count > 1 or len(must) == 1) else None


def _unread(table: Table) -> list[tuple[str, str]]:
    if not table.headers:
        return [
            (row.cells[0].text, row.cells[1].text)
            for row in table.rows
            if len(row.cells) == _TWO and row.cells[0].text and row.cells[1].text and not _is_pair(row.cells)
        ]
    return [(label, cell.text) for row in rows_of(table)[:1] for label, cell in row.labelled if label and cell.text]


def _is_pair(cells: Sequence[Cell]) -> bool:
    return first_name(ORDER_PLACES, cells[0].text) is not None


def _lot(said: Said) -> dict[str, Json]:
    fields = said.texts(name for name in said.cells if name != "delivery_condition")
    for cell in said.cells.get("delivery_condition", ()):
        if cell.text:
            name = "incoterms" if _INCOTERMS.match(cell.text) else "delivery_condition"
            fields[name] = cell.text if name not in fields else f"{fields[name]}; {cell.text}"
    return dict(fields)


def _plain(said: Said) -> dict[str, Json]:
    fields: dict[str, Json] = dict(said.texts(name for name in said.cells if name not in ("serial", "documents")))
    if files := [each for cell in said.cells.get("documents", ()) for each in documents(cell.links)]:
        fields["documents"] = files
    return fields


def _item(said: Said) -> dict[str, Json]:
    fields: dict[str, Json] = dict(
        said.texts(name for name in said.cells if name not in ("serial", "classification", "file"))
    )
    text = said.text("classification")
    if found := _CLASSIFIED.match(text):
        fields |= {"code": found[1], "name": found[2].strip()}
    elif text:
        fields["name"] = text
    if files := [each for cell in said.cells.get("file", ()) for each in documents(cell.links)]:
        fields["file"] = files[0]
    return fields


def _participant(said: Said) -> dict[str, Json]:
    fields: dict[str, Json] = dict(said.texts(name for name in said.cells if name not in ("serial", "lots")))
    lots = [_bid_lot(row) for cell in said.cells.get("lots", ()) for table in cell.tables for row in _lines(table)]
    if lots := [lot for lot in lots if lot]:
        fields["lots"] = lots
    elif text := said.text("lots"):
        fields["lots"] = [{"price": text}]
    return fields


_LOT_NUMBER = re.compile(r"L?\d{1,4}-\d{1,3}\b")
_PRICE = re.compile(r"[\d\s.,]*\d[\d\s.,]*|[x*X]{2,}")


def _lines(table: Table) -> list[Said]:
    """Give the rows of the table of prices inside a bidder's row; where it has no header, cells tell what they are."""
    lines: list[Said] = []
    for row in rows_of(table):
        said = said_in(row, "bid_lot")
        if not said.cells:
            for cell in row.cells:
                name = _guess(cell.text)
                if name and name not in said.cells:
                    said.cells[name] = [cell]
        lines.append(said)
    return lines


def _guess(text: str) -> str:
    if _LOT_NUMBER.match(text):
        return "lot_number"
    if _PRICE.fullmatch(text):
        return "price"
    return "currency" if re.fullmatch(r"[A-Z]{3}|сом", text) else ("title" if text else "")


def _bid_lot(said: Said) -> dict[str, Json]:
    fields: dict[str, Json] = dict(said.texts(said.cells))
    number = fields.get("lot_number", "")
    if ":" in number:
        # The cell says number and name of the lot in one.
        head, _, title = number.partition(":")
        fields |= {"lot_number": head.strip(), "title": title.strip()}
    return fields


def _reports(said: Sequence[Said], place: str) -> dict[str, Json]:
    """Give what is to be reported of all that was said; nothing is missing from no place."""
    whole = Said()
    for each in said:
        whole.unread += [entry for entry in each.unread if entry not in whole.unread]
        whole.labels += each.labels
        for name, cells in each.cells.items():
            whole.cells.setdefault(name, []).extend(cells)
    return whole.report(whole.missing(place))


_PLURALS = {
    "lot": "lots",
    "qualification": "qualifications",
    "criterion": "criteria",
    "cancellation": "cancellations",
    "payment": "payments",
}
_ROWS = {"lot": _lot, "qualification": _plain, "criterion": _plain, "cancellation": _plain, "payment": _plain}
