"""The tables: each column declared once, with its name, type, meaning, OCDS path and how its value is found."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from ocds_schema.json import Json
from publish.rows import Contract, Process, contracts_of, living

Row = TypeVar("Row")
Type = Literal["text", "integer", "amount", "time"]

_KIND = re.compile(r"ocds-[^-]+-[^-]+-(contract|plan)-")
_NOTICES = frozenset({"tenderNotice", "awardNotice", "contractNotice", "procurementPlan"})
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its name, type, label, the OCDS path it comes from, its meaning, and how a row's value is found."""

    name: str
    type: Type
    label: str
    path: str
    description: str
    value: Callable[[Row], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[Row]):
    """A table: what a row is, its columns, those that name a row, and how a process gives its rows."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column[Row], ...]
    rows: Callable[[Process], Iterable[Row]]

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def lines(self, process: Process) -> Iterator[list[Json]]:
        """Give the cells of a process's rows."""
        for row in self.rows(process):
            yield [column.value(row) for column in self.columns]

    def dictionary(self) -> Json:
        """Describe the table as JSON, for the manifest and the docs."""
        return {
            "name": self.name,
            "description": self.description,
            "primaryKey": list(self.key),
            "fields": [_described(column) for column in self.columns],
        }


def kind(process: Process) -> str:
    """Say what a process began with: `tender`, or a `contract` or a `plan` without one; its ocid tells."""
    match = _KIND.match(process.compiled["ocid"])
    return match[1] if match else "tender"


def notice(documents: Iterable[Json]) -> Json:
    """Give the address of the first notice among some documents."""
    notices = (document.get("url") for document in documents if document.get("documentType") in _NOTICES)
    return next((url for url in notices if url), None)


def _described(column: Column[Row]) -> Json:
    named = {"name": column.name, "type": column.type, "label": column.label}
    return {**named, "path": column.path, "description": column.description}


def _at(body: Json, *names: str) -> Json:
    """Give what a path of members leads to, or nothing."""
    for name in names:
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _plain(name: str, kind: Type, label: str, path: str, description: str = "") -> Column[Process]:
    """Declare a column that holds what its path leads to."""
    names = path.split("/")
    return Column(name, kind, label, path, description, lambda process: _at(process.compiled, *names))


def _own(name: str, kind: Type, label: str, path: str, description: str = "") -> Column[Contract]:
    """Declare a column that holds what its path leads to in the contract."""
    names = path.removeprefix("contracts/").split("/")
    return Column(name, kind, label, path, description, lambda contract: _at(contract.body, *names))


def _shared(name: str, kind: Type, label: str, path: str, description: str = "") -> Column[Contract]:
    """Declare a column that holds what its path leads to in the contract's process."""
    names = path.split("/")
    return Column(name, kind, label, path, description, lambda contract: _at(contract.process.compiled, *names))


def _joined(organizations: Iterable[Json], name: str) -> str | None:
    """Join a member of some organizations; one without it keeps its empty place, so that ids and names stay in step."""
    texts = [str(organization.get(name) or "") for organization in organizations]
    return _BETWEEN.join(texts) if any(texts) else None


def _title(process: Process) -> Json:
    first: Json = next(iter(process.contracts), {})
    texts = (
        process.tender.get("title"),
        first.get("title") or first.get("description"),
        _at(process.compiled, "planning", "budget", "description"),
        _at(process.compiled, "planning", "rationale"),
    )
    return next((text for text in texts if text), None)


def _tenderers(process: Process) -> Json:
    count = process.tender.get("numberOfTenderers")
    tenderers = process.playing("tenderer", process.tender.get("tenderers"))
    return len(tenderers) if count is None and tenderers else count


def _bids(process: Process) -> Json:
    details = _at(process.compiled, "bids", "details")
    return None if details is None else len(living(details))


def _url(process: Process) -> Json:
    planned = _at(process.compiled, "planning", "documents")
    contracted = [document for contract in process.contracts for document in contract.get("documents") or ()]
    return notice([*(process.tender.get("documents") or ()), *contracted, *(planned or ())])


def _suppliers(process: Process) -> str | None:
    return _joined(process.suppliers, "name")


