"""The page of a contract that was concluded without an announcement."""

import re
from dataclasses import dataclass

from extractors.base import Listing, Page, Request, ShapeError
from extractors.kyrgyzstan.conversation import STATE, check_alive, page_request, press_request, talk
from extractors.kyrgyzstan.labels import labels
from extractors.kyrgyzstan.order_content import item_fields, labelled
from extractors.kyrgyzstan.rows import Said, documents, due_table, names_in, read_page, rows_of, said_in, unless_gone
from extractors.kyrgyzstan.values import normal, text_of
from extractors.pages import Reading, Table
from ocds_schema.json import Json

_NUMBERED = re.compile(r"(\d{10,16})\s*:\s*(.+)", re.DOTALL)
_FEWEST = 2
_PAYMENT = frozenset({"payment_type", "payment_condition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage(Listing):
    """The page of one contract, which pressing its number in the list opens.

    Rows are told apart by their place: where the list has moved on, another contract comes, which is not taken.
    """

    path: str
    contract: str
    number: str
    parameters: tuple[tuple[str, str], ...]

    def opening(self) -> Request:
        """Give the request for the list's page."""
        return page_request(self.path)

    def session(self, content: Json) -> Json:
        """Read the list's conversation."""
        page = read_page(content)
        check_alive(page)
        return talk(content, page, self.path, due_table(page, "contracts"))

    def request(self, position: str, session: Json = None) -> Request:  # noqa: ARG002
        """Give the request that pressing the contract's number sends."""
        if session is None:
            raise ShapeError("the contract was asked for before its list was opened")
        return press_request(session, self.parameters)

    def page(self, content: Json) -> Page:
        """Read the page; another one of the portal leaves the contract wanting, which is counted."""
        page = read_page(content)
        check_alive(page)
        try:
            with unless_gone(page):
                fields = {"id": self.contract} | contract_in(page, content)
        except ShapeError:
            # What the page of a contract looks like is known in part only.
            if STATE in page.hidden:
                return Page(objects=[], total=1)
            raise
        is_other = normal(text_of(fields.get("contract_number"))) != normal(self.number)
        return Page(objects=[] if is_other else [fields], total=1)

    def key(self, fields: Json) -> str | None:
        """Give the key that the contract has in the list."""
        return text_of(fields["id"])


def contract_in(page: Reading, html: str) -> dict[str, Json]:
    """Read a contract's page.

    Raises:
        ShapeError: fewer than two of the values are there that every contract's page has.
    """
    said = labelled(page, html, ("contract",))["contract"]
    known = [name for name in labels().must["contract"] if said.text(name)]
    if len(known) < _FEWEST:
        raise ShapeError(f"a contract is due; the page has {len(known)} of its values")
    fields: dict[str, Json] = dict(said.texts(said.cells))
    if found := _NUMBERED.match(text_of(fields.get("supplier"))):
        fields |= {"supplier_inn": found[1], "supplier": found[2].strip()}
    fields |= _tables(page, said)
    if files := documents(said.links()):
        fields["documents"] = files
    missing = [*said.missing("contract", is_filled=True), *fields.pop("missing", ())]
    return fields | said.report(missing)


def _tables(page: Reading, contract: Said) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for table in page.tables:
        place, name = _place(table)
        if not place:
            continue
        rows = [said_in(row, place) for row in rows_of(table)]
        contract.unread += [each for row in rows for each in row.unread]
        contract.labels += [label for row in rows for label in row.labels]
        entries = [item_fields(row) if place == "item" else _dated(row) for row in rows if row.cells]
        fields.setdefault(name, []).extend(entries)
        if place == "item" and rows and not any("unit_price" in row.cells for row in rows):
            fields["missing"] = ["items/unit_price"]
    return fields


def _place(table: Table) -> tuple[str, str]:
    items, dates = names_in(table, "item"), names_in(table, "schedule")
    if "classification" in items:
        return "item", "items"
    if "start" in dates:
        return "schedule", "payments" if dates & _PAYMENT else "schedule"
    return "", ""


def _dated(said: Said) -> dict[str, Json]:
    fields: dict[str, Json] = dict(said.texts(name for name in said.cells if name not in ("serial", "documents")))
    if files := [each for cell in said.cells.get("documents", ()) for each in documents(cell.links)]:
        fields["documents"] = files
    return fields