def _contracted(process: Process) -> Json:
    return process.contracted.get("amount")


def _currency(process: Process) -> Json:
    return process.contracted.get("currency")


def _buyer_ids(process: Process) -> str | None:
    return _joined(process.buyers, "id")


def _buyer_names(process: Process) -> str | None:
    return _joined(process.buyers, "name")


def _held_back(process: Process) -> str | None:
    return "yes" if process.is_held_back else None


def _supplier_ids(contract: Contract) -> str | None:
    return _joined(contract.suppliers, "id")


def _supplier_names(contract: Contract) -> str | None:
    return _joined(contract.suppliers, "name")


def _paid(contract: Contract) -> Json:
    return contract.paid.get("amount")


def _paid_in(contract: Contract) -> Json:
    return contract.paid.get("currency")


def _amendments(contract: Contract) -> int:
    return len(living(contract.body.get("amendments")))


def _items(contract: Contract) -> int:
    return len(living(contract.body.get("items")))


def _lots(contract: Contract) -> str | None:
    return _BETWEEN.join(map(str, contract.lots)) or None


def _lots_count(process: Process) -> int:
    return len(living(process.tender.get("lots")))


def _suppliers_count(process: Process) -> int:
    return len(process.suppliers)


def _contracts_count(process: Process) -> int:
    return len(process.not_cancelled)


def _cancelled_count(process: Process) -> int:
    return len(process.cancelled)


_SUM = "Added up exactly; empty where one of them is unknown or the currencies differ."
_NO_CANCELLED = "Cancelled contracts, which were never concluded, do not count."
_TOTAL = f"{_SUM} {_NO_CANCELLED}"
_CODE = "An OCDS code."
_CURRENCY = "By ISO 4217."
_HELD_BACK = "yes, where something newer could not be published; issues.jsonl.gz says why."
_SEVERAL = "Several are joined by semicolons; an unknown one leaves its place empty."
_BUYERS = f"The release's buyer, then those of the contracts by the contracts' ids. {_SEVERAL}"
_BUYER = "The contract's own, else the release's, else empty."
_SUPPLIERS = f"In the order of the awards. {_SEVERAL} Awards whose contracts were all cancelled do not count."
_LOTS = "Those of the items, else those of the award where it has only this contract. Their ids, joined by semicolons."
_PAYMENTS = "contracts/implementation/transactions"

PROCESSES: Table[Process] = Table(
    name="processes",
    description="One row for each contracting process: what is bought, by whom, how, and what came of it. A process "
    "that nothing is left of, since its contract moved to another one, has none.",
    key=("ocid",),
    rows=lambda process: () if process.is_empty else (process,),
    columns=(
        _plain("ocid", "text", "Process", "ocid", "Open Contracting ID."),
        Column("kind", "text", "Kind", "ocid", "tender; contract or plan where there is no tender.", kind),
        Column("title", "text", "Title", "tender/title", "Else that of the first contract, or of the plan.", _title),
        _plain("title_kk", "text", "Title in Kazakh", "tender/title_kk"),
        _plain("status", "text", "Status of the tender", "tender/status", _CODE),
        _plain("status_details", "text", "Status in the portal's words", "tender/statusDetails"),
        Column("buyer_id", "text", "Buyer's id", "buyer/id", _BUYERS, _buyer_ids),
        Column("buyer_name", "text", "Buyer", "buyer/name", _BUYERS, _buyer_names),
        _plain("procuring_entity_id", "text", "Organizer's id", "tender/procuringEntity/id"),
        _plain("procuring_entity_name", "text", "Organizer", "tender/procuringEntity/name", "Who runs the tender."),
        _plain("method", "text", "Method", "tender/procurementMethod", _CODE),
        _plain("method_details", "text", "Method in the portal's words", "tender/procurementMethodDetails"),
        _plain("category", "text", "Category", "tender/mainProcurementCategory", _CODE),
        _plain("tender_start", "time", "Bids from", "tender/tenderPeriod/startDate"),
        _plain("tender_end", "time", "Bids until", "tender/tenderPeriod/endDate"),
        _plain("value", "amount", "Estimated value", "tender/value/amount"),
        _plain("currency", "text", "Currency of the estimate", "tender/value/currency", _CURRENCY),
        Column("lots_count", "integer", "Lots", "tender/lots", "", _lots_count),
        Column("tenderers_count", "integer", "Bidders", "tender/numberOfTenderers", "Empty where unknown.", _tenderers),
        Column("bids_count", "integer", "Bids", "bids/details", "Empty where the portal does not show them.", _bids),
        Column("suppliers_count", "integer", "Suppliers", "awards/suppliers", _SUPPLIERS, _suppliers_count),
        Column("suppliers", "text", "Suppliers' names", "awards/suppliers/name", _SUPPLIERS, _suppliers),
        Column("contracts_count", "integer", "Contracts", "contracts", _NO_CANCELLED, _contracts_count),
        Column("cancelled_contracts_count", "integer", "Cancelled contracts", "contracts/status", "", _cancelled_count),
        Column("contracts_value", "amount", "Value of the contracts", "contracts/value/amount", _TOTAL, _contracted),
        Column(
            "contracts_currency", "text", "Currency of the contracts", "contracts/value/currency", _CURRENCY, _currency
        ),
        Column(
            "first_release",
            "time",
            "First published",
            "date",
            "Date of the first release.",
            lambda each: each.first_release,
        ),
        _plain("last_release", "time", "Last changed", "date", "Date of the newest release."),
        Column("held_back", "text", "Held back", "ocid", _HELD_BACK, _held_back),
        Column("url", "text", "Address on the portal", "tender/documents/url", "That of the first notice.", _url),
    ),
)

CONTRACTS: Table[Contract] = Table(
    name="contracts",
    description="One row for each contract, with its buyer, its supplier and what has been paid.",
    key=("ocid", "contract_id"),
    rows=contracts_of,
    columns=(
        _shared("ocid", "text", "Process", "ocid", "Open Contracting ID of the contract's process."),
        _own("contract_id", "text", "Contract", "contracts/id"),
        _own("award_id", "text", "Award", "contracts/awardID"),
        _own("title", "text", "Title", "contracts/title"),
        _own("description", "text", "Description", "contracts/description"),
        _own("status", "text", "Status", "contracts/status", _CODE),
        _own("status_details", "text", "Status in the portal's words", "contracts/statusDetails"),
        Column("buyer_id", "text", "Buyer's id", "contracts/buyer/id", _BUYER, lambda each: each.buyer.get("id")),
        Column("buyer_name", "text", "Buyer", "contracts/buyer/name", _BUYER, lambda each: each.buyer.get("name")),
        Column("supplier_id", "text", "Supplier's id", "awards/suppliers/id", _SEVERAL, _supplier_ids),
        Column("supplier_name", "text", "Supplier", "awards/suppliers/name", _SEVERAL, _supplier_names),
        _shared("method", "text", "Method", "tender/procurementMethod", _CODE),
        _shared("category", "text", "Category", "tender/mainProcurementCategory", _CODE),
        _own("value", "amount", "Value", "contracts/value/amount", "With value-added tax."),
        _own("value_net", "amount", "Value without tax", "contracts/value/amountNet", "Without value-added tax."),
        _own("currency", "text", "Currency", "contracts/value/currency", _CURRENCY),
        _own("date_signed", "time", "Signed", "contracts/dateSigned"),
        _own("period_start", "time", "Runs from", "contracts/period/startDate"),
        _own("period_end", "time", "Runs until", "contracts/period/endDate"),
        Column("amendments_count", "integer", "Amendments", "contracts/amendments", "", _amendments),
        Column("payments_count", "integer", "Payments", _PAYMENTS, "", lambda contract: len(contract.payments)),
        Column("paid_amount", "amount", "Paid", f"{_PAYMENTS}/value/amount", _SUM, _paid),
        Column("paid_currency", "text", "Currency of the payments", f"{_PAYMENTS}/value/currency", _CURRENCY, _paid_in),
        Column("items_count", "integer", "Items", "contracts/items", "", _items),
        Column("lots", "text", "Lots", "contracts/items/relatedLot", _LOTS, _lots),
    ),
)
